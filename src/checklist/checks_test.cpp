// Every check against a table: one change to a book that is all well, and what the check then says.
#include "checklist/inquiry.h"
#include "checklist/sample_book.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace lifeboat::checklist {
namespace {

using sample::at;
using sample::go_book;
using sample::with;

Finding finding_of(const std::string& id, const EvidenceBook& book,
                   const Circumstances& circumstances = sample::circumstances()) {
    auto checks = catalogue();
    for (Check& check : start_checks()) checks.push_back(check);
    for (const Check& check : checks) {
        if (check.id == id) return ask({check}, book, circumstances).front();
    }
    ADD_FAILURE() << "no check " << id;
    return {};
}

struct Case {
    const char* check;
    std::string_view fact;
    const char* subject;
    const char* value;
    Outcome outcome;
    const char* code;
};

constexpr auto pass = Outcome::pass;
constexpr auto fail = Outcome::fail;
constexpr auto unknown = Outcome::unknown;
constexpr auto not_applicable = Outcome::not_applicable;

constexpr const char* contacts = "com.android.contacts@com.google:0a1b2c3d";

constexpr auto cases = std::to_array<Case>({
    {"R-301", facts::battery_percent, "", "79", fail, "battery.level"},
    {"R-301", facts::battery_percent, "", "80", pass, "battery.level"},
    {"R-301", facts::battery_percent, "", "81", pass, "battery.level"},
    {"R-301", facts::battery_percent, "", "100", pass, "battery.level"},
    {"R-301", facts::battery_percent, "", "101", unknown, "battery.level"},
    {"R-301", facts::battery_percent, "", "84 %", unknown, "battery.level"},
    {"R-301", facts::battery_percent, "", "", unknown, "battery.level"},
    {"R-301", facts::battery_percent, "", "-5", unknown, "battery.level"},
    {"R-101", facts::battery_percent, "", "49", fail, "battery.start"},
    {"R-101", facts::battery_percent, "", "50", pass, "battery.start"},
    {"R-103", facts::battery_plugged, "", "yes", pass, "charger.plugged"},
    {"R-103", facts::battery_plugged, "", "no", fail, "charger.plugged"},
    {"R-103", facts::battery_plugged, "", "true", unknown, "charger.plugged"},
    {"R-302", facts::wifi_connected, "", "yes", pass, "wifi.ready_named"},
    {"R-302", facts::wifi_ssid, "", "", pass, "wifi.ready"},
    {"R-302", facts::wifi_connected, "", "no", fail, "wifi.off"},
    {"R-302", facts::network_metered, "", "yes", fail, "wifi.metered"},
    {"R-302", facts::network_metered, "", "maybe", unknown, "wifi.ready"},
    {"R-302", facts::network_validated, "", "no", fail, "wifi.no_internet"},
    {"R-105", facts::storage_free_bytes, "", "8000000000", pass, "phone_space.free"},
    {"R-105", facts::storage_free_bytes, "", "7999999999", fail, "phone_space.tight"},
    {"R-105", facts::storage_free_bytes, "", "3000000000", fail, "phone_space.tight"},
    {"R-105", facts::storage_free_bytes, "", "2999999999", fail, "phone_space.free"},
    {"R-105", facts::storage_free_bytes, "", "lots", unknown, "phone_space.free"},
    {"R-305.photos", facts::class_missing, "photos@nas", "0", pass, "photos.covered"},
    {"R-305.photos", facts::class_missing, "photos@nas", "1", fail, "photos.missing"},
    {"R-305.photos", facts::class_missing, "photos@nas", "?", unknown, "photos.covered"},
    {"R-305.photos", facts::class_on_phone, "photos", "many", unknown, "photos.covered"},
    {"R-305.videos", facts::class_missing, "videos@ssd", "3", fail, "videos.missing"},
    {"R-306.documents", facts::class_missing, "documents@ssd", "3", fail, "documents.missing"},
    {"R-505.audio", facts::class_missing, "audio@ssd", "3", fail, "audio.missing"},
    {"R-505.other", facts::class_missing, "other@nas", "3", fail, "other.missing"},
    {"R-306.pinned", facts::pinned_missing, "", "0", pass, "pinned.covered"},
    {"R-306.pinned", facts::pinned_missing, "", "1", fail, "pinned.missing"},
    {"R-306.pinned", facts::pinned_missing, "", "3", unknown, "pinned.covered"},
    {"R-306.pinned", facts::pinned_total, "", "0", not_applicable, "pinned.none"},
    {"R-205", facts::class_unreadable, "photos", "0", pass, "unreadable.none"},
    {"R-205", facts::class_unreadable, "photos", "1", fail, "unreadable.some"},
    {"R-205", facts::class_unreadable, "videos", "1", fail, "unreadable.some"},
    {"R-205", facts::class_unreadable, "documents", "1", fail, "unreadable.some"},
    {"R-205", facts::class_unreadable, "audio", "1", fail, "unreadable.some"},
    {"R-205", facts::class_unreadable, "folders", "1", fail, "unreadable.some"},
    {"R-205", facts::class_unreadable, "other", "1", pass, "unreadable.none"},
    {"R-205", facts::class_unreadable, "private", "1", pass, "unreadable.none"},
    {"R-205", facts::class_unreadable, "folders", "x", unknown, "unreadable.none"},
    {"R-205.other", facts::class_unreadable, "other", "1", fail, "unreadable.other"},
    {"R-208.private", facts::class_unreadable, "private", "2", fail, "private.closed"},
    {"R-208.private", facts::class_unreadable, "private", "0", pass, "private.closed"},
    {"R-208.messages", facts::inventory_count, "messages", "0", pass, "records.messages"},
    {"R-208.messages", facts::inventory_count, "messages", "x", unknown, "records.messages"},
    {"R-208.contacts", facts::inventory_count, "contacts", "60", pass, "records.contacts"},
    {"R-208.calendar", facts::inventory_count, "calendar", "x", unknown, "records.calendar"},
    {"R-208.calls", facts::inventory_count, "calls", "x", unknown, "records.calls"},
    {"R-002", facts::proof_matched, "", "25", pass, "proof.hashes"},
    {"R-002", facts::proof_mismatched, "", "1", fail, "proof.mismatched"},
    {"R-002", facts::proof_unhashed, "", "1", fail, "proof.unhashed"},
    {"R-002", facts::proof_matched, "", "24", unknown, "proof.hashes"},
    {"R-002", facts::class_on_phone, "photos", "13", unknown, "proof.hashes"},
    {"R-310", facts::phone_new_since_copy, "", "1", fail, "copy.outdated"},
    {"R-310", facts::copy_complete_at, "", "2026-11-25T09:20:00Z", pass, "copy.fresh"},
    {"R-310", facts::copy_complete_at, "", "2026-11-25T09:19:59.999999999Z", fail, "copy.expired"},
    {"R-310", facts::copy_complete_at, "", "2026-11-25T10:20:05Z", unknown, "copy.fresh"},
    {"R-310", facts::copy_complete_at, "", "2026-11-25T10:20:06Z", unknown, "copy.fresh"},
    {"R-310", facts::copy_complete_at, "", "this morning", unknown, "copy.fresh"},
    {"R-501", facts::place_location, "nas", "/srv/nas", pass, "places.count"},
    {"R-501", facts::place_location, "nas", "/media/ssd", fail, "places.count"},
    {"R-501", facts::place_location, "nas", "", unknown, "places.count"},
    {"R-501.read_back", facts::place_read_back_ok, "nas", "no", fail, "places.read_back"},
    {"R-501.read_back", facts::place_read_back_ok, "nas", "?", unknown, "places.read_back"},
    {"R-501.read_back", facts::place_read_back_at, "nas", "2026-11-25T10:05:00Z", pass,
     "places.read_back"},
    {"R-501.read_back", facts::place_read_back_at, "nas", "2026-11-25T10:04:59Z", fail,
     "places.read_back_old"},
    {"R-501.read_back", facts::place_read_back_at, "nas", "2027-01-01T00:00:00Z", unknown,
     "places.read_back"},
    {"R-501.apart", facts::place_device, "nas", "nas:1", pass, "places.apart"},
    {"R-501.apart", facts::place_device, "nas", "disk:1", fail, "places.apart"},
    {"R-501.apart", facts::place_device, "nas", "", unknown, "places.apart"},
    {"R-503", facts::copy_files, "", "9000", pass, "size.steady"},
    {"R-503", facts::copy_files, "", "8999", fail, "size.smaller"},
    {"R-503", facts::copy_bytes, "", "9000000000", pass, "size.steady"},
    {"R-503", facts::copy_bytes, "", "8999999999", fail, "size.smaller"},
    {"R-503", facts::copy_bytes, "", "20000000000", pass, "size.steady"},
    {"R-503", facts::previous_files, "", "", unknown, "size.steady"},
    {"R-503", facts::previous_files, "", "none", unknown, "size.steady"},
    {"R-504", facts::password_sufficient, "nas", "yes", pass, "password.strength"},
    {"R-504", facts::password_sufficient, "nas", "no", fail, "password.strength"},
    {"R-504", facts::password_sufficient, "nas", "61", unknown, "password.strength"},
    {"R-201.contacts", facts::sync_state, contacts, "ok", pass, "sync_contacts.ok"},
    {"R-201.contacts", facts::sync_state, contacts, "off", fail, "sync_contacts.off"},
    {"R-201.contacts", facts::sync_state, contacts, "failed", fail, "sync_contacts.failed"},
    {"R-201.contacts", facts::sync_state, contacts, "pending", fail, "sync_contacts.pending"},
    {"R-201.contacts", facts::sync_state, contacts, "never", fail, "sync_contacts.never"},
    {"R-201.contacts", facts::sync_master, "", "no", fail, "sync_contacts.off"},
    {"R-201.contacts", facts::sync_authorities, "", "4", unknown, "sync_contacts.ok"},
    {"R-201.contacts", facts::sync_succeeded_at, contacts, "2026-11-18T10:20:00Z", pass,
     "sync_contacts.ok"},
    {"R-201.contacts", facts::sync_succeeded_at, contacts, "2026-11-18T10:19:00Z", fail,
     "sync_contacts.old"},
    {"R-201.contacts", facts::sync_succeeded_at, contacts, "last week", unknown,
     "sync_contacts.ok"},
    // Another account that keeps them as well; a messenger's own people are nobody's address book.
    {"R-201.contacts", facts::sync_state, "com.android.contacts@com.google:ffffffff", "off", pass,
     "sync_contacts.ok"},
    {"R-201.contacts", facts::sync_state, "com.android.contacts@com.whatsapp:ffffffff", "failed",
     pass, "sync_contacts.ok"},
    {"R-201.calendar", facts::sync_state, "com.android.calendar@com.google:0a1b2c3d", "failed",
     fail, "sync_calendar.failed"},
    {"R-201.others", facts::sync_state, "gmail-ls@com.google:0a1b2c3d", "failed", fail,
     "sync_others.failed"},
    {"R-201.others", facts::sync_state, "gmail-ls@com.google:0a1b2c3d", "off", pass,
     "sync_others.ok"},
    {"R-202", facts::google_backup_enabled, "", "yes", pass, "google_backup.on"},
    {"R-202", facts::google_backup_enabled, "", "no", fail, "google_backup.off"},
    {"R-202", facts::google_backup_enabled, "", "perhaps", unknown, "google_backup.on"},
    {"R-202", facts::google_backup_transport, "", "local", fail, "google_backup.elsewhere"},
    {"R-202", facts::google_backup_account, "", "no", fail, "google_backup.no_account"},
    {"R-202", facts::google_backup_last_pass_at, "", "2026-11-24T10:20:00Z", pass,
     "google_backup.on"},
    {"R-202", facts::google_backup_last_pass_at, "", "2026-11-24T10:19:59Z", fail,
     "google_backup.old"},
    {"R-204", facts::packages_google_photos, "", "yes", unknown, "google_photos.told"},
    {"R-204", facts::packages_google_photos, "", "no", not_applicable, "google_photos.absent"},
    {"R-206", facts::packages_vendor_tools, "", "com.sec.android.easyMover", fail,
     "smart_switch.there"},
    {"R-206", facts::packages_vendor_tools, "", "com.oneplus.backuprestore", not_applicable,
     "smart_switch.absent"},
    {"R-207", facts::packages_vendor_tools, "", "com.oplus.backuprestore", fail,
     "clone_phone.there"},
    {"R-207", facts::packages_vendor_tools, "", "", not_applicable, "clone_phone.absent"},
    {"R-211", facts::os_fingerprint, "", "google/x:15/A:user/release-keys", fail,
     "firmware.not_covered"},
    {"R-006.android", facts::update_pending, "", "yes", pass, "update.waiting"},
    {"R-006.android", facts::update_pending, "", "no", unknown, "update.waiting"},
    {"R-801.android", facts::wifi_ssid, "", "Home", fail, "wifi_password.write_down"},
    {"R-801.android", facts::wifi_ssid, "", "", not_applicable, "wifi_password.no_network"},
    {"R-803", facts::find_my_on, "", "yes", pass, "find_my_device.on"},
    {"R-803", facts::find_my_on, "", "no", fail, "find_my_device.off"},
    {"R-805", facts::activity_call, "", "yes", fail, "activity.call"},
    {"R-805", facts::activity_camera, "", "yes", fail, "activity.camera"},
    {"R-805", facts::activity_recording, "", "yes", fail, "activity.recording"},
    {"R-805", facts::activity_recording, "", "no", pass, "activity.none"},
    {"R-307.installed", facts::packages_messengers, "", "com.whatsapp", fail,
     "messengers.unverified"},
    {"R-307.installed", facts::packages_messengers, "", "", pass, "messengers.none"},
    {"R-308.installed", facts::packages_authenticators, "", "com.authy.authy", fail,
     "authenticators.unverified"},
    {"R-308.installed", facts::packages_authenticators, "", "", pass, "authenticators.none"},
});

TEST(Checks, AnswerAsTheTableSays) {
    for (const Case& c : cases) {
        const Finding finding = finding_of(c.check, with(go_book(), c.fact, c.subject, c.value));
        const auto what = std::string(c.check) + " with " + std::string(c.fact) + " " + c.subject +
                          " = " + c.value;
        EXPECT_EQ(to_text(finding.outcome), to_text(c.outcome)) << what;
        EXPECT_EQ(finding.code, c.code) << what;
        EXPECT_FALSE(finding.evidence.empty()) << what;
    }
}

// Whatever a check reads, it cannot pass over: an entry that a check cites in passing is taken
// away, made unreadable, told, old, or moved to the future, and the check no longer passes.
TEST(Checks, DoNotPassOverWhatTheyCite) {
    const EvidenceBook book = go_book();
    size_t tried = 0;
    for (const Check& check : catalogue()) {
        const Finding sound = ask({check}, book, sample::circumstances()).front();
        if (sound.outcome != Outcome::pass) continue;
        for (const Evidence& entry : book.entries()) {
            if (std::find(sound.evidence.begin(), sound.evidence.end(), entry.id) ==
                sound.evidence.end()) {
                continue;
            }
            ++tried;
            const auto outcome_with = [&](auto change) {
                return ask({check}, sample::changed(book, entry.fact, entry.subject, change),
                           sample::circumstances())
                    .front()
                    .outcome;
            };
            const auto what = check.id + " / " + entry.fact + " " + entry.subject;
            EXPECT_EQ(
                ask({check}, sample::without(book, entry), sample::circumstances()).front().outcome,
                unknown)
                << what;
            EXPECT_EQ(outcome_with([](Evidence& e) { e.value.reset(); }), unknown) << what;
            EXPECT_EQ(outcome_with([](Evidence& e) { e.grade = Grade::unknown; }), unknown) << what;
            EXPECT_EQ(outcome_with([](Evidence& e) { e.grade = Grade::told; }), unknown) << what;
            EXPECT_EQ(outcome_with([](Evidence& e) { e.observed = at("2026-11-25T10:21:00Z"); }),
                      unknown)
                << what;
        }
    }
    EXPECT_GT(tried, 50u);
}

struct Age {
    const char* check;
    std::string_view fact;
    const char* subject;
    std::chrono::minutes limit;
};

TEST(Checks, RefuseWhatWasSeenTooLongAgo) {
    using std::chrono::minutes;
    const std::vector<Age> ages = {
        {"R-301", facts::battery_percent, "", minutes(10)},
        {"R-103", facts::battery_plugged, "", minutes(10)},
        {"R-302", facts::network_metered, "", minutes(10)},
        {"R-310", facts::phone_new_since_copy, "", minutes(10)},
        {"R-105", facts::storage_free_bytes, "", minutes(60)},
        {"R-305.photos", facts::class_missing, "photos@ssd", minutes(60)},
        {"R-205", facts::class_unreadable, "folders", minutes(60)},
        {"R-002", facts::proof_matched, "", minutes(60)},
        {"R-307.installed", facts::packages_messengers, "", minutes(60)},
    };
    for (const Age& age : ages) {
        const auto seen = [&](nanoseconds ago) {
            return sample::changed(go_book(), age.fact, age.subject,
                                   [&](Evidence& e) { e.observed = sample::now() - ago; });
        };
        const bool warns_of_apps = age.fact == facts::packages_messengers;
        EXPECT_EQ(finding_of(age.check, seen(age.limit)).outcome, warns_of_apps ? fail : pass)
            << age.fact;
        const Finding stale = finding_of(age.check, seen(age.limit + nanoseconds(1)));
        EXPECT_EQ(stale.outcome, unknown) << age.fact;
        EXPECT_EQ(stale.params.at("why"), "stale") << age.fact;
    }
}

TEST(Checks, SayWhyTheyCannotSee) {
    const auto why = [](const EvidenceBook& book) {
        const Finding finding = finding_of("R-301", book);
        EXPECT_EQ(finding.params.at("fact"), "battery.percent");
        return finding.params.at("why");
    };
    const auto change = [](auto changer) {
        return sample::changed(go_book(), facts::battery_percent, "", changer);
    };
    EXPECT_EQ(why({}), "not_looked");
    EXPECT_EQ(why(change([](Evidence& e) { e.value.reset(); })), "not_readable");
    EXPECT_EQ(why(change([](Evidence& e) { e.grade = Grade::told; })), "not_proven");
    EXPECT_EQ(why(change([](Evidence& e) { e.value = "full"; })), "malformed");
    EXPECT_EQ(why(change([](Evidence& e) { e.observed -= std::chrono::hours(2); })), "stale");
    EXPECT_EQ(why(change([](Evidence& e) { e.observed += std::chrono::hours(2); })), "clock");
    const auto told_why = finding_of("R-301", change([](Evidence& e) {
                                         e.value.reset();
                                         e.why_unknown = "updates stopped";
                                     }));
    EXPECT_EQ(told_why.params.at("detail"), "updates stopped");
}

// What a cloud keeps is only worth a warning, until it is all there is.
TEST(AccountSync, BlocksWhereItWouldBeTheOnlyCopy) {
    const auto with_contacts = [](std::optional<std::string> count, std::string state) {
        EvidenceBook book = with(go_book(), facts::sync_state, contacts, std::move(state));
        Evidence counted = sample::fact(facts::inventory_count, "contacts", "");
        counted.value = std::move(count);
        book.add(counted);
        return finding_of("R-201.contacts", book);
    };
    EXPECT_EQ(with_contacts("60", "off").gate, Gate::warns);
    EXPECT_EQ(with_contacts("60", "off").code, "sync_contacts.off");
    const Finding only = with_contacts(std::nullopt, "off");
    EXPECT_EQ(only.code, "sync_contacts.only_copy");
    EXPECT_EQ(only.gate, Gate::blocks);
    EXPECT_EQ(with_contacts(std::nullopt, "failed").gate, Gate::blocks);
    EXPECT_EQ(with_contacts(std::nullopt, "ok").outcome, pass);
    // Nobody can see the sync: that alone does not block, R-208 does.
    EXPECT_EQ(finding_of("R-201.contacts", {}).gate, Gate::warns);
}

TEST(GooglePhotos, APersonsWordIsNoProof) {
    const Finding told = finding_of("R-204", with(go_book(), facts::told_google_photos, "all"));
    EXPECT_EQ(told.outcome, pass);
    EXPECT_EQ(told.grade, Grade::told);
    const Finding nobody = finding_of("R-204", go_book());
    EXPECT_EQ(nobody.outcome, unknown);
    EXPECT_EQ(nobody.gate, Gate::warns);
    EXPECT_EQ(nobody.params.at("why"), "no_program");
}

TEST(AppBackup, IsSaidAndCountsForNothing) {
    const Finding kept =
        finding_of("R-209", with(go_book(), facts::app_backup_saved_at, "2026-11-01T08:00:00Z"));
    EXPECT_EQ(kept.outcome, pass);
    EXPECT_EQ(kept.gate, Gate::informs);
    EXPECT_EQ(kept.params.at("saved_at"), "2026-11-01T08:00:00Z");
    EXPECT_EQ(finding_of("R-209", go_book()).outcome, not_applicable);
    EXPECT_EQ(finding_of("R-209", with(go_book(), facts::app_backup_saved_at, "soon")).outcome,
              unknown);
}

TEST(AppsAtRisk, AreNamed) {
    const Finding some =
        finding_of("R-004", with(go_book(), facts::apps_at_risk, "org.old.game,org.old.notes"));
    EXPECT_EQ(some.outcome, fail);
    EXPECT_EQ(some.gate, Gate::informs);
    EXPECT_EQ(some.params.at("apps"), "org.old.game, org.old.notes");
    EXPECT_EQ(finding_of("R-004", go_book()).outcome, pass);
}

TEST(Told, AWordCountsForADay) {
    const auto asked = [](const Check& check, nanoseconds age) {
        Evidence said = sample::fact(check.told_fact, "", "all of it");
        said.grade = Grade::told;
        said.observed = sample::now() - age;
        EvidenceBook book = go_book();
        book.add(said);
        Circumstances circumstances = sample::circumstances();
        circumstances.platform = check.platform;
        return ask({check}, book, circumstances).front();
    };
    size_t rows = 0;
    for (const Check& check : catalogue()) {
        if (check.told_fact.empty()) continue;
        ++rows;
        const Finding fresh = asked(check, limits::told_age);
        EXPECT_EQ(fresh.outcome, pass) << check.id;
        EXPECT_EQ(fresh.grade, Grade::told) << check.id;
        EXPECT_EQ(fresh.params.at("note"), "all of it") << check.id;
        EXPECT_EQ(asked(check, limits::told_age + nanoseconds{1}).outcome, unknown) << check.id;
        EXPECT_EQ(asked(check, -std::chrono::hours(1)).outcome, unknown) << check.id;
    }
    EXPECT_EQ(rows, 2u);
}

TEST(Told, OnlyRowsThatNoProgramMayAskTakeAWord) {
    for (const Check& check : catalogue()) {
        if (check.told_fact.empty()) continue;
        EXPECT_EQ(check.answerer, Answerer::person) << check.id;
        EXPECT_TRUE(check.built) << check.id;
    }
}

TEST(Photos, OnlyOnThisPhoneIsSaidFirst) {
    EvidenceBook book = with(go_book(), facts::class_missing, "photos@ssd", "412");
    book.add(sample::fact(facts::class_missing, "photos@nas", "415"));
    const Finding missing = finding_of("R-305.photos", book);
    EXPECT_EQ(missing.code, "photos.missing");
    EXPECT_EQ(missing.params.at("count"), "415");
    EXPECT_EQ(missing.params.at("place"), "nas");

    book.add(sample::fact(facts::class_only_on_phone, "photos", "412"));
    book.add(sample::fact(facts::class_only_on_phone_bytes, "photos", "18200000000"));
    const Finding only = finding_of("R-305.photos", book);
    EXPECT_EQ(only.code, "photos.only_on_phone");
    EXPECT_EQ(only.params.at("count"), "412");
    EXPECT_EQ(only.params.at("bytes"), "18200000000");
}

TEST(Photos, WithoutAPlaceAllAreOnlyOnThisPhone) {
    Circumstances nowhere = sample::circumstances();
    nowhere.places.clear();
    const Finding finding = finding_of("R-305.photos", go_book(), nowhere);
    EXPECT_EQ(finding.code, "photos.only_on_phone");
    EXPECT_EQ(finding.params.at("count"), "12");
    for (const char* check : {"R-501", "R-501.read_back", "R-504"}) {
        EXPECT_EQ(finding_of(check, go_book(), nowhere).outcome, fail) << check;
    }
}

TEST(Places, ASingleOneNeedsATypedReason) {
    Circumstances single = sample::circumstances();
    single.places = {"ssd"};
    const auto waived = [](std::string reason, Grade grade) {
        EvidenceBook book = go_book();
        Evidence waiver = sample::fact(facts::waiver_single_place, "", std::move(reason));
        waiver.grade = grade;
        book.add(waiver);
        return book;
    };
    EXPECT_EQ(finding_of("R-501", go_book(), single).outcome, fail);
    EXPECT_EQ(finding_of("R-501", waived("  ", Grade::told), single).outcome, fail);
    EXPECT_EQ(finding_of("R-501", waived("NAS is broken", Grade::unknown), single).outcome, fail);

    const Finding accepted = finding_of("R-501", waived("NAS is broken", Grade::told), single);
    EXPECT_EQ(accepted.outcome, pass);
    EXPECT_EQ(accepted.code, "places.single_accepted");
    EXPECT_EQ(accepted.grade, Grade::told);
    EXPECT_EQ(accepted.params.at("reason"), "NAS is broken");
    // A reason does not become proof by being filed as such.
    EXPECT_EQ(finding_of("R-501", waived("NAS is broken", Grade::restored), single).grade,
              Grade::told);
    single.places.clear();
    EXPECT_EQ(finding_of("R-501", waived("none at all", Grade::told), single).outcome, fail);
}

TEST(Size, FirstBackupHasNothingToCompareWith) {
    EvidenceBook book = with(go_book(), facts::previous_files, "none");
    book.add(sample::fact(facts::previous_bytes, "", "none"));
    EXPECT_EQ(finding_of("R-503", book).outcome, not_applicable);
}

TEST(Size, SmallDropsAreIgnored) {
    EvidenceBook book = with(go_book(), facts::previous_files, "40");
    book.add(sample::fact(facts::previous_bytes, "", "60000000"));
    book.add(sample::fact(facts::copy_files, "", "20"));
    book.add(sample::fact(facts::copy_bytes, "", "10000000"));
    EXPECT_EQ(finding_of("R-503", book).outcome, pass);
    book.add(sample::fact(facts::copy_files, "", "19"));
    EXPECT_EQ(finding_of("R-503", book).outcome, fail);
}

TEST(FinalCopy, NothingNewMustBeSeenAfterTheCopy) {
    const EvidenceBook book = with(go_book(), facts::copy_complete_at, "2026-11-25T10:19:30Z");
    const Finding finding = finding_of("R-310", book);
    EXPECT_EQ(finding.outcome, unknown);
    EXPECT_EQ(finding.params.at("why"), "stale");
}

TEST(SameBytes, NewFilesAreTheFinalCopysBusiness) {
    EvidenceBook book = with(go_book(), facts::class_on_phone, "photos", "15");
    EXPECT_EQ(finding_of("R-002", book).outcome, unknown);
    book.add(sample::fact(facts::phone_new_since_copy, "", "3"));
    EXPECT_EQ(finding_of("R-002", book).outcome, pass);
    EXPECT_EQ(finding_of("R-310", book).code, "copy.outdated");
    book.add(sample::fact(facts::phone_new_since_copy, "", "2"));
    EXPECT_EQ(finding_of("R-002", book).outcome, unknown);
}

Finding iphone_finding(const std::string& check, const EvidenceBook& book) {
    Circumstances iphone = sample::circumstances();
    iphone.platform = Platform::ios;
    return finding_of(check, book, iphone);
}

TEST(Iphone, ABackupCountsWhenItWasOpened) {
    EXPECT_EQ(iphone_finding("R-110", sample::iphone_book()).outcome, pass);
    EXPECT_EQ(
        iphone_finding("R-110", with(sample::iphone_book(), facts::rehearsal_opened, "no")).code,
        "rehearsal.wrong_password");
    const auto changed = with(with(sample::iphone_book(), facts::rehearsal_opened, "no"),
                              facts::rehearsal_opens_earlier, "2026-11-24T08:00:00Z");
    EXPECT_EQ(iphone_finding("R-110", changed).code, "rehearsal.new_password");
    EXPECT_EQ(iphone_finding("R-110", changed).outcome, fail);
    EXPECT_EQ(
        iphone_finding("R-110", with(sample::iphone_book(), facts::rehearsal_opened, "?")).outcome,
        unknown);
    EXPECT_EQ(
        iphone_finding("R-110", with(sample::iphone_book(), facts::rehearsal_files_checked, "0"))
            .outcome,
        unknown);
    EXPECT_EQ(
        iphone_finding("R-110", with(sample::iphone_book(), facts::rehearsal_files_checked, "101"))
            .outcome,
        unknown);
    EXPECT_EQ(finding_of("R-110", sample::iphone_book()).outcome, not_applicable);
    EXPECT_EQ(iphone_finding("R-002", sample::iphone_book()).outcome, not_applicable);
}

TEST(Iphone, OriginalsThatAreOnlyInTheCloudBlockUntilThePersonSaysWhyNot) {
    EXPECT_EQ(iphone_finding("R-113", sample::iphone_book()).outcome, pass);
    EvidenceBook cloud =
        with(sample::iphone_book(), facts::inventory_count, "photos_only_in_cloud", "12431");
    EXPECT_EQ(iphone_finding("R-113", cloud).code, "originals.only_in_cloud");
    EXPECT_EQ(iphone_finding("R-113", cloud).outcome, fail);
    Evidence reason = sample::fact(facts::waiver_cloud_only, "", "they are on my Mac");
    reason.grade = Grade::told;
    cloud.add(reason);
    EXPECT_EQ(iphone_finding("R-113", cloud).outcome, pass);
    EXPECT_EQ(iphone_finding("R-113", cloud).grade, Grade::told);
}

TEST(Iphone, PhotosThatTheCloudDoesNotHaveYetWarn) {
    const EvidenceBook all_there = sample::iphone_book();
    EXPECT_EQ(iphone_finding("R-113.uploaded", all_there).outcome, pass);
    const EvidenceBook waiting =
        with(all_there, facts::inventory_count, "photos_not_in_cloud", "12");
    const Finding found = iphone_finding("R-113.uploaded", waiting);
    EXPECT_EQ(found.outcome, fail);
    EXPECT_EQ(found.gate, Gate::warns);
    EXPECT_EQ(found.params.at("count"), "12");
    const Finding unused =
        iphone_finding("R-113.uploaded", with(waiting, facts::icloud_photos_on, "no"));
    EXPECT_EQ(unused.outcome, not_applicable);
    const Evidence count = *all_there.find(facts::inventory_count, "photos_not_in_cloud");
    const Finding unseen = iphone_finding("R-113.uploaded", sample::without(all_there, count));
    EXPECT_EQ(unseen.outcome, unknown);
    EXPECT_EQ(unseen.gate, Gate::warns);
}

TEST(Iphone, BackupsWithoutEncryptionBlock) {
    EXPECT_EQ(iphone_finding("R-111", sample::iphone_book()).outcome, pass);
    EXPECT_EQ(
        iphone_finding("R-111", with(sample::iphone_book(), facts::backup_encrypted, "no")).outcome,
        fail);
    const Evidence told = *sample::iphone_book().find(facts::backup_encrypted);
    const Finding unseen = iphone_finding("R-111", sample::without(sample::iphone_book(), told));
    EXPECT_EQ(unseen.outcome, unknown);
    EXPECT_EQ(unseen.gate, Gate::blocks);
    EXPECT_EQ(finding_of("R-111", sample::iphone_book()).outcome, not_applicable);
}

TEST(Iphone, StateOfTheAccount) {
    EXPECT_EQ(iphone_finding("R-802.activation", sample::iphone_book()).outcome, pass);
    const Finding locked = iphone_finding(
        "R-802.activation", with(sample::iphone_book(), facts::activation_state, "Unactivated"));
    EXPECT_EQ(locked.outcome, fail);
    EXPECT_EQ(locked.gate, Gate::blocks);
    const Finding off =
        iphone_finding("R-803.iphone", with(sample::iphone_book(), facts::find_my_on, "no"));
    EXPECT_EQ(off.code, "find_my.off");
    EXPECT_EQ(off.gate, Gate::informs);
    const Finding cloud =
        iphone_finding("R-106", with(sample::iphone_book(), facts::icloud_backup_enabled, "no"));
    EXPECT_EQ(cloud.code, "icloud_backup.off");
    EXPECT_EQ(cloud.gate, Gate::warns);
}

TEST(Iphone, ICloudBackupIsOfToday) {
    const EvidenceBook book = sample::iphone_book();
    const auto finished = [&](TimePoint at) {
        return iphone_finding("R-108",
                              with(book, facts::icloud_backup_finished_at, to_rfc3339(at)));
    };
    EXPECT_EQ(finished(sample::now() - limits::icloud_backup_age).outcome, pass);
    const Finding old = finished(sample::now() - std::chrono::hours(49));
    EXPECT_EQ(old.code, "icloud_backup.old");
    EXPECT_EQ(old.gate, Gate::warns);
    EXPECT_EQ(old.params.at("hours"), "49");
    EXPECT_EQ(finished(sample::now() + std::chrono::hours(1)).outcome, unknown);
    EXPECT_EQ(iphone_finding("R-108", with(book, facts::icloud_backup_enabled, "no")).code,
              "icloud_backup.not_used");
    EXPECT_EQ(
        iphone_finding("R-108", sample::without(book, *book.find(facts::icloud_backup_finished_at)))
            .outcome,
        unknown);
}

// No iPhone tells its network: that must not stand in the way of every GO.
TEST(Iphone, AnUnseenWifiWarns) {
    Evidence unseen = *sample::iphone_book().find(facts::wifi_connected);
    EvidenceBook book = sample::without(sample::iphone_book(), unseen);
    unseen.value.reset();
    unseen.grade = Grade::unknown;
    book.add(unseen);
    EXPECT_EQ(iphone_finding("R-104", book).outcome, unknown);
    EXPECT_EQ(iphone_finding("R-104", book).gate, Gate::warns);
    EXPECT_EQ(iphone_finding("R-302", book).outcome, not_applicable);
    EXPECT_EQ(finding_of("R-302", book).outcome, unknown);
    EXPECT_EQ(finding_of("R-104", book).outcome, not_applicable);
}

TEST(Iphone, WhatsAppWithoutItsChatsInTheBackupBlocks) {
    EXPECT_EQ(iphone_finding("R-402", sample::iphone_book()).outcome, not_applicable);
    EvidenceBook installed =
        with(sample::iphone_book(), facts::packages_messengers, "net.whatsapp.WhatsApp");
    EXPECT_EQ(iphone_finding("R-402", installed).outcome, pass);
    const Evidence chats = *installed.find(facts::inventory_count, "whatsapp");
    EXPECT_EQ(iphone_finding("R-402", sample::without(installed, chats)).code, "whatsapp.missing");
}

TEST(Apps, AreNamedAsPeopleKnowThem) {
    const Finding finding =
        finding_of("R-307.installed",
                   with(go_book(), facts::packages_messengers, "com.whatsapp, org.example.chat"));
    EXPECT_EQ(finding.params.at("apps"), "WhatsApp, org.example.chat");
    EXPECT_EQ(finding.gate, Gate::warns);
}

}  // namespace
}  // namespace lifeboat::checklist
