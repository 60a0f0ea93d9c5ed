#include "phone/android/personal/app_data.h"
#include "phone/android/personal/app_data_source.h"
#include "phone/android/personal/apps_source.h"
#include "phone/android/personal/networks_source.h"
#include "phone/android/personal/personal_world_test.h"
#include "sim/android/packages/package_manager.h"

namespace lifeboat::phone::android {
namespace {

class AppDataContract : public PersonalContract {
protected:
    void start_with_root() {
        sim::AndroidPhone::Config config;
        config.root = true;
        start(std::move(config));
    }
    template <class Source>
    personal::Collection back_up(WatchedSink& sink, const FileTree* previous = nullptr) {
        Source source(link());
        return source.read({&sink, previous}, events_, {});
    }
    template <class Source>
    personal::RestoreOutcome put_back(const FileTree& snapshot) {
        Source source(link());
        return source.restore(snapshot, false, events_, {});
    }
    sim::PrivateFiles files() {
        return phone_->device().private_files().with([](const sim::PrivateFiles& f) { return f; });
    }
};

TEST_F(AppDataContract, WithoutRootThereIsNone) {
    start();
    WatchedSink sink;
    const auto collection = back_up<AppDataSource>(sink);
    EXPECT_EQ(collection.reading, personal::Reading::absent);
    EXPECT_FALSE(sink.tree.find(ItemPath("personal")));
}

TEST_F(AppDataContract, DataComesBackToTheAppsNewUser) {
    start_with_root();
    WatchedSink sink;
    back_up<AppsSource>(sink);
    const auto collection = back_up<AppDataSource>(sink);
    ASSERT_EQ(collection.records.size(), 4u);
    EXPECT_TRUE(collection.gaps.empty());
    const std::string top = "/data/data/com.whatsapp";
    const auto before = files();
    sim::uninstall(phone_->device(), "com.whatsapp");
    ASSERT_EQ(put_back<AppsSource>(sink.tree).compared_equal, 1u);
    const auto outcome = put_back<AppDataSource>(sink.tree);
    EXPECT_EQ(outcome.wanted, 4u);
    EXPECT_EQ(outcome.already_there, 3u);
    EXPECT_EQ(outcome.written, 1u);
    EXPECT_EQ(outcome.compared_equal, 1u);
    const auto after = files();
    const uint32_t uid = sim::find_package(phone_->device(), "com.whatsapp")->uid;
    EXPECT_NE(uid, before.at(top).uid);
    size_t compared = 0;
    for (const auto& [path, node] : before) {
        if (!path.starts_with(top) || path.find("cache") != std::string::npos) continue;
        ASSERT_TRUE(after.contains(path)) << path;
        const auto& now = after.at(path);
        EXPECT_EQ(now.content, node.content) << path;
        EXPECT_EQ(now.mode, node.mode) << path;
        EXPECT_EQ(now.target, node.target) << path;
        EXPECT_EQ(now.modified, node.modified) << path;
        EXPECT_EQ(now.uid, uid) << path;
        EXPECT_EQ(now.label, sim::app_label(uid)) << path;
        ++compared;
    }
    EXPECT_GT(compared, 8u);
    EXPECT_EQ(after.at(top + "/cache").gid, uid + 10000);
    EXPECT_FALSE(after.contains(top + "/cache/thumbnail"));
    EXPECT_EQ(put_back<AppDataSource>(sink.tree).already_there, 4u);
}

TEST_F(AppDataContract, UnchangedDataIsKeptAndOtherDataIsNotOverwritten) {
    start_with_root();
    WatchedSink first;
    back_up<AppsSource>(first);
    back_up<AppDataSource>(first);
    WatchedSink second(&first.tree);
    back_up<AppDataSource>(second, &first.tree);
    EXPECT_EQ(second.personal_kept, 4u);
    phone_->device().private_files().with([](sim::PrivateFiles& f) {
        f["/data/data/com.example.bank/files/empty"].content = to_bytes("new");
    });
    WatchedSink third(&first.tree);
    back_up<AppDataSource>(third, &first.tree);
    EXPECT_EQ(third.personal_kept, 3u);
    const auto outcome = put_back<AppDataSource>(first.tree);
    EXPECT_EQ(outcome.already_there, 3u);
    ASSERT_EQ(outcome.conflicts.size(), 1u);
    EXPECT_EQ(outcome.conflicts[0].label, "com.example.bank");
}

// An app whose files nobody could sum is no app without files, into which a backup may be unpacked.
TEST_F(AppDataContract, ARootThatIsTakenAwayIsNoEmptyApp) {
    start_with_root();
    auto root = RootAccess::find(link(), {});
    ASSERT_TRUE(root);
    EXPECT_FALSE(sum_app_data(*root, "com.whatsapp", {}).empty());
    phone_->device().set_root(false);
    EXPECT_THROW(sum_app_data(*root, "com.whatsapp", {}), Denied);
}

TEST_F(AppDataContract, ACutInTheMiddleIsGoneOnWith) {
    for (const char* step : {"am force-stop", "tar -C / -xf", "chown", "restorecon", "rm "}) {
        for (const bool behind : {false, true}) {
            SCOPED_TRACE(fmt::format("{} {}", step, behind));
            start_with_root();
            WatchedSink sink;
            back_up<AppsSource>(sink);
            back_up<AppDataSource>(sink);
            sim::uninstall(phone_->device(), "com.whatsapp");
            ASSERT_EQ(put_back<AppsSource>(sink.tree).compared_equal, 1u);
            cut_at(step, behind);
            AppDataSource source(link());
            EXPECT_THROW(source.restore(sink.tree, false, events_, {}), Temporary);
            const auto outcome = source.restore(sink.tree, false, events_, {});
            EXPECT_EQ(outcome.already_there + outcome.compared_equal, 4u);
            EXPECT_TRUE(outcome.conflicts.empty());
            const uint32_t uid = sim::find_package(phone_->device(), "com.whatsapp")->uid;
            for (const auto& [path, node] : files()) {
                if (path.starts_with("/data/data/com.whatsapp/files")) {
                    EXPECT_EQ(node.uid, uid) << path;
                }
            }
        }
    }
}

TEST_F(AppDataContract, NetworksComeBackWithTheirPasswords) {
    start_with_root();
    WatchedSink sink;
    EXPECT_TRUE(back_up<NetworksSource>(sink).gaps.empty());
    const auto before = phone_->device().snapshot().networks;
    phone_->device().state().with([](sim::DeviceState& s) { s.networks.clear(); });
    const auto outcome = put_back<NetworksSource>(sink.tree);
    EXPECT_EQ(outcome.compared_equal, 3u);
    const auto after = phone_->device().snapshot().networks;
    ASSERT_EQ(after.size(), 3u);
    for (size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(after[i].ssid, before[i].ssid);
        EXPECT_EQ(after[i].passphrase, before[i].passphrase);
    }
}

TEST(AppDataSums, ComeBackAsTheyWere) {
    const std::string digest(64, 'a');
    const FileSums sums{{"/data/data/x/a  b", digest}, {"/data/data/x/c\\nd", digest}};
    EXPECT_EQ(sums_of(text_of(sums)), sums);
    EXPECT_EQ(sums_of("\\" + digest + "  /a\\nb\n"), (FileSums{{"/a\\nb", digest}}));
    EXPECT_THROW(sums_of("short"), Corrupt);
}

}  // namespace
}  // namespace lifeboat::phone::android
