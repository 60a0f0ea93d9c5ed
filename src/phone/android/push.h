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

    // What will be written, all of the tree or what lies at or below `only`. Throws Missing when
    // `only` names nothing.
    void plan(std::span<const ItemPath> only);
    // Looks at what is on the phone, and makes folders. Throws NoSpace when the plan does not fit
    // into the phone. May be repeated.
    void prepare(const std::stop_token& stop);
    // Bytes of what is planned that get much shorter packed.
    uint64_t bytes_that_pack() const;
    // From now on such files go packed; only where the phone's dialect has it.
    void pack_with(Packing packing) { packing_ = packing; }
    // Throws Temporary when the connection breaks.
    void go_on(const std::stop_token& stop);
    // Grows whenever go_on() gets anywhere.
    size_t progress() const { return answered_ + put_in_place_; }
    // The file service keeps whole seconds; this adds what is behind them.
    void set_exact_times(const std::stop_token& stop);
    // Makes what was written known to the phone's own photo apps.
    void show_written(const std::stop_token& stop);

    const RestoreOutcome& outcome() const { return outcome_; }

private:
    struct Target {
        Item item{};
        std::string remote{};
        std::string beside{};  // where it is written first, if it replaces a file: see replacing.h
        uint64_t sent = 0;     // bytes of it, as they came out of the copy
        bool failed = false;   // named, and not tried again
        const std::string& written_to() const { return beside.empty() ? remote : beside; }
    };

    void plan_item(const Item& item);
    void check_space(const std::stop_token& stop);
    void find_replaced(const std::stop_token& stop);
    void make_folders(const std::stop_token& stop);
    void push_some(const std::stop_token& stop);
    enum class Sent { whole, half, nothing, refused };
    Sent send_file(SyncConnection& connection, Target& target);
    std::unique_ptr<ByteSource> open_source(const Item& item);
    std::optional<ByteView> next_piece(ByteSource& source, const Item& item);
    // These three are false behind a refusal: the phone has ended the stream.
    bool send(SyncConnection& connection, ByteView bytes);
    bool take_answers(SyncConnection& connection, size_t left_at_most);
    bool take_answer(SyncConnection& connection);
    bool was_refused(SyncConnection& connection);
    void put_whole_in_place(const std::stop_token& stop);
    void remove_halves(const std::stop_token& stop);
    void done(const Item& item);
    void fail(const Item& item, std::string reason);

    const PhoneLink& link_;
    const std::vector<Volume>& volumes_;
    const FileTree& tree_;
    EventSink& events_;
    std::vector<Target> files_{};
    std::vector<Target> folders_{};
    Bytes buffer_{};
    Packing packing_ = Packing::none;
    size_t answered_ = 0;              // files before it were answered for, or failed
    size_t sent_ = 0;                  // files before it were sent on the stream under way
    bool all_sent_ = false;            // of the file under way
    std::deque<size_t> unanswered_{};  // files the phone has heard of on that stream
    size_t window_ = 1;                // how many these may be
    std::vector<size_t> whole_{};      // on the phone, and not yet in their place
    size_t put_in_place_ = 0;
    std::vector<std::string> halves_{};  // on the phone, to be removed
    RestoreOutcome outcome_{};
};

}  // namespace lifeboat::phone::android
