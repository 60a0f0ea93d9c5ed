#include "phone/android/personal/messages_restore.h"

#include "base/text.h"
#include "personal/telephony_backup.h"
#include "phone/android/personal/messages_agent.h"
#include "phone/android/personal/messages_attachments.h"
#include "phone/android/personal/messages_right.h"
#include "phone/android/personal/writing_progress.h"
#include "sys/clock.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::phone::android {
namespace {

using personal::Message;
using personal::Mms;
using personal::Record;

// The first batch shows whether the phone keeps anything at all.
constexpr size_t first_batch = 20;
constexpr size_t sms_batch = 600;
constexpr size_t mms_batch = 40;
constexpr std::chrono::seconds between_looks{1};
constexpr uint64_t sdk_that_takes_colons = 30;

template <class Found>
int64_t last_id(const std::vector<Found>& rows) {
    return rows.empty() ? 0 : rows.back().id;
}

bool has_attachment(const Mms& mms) {
    return std::any_of(mms.parts.begin(), mms.parts.end(),
                       [](const auto& part) { return part.data.has_value(); });
}

// What the agent carries of a message: as it can be compared when it came back.
std::string carried(const Message& message) {
    if (const auto* sms = std::get_if<personal::Sms>(&message)) {
        return fmt::format("sms|{}|{}|{}|{}", sms->date, sms->box, sms->address.value_or(""),
                           sms->body.value_or(""));
    }
    const Mms& mms = std::get<Mms>(message);
    return fmt::format("mms|{}|{}|{}", mms.date, mms.box, personal::text_of(mms));
}

// The agent takes messages of one millisecond with one text for the same.
std::string same_to_agent(const Message& message) {
    if (const auto* sms = std::get_if<personal::Sms>(&message))
        return fmt::format("sms|{}|{}", sms->date, sms->body.value_or(""));
    const Mms& mms = std::get<Mms>(message);
    return fmt::format("mms|{}|{}", mms.date, personal::text_of(mms));
}

// Messages by what the agent carries of them, to be taken out one by one.
class Arrived {
public:
    void add(const Message& message) {
        messages_.emplace(carried(message), personal::record_of(message));
    }
    // Whether the one that was taken is equal in everything; nothing when none is left.
    std::optional<bool> take(const Message& message) {
        const auto [first, end] = messages_.equal_range(carried(message));
        if (first == end) return std::nullopt;
        const std::string digest = personal::record_of(message).digest;
        const auto equal = std::find_if(
            first, end, [&](const auto& pair) { return pair.second.digest == digest; });
        const bool whole = equal != end;
        messages_.erase(whole ? equal : first);
        return whole;
    }

private:
    std::multimap<std::string, Record> messages_{};
};

}  // namespace

MessagesRestore::MessagesRestore(const PhoneLink& link, const FileTree& snapshot,
                                 std::vector<Message> wanted, EventSink& events)
    : link_(link),
      snapshot_(snapshot),
      wanted_(std::move(wanted)),
      events_(events),
      content_(link),
      threads_(content_) {}

// Only the files of picture messages that may be one of ours are read.
MessagesRestore::There MessagesRestore::look(const std::stop_token& stop) {
    const Threads threads = read_threads(content_, stop);
    There there{.sms = read_sms(content_, threads, "", stop).all};
    const bool has_mms = std::any_of(wanted_.begin(), wanted_.end(), [](const Message& one) {
        return std::holds_alternative<Mms>(one);
    });
    if (!has_mms) return there;
    there.mms = read_mms(content_, threads, "", {}, stop).all;
    std::set<std::string> keys;
    for (const Message& one : wanted_) {
        if (const Mms* mms = std::get_if<Mms>(&one)) keys.insert(mms_key(*mms));
    }
    MessagesAttachments attachments(content_, {}, {});
    for (FoundMms& one : there.mms) {
        if (keys.contains(mms_key(one.mms))) attachments.read({&one, 1}, stop);
    }
    return there;
}

MessagesPlan MessagesRestore::plan(const There& there, const std::stop_token& stop) {
    const ToolLimits limits{.takes_colons = content_.sdk(stop) >= sdk_that_takes_colons};
    return plan_messages(wanted_, there.sms, there.mms, limits);
}

personal::RestoreOutcome MessagesRestore::run(const MessagesWay& way, const std::stop_token& stop) {
    const There there = look(stop);
    MessagesPlan work = plan(there, stop);
    outcome_.wanted = work.wanted;
    outcome_.already_there = work.already_there;
    outcome_.conflicts = work.conflicts;
    const auto by_agent = way.by_agent ? all_of(work) : unfit_of(work);
    to_write_ = work.sms.size() + work.mms.size() + work.unfit.size();
    say_what_the_agent_loses(by_agent);
    if (way.dry_run) {
        outcome_.written = to_write_;
        return outcome_;
    }
    if (way.by_agent)
        write_by_agent(by_agent, way, stop);
    else
        write(work, there, way, stop);
    return outcome_;
}

void MessagesRestore::write(MessagesPlan& plan, const There& there, const MessagesWay& way,
                            const std::stop_token& stop) {
    if (plan.sms.empty() && plan.mms.empty()) return write_by_agent(unfit_of(plan), way, stop);
    MessagesRight right(content_.shell(), events_);
    if (const auto why = right.take(stop)) return fall_back(plan, *why, way, stop);
    write_sms(plan.sms, last_id(there.sms), stop);
    write_mms(plan.mms, last_id(there.mms), stop);
    right.give_back(stop);
    if (!swallowed_ || outcome_.written > 0) return write_by_agent(unfit_of(plan), way, stop);
    fall_back(plan, "this phone does not keep messages that a computer writes", way, stop);
}

// Nothing at all could be written by the tool: the phone's own backup agent still may.
void MessagesRestore::fall_back(const MessagesPlan& plan, const std::string& why,
                                const MessagesWay& way, const std::stop_token& stop) {
    events_.on(
        Noted{.severity = Severity::warning,
              .text = fmt::format("Messages: {}. Trying its own backup agent instead.", why)});
    outcome_.failed.clear();
    outcome_.cannot_come_back.clear();
    done_ = 0;
    auto all = all_of(plan);
    for (ForAgent& one : all) {
        if (one.why.empty()) one.why = why;
    }
    say_what_the_agent_loses(all);
    write_by_agent(all, way, stop);
}

void MessagesRestore::write_sms(std::span<const WantedSms> all, int64_t last_id,
                                const std::stop_token& stop) {
    SmsWriter writer(content_, threads_, last_id, [this] {
        ++under_way_;
        tell_progress();
    });
    size_t at = 0;
    while (at < all.size()) {
        if (stop.stop_requested()) throw Cancelled();
        const size_t count = std::min(at == 0 ? first_batch : sms_batch, all.size() - at);
        auto result = writer.write(all.subspan(at, count), stop);
        at += count;
        const bool more = goes_on(result, count);
        take(std::move(result));
        if (more) continue;
        const std::string reason = outcome_.failed.back().reason;
        for (const WantedSms& one : all.subspan(at))
            outcome_.failed.push_back({one.record.label, reason});
        return;
    }
}

void MessagesRestore::write_mms(std::span<WantedMms> all, int64_t last_id,
                                const std::stop_token& stop) {
    MmsWriter writer(content_, threads_, snapshot_, last_id);
    size_t at = 0;
    while (at < all.size()) {
        if (stop.stop_requested()) throw Cancelled();
        const size_t count = std::min(mms_batch, all.size() - at);
        auto result = writer.write(all.subspan(at, count), stop);
        at += count;
        const bool more = goes_on(result, count);
        take(std::move(result));
        if (more) continue;
        const std::string reason = outcome_.failed.back().reason;
        for (const WantedMms& one : all.subspan(at))
            outcome_.failed.push_back({one.record.label, reason});
        return;
    }
}

// A batch of which nothing was kept says that the next would not be kept either.
bool MessagesRestore::goes_on(const WriteResult& result, size_t batch) {
    const bool nothing_kept = result.written == 0 && result.failed.size() == batch;
    swallowed_ |= nothing_kept && !result.full;
    return !nothing_kept && !result.full;
}

void MessagesRestore::take(WriteResult result) {
    outcome_.written += result.written;
    outcome_.compared_equal += result.compared_equal;
    done_ += result.written + result.failed.size();
    under_way_ = 0;
    std::move(result.failed.begin(), result.failed.end(), std::back_inserter(outcome_.failed));
    tell_progress();
}

std::vector<MessagesRestore::ForAgent> MessagesRestore::unfit_of(const MessagesPlan& plan) {
    std::vector<ForAgent> all;
    for (const UnfitMessage& one : plan.unfit)
        all.push_back({*one.message, one.failure.label, one.failure.reason});
    return all;
}

std::vector<MessagesRestore::ForAgent> MessagesRestore::all_of(const MessagesPlan& plan) {
    std::vector<ForAgent> all = unfit_of(plan);
    for (const WantedSms& one : plan.sms) all.push_back({*one.sms, one.record.label, ""});
    for (const WantedMms& one : plan.mms) all.push_back({*one.mms, one.record.label, ""});
    return all;
}

void MessagesRestore::tell_progress() {
    events_.on(Progress{.phase = std::string(writing_records),
                        .place = "messages",
                        .items_done = std::min<uint64_t>(done_ + under_way_, to_write_),
                        .items_total = to_write_});
}

void MessagesRestore::say_what_the_agent_loses(const std::vector<ForAgent>& wanted) {
    const auto say = [&](uint64_t count, std::string_view what) {
        if (count > 0) {
            outcome_.cannot_come_back.push_back(
                fmt::format(fmt::runtime(what), human_count(count)));
        }
    };
    uint64_t files = 0, wordless = 0, twins = 0;
    std::set<std::string> seen;
    for (const ForAgent& one : wanted) {
        const Mms* mms = std::get_if<Mms>(&one.message);
        const bool fits = personal::fits_telephony_backup(one.message);
        wordless += fits || mms == nullptr ? 0 : 1;
        files += fits && mms != nullptr && has_attachment(*mms) ? 1 : 0;
        twins += seen.insert(same_to_agent(one.message)).second ? 0 : 1;
    }
    say(files,
        "The pictures and files of {} messages cannot come back by the phone's backup agent; their "
        "texts can.");
    say(wordless, "{} picture messages without text cannot come back by the phone's backup agent.");
    say(twins,
        "{} messages equal another one of the same moment: the phone's backup agent brings back "
        "one "
        "of them.");
}

void MessagesRestore::write_by_agent(const std::vector<ForAgent>& wanted, const MessagesWay& way,
                                     const std::stop_token& stop) {
    if (wanted.empty()) return;
    std::vector<Message> fitting;
    for (const ForAgent& one : wanted) {
        if (personal::fits_telephony_backup(one.message)) fitting.push_back(one.message);
    }
    const There before = look(stop);
    if (!fitting.empty()) {
        hand_to_agent(link_, fitting, events_, stop);
        wait_for_agent(before.sms.size() + before.mms.size() + fitting.size(), way, stop);
    }
    compare_with_agent(wanted, before, stop);
}

int64_t MessagesRestore::count_rows(const std::stop_token& stop) {
    int64_t count = 0;
    for (const char* uri : {"content://sms", "content://mms"})
        count += static_cast<int64_t>(read_ids(content_, uri, "", stop).size());
    return count;
}

// The agent works after the archive was taken: until all are there, or no more came for a while.
void MessagesRestore::wait_for_agent(size_t wanted, const MessagesWay& way,
                                     const std::stop_token& stop) {
    sys::SystemClock clock;
    int64_t last = -1;
    auto changed = clock.monotonic();
    while (true) {
        const int64_t now = count_rows(stop);
        if (now >= static_cast<int64_t>(wanted)) return;
        if (now != last) changed = clock.monotonic();
        last = now;
        tell_progress();
        if (clock.monotonic() - changed > way.agent_patience) return;
        if (!clock.sleep(std::min<nanoseconds>(between_looks, way.agent_patience), stop))
            throw Cancelled();
    }
}

void MessagesRestore::compare_with_agent(const std::vector<ForAgent>& wanted, const There& before,
                                         const std::stop_token& stop) {
    Arrived arrived;
    const There now = look(stop);
    for (const FoundSms& one : now.sms) arrived.add(one.sms);
    for (const FoundMms& one : now.mms) arrived.add(one.mms);
    // What was there before does not count as having come.
    for (const FoundSms& one : before.sms) arrived.take(one.sms);
    for (const FoundMms& one : before.mms) arrived.take(one.mms);
    for (const ForAgent& one : wanted) {
        const auto whole = arrived.take(one.message);
        if (!whole) {
            const std::string by_agent = personal::fits_telephony_backup(one.message)
                                             ? "it did not come back by the phone's backup agent"
                                             : "the phone's backup agent cannot carry it";
            outcome_.failed.push_back(
                {one.label, one.why.empty() ? by_agent : one.why + ", and " + by_agent});
            continue;
        }
        ++outcome_.written;
        if (*whole) {
            ++outcome_.compared_equal;
            continue;
        }
        const Mms* mms = std::get_if<Mms>(&one.message);
        const bool lost_files = mms != nullptr && has_attachment(*mms);
        outcome_.failed.push_back(
            {one.label, lost_files ? "its text came back, its pictures and files did not"
                                   : "its text came back, its lock or its subject did not"});
    }
}

}  // namespace lifeboat::phone::android
