// What an Android phone's accounts keep in their clouds: said beside the copies, never instead.
#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <algorithm>
#include <array>

namespace lifeboat::checklist {
namespace {

// Apps that put their own people into the phone's contacts: they keep nobody's address book.
constexpr std::array<std::string_view, 6> guests = {
    "com.whatsapp",   "com.whatsapp.w4b", "org.telegram.messenger", "org.thoughtcrime.securesms",
    "com.viber.voip", "ch.threema.app"};

struct Topic {
    std::string_view authority;
    std::string code;                   // "sync_contacts"
    std::string_view class_of_records;  // whose only copy the cloud may be; empty: not asked
};

// "com.android.contacts@com.google:1a2b3c4d"
std::string_view authority_of(std::string_view subject) {
    return subject.substr(0, subject.rfind('@'));
}

bool is_guest(std::string_view subject) {
    const auto account = subject.substr(subject.rfind('@') + 1);
    const auto type = account.substr(0, account.rfind(':'));
    return std::find(guests.begin(), guests.end(), type) != guests.end();
}

struct States {
    uint64_t ok = 0, off = 0, failed = 0, pending = 0, never = 0;
    uint64_t all = 0;
    std::optional<TimePoint> newest{};  // of those that are well
};

// Every state that was told, cited; fewer than the phone says it has are none.
std::optional<std::vector<std::pair<std::string, std::string>>> told_states(
    Inquiry& look, const EvidenceBook& book) {
    const auto count = look.number(facts::sync_authorities, limits::phone_content_age);
    const auto entries = book.all(facts::sync_state);
    if (!count || entries.size() < *count) return std::nullopt;
    std::vector<std::pair<std::string, std::string>> states;
    for (const Evidence* entry : entries) {
        const std::string subject = entry->subject;
        const auto state = look.text(facts::sync_state, limits::phone_content_age, subject);
        if (!state) return std::nullopt;
        states.emplace_back(subject, *state);
    }
    return states;
}

std::optional<States> states_of(Inquiry& look, const EvidenceBook& book,
                                std::string_view authority) {
    const auto told = told_states(look, book);
    if (!told) return std::nullopt;
    States states;
    for (const auto& [subject, state] : *told) {
        if (authority_of(subject) != authority || is_guest(subject)) continue;
        ++states.all;
        if (state == "off") ++states.off;
        if (state == "failed") ++states.failed;
        if (state == "pending") ++states.pending;
        if (state == "never") ++states.never;
        if (state != "ok") continue;
        ++states.ok;
        const auto at = look.instant(facts::sync_succeeded_at, limits::phone_content_age, subject);
        if (!at) return std::nullopt;
        if (!states.newest || *at > *states.newest) states.newest = at;
    }
    return states;
}

// Nothing when the accounts keep it well.
std::string trouble(Inquiry& look, bool master, const States& states) {
    if (states.all == 0) return ".none";
    if (!master || states.off == states.all) return ".off";
    if (states.failed > 0) return ".failed";
    if (states.pending > 0) return ".pending";
    if (states.ok == 0) return ".never";
    const nanoseconds age = look.circumstances().now - *states.newest;
    if (age <= limits::sync_age) return {};
    const auto days = std::chrono::floor<std::chrono::hours>(age).count() / 24;
    look.param("days", static_cast<uint64_t>(days));
    return ".old";
}

// Whether somebody looked for these records and could not read them.
bool is_closed(const EvidenceBook& book, std::string_view class_of_records) {
    const Evidence* found = book.find(facts::inventory_count, class_of_records);
    return found != nullptr && (!found->value || found->grade == Grade::unknown);
}

Finding judge_topic(const EvidenceBook& book, const Circumstances& circumstances,
                    const Topic& topic) {
    Inquiry look(book, circumstances, topic.code + ".ok");
    const auto master = look.yes_no(facts::sync_master, limits::phone_content_age);
    const auto states = states_of(look, book, topic.authority);
    if (!master || !states) {
        Finding finding = look.unknown();
        finding.gate = Gate::warns;
        return finding;
    }
    const std::string problem = trouble(look, *master, *states);
    if (problem.empty()) return look.pass();
    const bool only_copy =
        !topic.class_of_records.empty() && is_closed(book, topic.class_of_records);
    if (only_copy && problem != ".old" && problem != ".pending")
        return look.fail(topic.code + ".only_copy");
    return look.fail(topic.code + problem, Gate::warns);
}

Finding judge_others(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "sync_others.ok");
    const auto told = told_states(look, book);
    if (!told) return look.unknown();
    std::string names;
    uint64_t count = 0;
    for (const auto& [subject, state] : *told) {
        const auto authority = authority_of(subject);
        if (authority == "com.android.contacts" || authority == "com.android.calendar") continue;
        if (state != "failed") continue;
        names += (names.empty() ? "" : ", ") + std::string(authority);
        ++count;
    }
    if (count == 0) return look.pass();
    return look.param("names", names).param("count", count).fail("sync_others.failed");
}

Check topic_check(std::string id, std::string title, Gate gate, Topic topic) {
    Check check{.id = std::move(id),
                .title = std::move(title),
                .requirement = "R-201",
                .gate = gate,
                .platform = Platform::android,
                .judge = [topic](const EvidenceBook& book, const Circumstances& circumstances) {
                    return judge_topic(book, circumstances, topic);
                }};
    for (const char* end : {".ok", ".none", ".off", ".failed", ".pending", ".never", ".old"})
        check.codes.push_back(topic.code + end);
    if (!topic.class_of_records.empty()) check.codes.push_back(topic.code + ".only_copy");
    return check;
}

}  // namespace

Check contacts_sync() {
    return topic_check("R-201.contacts", "Contacts in the account", Gate::blocks,
                       {"com.android.contacts", "sync_contacts", "contacts"});
}

Check calendar_sync() {
    return topic_check("R-201.calendar", "Calendar in the account", Gate::warns,
                       {"com.android.calendar", "sync_calendar", ""});
}

Check other_sync() {
    return {.id = "R-201.others",
            .title = "Account sync",
            .requirement = "R-201",
            .gate = Gate::warns,
            .platform = Platform::android,
            .codes = {"sync_others.ok", "sync_others.failed"},
            .judge = judge_others};
}

}  // namespace lifeboat::checklist
