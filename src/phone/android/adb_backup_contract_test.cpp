#include "ab/writer.h"
#include "item/memory_items.h"
#include "phone/android/adb_backup.h"
#include "phone/android/contract_world_test.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::android {
namespace {

using testing::ElementsAre;
using testing::IsSupersetOf;
using testing::Key;

class AdbBackupContract : public AndroidContract {
protected:
    void SetUp() override {
        AndroidContract::SetUp();
        simulated();
        phone_->device().state().with([](sim::DeviceState& s) {
            s.packages.push_back({"com.example.notes", 3, 10301, "null", false});
            s.adb_backup.apps["com.example.notes"] = {
                .allows_backup = true, .files = {{"f/a.txt", {to_bytes("milk"), {}}}}};
            s.adb_backup.apps["com.example.bank"] = {.allows_backup = false,
                                                     .files = {{"f/secret", {to_bytes("no"), {}}}}};
        });
    }
    PhoneLink link() {
        server_client_ = std::make_unique<AdbServer>(server_.settings(), process_);
        return {*server_client_, phone_->address()};
    }
    ab::Listing listing(const std::vector<std::string>& apps) {
        const auto backup = ask(apps);
        return ab::read_listing(*backup.archive, SecretText());
    }
    AppBackup ask(const std::vector<std::string>& apps, const std::stop_token& stop = {}) {
        asked_ = connected();
        return dynamic_cast<AppBackupPhone&>(*asked_).app_backup(apps, stop);
    }
    std::string content(const std::string& name) {
        return phone_->device().state().with([&](const sim::DeviceState& s) {
            return to_text(s.adb_backup.apps.at("com.example.notes").files.at(name).content);
        });
    }

    std::unique_ptr<Phone> asked_{};
    std::unique_ptr<AdbServer> server_client_{};
};

TEST_F(AdbBackupContract, AppsThatAllowItAndThoseThatDoNot) {
    const auto list = listing({});
    EXPECT_THAT(list.apps, ElementsAre(Key("com.example.notes")));
    EXPECT_EQ(list.apps.at("com.example.notes").bytes, 4u);
    EXPECT_TRUE(listing({"com.example.bank"}).has_nothing());
    EXPECT_THAT(ask({}).asked, IsSupersetOf({"com.example.bank", "com.example.notes",
                                             "com.android.providers.telephony"}));
}

TEST_F(AdbBackupContract, NobodyAllowsIt) {
    phone_->device().state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::deny; });
    const auto backup = ask({});
    std::array<std::byte, 16> any{};
    EXPECT_EQ(backup.archive->read(any), 0u);
}

TEST_F(AdbBackupContract, NamesThatAreNoneAreNotPassedOn) {
    EXPECT_THROW(ask({"x'; rm -rf /"}), Misuse);
    EXPECT_THROW(ask({"-all"}), Misuse);
}

TEST_F(AdbBackupContract, WhatIsPutBackIsThere) {
    Bytes file;
    ab::Writer writer([&](ByteView part) { append(file, part); }, {});
    writer.add_app({.package = "com.example.notes", .version_code = 3, .sdk = 33});
    writer.add({.app = "com.example.notes", .domain = "f", .name = "a.txt"}, as_bytes("honey"));
    writer.finish();
    MemorySource archive(file);
    send_adb_restore(link(), archive, {});
    EXPECT_EQ(content("f/a.txt"), "honey");

    phone_->device().state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::deny; });
    MemorySource large(Bytes(size_t{8} << 20));
    send_adb_restore(link(), large, {});
    EXPECT_EQ(content("f/a.txt"), "honey");
}

Bytes every_byte() {
    Bytes bytes(70'000);
    for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(i * i >> 3);
    return bytes;
}

TEST_F(AdbBackupContract, WhatWasBackedUpAndWipedIsThereAgain) {
    const std::map<std::string, sim::AppFile> before{
        {"f/a.txt", {to_bytes("milk"), TimePoint(std::chrono::seconds(1'700'000'000))}},
        {"db/notes.db", {every_byte(), TimePoint(std::chrono::seconds(1'700'000'001))}},
        {"f/empty", {{}, TimePoint(std::chrono::seconds(1'700'000'002))}},
        {"sp/prefs of \xc3\xa9.xml", {to_bytes("<map/>"), TimePoint(std::chrono::seconds(5))}}};
    auto& device = phone_->device();
    device.state().with(
        [&](sim::DeviceState& s) { s.adb_backup.apps["com.example.notes"].files = before; });
    const Bytes file = read_all(*ask({"com.example.notes"}).archive, 1 << 20);
    device.state().with(
        [](sim::DeviceState& s) { s.adb_backup.apps["com.example.notes"].files.clear(); });
    auto& target = dynamic_cast<AppBackupPhone&>(*asked_);
    EXPECT_EQ(target.obstacle_to("com.example.notes", 3, {}), AppObstacle::none);
    EXPECT_EQ(target.obstacle_to("com.example.notes", 4, {}), AppObstacle::older);
    EXPECT_EQ(target.obstacle_to("com.example.nowhere", 1, {}), AppObstacle::not_installed);
    EXPECT_EQ(target.obstacle_to("x; reboot", 1, {}), AppObstacle::not_installed);
    EXPECT_EQ(target.offer_app_backup([&](const auto& write) { write(file); }, {}),
              OfferEnd::all_sent);
    const auto after = device.snapshot().adb_backup.apps.at("com.example.notes").files;
    ASSERT_EQ(after.size(), before.size());
    for (const auto& [name, wanted] : before) {
        EXPECT_EQ(after.at(name).content, wanted.content) << name;
        EXPECT_EQ(after.at(name).modified, wanted.modified) << name;
    }
}

TEST_F(AdbBackupContract, WhoWritesTheFileMayFail) {
    const auto phone = connected();
    auto& target = dynamic_cast<AppBackupPhone&>(*phone);
    EXPECT_THROW(target.offer_app_backup([](const auto&) { throw Corrupt("cut"); }, {}), Corrupt);
    EXPECT_EQ(content("f/a.txt"), "milk");
}

// A file of the notes with another text, and `tap` when the phone asks for it.
struct OfferedFile {
    explicit OfferedFile(const std::string& text) {
        ab::Writer writer([&](ByteView part) { append(bytes, part); }, {});
        writer.add_app({.package = "com.example.notes", .version_code = 3, .sdk = 33});
        writer.add({.app = "com.example.notes", .domain = "f", .name = "a.txt"}, as_bytes(text));
        writer.finish();
    }
    Bytes bytes{};
};

TEST_F(AdbBackupContract, AnOfferWaitsAsLongAsThePhoneIsThere) {
    const OfferedFile file("honey");
    const auto give = [&](const AppBackupPhone::Write& write) { write(file.bytes); };
    auto& device = phone_->device();
    device.state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::wait; });
    const OfferWaits short_ones{.silence = std::chrono::milliseconds(50),
                                .most = std::chrono::milliseconds(300)};
    EXPECT_EQ(offer_adb_restore(link(), give, {}, short_ones), OfferEnd::still_working);
    EXPECT_EQ(content("f/a.txt"), "milk");
    std::jthread person([&] {
        while (device.snapshot().adb_backup.asked < 2) std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::milliseconds(300));  // several silences
        device.state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::allow; });
    });
    EXPECT_EQ(offer_adb_restore(link(), give, {}, {.silence = std::chrono::milliseconds(50)}),
              OfferEnd::all_sent);
    EXPECT_EQ(content("f/a.txt"), "honey");
}

TEST_F(AdbBackupContract, APhoneThatLeavesDuringAnOfferIsNoEnd) {
    phone_->device().state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::wait; });
    for (const size_t size : {size_t{4}, size_t{8} << 20}) {
        const Bytes content(size);
        std::jthread person([&, asked = phone_->device().snapshot().adb_backup.asked] {
            while (phone_->device().snapshot().adb_backup.asked == asked) std::this_thread::yield();
            phone_->disappear();
        });
        const auto end = offer_adb_restore(
            link(), [&](const AppBackupPhone::Write& write) { write(content); }, {});
        EXPECT_EQ(end, OfferEnd::phone_left) << size;
        person.join();
        phone_->come_back();
        plug_in_again();
    }
}

TEST_F(AdbBackupContract, AStopEndsTheWaitForTheTap) {
    phone_->device().state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::wait; });
    std::stop_source stop;
    const auto backup = ask({"com.example.notes"}, stop.get_token());
    std::jthread person([&] {
        while (phone_->device().snapshot().adb_backup.asked == 0) std::this_thread::yield();
        stop.request_stop();
    });
    std::array<std::byte, 16> any{};
    EXPECT_THROW(backup.archive->read(any), Cancelled);
}

}  // namespace
}  // namespace lifeboat::phone::android
