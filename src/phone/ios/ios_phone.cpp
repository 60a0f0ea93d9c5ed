#include "phone/ios/ios_phone.h"

#include "item/memory_items.h"
#include "phone/ios/backup_session.h"
#include "phone/ios/facts.h"
#include "phone/ios/info_plist.h"
#include "phone/ios/media_restore.h"
#include "phone/ios/sink_folder.h"

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

// The phone itself compares with what the sink has of the previous backup.
void IosPhone::backup(const FileTree*, ItemSink& sink, EventSink& events,
                      const std::stop_token& stop) {
    const Device::World world{world_.mux, world_.clock, world_.random, events};
    Device device(world, udid_, options_, stop);
    SinkFolder folder(sink, world.clock, events);
    MemorySource info(
        to_bytes(plist::write_xml(make_info_plist(device, world.random, world.clock.now()))));
    folder.store(ItemPath(udid_).child("Info.plist"), info);
    BackupSession session(device, world, options_, stop);
    session.run(SyncLocking::locked, [&](MobileBackup& service) {
        service.backup(BackupKind::whatever_is_new, folder, events);
    });
}

RestoreOutcome IosPhone::restore(const FileTree& tree, std::span<const ItemPath> only,
                                 EventSink& events, const std::stop_token& stop) {
    return with_media(stop, [&](Afc& afc) { return restore_media(afc, tree, only, events); });
}

}  // namespace lifeboat::phone::ios
