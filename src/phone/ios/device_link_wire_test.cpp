#include "phone/ios/device_link_wire.h"

#include "phone/ios/plist_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lifeboat::phone::ios {
namespace {

using plist::Array;
using plist::Dict;
using plist::Value;

DlMessage parsed(Array message) {
    return parse_dl_message(Value(std::move(message)));
}

template <class Command>
Command command(Array message) {
    return std::get<Command>(parsed(std::move(message)).command);
}

bool refused(Value message) {
    try {
        parse_dl_message(message);
    } catch (const Garbled&) {
        return true;
    }
    return false;
}

TEST(DeviceLinkWire, EveryCommandThereAndBackThroughBothFormats) {
    const std::vector<DlMessage> all{
        {DownloadFiles{.paths = {"U/Status.plist", "U/Manifest.db"}, .total_bytes = 5}, 12.5},
        {UploadFiles{.total_bytes = 1 << 20}, 0.0},
        {GetFreeSpace{}, std::nullopt},
        {PurgeSpace{.bytes = uint64_t{3} << 40, .urgency = 4}, std::nullopt},
        {ListFolder{"U/00"}, std::nullopt},
        {CreateFolder{"U/Snapshot"}, 1.0},
        {MoveItems{{{"U/Snapshot/00/a", "U/00/a"}, {"U/Snapshot/00/b", "U/00/b"}}}, 50.0},
        {RemoveItems{{"U/Snapshot"}}, 99.0},
        {CopyItem{.from = "A", .to = "B"}, 3.0},
        {ProcessMessage{Dict{{"MessageName", "Response"}, {"ErrorCode", 0}}}, std::nullopt},
        {Ping{"there?"}, std::nullopt},
        {Disconnect{}, std::nullopt},
    };
    for (const DlMessage& message : all) {
        for (const auto format : {plist::Format::binary, plist::Format::xml}) {
            const Bytes frame = plist_frame(dl_array(message), format);
            const Value back = parse_frame_body(ByteView(frame).subspan(4), device_link_limits);
            EXPECT_EQ(parse_dl_message(back), message) << dl_name(back);
        }
    }
}

TEST(DeviceLinkWire, NamesOfOlderPhones) {
    EXPECT_EQ(command<MoveItems>({"DLMessageMoveFiles", Dict{{"a", "b"}}, Dict{}, 1.0}),
              (MoveItems{{{"a", "b"}}}));
    EXPECT_EQ(command<RemoveItems>({"DLMessageRemoveFiles", Array{"a"}}), (RemoveItems{{"a"}}));
    EXPECT_EQ(command<RemoveItems>({"DLMessageRemoveDirectory", "a"}), (RemoveItems{{"a"}}));
    EXPECT_EQ(command<RemoveItems>({"DLMessageRemoveDirectory", Array{"a", "b"}}),
              (RemoveItems{{"a", "b"}}));
    EXPECT_EQ(command<ListFolder>({"DLMessageContentsOfDirectory", "a"}), ListFolder{"a"});
    EXPECT_EQ(command<UnknownCommand>({"DLMessageDance", 1}), UnknownCommand{"DLMessageDance"});
}

TEST(DeviceLinkWire, ProgressOnlyWhereItIsAPercentage) {
    const auto progress = [](Value value) {
        return parsed({"DLMessageUploadFiles", Dict{}, std::move(value), 1}).progress;
    };
    EXPECT_EQ(progress(42.5), 42.5);
    EXPECT_EQ(progress(42), 42.0);
    EXPECT_EQ(progress(-1.0), std::nullopt);
    EXPECT_EQ(progress(100.1), std::nullopt);
    EXPECT_EQ(progress(std::nan("")), std::nullopt);
    EXPECT_EQ(progress("42"), std::nullopt);
    EXPECT_EQ(parsed({"DLMessageUploadFiles"}).progress, std::nullopt);
}

TEST(DeviceLinkWire, SizesThatAreNoneAreUnknown) {
    EXPECT_EQ(command<UploadFiles>({"DLMessageUploadFiles", Dict{}, 1.0, -5}).total_bytes, 0u);
    EXPECT_EQ(command<UploadFiles>({"DLMessageUploadFiles", Dict{}, 1.0, "x"}).total_bytes, 0u);
    EXPECT_EQ(command<PurgeSpace>({"DLMessagePurgeDiskSpace", -1, -4}),
              (PurgeSpace{.bytes = 0, .urgency = -4}));
}

TEST(DeviceLinkWire, CommandsWithoutWhatTheyNeedAreRefused) {
    EXPECT_TRUE(refused(Dict{}));
    EXPECT_TRUE(refused(Array{}));
    EXPECT_TRUE(refused(Array{7}));
    for (const char* name :
         {"DLMessageDownloadFiles", "DLMessageMoveItems", "DLMessageRemoveItems",
          "DLContentsOfDirectory", "DLMessageCreateDirectory", "DLMessageCopyItem",
          "DLMessageProcessMessage", "DLMessageRemoveDirectory"}) {
        EXPECT_TRUE(refused(Array{name})) << name;
        EXPECT_TRUE(refused(Array{name, 5, 5, 5, 5})) << name;
        EXPECT_TRUE(refused(Array{name, Array{5}})) << name;
        EXPECT_TRUE(refused(Array{name, std::string(4097, 'x'), "b"})) << name;
    }
    EXPECT_TRUE(refused(Array{"DLMessageMoveItems", Dict{{"a", 1}}}));
    EXPECT_TRUE(refused(Array{"DLMessageMoveItems", Dict{{std::string(4097, 'x'), "b"}}}));
    EXPECT_TRUE(refused(Array{"DLMessageCopyItem", "a"}));
    EXPECT_TRUE(refused(Array{"DLMessageRemoveItems", Array{std::string(4097, 'x')}}));
}

TEST(DeviceLinkWire, StatusHasAlwaysFourEntries) {
    const Array bare = dl_array(DlStatus{});
    EXPECT_EQ(bare, (Array{"DLMessageStatusResponse", 0, "___EmptyParameterString___", Dict{}}));
    const DlStatus failed{.code = DlCode::no_space, .text = "full", .payload = 7};
    EXPECT_EQ(dl_array(failed), (Array{"DLMessageStatusResponse", -15, "full", 7}));
    EXPECT_EQ(parse_dl_status(dl_array(failed)), failed);
    EXPECT_EQ(parse_dl_status(bare), DlStatus{});
}

TEST(DeviceLinkWire, StatusCodesInBothEncodings) {
    const auto code = [](Value value) {
        return parse_dl_status(Array{"DLMessageStatusResponse", std::move(value)}).code;
    };
    EXPECT_EQ(code(-13), DlCode::multiple);
    EXPECT_EQ(code(~uint64_t{0} - 12), DlCode::multiple);
    EXPECT_EQ(code(0), DlCode::ok);
    EXPECT_THROW(code("0"), Garbled);
    EXPECT_THROW(parse_dl_status(Array{"DLMessageStatusResponse"}), Garbled);
    EXPECT_THROW(parse_dl_status(Array{"DLMessagePing", 0}), Garbled);
    EXPECT_THROW(parse_dl_status(Dict{}), Garbled);
}

TEST(DeviceLinkWire, VersionExchange) {
    const DlVersion version{.major = 400, .minor = 0};
    EXPECT_EQ(dl_version_exchange(version), (Array{"DLMessageVersionExchange", 400, 0}));
    EXPECT_EQ(parse_dl_version_exchange(dl_version_exchange(version)), version);
    EXPECT_EQ(parse_dl_version_ok(dl_version_ok(300)), 300u);
    EXPECT_THROW(parse_dl_version_exchange(Array{"DLMessageVersionExchange", "400", 0}), Garbled);
    EXPECT_THROW(parse_dl_version_exchange(Array{"DLMessageVersionExchange"}), Garbled);
    EXPECT_THROW(parse_dl_version_exchange(Array{"DLMessageDeviceReady", 400}), Garbled);
    EXPECT_THROW(parse_dl_version_ok(Array{"DLMessageVersionExchange", "No", 300}), Garbled);
    EXPECT_THROW(parse_dl_version_ok(dl_version_exchange(version)), Garbled);
}

TEST(DeviceLinkWire, ListingThereAndBack) {
    const std::vector<DlEntry> entries{
        {.name = "00", .kind = DlKind::folder, .size = 0, .modified = {700'000'000}},
        {.name = "Info.plist", .kind = DlKind::file, .size = 4711, .modified = {700'000'001}},
        {.name = "pipe", .kind = DlKind::other},
    };
    EXPECT_EQ(parse_dl_listing(plist::read(plist::write_binary(dl_listing(entries)))), entries);
    EXPECT_TRUE(parse_dl_listing(Dict{}).empty());
    EXPECT_THROW(parse_dl_listing(Array{}), Garbled);
    EXPECT_THROW(parse_dl_listing(Dict{{"a", 5}}), Garbled);
    EXPECT_THROW(parse_dl_listing(Dict{{"a", Dict{{"DLFileSize", 5}}}}), Garbled);
}

}  // namespace
}  // namespace lifeboat::phone::ios
