#include "engine/engine_world.h"

namespace lifeboat::engine {
namespace {

using ReadyTest = EngineTest;

// Fails the test with the names of what is open, which an enumeration alone would not tell.
std::string open_checks(const checklist::Verdict& verdict) {
    std::string text;
    for (const auto* finding : verdict.open()) text += finding->check + ":" + finding->code + " ";
    return text;
}

TEST_F(ReadyTest, TwoPlacesReadBackAndProvenIsGo) {
    uint64_t only_on_phone = 0;
    auto options = strong();
    options.before_copy = [&](const auto& before, const auto&) {
        only_on_phone = before.only_on_phone();
    };
    const auto report = make_ready(options);
    EXPECT_EQ(only_on_phone, 20u);
    EXPECT_EQ(report.verdict.answer, checklist::Answer::go) << open_checks(report.verdict);
    EXPECT_EQ(report.verified.size(), 2u);
    EXPECT_EQ(report.after.missing(), 0u);
    EXPECT_EQ(report.evidence.find("proof.phone_hash.matched")->value, "20");
    EXPECT_EQ(report.verdict.valid_until, report.backup->finished + std::chrono::minutes(60));
    EXPECT_EQ(second->snapshots({}).size(), 1u);
}

TEST_F(ReadyTest, AnAnswerThatWasSwallowedOnceIsAskedForAgain) {
    phone.mute_at = {2};  // once before the copy, then after it
    EXPECT_EQ(make_ready(strong()).verdict.answer, checklist::Answer::go);
    EXPECT_EQ(phone.facts_asked, 3u);
    phone.mute_at = {5, 6};
    EXPECT_EQ(make_ready(strong()).verdict.answer, checklist::Answer::no_go)
        << "what stays unknown blocks";
}

TEST_F(ReadyTest, ASecondRunWithANewPhotoIsGoAgain) {
    make_ready(strong());
    add_photo(77);
    const auto report = make_ready(strong());
    EXPECT_EQ(report.verdict.answer, checklist::Answer::go) << open_checks(report.verdict);
    EXPECT_EQ(report.before.only_on_phone(), 1u);
    EXPECT_EQ(report.backup->receipt.files_kept, 20u);
}

TEST_F(ReadyTest, AFilePutBackWithoutItsNanosecondsIsNotNew) {
    const TimePoint exact{nanoseconds{1'700'000'000'123'456'789}};
    phone.files.add_file(photo(60), to_bytes("x"), exact);
    make_ready(strong());
    phone.files.add_file(photo(60), to_bytes("x"), std::chrono::floor<std::chrono::seconds>(exact));
    EXPECT_EQ(make_ready(strong()).verdict.answer, checklist::Answer::go);
}

TEST_F(ReadyTest, OnePlaceIsNotEnoughUnlessThePersonSaysWhy) {
    auto all = places();
    all.pop_back();
    show_records();
    EXPECT_EQ(ready(phone, all, strong(), context()).verdict.answer, checklist::Answer::no_go);
    auto waived = strong();
    waived.single_place_waiver = "the second disk is at home";
    const auto report = ready(phone, all, waived, context());
    EXPECT_EQ(report.verdict.answer, checklist::Answer::go) << open_checks(report.verdict);
    EXPECT_FALSE(report.verdict.accepted().empty());
}

TEST_F(ReadyTest, AWeakPasswordBlocks) {
    ReadyOptions weak{.password = repository::password_strength("hello")};
    EXPECT_EQ(make_ready(weak).verdict.answer, checklist::Answer::no_go);
}

TEST_F(ReadyTest, ALowBatteryStopsTheCopyBeforeItBegins) {
    phone.readings[0] = reading("battery.percent", "30");
    phone.readings[1] = reading("battery.charging", "no");
    phone.readings[2] = reading("battery.plugged", "no");
    const auto report = make_ready(strong());
    EXPECT_FALSE(report.backup);
    EXPECT_EQ(report.verdict.answer, checklist::Answer::no_go);
    EXPECT_TRUE(first->snapshots({}).empty());
}

TEST_F(ReadyTest, APlaceThatVanishesMidWayIsAFindingAndTheBackupGoesOn) {
    second_faults.inject(
        {.kind = storage::Fault::Kind::unreachable, .prefix = "data/", .count = UINT64_MAX});
    const auto report = make_ready(strong());
    EXPECT_EQ(report.verdict.answer, checklist::Answer::no_go);
    ASSERT_EQ(report.place_problems.size(), 1u);
    EXPECT_NE(report.place_problems[0].note.find("place-2"), std::string::npos);
    EXPECT_TRUE(report.verified.size() == 1 && report.verified[0].clean());
}

TEST_F(ReadyTest, WhenTheFirstPlaceIsGoneTheSecondTakesTheBackup) {
    first_faults.inject({.kind = storage::Fault::Kind::unreachable,
                         .operations = storage::every_operation,
                         .prefix = "data/",
                         .count = UINT64_MAX});
    const auto report = make_ready(strong());
    ASSERT_TRUE(report.backup);
    EXPECT_EQ(second->snapshots({}).size(), 1u);
    EXPECT_EQ(report.verdict.answer, checklist::Answer::no_go);
}

TEST_F(ReadyTest, DamageInOnePlaceIsNoGoAndNamesThePlace) {
    make_ready(strong());
    auto files = second_disk.files();
    for (auto& [name, content] : files) {
        if (name.starts_with("data/")) content[content.size() / 3] ^= std::byte{1};
    }
    second_disk.set_files(files);
    reopen();
    const auto report = make_ready(strong());
    EXPECT_EQ(report.verdict.answer, checklist::Answer::no_go);
    const bool second_is_wrong =
        std::any_of(report.verified.begin(), report.verified.end(),
                    [](const auto& v) { return v.place == "place-2" && !v.clean(); });
    EXPECT_TRUE(second_is_wrong || !report.place_problems.empty());
}

// A phone that hands out other bytes than it has: the copy is faithful to the wire, and still no
// proof.
class LyingPhone final : public phone::Phone {
public:
    explicit LyingPhone(MemoryPhone& inner) : inner_(inner) {}
    phone::Facts facts(const std::stop_token& stop) override { return inner_.facts(stop); }
    phone::Inventory inventory(const std::stop_token& stop) override {
        return inner_.inventory(stop);
    }
    void digests(std::span<const ItemPath> files, const EachDigest& each,
                 const std::stop_token& stop) override {
        bool lied = false;
        inner_.digests(
            files,
            [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string& why) {
                auto told = digest;
                if (!lied && told) told->value[5] ^= std::byte{1};
                lied = true;
                each(path, told, why);
            },
            stop);
    }
    void backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                const std::stop_token& stop) override {
        inner_.backup(previous, sink, events, stop);
    }
    phone::RestoreOutcome restore(const FileTree& tree, std::span<const ItemPath> only,
                                  EventSink& events, const std::stop_token& stop) override {
        return inner_.restore(tree, only, events, stop);
    }

private:
    MemoryPhone& inner_;
};

TEST_F(ReadyTest, AHashThatDiffersFromTheCopyIsNoGo) {
    LyingPhone liar(phone);
    auto all = places();
    const auto report = ready(liar, all, strong(), context());
    EXPECT_EQ(report.verdict.answer, checklist::Answer::no_go);
    EXPECT_EQ(report.evidence.find("proof.phone_hash.mismatched")->value, "1");
    EXPECT_EQ(report.proof_mismatches.size(), 1u);
}

TEST_F(ReadyTest, AnUnreadablePhotoIsNoGoAndAPrivateAppFolderIsNot) {
    phone.refused.insert(ItemPath("sdcard/Android/data/com.example/files"));
    EXPECT_EQ(make_ready(strong()).verdict.answer, checklist::Answer::go);
    phone.refused.insert(photo(3));
    EXPECT_EQ(make_ready(strong()).verdict.answer, checklist::Answer::no_go);
}

}  // namespace
}  // namespace lifeboat::engine
