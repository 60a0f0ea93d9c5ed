// Parity in a place: written by a backup, and what reads damaged files with its help.
#include "base/error.h"
#include "repository/parity.h"
#include "repository/test_world.h"
#include "storage/forwarding_backend.h"

#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using testing_world::World;

constexpr TimePoint yesterday{std::chrono::seconds{1'790'000'000}};

class Parity : public testing::Test {
protected:
    World world;
    storage::MemoryBackend place;
    testing_world::Contents contents = testing_world::some_contents();

    void SetUp() override { world.options.parity = {20}; }

    std::vector<std::string> names(const std::string& prefix) const {
        std::vector<std::string> found;
        place.list(prefix, [&](const std::string& name, uint64_t) { found.push_back(name); }, {});
        return found;
    }
    template <class Change>
    void change(const std::string& name, Change&& how) {
        auto files = place.files();
        how(files.at(name));
        place.set_files(files);
    }
    void flip(const std::string& name, size_t at) {
        change(name, [&](Bytes& bytes) { bytes[at % bytes.size()] ^= std::byte{0x10}; });
    }
    // Smaller ones are kept twice in effect, and can be lost as a whole.
    std::vector<std::string> large_packs() const {
        auto found = names("data/");
        std::erase_if(found, [&](const std::string& name) {
            return place.files().at(name).size() < 20 * parity::sector_size;
        });
        return found;
    }
    void back_up() { testing_world::back_up(*world.open(place), contents, nullptr, yesterday); }
    testing_world::Contents read_newest() {
        const auto repository = world.open(place);
        return testing_world::read_back(*repository->read(repository->snapshots({}).back(), {}));
    }
};

TEST(ParityName, BelongsToTheFilesOfARepository) {
    const std::string id(64, 'a');
    EXPECT_EQ(parity_name("data/aa/" + id), "parity/aa/" + id);
    EXPECT_EQ(parity_name("keys/" + id), "parity/keys/" + id);
    EXPECT_EQ(parity_name("snapshots/" + id), "parity/snapshots/" + id);
    EXPECT_EQ(parity_name("index/" + id), "parity/index/" + id);
    EXPECT_EQ(parity_name("config"), "parity/config");
    for (const std::string& other : std::vector<std::string>{
             "locks/" + id, "data/ab/" + id, "data/" + id, "index/short", "parity/config"}) {
        EXPECT_EQ(parity_name(other), "") << other;
    }
    for (const std::string& file : {"data/aa/" + id, "keys/" + id, std::string("config")}) {
        EXPECT_EQ(file_of_parity(parity_name(file)), file);
    }
    EXPECT_EQ(file_of_parity("parity/locks/" + id), "");
    EXPECT_EQ(file_of_parity("data/aa/" + id), "");
}

TEST_F(Parity, ABackupHasItForEveryFileItWrites) {
    back_up();
    for (const char* folder : {"data/", "index/", "snapshots/"}) {
        ASSERT_FALSE(names(folder).empty());
        for (const std::string& name : names(folder)) {
            EXPECT_TRUE(place.files().contains(parity_name(name))) << name;
            EXPECT_EQ(rebuild_from_parity(place, name, {}), place.files().at(name));
        }
    }
}

TEST_F(Parity, AtRateZeroThereIsNone) {
    world.options.parity = {};
    back_up();
    EXPECT_TRUE(names("parity/").empty());
}

TEST_F(Parity, EveryFileReadsWithASectorOfItFlipped) {
    back_up();
    const auto before = place.files();
    for (const auto& [name, bytes] : before) {
        if (name.starts_with("parity/")) continue;
        flip(name, bytes.size() / 3);
    }
    EXPECT_EQ(read_newest(), contents);
    const auto seen = world.events.seen();
    EXPECT_TRUE(std::ranges::any_of(seen, [](const Event& event) {
        const auto* noted = std::get_if<Noted>(&event);
        return noted != nullptr && noted->severity == Severity::warning &&
               noted->text.find("its parity gave its bytes back") != std::string::npos;
    }));
    // Reading repairs nothing: that is for the person to decide.
    for (const auto& [name, bytes] : before) EXPECT_EQ(place.files().at(name).size(), bytes.size());
    EXPECT_NE(place.files(), before);
}

TEST_F(Parity, APackReadsWithItsTailLost) {
    back_up();
    for (const std::string& name : names("data/")) {
        change(name, [](Bytes& bytes) {
            bytes.resize(bytes.size() - std::min<size_t>(4000, bytes.size()));
        });
    }
    EXPECT_EQ(read_newest(), contents);
}

TEST_F(Parity, WhatIsBeyondItIsStillDamage) {
    back_up();
    for (const std::string& name : large_packs()) {
        change(name, [](Bytes& bytes) { std::fill(bytes.begin(), bytes.end(), std::byte{0}); });
        EXPECT_FALSE(rebuild_from_parity(place, name, {}));
        EXPECT_NE(try_parity(place, name, {}).problem.find("more than its parity can repair"),
                  std::string::npos);
    }
    EXPECT_THROW(read_newest(), Corrupt);
}

TEST_F(Parity, WithoutASidecarThereIsNothingToTry) {
    back_up();
    const std::string name = names("data/").front();
    place.remove(parity_name(name), {});
    EXPECT_EQ(try_parity(place, name, {}).problem, "it has no parity");
    EXPECT_EQ(try_parity(place, "locks/" + std::string(64, 'a'), {}).problem,
              "such files have no parity");
    change(parity_name(names("index/").front()), [](Bytes& bytes) { bytes.resize(3); });
    EXPECT_EQ(try_parity(place, names("index/").front(), {}).problem, "its parity file is damaged");
}

// A disk with sectors that it cannot read any more.
class BadSectors final : public storage::ForwardingBackend {
public:
    using ForwardingBackend::ForwardingBackend;
    std::map<std::string, uint64_t> bad{};  // one sector of a file

    Bytes load(const std::string& name, storage::Range range,
               const std::stop_token& stop) const override {
        const auto found = bad.find(name);
        if (found != bad.end()) {
            const uint64_t sector = found->second * parity::sector_size;
            const uint64_t end =
                range.length > UINT64_MAX - range.offset ? UINT64_MAX : range.offset + range.length;
            if (range.offset < sector + parity::sector_size && end > sector) {
                throw Corrupt("the disk cannot read " + name);
            }
        }
        return inner_.load(name, range, stop);
    }
};

TEST_F(Parity, SectorsThatTheDiskCannotRead) {
    back_up();
    BadSectors disk(place);
    for (const auto& [name, bytes] : place.files()) {
        disk.bad[name] = bytes.size() / parity::sector_size / 2;
    }
    // One sector of each file and one of each sidecar.
    for (const std::string& name : large_packs()) {
        EXPECT_EQ(rebuild_from_parity(disk, name, {}), place.files().at(name)) << name;
    }
    for (const std::string& name : names("parity/")) disk.bad.erase(name);
    const auto repository = world.open(disk);
    const auto snapshots = repository->snapshots({});
    ASSERT_EQ(snapshots.size(), 1U);
    EXPECT_EQ(testing_world::read_back(*repository->read(snapshots.back(), {})), contents);
}

CheckReport check(OpenRepository& repository, testing_world::Events& events) {
    return repository.check({.read_data = true}, events, {});
}

TEST_F(Parity, CheckSaysWhatItCanRepair) {
    back_up();
    EXPECT_TRUE(check(*world.open(place), world.events).clean());
    EXPECT_TRUE(check(*world.open(place), world.events).hints.empty());
    const auto before = place.files();
    for (const auto& [name, bytes] : before) {
        if (!name.starts_with("parity/")) flip(name, bytes.size() / 2);
    }
    const CheckReport report = check(*world.open(place), world.events);
    EXPECT_EQ(report.damages.size(),
              names("data/").size() + names("index/").size() + names("snapshots/").size());
    for (const Damage& damage : report.damages) {
        EXPECT_TRUE(damage.repairable) << damage.file;
        EXPECT_NE(damage.problem.find("its parity can repair it"), std::string::npos);
    }
    EXPECT_TRUE(report.affected.empty());  // all of it can still be restored
}

TEST_F(Parity, CheckSaysWhatItCannotRepair) {
    back_up();
    for (const std::string& name : large_packs()) {
        change(name, [](Bytes& bytes) { std::fill(bytes.begin(), bytes.end(), std::byte{1}); });
    }
    const CheckReport report = check(*world.open(place), world.events);
    ASSERT_FALSE(report.damages.empty());
    for (const Damage& damage : report.damages) {
        EXPECT_FALSE(damage.repairable);
        EXPECT_NE(damage.problem.find("more than its parity can repair"), std::string::npos);
    }
    EXPECT_FALSE(report.affected.empty());
}

TEST_F(Parity, MissingAndDamagedSidecarsAreHints) {
    back_up();
    const auto packs = names("data/");
    ASSERT_GE(packs.size(), 2U);
    place.remove(parity_name(packs[0]), {});
    flip(parity_name(packs[1]), 5000);
    change(parity_name(names("index/").front()), [](Bytes& bytes) { bytes.resize(10); });
    const CheckReport report = check(*world.open(place), world.events);
    EXPECT_TRUE(report.clean());
    EXPECT_EQ(report.hints,
              (std::vector<std::string>{"1 packs have no parity", "1 parity files are cut short",
                                        "2 parity files are damaged"}));
}

TEST_F(Parity, WhatIsMissingCanBeWrittenLater) {
    world.options.parity = {};
    back_up();
    EXPECT_THROW(write_missing_parity(*world.open(place), {}, world.events, {}), Misuse);
    EXPECT_TRUE(check(*world.open(place), world.events).hints.empty());  // nobody asked for it

    world.options.parity = {20};
    const std::string damaged = names("data/").front();
    const Bytes whole = place.files().at(damaged);
    flip(damaged, 100);
    ParityReport report = write_missing_parity(*world.open(place), {}, world.events, {});
    ASSERT_EQ(report.damages.size(), 1U);
    EXPECT_EQ(report.damages[0].file, damaged);
    EXPECT_FALSE(place.files().contains(parity_name(damaged)));

    change(damaged, [&](Bytes& bytes) { bytes = whole; });
    report = write_missing_parity(*world.open(place), {}, world.events, {});
    EXPECT_EQ(report.written, 1U);
    EXPECT_TRUE(report.damages.empty());
    EXPECT_TRUE(check(*world.open(place), world.events).hints.empty());
    EXPECT_EQ(write_missing_parity(*world.open(place), {}, world.events, {}).written, 0U);
}

TEST_F(Parity, SidecarsCutAnywhereOrDamagedAreMadeAgain) {
    back_up();
    const auto whole = place.files();
    sys::SeededRandom random(11);
    for (const std::string& name : names("parity/")) {
        const size_t size = whole.at(name).size();
        for (const size_t left : {size_t{0}, size_t{1}, size_t{135}, size / 2, size - 1}) {
            place.set_files(whole);
            change(name, [&](Bytes& bytes) { bytes.resize(left); });
            const CheckReport report = check(*world.open(place), world.events);
            EXPECT_TRUE(report.clean()) << name << " cut to " << left;
            EXPECT_EQ(report.parity_wanting, 1U) << name << " cut to " << left;
            const auto made = write_missing_parity(*world.open(place), {}, world.events, {});
            EXPECT_EQ(made.written, 1U) << name << " cut to " << left;
            EXPECT_EQ(made.mended, 1U);
            EXPECT_EQ(place.files(), whole);
        }
        Bytes where(8);
        random.fill(where);
        size_t at = 0;
        for (const std::byte byte : where) at = at << 8 | static_cast<size_t>(byte);
        flip(name, at);
        const auto made = write_missing_parity(*world.open(place), {}, world.events, {});
        EXPECT_EQ(made.mended, 1U) << name << " flipped at " << at % size;
        EXPECT_EQ(place.files(), whole);
    }
}

// It may be all that the file can be mended with, however little that is.
TEST_F(Parity, TheDamagedSidecarOfADamagedFileIsLeftAlone) {
    back_up();
    const std::string pack = large_packs().front();
    flip(pack, 5000);
    flip(parity_name(pack), 5000);
    const auto before = place.files();
    const auto made = write_missing_parity(*world.open(place), {}, world.events, {});
    ASSERT_EQ(made.damages.size(), 1U);
    EXPECT_EQ(made.damages[0].file, pack);
    EXPECT_EQ(made.written, 0U);
    EXPECT_EQ(place.files(), before);
}

TEST_F(Parity, ADryRunTellsWhatWouldBeWritten) {
    back_up();
    auto files = place.files();
    std::erase_if(files, [](const auto& file) { return file.first.starts_with("parity/"); });
    place.set_files(files);
    const auto told = write_missing_parity(*world.open(place), {.dry_run = true}, world.events, {});
    EXPECT_EQ(place.files(), files);
    const auto done = write_missing_parity(*world.open(place), {}, world.events, {});
    EXPECT_GT(done.written, 3U);
    EXPECT_EQ(told.written, done.written);
    EXPECT_EQ(told.bytes_written, done.bytes_written);
}

TEST_F(Parity, WritingItStopsWhenAsked) {
    back_up();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(write_missing_parity(*world.open(place), {}, world.events, stop.get_token()),
                 Cancelled);
}

TEST_F(Parity, CheckNamesWhatIsLeftOfPacksThatAreGone) {
    back_up();
    const std::string id(64, '7');
    place.save("parity/77/" + id, to_bytes("left over"), {});
    place.save("parity/index/" + id, to_bytes("left over"), {});
    const CheckReport report = check(*world.open(place), world.events);
    EXPECT_TRUE(report.clean());
    EXPECT_TRUE(std::ranges::any_of(report.hints, [](const std::string& hint) {
        return hint.starts_with("2 parity files are of packs or indexes that are gone");
    }));
}

TEST_F(Parity, TheConfigAndTheOnlyKeyMayBeLost) {
    const SecretText password("correct horse battery staple");
    create(place, password, world.options, {});
    open(place, password, world.options, {})->build(nullptr, {});
    for (const bool flipped : {true, false}) {
        const auto before = place.files();
        for (const auto& [name, bytes] : before) {
            if (name != "config" && !name.starts_with("keys/")) continue;
            if (flipped) {
                flip(name, 40);
            } else {
                place.remove(name, {});
            }
        }
        EXPECT_TRUE(exists(place, {}));
        EXPECT_THROW(create(place, password, world.options, {}), Misuse);
        EXPECT_NO_THROW(open(place, password, world.options, {}));
        EXPECT_THROW(open(place, SecretText("wrong"), world.options, {}), WrongPassword);
        place.set_files(before);
    }
}

TEST_F(Parity, ARemovedKeyLeavesNoCopy) {
    back_up();
    const auto repository = world.open(place);
    const KeyId id = repository->add_key(SecretText("another long password"), {});
    const std::string copy = "parity/keys/" + id.hex();
    EXPECT_TRUE(place.files().contains(copy));
    const auto with_key = place.files();
    repository->remove_key(id, {});
    EXPECT_FALSE(place.files().contains(copy));

    // restic removes a key and knows of no copy: the next backup takes it away. World has no key
    // of its own in the place, so one must be there for that.
    place.set_files(with_key);
    const KeyId other = repository->add_key(SecretText("yet another password"), {});
    place.remove("keys/" + id.hex(), {});
    repository->build(nullptr, {});
    EXPECT_FALSE(place.files().contains(copy));
    EXPECT_TRUE(place.files().contains("parity/keys/" + other.hex()));
}

}  // namespace
}  // namespace lifeboat::repository
