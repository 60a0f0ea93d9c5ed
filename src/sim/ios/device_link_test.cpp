// A computer that breaks the rules of DeviceLink, message by message.
#include "sim/ios/device_link.h"

#include "sim/ios/computer_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

using plist::Array;
using plist::Dict;
using wire::DlCode;

// Both ends of one stream; what the computer says lies there before the phone reads it.
class Link : public testing::Test {
protected:
    Link() : pair_(sys::socket_pair({})), phone_(std::move(pair_.first)), link_(phone_) {
        computer_.emplace(std::move(pair_.second));
    }

    void say(const plist::Value& message) { computer_->send(message, plist::Format::binary); }
    plist::Value hear() { return computer_->receive(wire::device_link_limits); }
    void send_file(const std::string& name, const std::string& content) {
        Bytes frames;
        wire::append_file_name(frames, name);
        wire::append_data_head(frames, content.size());
        append(frames, as_bytes(content));
        wire::append_file_end(frames);
        computer_->write(frames);
    }
    void end_list() {
        Bytes frames;
        wire::append_list_end(frames);
        computer_->write(frames);
    }

    sys::SocketPair pair_;
    Channel phone_;
    std::optional<Channel> computer_;
    DeviceLink link_;
};

TEST_F(Link, AgreesOnTheSmallerVersion) {
    say(wire::dl_version_ok(300));
    link_.shake_hands(400);
    EXPECT_EQ(link_.version(), 300u);
    EXPECT_EQ(wire::parse_dl_version_exchange(hear()).major, 400u);
    EXPECT_EQ(wire::dl_name(hear()), wire::dl_device_ready);
}

TEST_F(Link, NewerComputersSpeakItsVersionAndNoneIsRefused) {
    say(wire::dl_version_ok(500));
    link_.shake_hands(400);
    EXPECT_EQ(link_.version(), 400u);
    say(wire::dl_version_ok(0));
    EXPECT_THROW(link_.shake_hands(400), phone::Garbled);
    say(Array{"DLMessageVersionExchange", "DLVersionsNo", 400});
    EXPECT_THROW(link_.shake_hands(400), phone::Garbled);
}

TEST_F(Link, TakesStatusesOfFourEntriesOnly) {
    say(Array{"DLMessageStatusResponse", 0, "x"});
    EXPECT_THROW(link_.ask(wire::GetFreeSpace{}), phone::Garbled);
    say(Array{"DLMessageStatusResponse", 0, "x", Dict{}, "more"});
    EXPECT_THROW(link_.ask(wire::GetFreeSpace{}), phone::Garbled);
}

TEST_F(Link, ReadsNegativeCodesInBothForms) {
    say(Array{"DLMessageStatusResponse", -6, "gone", Dict{}});
    EXPECT_EQ(link_.ask(wire::GetFreeSpace{}).code, DlCode::not_found);
    say(Array{"DLMessageStatusResponse", ~uint64_t{0} - 5, "gone", Dict{}});
    EXPECT_EQ(link_.ask(wire::GetFreeSpace{}).code, DlCode::not_found);
}

TEST_F(Link, MissingFoldersAreEmptyAndMissingFilesAreNoFailureToRemove) {
    say(wire::dl_array(wire::DlStatus{.code = DlCode::not_found}));
    EXPECT_TRUE(link_.list("absent").empty());
    say(wire::dl_array(wire::DlStatus{.code = DlCode::not_found}));
    link_.remove({"absent"});
    say(wire::dl_array(wire::DlStatus{.code = DlCode::exists}));
    link_.create_folder("there");
    say(wire::dl_array(wire::DlStatus{.code = DlCode::no_space}));
    EXPECT_THROW(link_.create_folder("full"), BackupFailure);
    say(wire::dl_array(wire::DlStatus{.code = DlCode::not_found}));
    EXPECT_THROW(link_.move({{"a", "b"}}), BackupFailure);
}

TEST_F(Link, DownloadsTellWhatIsMissing) {
    send_file("U/a", "hello");
    end_list();
    say(wire::dl_array(wire::DlStatus{.code = DlCode::multiple}));
    std::string got;
    const auto missing = link_.download({"U/a", "U/b"}, [&](const auto&, ByteSource& content) {
        got = to_text(read_all(content, 100));
    });
    EXPECT_EQ(got, "hello");
    EXPECT_THAT(missing, testing::ElementsAre("U/b"));
}

TEST_F(Link, FilesThatNobodyAskedForEndTheConversation) {
    send_file("../../etc/passwd", "root");
    EXPECT_THROW(link_.download({"U/a"}, [](const auto&, ByteSource&) {}), phone::Garbled);
}

TEST_F(Link, AGoodbyeInTheMidstIsUnderstood) {
    say(wire::dl_array({wire::Disconnect{}, std::nullopt}));
    EXPECT_THROW(link_.ask(wire::GetFreeSpace{}), sys::ConnectionLost);
    say(wire::dl_array({wire::Ping{}, std::nullopt}));
    say(wire::dl_array({wire::Disconnect{}, std::nullopt}));
    EXPECT_FALSE(link_.next_request());
}

TEST_F(Link, PausesNoticeThatTheComputerLeaves) {
    say(wire::dl_array(wire::DlStatus{}));
    phone_.pause(std::chrono::milliseconds(20));  // what came meanwhile is kept
    EXPECT_EQ(link_.status().code, DlCode::ok);
    computer_.reset();
    EXPECT_THROW(phone_.pause(std::chrono::hours(1)), sys::ConnectionLost);
}

TEST(BackupServiceRequests, AreRefusedWhenTheyAreForAnotherPhoneOrUnknown) {
    testing_parts::PhoneAndComputer both;
    testing_parts::NoEvents events;
    auto pair = sys::socket_pair({});
    const PhoneActions actions{[] {}, [] {}, [](std::string_view) {}};
    std::jthread phone([&, socket = std::move(pair.first)]() mutable {
        Channel channel(std::move(socket));
        run_backup_service(both.device(), channel, actions);
    });
    Channel computer(std::move(pair.second));
    const auto ask = [&](Dict request) {
        computer.send(wire::dl_array({wire::ProcessMessage{std::move(request)}, std::nullopt}),
                      plist::Format::binary);
        const auto answer = wire::parse_dl_message(computer.receive(wire::device_link_limits));
        return std::get<wire::ProcessMessage>(answer.command).message.i64("ErrorCode");
    };
    computer.receive(wire::device_link_limits);
    computer.send(wire::dl_version_ok(400), plist::Format::binary);
    computer.receive(wire::device_link_limits);
    EXPECT_EQ(ask({{"MessageName", "Hello"}, {"SupportedProtocolVersions", Array{9.0}}}), 1);
    EXPECT_EQ(ask({{"MessageName", "Hello"}, {"SupportedProtocolVersions", Array{2.0}}}), 0);
    EXPECT_EQ(ask({{"MessageName", "Backup"}, {"TargetIdentifier", "another"}}), 1);
    const std::string udid = both.device().udid();
    EXPECT_EQ(ask({{"MessageName", "EraseDevice"}, {"TargetIdentifier", udid}}), 1);
    EXPECT_EQ(ask({{"MessageName", "Restore"},
                   {"TargetIdentifier", udid},
                   {"SourceIdentifier", "../elsewhere"}}),
              1);
    computer.send(wire::dl_array({wire::Disconnect{}, std::nullopt}), plist::Format::binary);
}

}  // namespace
}  // namespace lifeboat::sim::ios
