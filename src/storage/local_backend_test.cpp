#include "storage/local_backend.h"

#include "base/hex.h"
#include "storage/backend_contract.h"
#include "storage/name.h"
#include "storage/temporary_folder.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace lifeboat::storage {
namespace {

namespace fs = std::filesystem;

template <DirectIo direct>
class LocalPlace {
public:
    Backend& backend() { return backend_; }

private:
    TemporaryFolder folder_;
    sys::SystemRandom random_;
    LocalBackend backend_{folder_.path().string(), random_, direct};
};
using DirectPlace = LocalPlace<DirectIo::when_possible>;
using BufferedPlace = LocalPlace<DirectIo::never>;
INSTANTIATE_TYPED_TEST_SUITE_P(LocalDirect, BackendContract, DirectPlace);
INSTANTIATE_TYPED_TEST_SUITE_P(LocalBuffered, BackendContract, BufferedPlace);

class LocalBackendTest : public testing::Test {
protected:
    Bytes seeded(uint64_t seed, size_t size) const {
        Bytes bytes(size);
        sys::SeededRandom(seed).fill(bytes);
        return bytes;
    }
    size_t entries_below(const fs::path& path) const {
        const fs::recursive_directory_iterator all(path);
        return static_cast<size_t>(std::count_if(
            begin(all), end(all), [](const auto& entry) { return !entry.is_directory(); }));
    }

    TemporaryFolder folder_;
    sys::SystemRandom random_;
    const std::string pack_ = "data/ab/" + std::string(64, 'a');
};

TEST_F(LocalBackendTest, KeepsFilesReadOnlyAndLeavesNoTemporary) {
    LocalBackend backend(folder_.path().string(), random_);
    backend.save("config", to_bytes("c"), {});
    backend.save(pack_, seeded(1, 2'000'000), {});
    EXPECT_EQ(fs::status(folder_.path() / pack_).permissions(), fs::perms::owner_read);
    EXPECT_EQ(entries_below(folder_.path()), 2U);
    fs::permissions(folder_.path() / "config", fs::perms::group_read, fs::perm_options::add);
    backend.save(pack_, seeded(1, 2'000'000), {});
    EXPECT_EQ(fs::status(folder_.path() / pack_).permissions(),
              fs::perms::owner_read | fs::perms::group_read);
}

TEST_F(LocalBackendTest, NeedsItsFolder) {
    EXPECT_THROW(LocalBackend(folder_.sub("none"), random_), Unreachable);
    std::ofstream(folder_.sub("file")) << "x";
    EXPECT_THROW(LocalBackend(folder_.sub("file"), random_), Unreachable);
}

TEST_F(LocalBackendTest, IsUnreachableWhenItsFolderVanished) {
    fs::create_directory(folder_.sub("disk"));
    LocalBackend backend(folder_.sub("disk"), random_);
    backend.save("config", to_bytes("c"), {});
    fs::rename(folder_.sub("disk"), folder_.sub("elsewhere"));
    EXPECT_THROW(backend.save(pack_, to_bytes("x"), {}), Unreachable);
    EXPECT_THROW(backend.load("config", {}, {}), Unreachable);
    EXPECT_THROW(backend.size("keys/none", {}), Unreachable);
    EXPECT_THROW(backend.list("", [](const std::string&, uint64_t) {}, {}), Unreachable);
    EXPECT_THROW(backend.remove("config", {}), Unreachable);
    EXPECT_THROW(backend.space({}), Unreachable);
    EXPECT_FALSE(fs::exists(folder_.sub("disk"))) << "nothing is made in its stead";
}

// The empty folder that a disk was mounted on stays when the disk goes.
TEST_F(LocalBackendTest, WritesNothingToTheBareMountPoint) {
    fs::create_directory(folder_.sub("disk"));
    LocalBackend backend(folder_.sub("disk"), random_);
    backend.save("config", to_bytes("c"), {});
    fs::rename(folder_.sub("disk"), folder_.sub("elsewhere"));
    fs::create_directory(folder_.sub("disk"));
    EXPECT_THROW(backend.save(pack_, to_bytes("x"), {}), Unreachable);
    EXPECT_THROW(backend.size("config", {}), Unreachable);
    EXPECT_TRUE(fs::is_empty(folder_.sub("disk")));
}

TEST_F(LocalBackendTest, TakesTheDiskThatCameBack) {
    fs::create_directory(folder_.sub("disk"));
    LocalBackend backend(folder_.sub("disk"), random_);
    backend.save("config", to_bytes("this repository"), {});
    fs::rename(folder_.sub("disk"), folder_.sub("old"));
    EXPECT_THROW(backend.size("config", {}), Unreachable);
    fs::copy(folder_.sub("old"), folder_.sub("disk"), fs::copy_options::recursive);
    EXPECT_EQ(backend.size("config", {}), 15U);
    backend.save(pack_, to_bytes("x"), {});
    EXPECT_TRUE(fs::exists(folder_.path() / "disk" / pack_));
    fs::permissions(folder_.path() / "disk/config", fs::perms::owner_all);
    fs::remove_all(folder_.sub("old"));
    fs::rename(folder_.sub("disk"), folder_.sub("old"));
    fs::create_directory(folder_.sub("disk"));
    std::ofstream(folder_.sub("disk/config")) << "another one";
    EXPECT_THROW(backend.size("config", {}), Unreachable) << "another repository is no return";
}

TEST_F(LocalBackendTest, FollowsNoLinks) {
    LocalBackend backend(folder_.sub(""), random_);
    TemporaryFolder outside;
    std::ofstream(outside.sub("secret")) << "secret";
    fs::create_symlink(outside.sub("secret"), folder_.sub("config"));
    fs::create_directory_symlink(outside.path(), folder_.sub("data"));
    EXPECT_THROW(backend.load("config", {}, {}), Denied);
    EXPECT_EQ(backend.size("config", {}), std::nullopt);
    EXPECT_ANY_THROW(backend.save(pack_, to_bytes("x"), {}));
    EXPECT_ANY_THROW(backend.load("data/secret", {}, {}));
    EXPECT_EQ(entries_below(outside.path()), 1U);
}

TEST_F(LocalBackendTest, IsNotBlockedByWhatIsNoFile) {
    LocalBackend backend(folder_.sub(""), random_);
    ASSERT_EQ(::mkfifo(folder_.sub("config").c_str(), 0600), 0);
    fs::create_directory(folder_.sub("keys"));
    fs::create_directory(folder_.sub("keys/folder"));
    EXPECT_THROW(backend.load("config", {}, {}), Corrupt);
    EXPECT_THROW(backend.load("keys/folder", {}, {}), Corrupt);
    EXPECT_EQ(backend.size("config", {}), std::nullopt);
    backend.list("", [](const std::string& name, uint64_t) { ADD_FAILURE() << name; }, {});
}

TEST_F(LocalBackendTest, RefusesAFileThatWouldTakeAllMemory) {
    LocalBackend backend(folder_.sub(""), random_);
    std::ofstream(folder_.sub("config")) << "x";
    fs::resize_file(folder_.sub("config"), uint64_t{1} << 40);
    EXPECT_THROW(backend.load("config", {}, {}), Corrupt);
    EXPECT_EQ(backend.load("config", {.offset = 0, .length = 1}, {}), to_bytes("x"));
}

TEST_F(LocalBackendTest, ListsNeitherTemporariesNorForeignNames) {
    LocalBackend backend(folder_.sub(""), random_);
    backend.save("config", to_bytes("c"), {});
    std::ofstream(folder_.sub("config-tmp-1234")) << "half";
    std::ofstream(folder_.sub("a name with blanks")) << "x";
    std::vector<std::string> names;
    backend.list("", [&](const std::string& name, uint64_t) { names.push_back(name); }, {});
    EXPECT_EQ(names, std::vector<std::string>{"config"});
}

TEST_F(LocalBackendTest, RemovesOldLeftoversOnly) {
    LocalBackend backend(folder_.sub(""), random_);
    backend.save(pack_, to_bytes("whole"), {});
    std::ofstream(folder_.sub(pack_ + "-tmp-1234")) << "half";
    sys::SystemClock clock;
    EXPECT_EQ(backend.remove_leftovers(clock, std::chrono::hours(1), {}), 0U);
    EXPECT_EQ(entries_below(folder_.path()), 2U);
    EXPECT_EQ(backend.remove_leftovers(clock, std::chrono::hours(-1), {}), 4U);
    EXPECT_EQ(entries_below(folder_.path()), 1U);
    EXPECT_EQ(backend.size(pack_, {}), 5U);
}

TEST_F(LocalBackendTest, LeavesAloneWhatALivingWriterHas) {
    LocalBackend backend(folder_.sub(""), random_);
    backend.save(pack_, to_bytes("whole"), {});
    const std::string growing = folder_.sub(pack_ + "-tmp-1234");
    std::ofstream(growing) << "half";
    FileDescriptor writer(::open(growing.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
    sys::SystemClock clock;
    EXPECT_EQ(backend.remove_leftovers(clock, std::chrono::hours(-1), {}), 0U);
    EXPECT_EQ(entries_below(folder_.path()), 2U);
    writer.close();
    EXPECT_EQ(backend.remove_leftovers(clock, std::chrono::hours(-1), {}), 4U);
}

TEST_F(LocalBackendTest, ShowsThatAWriterLives) {
    LocalBackend backend(folder_.sub(""), random_);
    EXPECT_EQ(backend.occupied(pack_, {}), Occupied::unknown) << "there is no such file";
    EXPECT_EQ(backend.occupy(pack_, {}), nullptr);
    backend.save(pack_, to_bytes("lock"), {});
    EXPECT_EQ(backend.occupied(pack_, {}), Occupied::no);
    auto presence = backend.occupy(pack_, {});
    ASSERT_NE(presence, nullptr);
    EXPECT_EQ(backend.occupied(pack_, {}), Occupied::yes);
    presence.reset();
    EXPECT_EQ(backend.occupied(pack_, {}), Occupied::no);
}

TEST_F(LocalBackendTest, APresenceGoesWithItsProcess) {
    LocalBackend backend(folder_.sub(""), random_);
    backend.save(pack_, to_bytes("lock"), {});
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto presence = backend.occupy(pack_, {});
        if (presence && ::write(ready[1], "x", 1) == 1) ::pause();
        ::_exit(1);
    }
    char signal = 0;
    ASSERT_EQ(::read(ready[0], &signal, 1), 1);
    EXPECT_EQ(backend.occupied(pack_, {}), Occupied::yes);
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(backend.occupied(pack_, {}), Occupied::no);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST_F(LocalBackendTest, SaysWhenItMayNotWrite) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may write anywhere";
    LocalBackend backend(folder_.sub(""), random_);
    fs::permissions(folder_.path(), fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_THROW(backend.save("config", to_bytes("x"), {}), Denied);
    fs::permissions(folder_.path(), fs::perms::owner_all);
}

// A small disk of its own, where the test may mount one.
class SmallDisk : public LocalBackendTest {
protected:
    void SetUp() override {
        if (::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=4m") != 0) {
            GTEST_SKIP() << "mounting a file system needs root";
        }
        mounted_ = true;
    }
    void TearDown() override {
        if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
    }
    bool mounted_ = false;
};

class FullDisk : public SmallDisk, public testing::WithParamInterface<DirectIo> {};
INSTANTIATE_TEST_SUITE_P(Local, FullDisk,
                         testing::Values(DirectIo::when_possible, DirectIo::never));

TEST_P(FullDisk, IsNoSpaceAndHarmsNothing) {
    LocalBackend backend(folder_.path().string(), random_, GetParam());
    const Bytes first = seeded(1, 2'500'000);
    backend.save(pack_, first, {});
    const std::string second = "data/cd/" + std::string(64, 'c');
    for (int round = 0; round < 2; ++round) {
        try {
            backend.save(second, seeded(2, 2'500'000), {});
            FAIL() << "the disk has no room for it";
        } catch (const NoSpace& error) {
            EXPECT_NE(std::string(error.what()).find(second), std::string::npos);
            EXPECT_FALSE(error.guidance().empty());
        }
        EXPECT_EQ(backend.size(second, {}), std::nullopt);
        EXPECT_EQ(entries_below(folder_.path()), 1U) << "the half of it is gone again";
    }
    EXPECT_EQ(backend.load(pack_, {}, {}), first);
    EXPECT_LT(backend.space({})->free, 2'000'000U);
    backend.save(second, seeded(2, 1'000'000), {});
    EXPECT_EQ(backend.size(second, {}), 1'000'000U);
}

TEST_F(SmallDisk, IsUnreachableWhenUnmounted) {
    fs::create_directory(folder_.sub("place"));
    LocalBackend inside(folder_.sub("place"), random_);
    LocalBackend whole(folder_.path().string(), random_);
    inside.save("config", to_bytes("c"), {});
    whole.save("config", to_bytes("w"), {});
    ASSERT_EQ(::umount2(folder_.path().c_str(), MNT_DETACH), 0);
    EXPECT_THROW(inside.save(pack_, to_bytes("x"), {}), Unreachable);
    EXPECT_THROW(whole.save(pack_, to_bytes("x"), {}), Unreachable);
    EXPECT_THROW(whole.size("config", {}), Unreachable);
    EXPECT_TRUE(fs::is_empty(folder_.path()));
}

// What a writer that was killed at any moment leaves: whole files, and what is never listed.
class KilledWriter : public LocalBackendTest {
protected:
    static std::string name_of(uint64_t seed) {
        return fmt::format("data/{:02x}/{:064x}", seed % 3, seed);
    }
    [[noreturn]] void write_until_killed(uint64_t seed) {
        LocalBackend backend(folder_.path().string(), random_);
        for (;; ++seed) backend.save(name_of(seed), seeded(seed, 100'000 + seed % 7 * 400'000), {});
    }
    void expect_only_whole_files() {
        const LocalBackend backend(folder_.path().string(), random_);
        const auto each = [&](const std::string& name, uint64_t size) {
            const uint64_t seed = std::stoull(name.substr(name.rfind('/') + 1), nullptr, 16);
            ASSERT_EQ(size, 100'000 + seed % 7 * 400'000) << name;
            ASSERT_EQ(backend.load(name, {}, {}), seeded(seed, size)) << name;
            ++files_;
        };
        backend.list("", each, {});
    }
    uint64_t files_ = 0;
};

TEST_F(KilledWriter, LeavesNoPartOfAFile) {
    sys::SystemClock clock;
    sys::SeededRandom when(7);
    for (uint64_t round = 0; round < 20; ++round) {
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) write_until_killed(round * 1000);
        clock.sleep(std::chrono::microseconds(500 + when.below(25'000)), {});
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        files_ = 0;
        expect_only_whole_files();
        fs::remove_all(folder_.path() / "data");
    }
}

}  // namespace
}  // namespace lifeboat::storage
