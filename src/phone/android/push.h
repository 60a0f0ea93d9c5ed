// Writes files onto the phone: pushes queued one behind the other, dates kept, refusals named.
#pragma once

#include "phone/android/storage_scan.h"

#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

// What was written stays written when the connection breaks; go_on() then goes on behind it.
class PushRun {
public:
    PushRun(const PhoneLink& link, const std::vector<Volume>& volumes, const FileTree& tree,
            EventSink& events);

    // What will be written, all of the tree or what lies at or below `only`. Throws NoSpace when it
    // does not fit into the phone, Missing when `only` names nothing.
    void plan(std::span<const ItemPath> only, const std::stop_token& stop);
    // Bytes of what is planned that get much shorter packed.
    uint64_t bytes_that_pack() const;
    // From now on such files go packed; only where the phone's dialect has it.
    void pack_with(Packing packing) { packing_ = packing; }
    void go_on(const std::stop_token& stop);
    // The file service keeps whole seconds; this adds what is behind them.
    void set_exact_times(const std::stop_token& stop);
    // Makes what was written known to the phone's own photo apps.
    void show_in_gallery(const std::stop_token& stop);

    const RestoreOutcome& outcome() const { return outcome_; }

private:
    struct Target {
        Item item{};
        std::string remote{};
        bool failed = false;  // its bytes cannot be had: not tried again after a break
    };

    void plan_item(const Item& item);
    void check_space(const std::stop_token& stop);
    void make_folders(const std::stop_token& stop);
    void push_some(const std::stop_token& stop);
    enum class Sent { whole, half, nothing };
    Sent send_file(SyncConnection& connection, const Target& target);
    Sent send_packed(SyncConnection& connection, const Target& target);
    std::unique_ptr<ByteSource> open_source(const Item& item);
    std::optional<ByteView> next_piece(ByteSource& source, const Item& item);
    void read_answer(SyncConnection& connection, size_t index);
    void fail(const Item& item, std::string reason);
    void broadcast_scan(Shell& shell, const std::set<std::string>& folders,
                        const std::stop_token& stop);

    const PhoneLink& link_;
    const std::vector<Volume>& volumes_;
    const FileTree& tree_;
    EventSink& events_;
    std::vector<Target> files_{};
    std::vector<Target> folders_{};
    Bytes buffer_{};
    Packing packing_ = Packing::none;
    size_t sent_ = 0;      // files before it were sent
    size_t answered_ = 0;  // files before it were answered for, or failed
    RestoreOutcome outcome_{};
};

}  // namespace lifeboat::phone::android
