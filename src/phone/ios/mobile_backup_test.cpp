#include "phone/ios/mobile_backup.h"

#include "item/memory_items.h"
#include "phone/ios/fake_iphone_test.h"
#include "phone/ios/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace lifeboat::phone::ios {
namespace {

using plist::Array;
using plist::Dict;
using plist::Value;
using testing::Wire;

class NoEvents final : public EventSink {
public:
    void on(const Event&) noexcept override {}
};

class MemoryFolder final : public BackupFolder {
public:
    std::map<std::string, Bytes> files{};
    std::set<std::string> folders{};
    std::map<std::string, std::string> unread{};
    bool full = false;
    bool broken = false;
    int durable = 0;
    double percent = 0;

    std::optional<Readable> open(const ItemPath& path) override {
        if (broken) throw Corrupt("a damaged pack");
        const auto found = files.find(path.text());
        if (found == files.end()) return std::nullopt;
        return Readable{.size = found->second.size(),
                        .content = std::make_unique<MemorySource>(found->second)};
    }
    void store(const ItemPath& path, ByteSource& content) override {
        if (full) throw NoSpace("the disk is full");
        Bytes out;
        Bytes block(1000);
        while (const size_t got = content.read(block)) append(out, ByteView(block).first(got));
        files[path.text()] = std::move(out);
    }
    void unreadable(const std::string& on_phone, const std::string& reason) override {
        unread[on_phone] = reason;
    }
    void stored_all() override { ++durable; }
    std::optional<std::vector<DlEntry>> list(const ItemPath& path) override {
        if (!folders.contains(path.text())) return std::nullopt;
        return std::vector<DlEntry>{{.name = "a", .size = 5}};
    }
    bool make_folder(const ItemPath& path) override { return folders.insert(path.text()).second; }
    bool move(const ItemPath& from, const ItemPath& to) override {
        const auto found = files.find(from.text());
        if (found == files.end()) return false;
        files[to.text()] = std::move(found->second);
        files.erase(from.text());
        return true;
    }
    bool remove(const ItemPath& path) override { return files.erase(path.text()) > 0; }
    bool copy(const ItemPath& from, const ItemPath& to) override {
        if (!files.contains(from.text())) return false;
        files[to.text()] = files[from.text()];
        return true;
    }
    uint64_t free_bytes() override { return 1 << 30; }
    std::optional<uint64_t> purge(uint64_t, int64_t) override { return std::nullopt; }
    void progress(double now) override { percent = now; }
};

void send(Wire& wire, const DlMessage& message) {
    wire.send(dl_array(message), plist::Format::binary);
}

DlStatus ask(Wire& wire, const DlCommand& command) {
    send(wire, {command, 10.0});
    return parse_dl_status(wire.receive());
}

// Greets as phones do; the request that the computer makes then.
Dict greet(Wire& wire, uint64_t version = 400, int64_t error = 0) {
    wire.send(dl_version_exchange({.major = version}), plist::Format::binary);
    parse_dl_version_ok(wire.receive());
    wire.send(Array{std::string(dl_device_ready)}, plist::Format::binary);
    wire.receive();  // Hello
    send(wire, {ProcessMessage{
                    {{"MessageName", "Response"}, {"ErrorCode", error}, {"ProtocolVersion", 2.1}}},
                std::nullopt});
    return *(*wire.receive().array())[1].dict();
}

void finish(Wire& wire, int64_t code = 0) {
    send(wire, {ProcessMessage{{{"MessageName", "Response"}, {"ErrorCode", code}}}, std::nullopt});
    wire.stay_silent();
}

using Script = std::function<void(Wire&)>;

// One conversation: the phone plays `script`, the computer backs it up.
class Conversation {
public:
    MemoryFolder folder{};
    NoEvents events{};
    std::exception_ptr phone_error{};

    BackupOutcome backup(const Script& script) {
        auto pair = sys::socket_pair({});
        pair.second->set_timeouts({.read = milliseconds(5'000)});
        std::jthread phone([&, socket = std::move(pair.second)]() mutable {
            Wire wire(std::move(socket));
            try {
                script(wire);
            } catch (...) {
                phone_error = std::current_exception();
            }
        });
        auto connection =
            std::make_unique<Connection>(std::move(pair.first), std::make_shared<Presence>());
        MobileBackup backup(std::move(connection), testing::udid, {.limit = milliseconds(500)});
        return backup.backup(BackupKind::whatever_is_new, folder, events);
    }
};

void append_file(Bytes& to, std::string_view name, std::string_view content) {
    append_file_name(to, "/phone");
    append_file_name(to, name);
    append_data_head(to, content.size());
    append(to, as_bytes(content));
    append_file_end(to);
}

TEST(MobileBackup, EveryCommandIsAnswered) {
    Conversation talk;
    talk.backup([](Wire& wire) {
        const Dict request = greet(wire);
        EXPECT_EQ(*request.text("MessageName"), "Backup");
        EXPECT_EQ(*request.text("TargetIdentifier"), testing::udid);
        EXPECT_EQ(request.dict("Options")->boolean("ForceFullBackup"), false);
        EXPECT_EQ(ask(wire, GetFreeSpace{}).payload, Value(1 << 30));
        EXPECT_EQ(ask(wire, PurgeSpace{.bytes = 5, .urgency = 4}).code, DlCode::failed);
        EXPECT_EQ(ask(wire, CreateFolder{"U"}).code, DlCode::ok);
        EXPECT_EQ(ask(wire, CreateFolder{"U"}).code, DlCode::ok);
        EXPECT_EQ(parse_dl_listing(ask(wire, ListFolder{"U"}).payload).size(), 1u);
        EXPECT_EQ(ask(wire, ListFolder{"absent"}).payload, Value(Dict{}));
        send(wire, {UploadFiles{}, 12.0});
        Bytes files;
        append_file(files, "/U/Snapshot/00/a", "hello");
        append_file(files, "U/Snapshot/00/empty", "");
        append_list_end(files);
        wire.write(files);
        EXPECT_EQ(parse_dl_status(wire.receive()), DlStatus{});
        EXPECT_EQ(ask(wire, MoveItems{{{"U/Snapshot/00/a", "U/00/a"}}}).code, DlCode::ok);
        EXPECT_EQ(ask(wire, MoveItems{{{"absent", "b"}}}).code, DlCode::not_found);
        EXPECT_EQ(ask(wire, CopyItem{.from = "U/00/a", .to = "U/00/b"}).code, DlCode::ok);
        EXPECT_EQ(ask(wire, CopyItem{.from = "absent", .to = "b"}).code, DlCode::not_found);
        EXPECT_EQ(ask(wire, RemoveItems{{"U/00/b", "absent"}}).code, DlCode::ok);
        EXPECT_EQ(ask(wire, UnknownCommand{"DLMessageDance"}).code, DlCode::unimplemented);
        send(wire, {Ping{}, std::nullopt});
        finish(wire);
    });
    EXPECT_EQ(as_text(talk.folder.files.at("U/00/a")), "hello");
    EXPECT_EQ(talk.folder.files.at("U/Snapshot/00/empty"), Bytes{});
    EXPECT_EQ(talk.folder.files.size(), 2u);
    EXPECT_EQ(talk.folder.durable, 1);
    EXPECT_EQ(talk.folder.percent, 10.0);
}

TEST(MobileBackup, DownloadsInSmallBlocksAndSaysWhatIsMissing) {
    Conversation talk;
    talk.folder.files["U/Manifest.db"] = Bytes(100'000, std::byte{7});
    talk.backup([](Wire& wire) {
        greet(wire);
        send(wire, {DownloadFiles{.paths = {"U/Manifest.db", "U/absent"}}, std::nullopt});
        FileFrameReader frames(wire, FileNames::one);
        EXPECT_EQ(frames.next()->in_backup, "U/Manifest.db");
        Bytes block(200'000);
        size_t total = 0;
        while (const size_t got = frames.read(block)) {
            EXPECT_LE(got, longest_sent_block);
            total += got;
        }
        EXPECT_EQ(total, 100'000u);
        EXPECT_EQ(frames.next()->in_backup, "U/absent");
        EXPECT_EQ(frames.read(block), 0u);
        EXPECT_EQ(frames.ending().code, block_code::not_found);
        EXPECT_EQ(frames.next(), std::nullopt);
        const DlStatus status = parse_dl_status(wire.receive());
        EXPECT_EQ(status.code, DlCode::multiple);
        EXPECT_EQ(status.payload.dict()->dict("U/absent")->i64("DLFileErrorCode"), -6);
        finish(wire);
    });
}

TEST(MobileBackup, AFullDiskIsReadToTheEndAnsweredAndReported) {
    Conversation talk;
    talk.folder.full = true;
    EXPECT_THROW(talk.backup([](Wire& wire) {
        greet(wire);
        send(wire, {UploadFiles{}, std::nullopt});
        Bytes files;
        append_file(files, "U/a", "hello");
        append_file(files, "U/b", "world");
        append_list_end(files);
        wire.write(files);
        EXPECT_EQ(parse_dl_status(wire.receive()).code, DlCode::no_space);
        finish(wire, 104);
    }),
                 NoSpace);
    EXPECT_EQ(talk.folder.durable, 0);
    EXPECT_FALSE(talk.phone_error);
}

TEST(MobileBackup, ADamagedFileStopsARestoreAsDamaged) {
    Conversation talk;
    talk.folder.broken = true;
    EXPECT_THROW(talk.backup([](Wire& wire) {
        greet(wire);
        send(wire, {DownloadFiles{.paths = {"U/a"}}, std::nullopt});
        FileFrameReader frames(wire, FileNames::one);
        while (frames.next()) {
        }
        EXPECT_EQ(parse_dl_status(wire.receive()).code, DlCode::multiple);
        finish(wire, 205);
    }),
                 Corrupt);
}

TEST(MobileBackup, AFileThePhoneCannotReadIsNamedAndLeftOut) {
    Conversation talk;
    talk.backup([](Wire& wire) {
        greet(wire);
        send(wire, {UploadFiles{}, std::nullopt});
        Bytes files;
        append_file_name(files, "/phone");
        append_file_name(files, "U/bad");
        append_data_head(files, 4);
        append(files, as_bytes("half"));
        append_file_failure(files, DlCode::io_error, "Input/output error");
        append_file(files, "U/good", "hello");
        append_list_end(files);
        wire.write(files);
        EXPECT_EQ(parse_dl_status(wire.receive()).code, DlCode::ok);
        finish(wire);
    });
    ASSERT_EQ(talk.folder.unread.size(), 1u);
    EXPECT_THAT(talk.folder.unread["/phone"], ::testing::HasSubstr("Input/output error"));
    EXPECT_FALSE(talk.folder.files.contains("U/bad"));
    EXPECT_TRUE(talk.folder.files.contains("U/good"));
}

TEST(MobileBackup, PathsOutsideOfTheBackupEndIt) {
    for (const DlCommand& command :
         std::vector<DlCommand>{CreateFolder{"../x"}, ListFolder{"U/../../x"}, RemoveItems{{"/"}},
                                MoveItems{{{"a", "../b"}}}, CopyItem{.from = "a", .to = ".."},
                                DownloadFiles{.paths = {"../etc/passwd"}}}) {
        Conversation talk;
        EXPECT_THROW(talk.backup([&](Wire& wire) {
            greet(wire);
            ask(wire, command);
        }),
                     Garbled)
            << command.index();
    }
}

TEST(MobileBackup, APhoneThatGoesAwayInTheMiddleOfAFile) {
    Conversation talk;
    EXPECT_THROW(talk.backup([](Wire& wire) {
        greet(wire);
        send(wire, {UploadFiles{}, std::nullopt});
        Bytes files;
        append_file(files, "U/a", "hello");
        files.resize(files.size() - 8);
        wire.write(files);
    }),
                 Gone);
    EXPECT_TRUE(talk.folder.files.empty());
    EXPECT_EQ(talk.folder.durable, 0);
    EXPECT_THROW(Conversation().backup([](Wire& wire) {
        greet(wire);
        send(wire, {Disconnect{}, std::nullopt});
    }),
                 Gone);
}

TEST(MobileBackup, APhoneThatSaysNothing) {
    EXPECT_THROW(Conversation().backup([](Wire& wire) {
        greet(wire);
        wire.stay_silent();
    }),
                 Silent);
}

TEST(MobileBackup, Greetings) {
    EXPECT_THROW(Conversation().backup([](Wire& wire) { greet(wire, 400, 1); }), Unsupported);
    Conversation newer;
    newer.backup([](Wire& wire) {
        wire.send(dl_version_exchange({.major = 500}), plist::Format::binary);
        EXPECT_EQ(parse_dl_version_ok(wire.receive()), 400u);
        wire.send(Array{std::string(dl_device_ready)}, plist::Format::binary);
        wire.receive();
        send(wire, {ProcessMessage{{{"ErrorCode", 0}, {"ProtocolVersion", 2.1}}}, std::nullopt});
        wire.receive();
        finish(wire);
    });
    EXPECT_FALSE(newer.phone_error);
    EXPECT_THROW(Conversation().backup([](Wire& wire) { wire.send(Array{"Hello"}); }), Garbled);
}

TEST(MobileBackup, WhatThePhonesErrorsMean) {
    const auto hand = [](int64_t code) {
        try {
            throw_backup_error(code, "words");
        } catch (const Waiting& waiting) {
            return std::optional(waiting.hand);
        } catch (const Error&) {
            return std::optional<Hand>();
        }
    };
    EXPECT_EQ(hand(13), Hand::unlock);
    EXPECT_EQ(hand(22), Hand::managed);
    EXPECT_EQ(hand(208), Hand::enter_passcode);
    EXPECT_EQ(hand(211), Hand::find_my_off);
    EXPECT_EQ(hand(212), Hand::finish_setup);
    EXPECT_THROW(throw_backup_error(105, ""), NoSpace);
    EXPECT_THROW(throw_backup_error(106, ""), NoSpace);
    EXPECT_THROW(throw_backup_error(203, ""), Unsupported);
    EXPECT_THROW(throw_backup_error(204, ""), Missing);
    EXPECT_THROW(throw_backup_error(205, ""), Corrupt);
    EXPECT_THROW(throw_backup_error(207, ""), Denied);
    for (const int64_t code : {1, 25, 100, 102, 103, 104, 202, 999, -5}) {
        EXPECT_THROW(throw_backup_error(code, ""), Temporary) << code;
    }
}

}  // namespace
}  // namespace lifeboat::phone::ios
