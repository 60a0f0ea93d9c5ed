#include "storage/replicate.h"

#include "base/error.h"
#include "base/guarded.h"
#include "base/hex.h"
#include "crypto/sha256.h"
#include "storage/faulty_backend.h"
#include "storage/local_backend.h"
#include "storage/memory_backend.h"
#include "storage/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <variant>
#include <vector>

namespace lifeboat::storage {
namespace {

using Kind = Fault::Kind;
using Files = MemoryBackend::Files;

class Heard final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        events_.with([&](std::vector<Event>& events) { events.push_back(event); });
    }
    std::vector<Event> events() const {
        return events_.with([](const std::vector<Event>& events) { return events; });
    }

private:
    Guarded<std::vector<Event>> events_;
};

std::string add(Files& files, const std::string& folder, const std::string& text) {
    const Bytes content = to_bytes(text);
    const std::string id = to_hex(crypto::sha256(content));
    const std::string name = folder + (folder == "data/" ? id.substr(0, 2) + "/" : "") + id;
    files[name] = content;
    return name;
}

Files repository() {
    Files files;
    files["config"] = to_bytes("this repository");
    add(files, "keys/", "a key");
    for (int i = 0; i < 30; ++i) add(files, "data/", "pack " + std::string(size_t(i), 'x'));
    for (int i = 0; i < 3; ++i) add(files, "index/", "index " + std::to_string(i));
    for (int i = 0; i < 2; ++i) add(files, "snapshots/", "snapshot " + std::to_string(i));
    return files;
}

class Replicate : public testing::Test {
protected:
    void SetUp() override {
        from_.set_files(repository());
        to_.set_files({{"config", to_bytes("this repository")}});
    }
    ReplicateReport run(const std::stop_token& stop = {}, unsigned workers = 2) {
        return replicate(from_, faulty_, {.events = heard_, .place = "two", .workers = workers},
                         stop);
    }
    std::ptrdiff_t count_in_place(const std::string& folder) const {
        const Files files = to_.files();
        return std::count_if(files.begin(), files.end(),
                             [&](const auto& file) { return file.first.starts_with(folder); });
    }
    std::vector<std::string> saved_folders() const {
        std::vector<std::string> folders;
        for (const auto& call : faulty_.calls()) {
            if (call.operation != Operation::save) continue;
            folders.push_back(call.name.substr(0, call.name.find('/')));
        }
        folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
        return folders;
    }

    MemoryBackend from_;
    MemoryBackend to_;
    FaultyBackend faulty_{to_};
    Heard heard_;
};

TEST_F(Replicate, CopiesEverythingInAnOrderThatIsAlwaysSafe) {
    const ReplicateReport report = run({}, 4);
    EXPECT_EQ(to_.files(), from_.files());
    EXPECT_EQ(report.files_copied, 36U);
    EXPECT_EQ(report.files_present, 0U);
    EXPECT_EQ(saved_folders(), (std::vector<std::string>{"keys", "data", "index", "snapshots"}));
}

TEST_F(Replicate, CopiesOnlyWhatIsMissing) {
    const ReplicateReport first = run();
    const ReplicateReport second = run();
    EXPECT_EQ(second.files_copied, 0U);
    EXPECT_EQ(second.files_present, first.files_copied);
    EXPECT_EQ(second.bytes_present, first.bytes_copied);
    EXPECT_EQ(faulty_.count(static_cast<uint32_t>(Operation::save)), first.files_copied);
    Files files = from_.files();
    const std::string name = add(files, "data/", "one more");
    from_.set_files(files);
    EXPECT_EQ(run().files_copied, 1U);
    EXPECT_EQ(to_.files().count(name), 1U);
}

TEST_F(Replicate, ReplacesWhatHasAnotherSize) {
    run();
    Files files = to_.files();
    const auto pack = std::find_if(files.begin(), files.end(), [](const auto& file) {
        return file.first.starts_with("data/") && file.second.size() > 9;
    });
    pack->second.resize(3);
    to_.set_files(files);
    EXPECT_EQ(run().files_copied, 1U);
    EXPECT_EQ(to_.files(), from_.files());
}

TEST_F(Replicate, RunsBothWays) {
    Files one = repository();
    Files two = repository();
    add(one, "data/", "only in one");
    add(two, "snapshots/", "only in two");
    from_.set_files(one);
    to_.set_files(two);
    replicate(from_, to_, {.events = heard_}, {});
    replicate(to_, from_, {.events = heard_}, {});
    EXPECT_EQ(from_.files(), to_.files());
    EXPECT_EQ(from_.files().size(), one.size() + 1);
}

TEST_F(Replicate, DeletesNothingAndLeavesLocksAndStrangersAlone) {
    Files files = from_.files();
    add(files, "locks/", "a lock");
    files["data/readme.txt"] = to_bytes("not ours");
    from_.set_files(files);
    to_.set_files({{"config", to_bytes("this repository")}, {"locks/x", to_bytes("theirs")}});
    run();
    EXPECT_EQ(to_.files().count("locks/x"), 1U);
    EXPECT_EQ(to_.files().size(), 36U + 2U);
}

TEST_F(Replicate, RefusesAnotherRepositoryAndNone) {
    to_.set_files({{"config", to_bytes("another one")}});
    EXPECT_THROW(run(), Misuse);
    EXPECT_EQ(to_.files().size(), 1U);
    to_.set_files({});
    EXPECT_THROW(run(), Missing) << "an empty mount point must not be filled";
    EXPECT_TRUE(to_.files().empty());
    from_.set_files({});
    EXPECT_THROW(run(), Missing);
}

TEST_F(Replicate, CopiesNoDamagedFileAndNothingThatMayNeedIt) {
    Files files = from_.files();
    files.lower_bound("data/")->second[0] ^= std::byte{1};
    from_.set_files(files);
    try {
        run();
        FAIL() << "a pack is damaged";
    } catch (const Corrupt& error) {
        EXPECT_NE(error.message().find(files.lower_bound("data/")->first), std::string::npos);
    }
    EXPECT_EQ(saved_folders(), (std::vector<std::string>{"keys", "data"}));
    EXPECT_EQ(to_.files().size(), 1U + 1U + 29U) << "the whole packs go over all the same";
}

TEST_F(Replicate, SaysBeforehandWhenItDoesNotFit) {
    MemoryBackend small(100);
    small.save("config", to_bytes("this repository"), {});
    EXPECT_THROW(replicate(from_, small, {.events = heard_}, {}), NoSpace);
    EXPECT_EQ(small.files().size(), 1U);
}

// Whatever operation fails, nothing refers to what is not there, and the next run completes it.
TEST_F(Replicate, SurvivesTheFailureOfEveryOperation) {
    for (const Kind kind : {Kind::unreachable, Kind::lost_answer}) {
        for (uint64_t at = 1;; ++at) {
            SetUp();
            faulty_.heal();
            faulty_.inject({.kind = kind, .first = at, .count = UINT64_MAX});
            bool failed = false;
            try {
                run();
            } catch (const Temporary&) {
                failed = true;
            }
            if (count_in_place("index/") + count_in_place("snapshots/") > 0) {
                EXPECT_EQ(count_in_place("data/"), 30);
            }
            EXPECT_TRUE(count_in_place("snapshots/") == 0 || count_in_place("index/") == 3);
            faulty_.heal();
            run();
            EXPECT_EQ(to_.files(), from_.files());
            if (!failed) break;
            ASSERT_LT(at, 1000U);
        }
    }
}

TEST_F(Replicate, StopsWhenAsked) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(run(source.get_token()), Cancelled);
    EXPECT_EQ(to_.files().size(), 1U);
}

TEST_F(Replicate, TellsHowFarItIs) {
    run();
    const auto events = heard_.events();
    EXPECT_EQ(std::get<PhaseStarted>(events.front()).place, "two");
    EXPECT_EQ(std::get<PhaseEnded>(events.back()).phase, "replicate");
    uint64_t most = 0;
    for (const Event& event : events) {
        const auto* progress = std::get_if<Progress>(&event);
        if (progress == nullptr) continue;
        most = std::max(most, progress->items_done);
        EXPECT_EQ(progress->items_total, 36U);
        EXPECT_LE(progress->bytes_done, progress->bytes_total);
    }
    EXPECT_EQ(most, 36U);
}

TEST_F(Replicate, WorksBetweenFolders) {
    const TemporaryFolder folder;
    sys::SystemRandom random;
    LocalBackend local(folder.path().string(), random);
    local.save("config", to_bytes("this repository"), {});
    replicate(from_, local, {.events = heard_}, {});
    MemoryBackend back;
    back.set_files({{"config", to_bytes("this repository")}});
    replicate(local, back, {.events = heard_}, {});
    EXPECT_EQ(back.files(), from_.files());
}

}  // namespace
}  // namespace lifeboat::storage
