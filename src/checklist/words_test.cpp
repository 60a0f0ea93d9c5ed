// The catalogue of sentences against the checks, in both directions.
#include "checklist/sample_book.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace lifeboat::checklist {
namespace {

using Texts = std::map<std::string, std::map<std::string, std::string>>;

const std::set<std::string> outcome_words = {"pass", "fail", "unknown", "not_applicable",
                                             "not_built"};

Texts load() {
    std::ifstream file(LIFEBOAT_TEST_DATA "/../../messages/en.json");
    EXPECT_TRUE(file) << "messages/en.json is not there";
    std::stringstream text;
    text << file.rdbuf();
    return nlohmann::json::parse(text.str()).get<Texts>();
}

bool is_finding(const std::string& code) {
    for (const char* family : {"answer.", "why.", "class.", "inventory."}) {
        if (code.starts_with(family)) return false;
    }
    return !code.starts_with("grade.") || code == "grade.insufficient";
}

const std::vector<Check>& all_checks() {
    static const std::vector<Check> checks = [] {
        auto all = catalogue();
        for (Check& check : start_checks()) all.push_back(check);
        return all;
    }();
    return checks;
}

// What the checks say on books that are well in all but one entry.
std::vector<Finding> many_findings() {
    std::vector<Finding> findings;
    const auto gather = [&](const EvidenceBook& book, Circumstances circumstances) {
        for (const Platform platform : {Platform::android, Platform::ios}) {
            circumstances.platform = platform;
            for (Finding& finding : ask(all_checks(), book, circumstances)) {
                findings.push_back(std::move(finding));
            }
        }
    };
    const EvidenceBook whole = sample::iphone_book();
    Circumstances here = sample::circumstances();
    gather(whole, here);
    for (const Evidence& entry : whole.entries()) {
        gather(sample::without(whole, entry), here);
        for (const char* value : {"0",
                                  "1",
                                  "49",
                                  "4000000000",
                                  "yes",
                                  "no",
                                  "none",
                                  "",
                                  "com.whatsapp",
                                  "off",
                                  "failed",
                                  "pending",
                                  "never",
                                  "local",
                                  "com.sec.android.easyMover",
                                  "com.oneplus.backuprestore",
                                  "2026-09-25T08:00:00Z",
                                  "net.whatsapp.WhatsApp",
                                  "/media/ssd",
                                  "disk:1",
                                  "2026-11-25T08:00:00Z"}) {
            gather(sample::with(whole, entry.fact, entry.subject, value), here);
        }
    }
    EvidenceBook first = sample::with(whole, facts::previous_files, "none");
    gather(sample::with(first, facts::previous_bytes, "none"), here);
    EvidenceBook only = sample::with(whole, facts::class_missing, "photos@ssd", "9");
    for (const std::string_view name : facts::classes) {
        only.add(sample::fact(facts::class_missing, facts::at_place(name, "ssd"), "9"));
        only.add(sample::fact(facts::class_only_on_phone, name, "8"));
    }
    gather(only, here);
    EvidenceBook waived = sample::with(whole, facts::waiver_single_place, "no room");
    gather(sample::with(waived, facts::place_location, "nas", "/media/ssd"), here);
    const EvidenceBook chats = sample::with(whole, facts::packages_messengers, "net.whatsapp.WA");
    for (const Evidence& entry : chats.entries()) gather(sample::without(chats, entry), here);
    EvidenceBook clouded = sample::with(whole, facts::waiver_cloud_only, "they are on my Mac");
    gather(sample::with(clouded, facts::inventory_count, "photos_only_in_cloud", "9"), here);
    gather(sample::with(whole, facts::inventory_count, "photos_not_in_cloud", "9"), here);
    const EvidenceBook closed = sample::with(whole, facts::rehearsal_opened, "no");
    gather(sample::with(closed, facts::rehearsal_opens_earlier, "2026-11-24T08:00:00Z"), here);
    gather(sample::with(whole, facts::apps_at_risk, "org.old.game"), here);
    gather(sample::with(whole, facts::app_backup_saved_at, "2026-11-01T08:00:00Z"), here);
    gather(sample::with(whole, facts::told_google_photos, "all of it"), here);
    gather(sample::with(whole, facts::told_icloud_storage, "50 of 200 GB"), here);
    EvidenceBook unread = sample::with(whole, facts::sync_master, "no");
    unread.add({.fact = std::string(facts::inventory_count),
                .subject = "contacts",
                .why_unknown = "the phone refuses",
                .observed = sample::now()});
    gather(unread, here);
    for (const char* authority : {"com.android.contacts", "com.android.calendar"}) {
        const auto* state =
            whole.find(facts::sync_state, std::string(authority) + "@com.google:0a1b2c3d");
        gather(sample::with(sample::without(whole, *state), facts::sync_authorities, "2"), here);
    }
    here.places.clear();
    gather(whole, here);
    return findings;
}

TEST(Words, EveryFindingHasItsSentence) {
    const Texts texts = load();
    std::map<std::string, std::set<std::string>> allowed;
    for (const Check& check : all_checks()) {
        allowed[check.id].insert(check.codes.begin(), check.codes.end());
    }
    for (const Finding& finding : many_findings()) {
        const std::string outcome(to_text(finding.outcome));
        if (finding.code != "requirement.other_phone") {
            EXPECT_TRUE(allowed[finding.check].contains(finding.code))
                << finding.check << " does not list " << finding.code;
        }
        const auto entry = texts.find(finding.code);
        ASSERT_NE(entry, texts.end()) << finding.code;
        EXPECT_TRUE(entry->second.contains("title")) << finding.code;
        EXPECT_TRUE(entry->second.contains(outcome)) << finding.code << " " << outcome;
        const bool open = finding.outcome == Outcome::fail || finding.outcome == Outcome::unknown;
        if (open) {
            EXPECT_TRUE(entry->second.contains("next")) << finding.code;
        }
        if (finding.outcome == Outcome::unknown) {
            EXPECT_TRUE(texts.contains("why." + finding.params.at("why"))) << finding.code;
        }
    }
}

TEST(Words, NoSentenceIsLeftOver) {
    std::set<std::string> said = {"grade.insufficient unknown"};
    for (const Finding& finding : many_findings()) {
        said.insert(finding.code + " " + std::string(to_text(finding.outcome)));
    }
    for (const auto& [code, texts] : load()) {
        for (const auto& [key, text] : texts) {
            EXPECT_FALSE(text.empty()) << code << " " << key;
            if (!outcome_words.contains(key)) continue;
            EXPECT_TRUE(said.contains(code + " " + key)) << code << " " << key;
        }
        EXPECT_EQ(is_finding(code), texts.contains("title")) << code;
        EXPECT_EQ(is_finding(code), !texts.contains("text")) << code;
    }
}

std::set<std::string> placeholders(const std::string& text) {
    std::set<std::string> names;
    for (size_t open = text.find('{'); open != std::string::npos; open = text.find('{', open + 1)) {
        const size_t close = text.find('}', open);
        if (close == std::string::npos) return {"(unclosed)"};
        names.insert(text.substr(open + 1, close - open - 1));
    }
    return names;
}

// "bytes" and "bits" are nice to have and stand in brackets that go with them (docs/words.md).
TEST(Words, SentencesAskOnlyForParametersThereAre) {
    const Texts texts = load();
    for (const Finding& finding : many_findings()) {
        const auto& entry = texts.at(finding.code);
        const bool open = finding.outcome == Outcome::fail || finding.outcome == Outcome::unknown;
        std::set<std::string> wanted =
            placeholders(entry.at(std::string(to_text(finding.outcome))));
        if (open) wanted.merge(placeholders(entry.at("next")));
        for (const std::string& name : wanted) {
            const bool optional =
                name == "bits" || (name == "bytes" && finding.code != "size.first");
            EXPECT_TRUE(optional || finding.params.contains(name))
                << finding.code << " " << to_text(finding.outcome) << " {" << name << "}";
        }
    }
}

TEST(Words, KeepTheTone) {
    for (const auto& [code, texts] : load()) {
        for (const auto& [key, text] : texts) {
            for (const char* word : {"successful", "please", "Please", "oops", "invalid",
                                     "error occurred", "you must"}) {
                EXPECT_EQ(text.find(word), std::string::npos) << code << " " << key << ": " << word;
            }
        }
    }
}

}  // namespace
}  // namespace lifeboat::checklist
