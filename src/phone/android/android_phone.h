// An Android phone behind its transport: decides what to read, waits for a phone that went
// away for a moment, and leaves the protocol to its neighbours.
#pragma once

#include "phone/android/link_speed.h"
#include "phone/android/personal_source.h"
#include "phone/android/pull.h"
#include "phone/android/storage_scan.h"
#include "phone/app_backup.h"
#include "sys/clock.h"
#include "sys/random.h"

namespace lifeboat::phone::android {

struct AndroidOptions {
    WalkLimits walk{};
    PullOptions pull{};
    bool pack_pushed = false;  // whatever the wire is: what packs well goes packed
};

class PushRun;

class AndroidPhone final : public Phone, public AppBackupPhone {
public:
    // References outlive it. `serial` is a phone in the state "device".
    // Throws Unsupported for a phone without shell v2.
    AndroidPhone(Transport& server, std::string serial, sys::Clock& clock, AndroidOptions options,
                 const std::stop_token& stop);

    Facts facts(const std::stop_token& stop) override;
    Inventory inventory(const std::stop_token& stop) override;
    void digests(std::span<const ItemPath> files, const EachDigest& each,
                 const std::stop_token& stop) override;
    void backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                const std::stop_token& stop) override;
    RestoreOutcome restore(const FileTree& tree, std::span<const ItemPath> only, EventSink& events,
                           const std::stop_token& stop) override;
    std::vector<personal::Collection> personal(EventSink& events,
                                               const std::stop_token& stop) override;
    std::vector<personal::RestoreOutcome> restore_personal(const FileTree& snapshot,
                                                           const personal::RestoreRequest& request,
                                                           EventSink& events,
                                                           const std::stop_token& stop) override;
    AppBackup app_backup(const std::vector<std::string>& apps,
                         const std::stop_token& stop) override;
    AppObstacle obstacle_to(const std::string& app, uint64_t version_code,
                            const std::stop_token& stop) override;
    OfferEnd offer_app_backup(const std::function<void(const Write&)>& write,
                              const std::stop_token& stop) override;
    CloudBackupReport ask_cloud_backup(const std::stop_token& stop) override;

private:
    std::vector<personal::Collection> read_personal(const PersonalTarget& target, EventSink& events,
                                                    const std::stop_token& stop);
    personal::Collection read_class(PersonalSource& source, const PersonalTarget& target,
                                    EventSink& events, const std::stop_token& stop);
    StorageScan scan(const std::stop_token& stop);
    bool is_unlocked(const std::stop_token& stop);
    std::vector<PullJob> take_over(const StorageScan& scan, const FileTree* previous,
                                   ItemSink& sink, const std::stop_token& stop);
    void pull_all(std::vector<PullJob> jobs, ItemSink& sink, EventSink& events,
                  const std::stop_token& stop);
    Packing packing_to_push(const PushRun& run, const std::stop_token& stop);
    PullOptions pull_options(size_t files, const std::stop_token& stop);
    void settle(const std::vector<PullJob>& jobs, const std::stop_token& stop);
    std::vector<PullJob> look_again(std::vector<PullJob> jobs, ItemSink& sink,
                                    const std::stop_token& stop);
    bool wait_for_phone(const std::stop_token& stop);
    template <class Work>
    auto with_patience(const std::stop_token& stop, Work work);
    template <class Work, class Progress>
    auto with_patience(const std::stop_token& stop, Work work, Progress progress);

    PhoneLink link_;
    sys::Clock& clock_;
    AndroidOptions options_;
    bool delayed_acks_ = false;
    std::string mark_;
    std::vector<std::string> leftovers_{};  // of earlier restores, as of the last scan
};

// The error for a phone that does not come back; `what` is what broke.
[[noreturn]] void throw_phone_lost(const std::string& what);

}  // namespace lifeboat::phone::android
