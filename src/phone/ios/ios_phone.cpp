#include "phone/ios/ios_phone.h"

#include "phone/ios/facts.h"
#include "phone/ios/media_restore.h"

namespace lifeboat::phone::ios {

IosPhone::IosPhone(const Device::World& world, std::string udid, DeviceOptions options)
    : world_(world), udid_(std::move(udid)), options_(options) {}

template <class Work>
auto IosPhone::with_media(const std::stop_token& stop, Work work) {
    Device device(world_, udid_, options_, stop);
    Afc afc(device.open(afc_service, device.best_escrow()));
    return work(afc);
}

Facts IosPhone::facts(const std::stop_token& stop) {
    Device device(world_, udid_, options_, stop);
    return read_facts(device);
}

Inventory IosPhone::inventory(const std::stop_token& stop) {
    return with_media(stop, [](Afc& afc) { return scan_media(afc); });
}

void IosPhone::digests(std::span<const ItemPath> files, const EachDigest& each,
                       const std::stop_token& stop) {
    with_media(stop, [&](Afc& afc) { hash_media(afc, files, each); });
}

void IosPhone::backup(const FileTree*, ItemSink&, EventSink&, const std::stop_token&) {
    throw Unsupported("this version does not back up iPhones yet",
                      "Nothing was done. Back the iPhone up with Finder or iTunes meanwhile.");
}

RestoreOutcome IosPhone::restore(const FileTree& tree, std::span<const ItemPath> only,
                                 EventSink& events, const std::stop_token& stop) {
    return with_media(stop, [&](Afc& afc) { return restore_media(afc, tree, only, events); });
}

}  // namespace lifeboat::phone::ios
