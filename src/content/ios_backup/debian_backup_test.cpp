// Backups that Debian's idevicebackup2 took of the simulated iPhone, opened by our reader: every
// file is what lies on the phone.
#include "base/error.h"
#include "content/ios_backup/rehearsal.h"
#include "item/memory_items.h"
#include "sim/ios/backup_rules.h"
#include "sim/ios/outgoing_file.h"
#include "sim/iphone.h"
#include "sys/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace lifeboat::content {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Key;

constexpr std::chrono::seconds limit{100};

Bytes read_bytes(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return to_bytes(std::string{std::istreambuf_iterator<char>(in), {}});
}

sim::Iphone::Config config_of(const std::string& world) {
    sim::Iphone::Config config;
    config.world = world;
    config.content = sim::ios::WorldOptions{};
    return config;
}

class DebianBackup : public testing::Test {
protected:
    DebianBackup() : folder_(make_folder()), phone_(config_of(folder_ + "/world"), clock_) {
        phone_.device().change([](sim::ios::DeviceState& s) {
            s.keybag_cost = {.iterations = 10, .double_iterations = 10};
        });
        phone_.start();
        fs::create_directories(folder_ + "/backup");
        run({"idevicepair", "pair"});
    }
    ~DebianBackup() override { fs::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "debian_backup_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }

    // The client is known to hang: it has a limit.
    void run(const std::vector<std::string>& words) {
        sys::ChildProcess program(
            words, {{"USBMUXD_SOCKET_ADDRESS", "127.0.0.1:" + std::to_string(phone_.port())}});
        const auto end = clock_.monotonic() + limit;
        std::optional<int> code;
        while (!(code = program.ended())) {
            ASSERT_LT(clock_.monotonic(), end) << words[0] << " " << words[1] << " hangs";
            clock_.sleep(std::chrono::milliseconds(20), {});
        }
        ASSERT_EQ(*code, 0) << words[0] << " " << words[1];
    }

    void back_up() { run({"idevicebackup2", "backup", folder_ + "/backup"}); }

    void load_backup(MemoryTree& tree) const {
        const fs::path root = folder_ + "/backup";
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (!entry.is_regular_file()) continue;
            tree.add_file(ItemPath(fs::relative(entry.path(), root).string()),
                          read_bytes(entry.path()));
        }
    }

    // As the phone sends it.
    Bytes expected(const fs::path& path) const {
        Bytes content = read_bytes(path);
        if (!as_text(content).starts_with("SQLite format 3")) return content;
        fs::create_directories(folder_ + "/scratch");
        const auto compact = sim::ios::compact_database(path, folder_ + "/scratch");
        return compact ? read_bytes(*compact) : content;
    }

    // How many files of the phone were compared.
    size_t compare(const IosBackup& opened, bool encrypted) const {
        size_t compared = 0;
        const fs::path files = phone_files();
        for (const auto& entry : fs::recursive_directory_iterator(files)) {
            const std::string path = fs::relative(entry.path(), files).string();
            const bool is_file = entry.is_regular_file() && !entry.is_symlink();
            if (!is_file || path.ends_with("-wal") || path.ends_with("-shm")) {
                continue;
            }
            const size_t slash = path.find('/');
            const sim::ios::DomainPath place{std::string_view(path).substr(0, slash),
                                             std::string_view(path).substr(slash + 1)};
            const bool secret = sim::ios::is_only_in_encrypted_backups(place);
            const bool saved = !sim::ios::is_never_backed_up(place) && (encrypted || !secret);
            EXPECT_EQ(opened.find(ItemPath(path)).has_value(), saved) << path;
            if (!saved) continue;
            const Bytes got = read_all(*opened.open(ItemPath(path)), uint64_t{1} << 30);
            EXPECT_TRUE(got == expected(entry.path())) << path;
            ++compared;
        }
        return compared;
    }

    std::string phone_files() const { return folder_ + "/world/files"; }

    std::string folder_;
    sys::SystemClock clock_;
    sim::Iphone phone_;
};

TEST_F(DebianBackup, PlainOneHoldsWhatIsOnThePhone) {
    ASSERT_NO_FATAL_FAILURE(back_up());
    MemoryTree tree;
    load_backup(tree);
    const IosBackup opened(tree, SecretText());
    const RehearsalReport report = rehearse(opened, {.deep = true}, [](const auto&) {}, {});
    EXPECT_TRUE(report.passed()) << testing::PrintToString(report.wrong.size());
    EXPECT_FALSE(report.encrypted);
    const size_t compared = compare(opened, false);
    EXPECT_GT(compared, 10u);
    EXPECT_EQ(report.files_checked, compared);
}

TEST_F(DebianBackup, EncryptedOneHoldsMoreAndOpensWithItsPassword) {
    ASSERT_NO_FATAL_FAILURE(
        run({"idevicebackup2", "encryption", "on", "Käpt'n 7", folder_ + "/backup"}));
    ASSERT_NO_FATAL_FAILURE(back_up());
    // An incremental one on top: keys of unchanged files stay.
    std::ofstream(phone_files() + "/HomeDomain/Library/new.txt") << "new";
    ASSERT_NO_FATAL_FAILURE(back_up());
    MemoryTree tree;
    load_backup(tree);
    EXPECT_THROW(IosBackup(tree, SecretText("wrong")), WrongBackupPassword);
    const IosBackup opened(tree, SecretText("Käpt'n 7"));
    const RehearsalReport report = rehearse(opened, {.deep = true}, [](const auto&) {}, {});
    for (const WrongFile& wrong : report.wrong) ADD_FAILURE() << wrong.path << ": " << wrong.why;
    EXPECT_TRUE(report.passed());
    EXPECT_TRUE(report.encrypted);
    EXPECT_THAT(report.checked_by_class, Contains(Key(1)));
    EXPECT_THAT(report.checked_by_class, Contains(Key(2)));
    EXPECT_THAT(report.checked_by_class, Contains(Key(3)));
    EXPECT_THAT(report.checked_by_class, Contains(Key(4)));
    EXPECT_EQ(report.files_checked, compare(opened, true));
}

}  // namespace
}  // namespace lifeboat::content
