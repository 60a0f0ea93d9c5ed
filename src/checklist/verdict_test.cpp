#include "checklist/verdict.h"

#include "checklist/completeness.h"
#include "checklist/sample_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace lifeboat::checklist {

// 12 photos, 3 videos, 4 documents, 5 audio files, 1 other; two places that hold them all.
EvidenceBook sample::go_book() {
    EvidenceBook book;
    const auto add = [&](std::string_view name, std::string value, std::string_view subject = {}) {
        book.add(fact(name, subject, std::move(value)));
    };
    add(facts::battery_percent, "84");
    add(facts::battery_plugged, "yes");
    add(facts::wifi_connected, "yes");
    add(facts::wifi_ssid, "Home");
    add(facts::network_metered, "no");
    add(facts::network_validated, "yes");
    add(facts::storage_free_bytes, "40000000000");
    add(facts::packages_vendor_tools, "");
    add(facts::packages_google_photos, "yes");
    add(facts::os_fingerprint, "google/panther/panther:13/TQ3A/1:user/release-keys");
    add(facts::os_security_patch, "2023-09-05");
    add(facts::sync_master, "yes");
    add(facts::sync_authorities, "3");
    for (const char* authority : {"com.android.contacts", "com.android.calendar", "gmail-ls"}) {
        const std::string subject = std::string(authority) + "@com.google:0a1b2c3d";
        add(facts::sync_state, "ok", subject);
        add(facts::sync_succeeded_at, "2026-11-25T08:00:00Z", subject);
    }
    add(facts::google_backup_enabled, "yes");
    add(facts::google_backup_transport, "google");
    add(facts::google_backup_account, "yes");
    add(facts::google_backup_last_pass_at, "2026-11-25T03:00:00Z");
    add(facts::update_pending, "yes");
    add(facts::update_pending_since, "2026-11-20T03:00:00Z");
    for (const auto activity :
         {facts::activity_call, facts::activity_camera, facts::activity_recording}) {
        add(activity, "no");
    }
    for (const char* name : {"messages", "contacts", "calendar", "calls"})
        add(facts::inventory_count, "60", name);
    add(facts::packages_messengers, "com.whatsapp");
    add(facts::packages_authenticators, "");
    const std::vector<std::pair<std::string_view, int>> counts = {
        {"photos", 12}, {"videos", 3}, {"documents", 4}, {"audio", 5}, {"other", 1}};
    for (const auto& [name, count] : counts) {
        add(facts::class_on_phone, std::to_string(count), name);
        add(facts::class_unreadable, "0", name);
        for (const char* place : {"ssd", "nas"}) {
            add(facts::class_missing, "0", facts::at_place(name, place));
        }
    }
    add(facts::class_unreadable, "0", facts::group_folders);
    add(facts::class_unreadable, "2", facts::group_private);
    add(facts::pinned_total, "2");
    add(facts::pinned_missing, "0");
    add(facts::copy_complete_at, "2026-11-25T10:05:00Z");
    add(facts::copy_files, "10000");
    add(facts::copy_bytes, "10000000000");
    add(facts::previous_files, "10000");
    add(facts::previous_bytes, "10000000000");
    add(facts::phone_new_since_copy, "0");
    add(facts::app_backup_saved_at, "none");
    add(facts::apps_at_risk, "");
    add(facts::proof_total, "25");
    add(facts::proof_matched, "25");
    add(facts::proof_mismatched, "0");
    add(facts::proof_unhashed, "0");
    for (const char* place : {"ssd", "nas"}) {
        const bool ssd = std::string_view(place) == "ssd";
        add(facts::place_location, ssd ? "/media/ssd" : "/srv/nas", place);
        add(facts::place_device, ssd ? "disk:1" : "nas:1", place);
        add(facts::place_read_back_at, "2026-11-25T10:06:00Z", place);
        add(facts::place_read_back_ok, "yes", place);
        add(facts::password_sufficient, "yes", place);
        add(facts::password_bits, "77", place);
    }
    return book;
}

EvidenceBook sample::iphone_book() {
    EvidenceBook book = go_book();
    for (const auto& [name, value] : {std::pair{facts::rehearsal_encrypted, "yes"},
                                      {facts::rehearsal_opened, "yes"},
                                      {facts::rehearsal_files, "100"},
                                      {facts::rehearsal_files_checked, "60"},
                                      {facts::rehearsal_databases, "3"},
                                      {facts::backup_encrypted, "yes"},
                                      {facts::icloud_backup_enabled, "yes"},
                                      {facts::icloud_backup_finished_at, "2026-11-25T08:00:00Z"},
                                      {facts::icloud_photos_on, "yes"},
                                      {facts::find_my_on, "yes"},
                                      {facts::activation_state, "Activated"}}) {
        book.add(fact(name, {}, value));
    }
    book.add(fact(facts::inventory_count, "photos_only_in_cloud", "0"));
    book.add(fact(facts::inventory_count, "photos_not_in_cloud", "0"));
    book.add(fact(facts::inventory_count, "whatsapp", "12"));
    return book;
}

namespace {

using sample::go_book;
using sample::with;

Verdict verdict_of(const EvidenceBook& book,
                   const Circumstances& circumstances = sample::circumstances()) {
    return judge(catalogue(), book, circumstances);
}

std::string open_of(const Verdict& verdict) {
    std::string text;
    for (const Finding* finding : verdict.open()) {
        text += finding->check + ":" + finding->code + ":" +
                std::string(to_text(finding->outcome)) + " ";
    }
    return text;
}

// Facts that no blocking check reads.
bool is_soft(const Evidence& entry) {
    static const std::set<std::string_view> soft = {
        facts::battery_plugged,        facts::wifi_ssid,
        facts::packages_messengers,    facts::packages_vendor_tools,
        facts::packages_google_photos, facts::packages_authenticators,
        facts::place_device,           facts::password_bits,
        facts::app_backup_saved_at,    facts::apps_at_risk};
    if (soft.contains(entry.fact)) return true;
    for (const char* family : {"sync.", "google_backup.", "update.", "activity.", "os."}) {
        if (entry.fact.starts_with(family)) return true;
    }
    if (entry.fact == facts::inventory_count && entry.subject == "calls") return true;
    return entry.fact == facts::class_unreadable && entry.subject == facts::group_private;
}

TEST(Verdict, GoesOnlyOnAWholeBook) {
    const Verdict verdict = verdict_of(go_book());
    EXPECT_EQ(to_text(verdict.answer), "go") << open_of(verdict);
    EXPECT_EQ(to_rfc3339(verdict.valid_until), "2026-11-25T11:05:00Z");
    EXPECT_EQ(verdict.judged, sample::now());
    EXPECT_TRUE(verdict.accepted().empty());
    // What no copy holds is said beside the GO: WhatsApp's data, private areas, what nobody can see
    // of Google Photos, the password of the Wi-Fi.
    std::set<std::string> warned;
    for (const Finding* finding : verdict.warnings()) warned.insert(finding->code);
    EXPECT_EQ(warned, (std::set<std::string>{"messengers.unverified", "private.closed",
                                             "google_photos.told", "wifi_password.write_down"}));
}

TEST(Verdict, NothingSeenIsNoGo) {
    const Verdict verdict = verdict_of({});
    EXPECT_EQ(verdict.answer, Answer::no_go);
    for (const Finding& finding : verdict.findings) EXPECT_NE(finding.outcome, Outcome::pass);
    EXPECT_EQ(judge({}, go_book(), sample::circumstances()).answer, Answer::no_go);
}

TEST(Verdict, LosesItsGoWithAnySingleEntry) {
    const EvidenceBook book = go_book();
    for (const Evidence& entry : book.entries()) {
        const Verdict verdict = verdict_of(sample::without(book, entry));
        EXPECT_EQ(verdict.answer == Answer::go, is_soft(entry))
            << entry.fact << " " << entry.subject;
    }
}

// go is better than needs_confirmation is better than no_go.
int worth(Answer answer) {
    switch (answer) {
        case Answer::go:
            return 2;
        case Answer::needs_confirmation:
            return 1;
        case Answer::no_go:
            return 0;
    }
    return 0;
}

std::vector<EvidenceBook> books_to_downgrade() {
    std::vector<EvidenceBook> books = {go_book()};
    books.push_back(with(go_book(), facts::battery_percent, "40"));
    books.push_back(with(go_book(), facts::class_missing, "photos@nas", "3"));
    books.push_back(with(go_book(), facts::pinned_total, "0"));
    books.push_back(with(go_book(), facts::place_read_back_ok, "ssd", "no"));
    EvidenceBook waived = go_book();
    Evidence waiver = sample::fact(facts::waiver_single_place, "", "no second disk");
    waiver.grade = Grade::told;
    waived.add(waiver);
    books.push_back(with(waived, facts::place_location, "nas", "/media/ssd"));
    return books;
}

TEST(Verdict, NeverImprovesByALowerGrade) {
    size_t compared = 0;
    for (const EvidenceBook& book : books_to_downgrade()) {
        const Verdict before = verdict_of(book);
        for (const Evidence& entry : book.entries()) {
            for (const Grade lower : {Grade::proven, Grade::told, Grade::unknown}) {
                if (lower >= entry.grade) continue;
                const Verdict after = verdict_of(sample::changed(
                    book, entry.fact, entry.subject, [&](Evidence& e) { e.grade = lower; }));
                EXPECT_LE(worth(after.answer), worth(before.answer)) << entry.fact;
                for (size_t i = 0; i < after.findings.size(); ++i) {
                    const bool better = after.findings[i].outcome == Outcome::pass &&
                                        before.findings[i].outcome != Outcome::pass;
                    EXPECT_FALSE(better) << after.findings[i].check << " by " << entry.fact;
                }
                ++compared;
            }
        }
    }
    EXPECT_GT(compared, 500u);
}

TEST(Verdict, EndsWithTheHour) {
    const auto judged_at = [](const char* instant) {
        Circumstances later = sample::circumstances();
        later.now = sample::at(instant);
        const EvidenceBook whole = go_book();
        EvidenceBook book;
        for (Evidence entry : whole.entries()) {
            entry.observed = later.now;
            book.add(entry);
        }
        return verdict_of(book, later);
    };
    EXPECT_EQ(judged_at("2026-11-25T11:04:59.999999999Z").answer, Answer::go);
    const Verdict last = judged_at("2026-11-25T11:05:00Z");
    EXPECT_EQ(last.answer, Answer::go);
    EXPECT_EQ(to_rfc3339(last.valid_until), "2026-11-25T11:05:00Z");
    const Verdict over = judged_at("2026-11-25T11:05:00.000000001Z");
    EXPECT_EQ(over.answer, Answer::no_go);
    EXPECT_EQ(open_of(over), "R-310:copy.expired:fail ");
    // A clock that was set back: the copy is from the future, and nothing is known.
    EXPECT_EQ(judged_at("2026-11-25T09:00:00Z").answer, Answer::no_go);
}

TEST(Verdict, NeverReachesFurtherThanAnHour) {
    Circumstances slack = sample::circumstances();
    slack.now = sample::at("2026-11-25T10:05:00Z");
    const EvidenceBook whole = go_book();
    EvidenceBook book;
    for (Evidence entry : whole.entries()) {
        entry.observed = slack.now + std::chrono::seconds(3);
        if (entry.fact == facts::copy_complete_at) entry.value = "2026-11-25T10:05:03Z";
        if (entry.fact == facts::place_read_back_at) entry.value = "2026-11-25T10:05:03Z";
        book.add(entry);
    }
    const Verdict verdict = verdict_of(book, slack);
    EXPECT_EQ(to_text(verdict.answer), "go") << open_of(verdict);
    EXPECT_EQ(verdict.valid_until, slack.now + std::chrono::hours(1));
}

TEST(Verdict, KeepsAWaiverInSight) {
    Circumstances single = sample::circumstances();
    single.places = {"ssd"};
    EvidenceBook book = go_book();
    EXPECT_EQ(open_of(verdict_of(book, single)), "R-501:places.count:fail ");
    Evidence waiver = sample::fact(facts::waiver_single_place, "", "the NAS is broken");
    waiver.grade = Grade::told;
    book.add(waiver);
    const Verdict verdict = verdict_of(book, single);
    EXPECT_EQ(to_text(verdict.answer), "go") << open_of(verdict);
    ASSERT_EQ(verdict.accepted().size(), 1u);
    EXPECT_EQ(verdict.accepted().front()->params.at("reason"), "the NAS is broken");
}

Check row(Answerer answerer, Outcome outcome, Grade grade, bool told_suffices = false) {
    return {.id = "R-409",
            .title = "Authy",
            .requirement = "R-409",
            .answerer = answerer,
            .told_suffices = told_suffices,
            .codes = {"x"},
            .judge = [=](const EvidenceBook&, const Circumstances&) {
                return Finding{.outcome = outcome, .grade = grade, .code = "x"};
            }};
}

TEST(Answer, TellsThePersonsPartFromTheMachines) {
    const auto answer_with = [](const std::vector<Check>& more) {
        std::vector<Check> checks = catalogue();
        checks.insert(checks.end(), more.begin(), more.end());
        return judge(checks, go_book(), sample::circumstances()).answer;
    };
    const Check said_no = row(Answerer::person, Outcome::unknown, Grade::unknown, true);
    const Check broken = row(Answerer::machine, Outcome::fail, Grade::proven);
    EXPECT_EQ(answer_with({said_no}), Answer::needs_confirmation);
    EXPECT_EQ(answer_with({said_no, broken}), Answer::no_go);
    EXPECT_EQ(answer_with({broken}), Answer::no_go);
    EXPECT_EQ(answer_with({row(Answerer::machine, Outcome::unknown, Grade::unknown)}),
              Answer::no_go);
    EXPECT_EQ(answer_with({row(Answerer::person, Outcome::pass, Grade::told, true)}), Answer::go);
    EXPECT_EQ(answer_with({row(Answerer::machine, Outcome::not_applicable, Grade::unknown)}),
              Answer::go);
}

TEST(Answer, ToldIsNotEnoughWhereItIsNotAllowed) {
    const auto ask_row = [](Grade grade, bool told_suffices) {
        return ask({row(Answerer::person, Outcome::pass, grade, told_suffices)}, {}, {}).front();
    };
    EXPECT_EQ(ask_row(Grade::told, true).outcome, Outcome::pass);
    EXPECT_EQ(ask_row(Grade::told, false).outcome, Outcome::unknown);
    EXPECT_EQ(ask_row(Grade::told, false).code, "grade.insufficient");
    EXPECT_EQ(ask_row(Grade::unknown, true).outcome, Outcome::unknown);
    EXPECT_EQ(ask_row(Grade::proven, false).outcome, Outcome::pass);
    std::set<std::string> told;
    for (const Check& check : catalogue()) {
        if (check.told_suffices) told.insert(check.id);
    }
    // for their waivers; they ask for proof of all else themselves.
    EXPECT_EQ(told, (std::set<std::string>{"R-113", "R-303", "R-403", "R-409", "R-501", "R-802"}));
}

std::set<std::string> all_requirements() {
    std::set<std::string> ids;
    const std::vector<std::pair<int, int>> ranges = {{1, 8},     {101, 113}, {201, 211},
                                                     {301, 310}, {401, 411}, {501, 505},
                                                     {601, 605}, {701, 706}, {801, 812}};
    for (const auto& [first, last] : ranges) {
        for (int n = first; n <= last; ++n) {
            std::string digits = std::to_string(1000 + n);
            ids.insert("R-" + digits.substr(1));
        }
    }
    return ids;
}

TEST(Catalogue, HoldsEveryRequirementOfTheTable) {
    std::set<std::string> served;
    std::set<std::string> ids;
    for (const Check& check : catalogue()) {
        EXPECT_TRUE(ids.insert(check.id).second) << check.id << " twice";
        EXPECT_FALSE(check.title.empty()) << check.id;
        EXPECT_EQ(check.built, static_cast<bool>(check.judge)) << check.id;
        std::istringstream words(check.requirement);
        for (std::string id; words >> id;) served.insert(id);
    }
    for (const std::string& id : practices()) {
        EXPECT_FALSE(served.contains(id)) << id;
        served.insert(id);
    }
    EXPECT_EQ(served, all_requirements());
}

TEST(Catalogue, ShowsWhatIsNotBuiltAndNeverPassesIt) {
    const Verdict verdict = verdict_of(go_book());
    std::set<std::string> not_built;
    for (const Finding* finding : verdict.not_built()) not_built.insert(finding->check);
    for (const char* id : {"R-307", "R-308", "R-401", "R-404", "R-303", "R-802"}) {
        EXPECT_TRUE(not_built.contains(id)) << id;
    }
    EXPECT_FALSE(not_built.contains("R-405")) << "an iPhone's row is not for this phone";
    Circumstances iphone = sample::circumstances();
    iphone.platform = Platform::ios;
    const Verdict other = verdict_of(go_book(), iphone);
    for (const Finding& finding : other.findings) {
        if (finding.check == "R-405") {
            EXPECT_EQ(finding.outcome, Outcome::not_built);
        }
        if (finding.check == "R-401") {
            EXPECT_EQ(finding.outcome, Outcome::not_applicable);
        }
    }
}

TEST(EvidenceBook, LaterReplacesEarlierAndSubjectsAreSorted) {
    EvidenceBook book;
    EXPECT_EQ(book.add(sample::fact("place.device", "b", "1")), "e1");
    EXPECT_EQ(book.add(sample::fact("place.device", "a", "2")), "e2");
    EXPECT_EQ(book.add(sample::fact("place.device", "b", "3")), "e3");
    book.add(sample::fact("place.devices", "", "4"));
    ASSERT_EQ(book.all("place.device").size(), 2u);
    EXPECT_EQ(book.all("place.device")[0]->subject, "a");
    EXPECT_EQ(book.find("place.device", "b")->value, "3");
    EXPECT_EQ(book.find("place.device"), nullptr);
    EXPECT_EQ(book.entries().size(), 3u);
}

TEST(Grade, HasAWordForEach) {
    for (const Grade grade : {Grade::unknown, Grade::told, Grade::proven, Grade::restored}) {
        EXPECT_EQ(grade_from_text(to_text(grade)), grade);
    }
    EXPECT_FALSE(grade_from_text("sure"));
}

}  // namespace
}  // namespace lifeboat::checklist
