// One iPhone as a Phone: its facts, its media folder, its backups.
//
// Each operation begins with a connection of its own, so that a phone that was unplugged in between
// is found again; one that goes away in the middle ends the operation with Gone, within seconds.
#pragma once

#include "phone/ios/device.h"
#include "phone/ios/whole_restore.h"
#include "phone/phone.h"

#include <string>

namespace lifeboat::phone::ios {

class IosPhone final : public Phone {
public:
    // All that `world` names outlives it.
    IosPhone(const Device::World& world, std::string udid, DeviceOptions options);

    Facts facts(const std::stop_token& stop) override;
    // The media folder: "Media/DCIM/...". What apps keep is seen by nobody but a backup.
    Inventory inventory(const std::stop_token& stop) override;
    // Read over the wire and hashed on this computer: see hash_media().
    void digests(std::span<const ItemPath> files, const EachDigest& each,
                 const std::stop_token& stop) override;
    // The phone's own backup, "UDID/xx/..." with its lists: it sends what is new since what the
    // sink can take over of the last one, encrypted where the phone is set so. Somebody enters the
    // passcode on the phone: the events say when. Throws Waiting when that did not happen, NoSpace,
    // Temporary, Denied, and what the sink throws.
    void backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                const std::stop_token& stop) override;
    // Into the media folder: see restore_media().
    RestoreOutcome restore(const FileTree& tree, std::span<const ItemPath> only, EventSink& events,
                           const std::stop_token& stop) override;

    // What would be put onto it; throws what speaks against it. Nothing is changed.
    RestorableBackup check_whole(const FileTree& tree, const WholeRestoreWishes& wishes,
                                 const std::stop_token& stop);
    // Puts a whole backup onto the phone: see restore_whole_phone().
    void restore_whole(const FileTree& tree, const WholeRestoreWishes& wishes, EventSink& events,
                       const std::stop_token& stop);

    // Whether the phone encrypts its backups; nothing when it does not tell.
    std::optional<bool> encrypts_backups(const std::stop_token& stop);
    // The password of its backups, in all programs: only `after` switches encryption on, only
    // `before` off, both change it. Asked back from the phone before this returns. Somebody enters
    // the passcode on the phone. Throws Denied when `before` is wrong, Waiting, Temporary.
    void change_backup_password(const SecretText& before, const SecretText& after,
                                EventSink& events, const std::stop_token& stop);

private:
    Device::World with(EventSink& events) const;
    template <class Work>
    auto with_media(const std::stop_token& stop, Work work);

    Device::World world_;
    std::string udid_;
    DeviceOptions options_;
};

}  // namespace lifeboat::phone::ios
