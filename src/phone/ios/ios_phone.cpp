#include "phone/ios/ios_phone.h"

#include "item/memory_items.h"
#include "phone/ios/backup_session.h"
#include "phone/ios/facts.h"
#include "phone/ios/info_plist.h"
#include "phone/ios/media_restore.h"
#include "phone/ios/sink_folder.h"
#include "phone/ios/tree_folder.h"

namespace lifeboat::phone::ios {
namespace {

std::optional<bool> will_encrypt(Device& device) {
    const auto answer = device.look_up("com.apple.mobile.backup", "WillEncrypt");
    return answer.value ? answer.value->boolean() : std::nullopt;
}

}  // namespace

IosPhone::IosPhone(const Device::World& world, std::string udid, DeviceOptions options)
    : world_(world), udid_(std::move(udid)), options_(options) {}

template <class Work>
auto IosPhone::with_media(const std::stop_token& stop, Work work) {
    Device device(world_, udid_, options_, stop);
    Afc afc(device.open(afc_service, device.best_escrow()));
    return work(afc);
}

Device::World IosPhone::with(EventSink& events) const {
    return {world_.mux, world_.clock, world_.random, events};
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
    const Device::World world = with(events);
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

RestorableBackup IosPhone::check_whole(const FileTree& tree, const WholeRestoreWishes& wishes,
                                       const std::stop_token& stop) {
    Device device(world_, udid_, options_, stop);
    RestorableBackup backup = find_restorable(tree);
    check_restorable(device, backup, wishes);
    return backup;
}

void IosPhone::restore_whole(const FileTree& tree, const WholeRestoreWishes& wishes,
                             EventSink& events, const std::stop_token& stop) {
    const Device::World world = with(events);
    Device device(world, udid_, options_, stop);
    BackupSession session(device, world, options_, stop);
    restore_whole_phone({device, session, events}, tree, wishes);
}

std::optional<bool> IosPhone::encrypts_backups(const std::stop_token& stop) {
    Device device(world_, udid_, options_, stop);
    return will_encrypt(device);
}

void IosPhone::change_backup_password(const SecretText& before, const SecretText& after,
                                      EventSink& events, const std::stop_token& stop) {
    const Device::World world = with(events);
    Device device(world, udid_, options_, stop);
    BackupSession session(device, world, options_, stop);
    const MemoryTree no_backup;
    TreeFolder folder(no_backup);
    session.run(SyncLocking::none, [&](MobileBackup& service) {
        service.change_password(before, after, folder, events);
    });
    // The phone says yes before it has written it down.
    constexpr milliseconds between{500};
    constexpr int looks = 20;
    for (int i = 0; i < looks; ++i) {
        if (will_encrypt(device) == !after.empty()) return;
        if (!world.clock.sleep(between, stop)) throw Cancelled();
    }
    throw Temporary("the iPhone accepted the change, but does not show it",
                    "Restart the iPhone and look again: `lifeboat phone info` says whether its "
                    "backups are encrypted.");
}

}  // namespace lifeboat::phone::ios
