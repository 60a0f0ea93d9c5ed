#include "base/error.h"
#include "base/text.h"
#include "sim/android/packages/package_manager.h"
#include "sim/android/root/private_tar.h"
#include "sim/android/shell.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace lifeboat::sim {
namespace {

class RootTest : public testing::Test {
protected:
    RootTest() { phone_.set_root(true); }
    ~RootTest() override { std::filesystem::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_root_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }
    // As root; the output.
    std::string run(std::string_view command, std::string_view input = "") {
        std::string out;
        ShellIo io;
        io.in = [&](MutableByteView into) {
            const size_t count = std::min(into.size(), input.size());
            std::copy_n(as_bytes(input).begin(), count, into.begin());
            input.remove_prefix(count);
            return count;
        };
        io.out = [&](std::string_view text) { out += text; };
        io.err = io.out;
        code_ = run_shell(phone_, fmt::format("su -c \"{}\"", command), io);
        return out;
    }

    std::string folder_ = make_folder();
    sys::ManualClock clock_{TimePoint{std::chrono::seconds(1750000000)}};
    Device phone_{
        personality("a13"), "S", {{{"/storage/emulated/0", folder_}}, {"Android/data"}}, clock_};
    int code_ = 0;
};

TEST_F(RootTest, ThereIsNoneUnlessAsked) {
    EXPECT_TRUE(run("id").starts_with("uid=0(root)"));
    phone_.set_root(false);
    run("id");
    EXPECT_EQ(code_, 127);
}

TEST_F(RootTest, AppsHaveFilesOfTheirOwn) {
    const std::string top = "/data/data/com.whatsapp";
    EXPECT_EQ(run("stat -c %u " + top), "10234\n");
    EXPECT_NE(run("ls -Zd " + top).find("u:object_r:app_data_file:s0:c250,c295,c512,c768"),
              std::string::npos);
    EXPECT_EQ(run("cat " + top + "/shared_prefs/settings.xml"),
              "<map><int name=\"x\" value=\"7\"/></map>\n");
    const std::string sums =
        run("find /data/data/com.whatsapp -path '*/cache' -prune -o -type f -print0 | xargs -0 "
            "sha256sum");
    EXPECT_EQ(lines(sums).size(), 5u) << sums;
    EXPECT_EQ(sums.find("thumbnail"), std::string::npos);
}

TEST_F(RootTest, ATarGoesBackUnderAnotherOwner) {
    const std::string tar =
        run("tar -C / --exclude data/data/com.whatsapp/cache -cf - data/data/com.whatsapp "
            "data/user_de/0/com.whatsapp");
    size_t links = 0;
    EXPECT_TRUE(read_tar(as_bytes(tar), [&](const std::string& name, const PrivateNode& node) {
        EXPECT_EQ(node.uid, 10234u) << name;
        EXPECT_EQ(name.find("thumbnail"), std::string::npos);
        if (node.kind == PrivateKind::link) ++links;
    }));
    EXPECT_EQ(links, 1u);
    uninstall(phone_, "com.whatsapp");
    run("ls /data/data/com.whatsapp");
    EXPECT_EQ(code_, 1);
    run("tar -C / -xf -", tar);
    EXPECT_EQ(code_, 0);
    run("chown -R 10400:10400 /data/data/com.whatsapp; restorecon -RF /data/data/com.whatsapp");
    EXPECT_EQ(run("stat -c '%u %C' /data/data/com.whatsapp/databases/main.db"),
              "10400 u:object_r:app_data_file:s0:c160,c296,c512,c768\n");
    EXPECT_FALSE(read_tar(as_bytes(tar).first(700), [](const std::string&, PrivateNode) {}));
}

TEST_F(RootTest, TheWifiStoreHasPasswords) {
    const std::string xml = run("cat /data/misc/apexdata/com.android.wifi/WifiConfigStore.xml");
    EXPECT_NE(xml.find("&quot;four lions &amp; a boat&quot;"), std::string::npos);
}

}  // namespace
}  // namespace lifeboat::sim
