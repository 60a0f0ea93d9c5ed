#include "phone/android/personal/messages_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::phone::android {
namespace {

using personal::Failure;
using personal::Mms;
using personal::MmsPart;
using personal::Record;
using personal::Sms;

// The label is for people; two messages that differ only there are the same.
Record compared(Record record) {
    record.label.clear();
    return record;
}

std::string sms_key(const Sms& sms) {
    return fmt::format("{}|{}|{}|{}", sms.date, sms.box, sms.address.value_or(""),
                       sms.body.value_or(""));
}

using Why = std::optional<std::string>;

// Whether the tool passes a message on. Of its own boxes a computer sees two.
class Fitness {
public:
    explicit Fitness(const ToolLimits& limits) : limits_(limits) {}

    Why why_unfit(const Sms& sms) const {
        if (auto why = of_box(sms.box)) return why;
        for (const auto* text : {&sms.address, &sms.body, &sms.subject, &sms.service_center}) {
            if (auto why = of_text(*text)) return why;
        }
        return std::nullopt;
    }
    Why why_unfit(const Mms& mms) const {
        if (auto why = of_box(mms.box)) return why;
        if (auto why = of_text(mms.subject)) return why;
        for (const auto& [name, value] : mms.other) {
            if (auto why = of_text(value)) return why;
        }
        for (const auto& one : mms.addresses) {
            if (auto why = of_text(one.address)) return why;
        }
        for (const MmsPart& part : mms.parts) {
            for (const auto* text : {&part.name, &part.disposition, &part.file_name,
                                     &part.content_id, &part.location, &part.text}) {
                if (auto why = of_text(*text)) return why;
            }
        }
        return std::nullopt;
    }

private:
    static Why of_box(int64_t box) {
        if (box == personal::message_box::received || box == personal::message_box::sent)
            return std::nullopt;
        return "it is a draft or was not sent: a computer could not see whether it came back";
    }
    Why of_text(const std::optional<std::string>& text) const {
        if (!text) return std::nullopt;
        if (text->size() > limits_.longest) return "its text is longer than the phone's tool takes";
        if (text->find('\0') != std::string::npos)
            return "its text holds a byte that the phone's tool does not pass on";
        if (!limits_.takes_colons && text->find(':') != std::string::npos)
            return "its text holds a colon, which the tool of this phone's Android does not pass "
                   "on";
        return std::nullopt;
    }

    ToolLimits limits_;
};

// Takes one of `from` that `same` holds for; false when there is none.
template <class T, class Same>
bool take_one(std::vector<T>& from, Same same) {
    const auto found = std::find_if(from.begin(), from.end(), same);
    if (found == from.end()) return false;
    from.erase(found);
    return true;
}

bool is_in_no_thread(const Mms& wanted, const FoundMms& there) {
    return there.thread == 0 && !people_of(wanted).empty();
}

// Whether its file may be the begin of the wanted one: who writes it compares the bytes.
bool was_cut(const MmsPart& wanted, const MmsPart& there) {
    const uint64_t size = there.data ? there.data->size : 0;
    return same_part(wanted, there) && wanted.data && size < wanted.data->size;
}

// What is missing of `wanted` in `there`; nothing when `there` holds what is not wanted.
std::optional<WantedMms> missing_of(const Mms& wanted, const FoundMms& there) {
    WantedMms work{.mms = &wanted, .id = there.id};
    if (wanted.subject != there.mms.subject) return std::nullopt;
    auto addresses = there.mms.addresses;
    for (const auto& one : wanted.addresses) {
        if (!take_one(addresses, [&](const auto& other) { return other == one; }))
            work.addresses.push_back(one);
    }
    auto parts = there.mms.parts;
    std::vector<size_t> left;
    for (size_t i = 0; i < wanted.parts.size(); ++i) {
        const MmsPart& part = wanted.parts[i];
        if (!take_one(parts, [&](const MmsPart& other) { return equal_part(part, other); }))
            left.push_back(i);
    }
    for (const size_t i : left) {
        const MmsPart& part = wanted.parts[i];
        if (!take_one(parts, [&](const MmsPart& other) { return was_cut(part, other); }))
            work.parts.push_back(i);
    }
    if (!addresses.empty() || !parts.empty()) return std::nullopt;
    work.in_no_thread = is_in_no_thread(wanted, there);
    return work;
}

// Equal ones first, whatever their order: only what is left over may be another.
class Planner {
public:
    explicit Planner(const ToolLimits& limits) : fitness_(limits) {}

    void plan(const std::vector<personal::Message>& wanted, const std::vector<FoundSms>& sms,
              const std::vector<FoundMms>& mms) {
        plan_.wanted = wanted.size();
        for (const FoundSms& one : sms) left_sms_.emplace(sms_key(one.sms), &one.sms);
        for (const FoundMms& one : mms) left_mms_.emplace(mms_key(one.mms), &one);
        std::vector<const personal::Message*> others;
        for (const personal::Message& message : wanted) {
            if (!std::visit([&](const auto& one) { return take_equal(one); }, message))
                others.push_back(&message);
        }
        for (const personal::Message* message : others)
            std::visit([&](const auto& one) { decide(*message, one); }, *message);
        const auto by_date = [](const auto& left, const auto& right) {
            return date(left) < date(right);
        };
        std::stable_sort(plan_.sms.begin(), plan_.sms.end(), by_date);
        std::stable_sort(plan_.mms.begin(), plan_.mms.end(), by_date);
    }
    MessagesPlan result() { return std::move(plan_); }

private:
    static int64_t date(const WantedSms& one) { return one.sms->date; }
    static int64_t date(const WantedMms& one) { return one.mms->date; }

    template <class Left, class Key, class T, class IsEqual>
    bool take_equal_from(Left& left, const Key& key, const T& wanted, IsEqual is_equal) {
        const auto [first, end] = left.equal_range(key);
        const Record record = compared(personal::record_of(wanted));
        for (auto at = first; at != end; ++at) {
            if (!is_equal(record, *at->second)) continue;
            left.erase(at);
            ++plan_.already_there;
            return true;
        }
        return false;
    }
    bool take_equal(const Sms& wanted) {
        const auto is_equal = [](const Record& record, const Sms& there) {
            return compared(personal::record_of(there)) == record;
        };
        return take_equal_from(left_sms_, sms_key(wanted), wanted, is_equal);
    }
    bool take_equal(const Mms& wanted) {
        const auto is_equal = [&](const Record& record, const FoundMms& there) {
            return compared(personal::record_of(there.mms)) == record &&
                   !is_in_no_thread(wanted, there);
        };
        return take_equal_from(left_mms_, mms_key(wanted), wanted, is_equal);
    }

    void decide(const personal::Message& message, const Sms& wanted) {
        const Record record = personal::record_of(wanted);
        const auto other = left_sms_.find(sms_key(wanted));
        if (other != left_sms_.end()) {
            left_sms_.erase(other);
            plan_.conflicts.push_back(
                {record.label, "it is on the phone with another group, subject, date or lock"});
        } else if (const auto why = fitness_.why_unfit(wanted)) {
            plan_.unfit.push_back({&message, {record.label, *why}});
        } else {
            plan_.sms.push_back({&wanted, record});
        }
    }
    void decide(const personal::Message& message, const Mms& wanted) {
        const Record record = personal::record_of(wanted);
        const auto [first, end] = left_mms_.equal_range(mms_key(wanted));
        const auto why = fitness_.why_unfit(wanted);
        for (auto at = first; at != end; ++at) {
            auto work = missing_of(wanted, *at->second);
            if (!work || (why && !(work->addresses.empty() && work->parts.empty()))) continue;
            work->record = record;
            plan_.mms.push_back(*std::move(work));
            left_mms_.erase(at);
            return;
        }
        if (why) {
            plan_.unfit.push_back({&message, {record.label, *why}});
            return;
        }
        if (first != end) {
            left_mms_.erase(first);
            plan_.conflicts.push_back({record.label, "it is on the phone with other contents"});
            return;
        }
        WantedMms work{.mms = &wanted, .record = record, .addresses = wanted.addresses};
        for (size_t i = 0; i < wanted.parts.size(); ++i) work.parts.push_back(i);
        plan_.mms.push_back(std::move(work));
    }

    Fitness fitness_;
    MessagesPlan plan_{};
    std::multimap<std::string, const Sms*> left_sms_{};
    std::multimap<std::string, const FoundMms*> left_mms_{};
};

}  // namespace

bool Presence::take(const Record& record) {
    const auto found = there_.find(record);
    if (found == there_.end()) return false;
    if (--found->second == 0) there_.erase(found);
    return true;
}

MessagesPlan plan_messages(const std::vector<personal::Message>& wanted,
                           const std::vector<FoundSms>& there_sms,
                           const std::vector<FoundMms>& there_mms, const ToolLimits& limits) {
    Planner planner(limits);
    planner.plan(wanted, there_sms, there_mms);
    return planner.result();
}

std::string mms_key(const Mms& mms) {
    const auto column = [&](const char* name) {
        const auto found = mms.other.find(name);
        return found == mms.other.end() ? std::string() : found->second;
    };
    return fmt::format("{}|{}|{}|{}", mms.date, mms.box, column("m_id"), column("tr_id"));
}

std::vector<std::string> people_of(const Mms& mms) {
    if (!mms.recipients.empty()) return mms.recipients;
    std::vector<std::string> people;
    for (const auto& one : mms.addresses) {
        if (one.address != personal::mms_address::own) people.push_back(one.address);
    }
    return people;
}

bool same_part(const MmsPart& left, const MmsPart& right) {
    return left.seq == right.seq && left.content_type == right.content_type &&
           left.name == right.name && left.file_name == right.file_name &&
           left.content_id == right.content_id && left.location == right.location &&
           left.text == right.text;
}

bool equal_part(const MmsPart& left, const MmsPart& right) {
    const auto hash = [](const MmsPart& part) {
        return part.data && part.data->size > 0 ? part.data->sha256 : std::string();
    };
    return same_part(left, right) && hash(left) == hash(right);
}

}  // namespace lifeboat::phone::android
