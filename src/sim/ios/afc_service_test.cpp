#include "sim/ios/afc_service.h"

#include "sim/ios/served_phone_test.h"

#include <gmock/gmock.h>

#include <fstream>

namespace lifeboat::sim::ios {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::Pair;
using wire::AfcMode;
using wire::AfcOperation;
using wire::AfcPacket;
using wire::AfcStatus;

class AfcServiceTest : public testing::Test {
protected:
    AfcPacket ask(AfcOperation operation, Bytes parameters, Bytes payload = {}) {
        Channel& computer = served_.computer();
        AfcPacket question{.operation = operation,
                           .number = ++number_,
                           .parameters = std::move(parameters),
                           .payload = std::move(payload)};
        computer.write(wire::afc_bytes(question));
        const auto header = wire::parse_afc_header(computer.read_exactly(wire::afc_header_size));
        EXPECT_EQ(header.number, number_);
        AfcPacket answer{.operation = header.operation};
        answer.parameters = computer.read_exactly(header.parameter_size);
        answer.payload = computer.read_exactly(header.payload_size);
        return answer;
    }
    // Of an answer that is one.
    static AfcStatus status(const AfcPacket& answer) {
        EXPECT_EQ(answer.operation, AfcOperation::status);
        return static_cast<AfcStatus>(wire::afc_number(answer.parameters, 0));
    }
    AfcStatus try_path(AfcOperation operation, std::string_view path) {
        return status(ask(operation, wire::afc_path(path)));
    }
    static Bytes numbered(uint64_t number, std::string_view path) {
        Bytes parameters = wire::afc_numbers({number});
        append(parameters, wire::afc_path(path));
        return parameters;
    }
    AfcPacket open(AfcMode mode, std::string_view path) {
        return ask(AfcOperation::open, numbered(static_cast<uint64_t>(mode), path));
    }
    uint64_t opened(AfcMode mode, std::string_view path) {
        const AfcPacket answer = open(mode, path);
        EXPECT_EQ(answer.operation, AfcOperation::open_result);
        return wire::afc_number(answer.parameters, 0);
    }
    std::vector<std::string> list(std::string_view path) {
        return wire::parse_afc_texts(ask(AfcOperation::read_folder, wire::afc_path(path)).payload);
    }
    std::string file(const std::string& name) const {
        std::ifstream in(media_ + "/" + name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void put(const std::string& path, const std::string& content) {
        fs::create_directories(fs::path(path).parent_path());
        std::ofstream(path) << content;
    }

    PhoneFolder folder_;
    sys::SystemClock clock_;
    Device device_{folder_.path() + "/world", personality("ios17"), clock_};
    std::string media_ = device_.media_folder();
    Served served_{device_, [this](Device& device, Channel& channel) {
                       AfcService(device, channel, media_).run();
                   }};
    uint64_t number_ = 0;
};

TEST_F(AfcServiceTest, WritesAndReadsFiles) {
    EXPECT_EQ(try_path(AfcOperation::make_folder, "/Books"), AfcStatus::ok);
    const uint64_t out = opened(AfcMode::write_new, "/Books/a");
    EXPECT_EQ(status(ask(AfcOperation::write, wire::afc_numbers({out}), to_bytes("hello"))),
              AfcStatus::ok);
    EXPECT_EQ(status(ask(AfcOperation::close, wire::afc_numbers({out}))), AfcStatus::ok);
    EXPECT_EQ(file("Books/a"), "hello");
    const uint64_t in = opened(AfcMode::read, "/Books/a");
    EXPECT_EQ(status(ask(AfcOperation::seek, wire::afc_numbers({in, 0, 1}))), AfcStatus::ok);
    EXPECT_EQ(to_text(ask(AfcOperation::read, wire::afc_numbers({in, 3})).payload), "ell");
    EXPECT_EQ(wire::afc_number(ask(AfcOperation::tell, wire::afc_numbers({in})).parameters, 0), 4u);
    EXPECT_THAT(list("/Books"), ElementsAre(".", "..", "a"));
    const auto info =
        wire::parse_afc_pairs(ask(AfcOperation::file_info, wire::afc_path("/Books/a")).payload);
    EXPECT_THAT(info, Contains(Pair("st_size", "5")));
    EXPECT_THAT(info, Contains(Pair("st_ifmt", "S_IFREG")));
}

TEST_F(AfcServiceTest, SaysWhatIsWrong) {
    EXPECT_EQ(status(open(AfcMode::read, "/nothing")), AfcStatus::not_found);
    EXPECT_EQ(status(open(AfcMode::read, "/")), AfcStatus::is_folder);
    EXPECT_EQ(status(open(static_cast<AfcMode>(99), "/x")), AfcStatus::invalid_argument);
    EXPECT_EQ(status(ask(AfcOperation::read, wire::afc_numbers({77, 1}))),
              AfcStatus::invalid_argument);
    EXPECT_EQ(status(ask(static_cast<AfcOperation>(0x55), {})), AfcStatus::not_supported);
    EXPECT_EQ(status(ask(AfcOperation::set_block_size, wire::afc_numbers({4096}))), AfcStatus::ok);
    put(media_ + "/full/x", "1");
    EXPECT_EQ(try_path(AfcOperation::remove, "/full"), AfcStatus::folder_not_empty);
    EXPECT_EQ(try_path(AfcOperation::remove_tree, "/full"), AfcStatus::ok);
    EXPECT_FALSE(fs::exists(media_ + "/full"));
}

TEST_F(AfcServiceTest, NobodyLeavesTheMediaFolder) {
    put(folder_.path() + "/world/files/secret", "secret");
    put(media_ + "/mine", "mine");
    for (const char* path : {"/../../secret", "..", "/a/../../..", "../../secret"}) {
        EXPECT_EQ(status(open(AfcMode::read, path)), AfcStatus::permission_denied) << path;
        EXPECT_EQ(try_path(AfcOperation::read_folder, path), AfcStatus::permission_denied) << path;
        EXPECT_EQ(try_path(AfcOperation::remove_tree, path), AfcStatus::permission_denied) << path;
        EXPECT_EQ(try_path(AfcOperation::make_folder, path), AfcStatus::permission_denied) << path;
        EXPECT_EQ(status(ask(AfcOperation::rename, wire::afc_paths("/mine", path))),
                  AfcStatus::permission_denied)
            << path;
        EXPECT_EQ(status(ask(AfcOperation::truncate, numbered(0, path))),
                  AfcStatus::permission_denied)
            << path;
    }
    // The folder itself stays.
    EXPECT_EQ(try_path(AfcOperation::remove_tree, "/"), AfcStatus::permission_denied);
    EXPECT_EQ(status(ask(AfcOperation::rename, wire::afc_paths("/", "/x"))),
              AfcStatus::permission_denied);
    EXPECT_TRUE(fs::exists(media_ + "/mine"));
}

TEST_F(AfcServiceTest, LinksLeadNowhereElse) {
    const std::string outside = folder_.path() + "/world/files/secret";
    put(outside + "/file", "secret");
    constexpr uint64_t symbolic = 2;
    const auto link = [&](const std::string& target, std::string_view name) {
        Bytes parameters = wire::afc_numbers({symbolic});
        append(parameters, wire::afc_paths(target, name));
        return status(ask(AfcOperation::make_link, std::move(parameters)));
    };
    ASSERT_EQ(link(outside, "/folder"), AfcStatus::ok);
    ASSERT_EQ(link(outside + "/file", "/file"), AfcStatus::ok);
    EXPECT_EQ(try_path(AfcOperation::read_folder, "/folder"), AfcStatus::permission_denied);
    EXPECT_EQ(status(open(AfcMode::read, "/folder/file")), AfcStatus::permission_denied);
    EXPECT_EQ(status(open(AfcMode::read, "/file")), AfcStatus::permission_denied);
    EXPECT_EQ(status(open(AfcMode::write_new, "/file")), AfcStatus::permission_denied);
    EXPECT_EQ(status(ask(AfcOperation::truncate, numbered(0, "/file"))),
              AfcStatus::permission_denied);
    EXPECT_EQ(try_path(AfcOperation::remove_tree, "/folder"), AfcStatus::ok);
    std::ifstream in(outside + "/file");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "secret");
    // What lies inside may be linked to.
    put(media_ + "/Books/a", "a");
    ASSERT_EQ(link("Books", "/inside"), AfcStatus::ok);
    EXPECT_THAT(list("/inside"), ElementsAre(".", "..", "a"));
}

TEST_F(AfcServiceTest, OutlivesWhatNoComputerSends) {
    const std::string long_name(5000, 'n');
    EXPECT_NE(status(open(AfcMode::write_new, "/" + long_name)), AfcStatus::ok);
    EXPECT_NE(try_path(AfcOperation::read_folder, long_name), AfcStatus::ok);
    EXPECT_NE(try_path(AfcOperation::remove_tree, long_name), AfcStatus::ok);
    EXPECT_NE(try_path(AfcOperation::file_info, long_name), AfcStatus::ok);
    EXPECT_NE(try_path(AfcOperation::make_folder, long_name + "/x"), AfcStatus::ok);
    for (const auto operation :
         {AfcOperation::open, AfcOperation::read, AfcOperation::write, AfcOperation::seek,
          AfcOperation::lock, AfcOperation::truncate, AfcOperation::rename, AfcOperation::make_link,
          AfcOperation::set_modified, AfcOperation::close}) {
        EXPECT_EQ(status(ask(operation, {})), AfcStatus::invalid_argument);
        EXPECT_NE(status(ask(operation, to_bytes("abc"))), AfcStatus::ok);
    }
    const uint64_t file = opened(AfcMode::read_write, "/x");
    constexpr uint64_t all = ~uint64_t{0};
    EXPECT_NE(status(ask(AfcOperation::set_size, wire::afc_numbers({file, all}))), AfcStatus::ok);
    EXPECT_NE(status(ask(AfcOperation::seek, wire::afc_numbers({file, 7, 0}))), AfcStatus::ok);
    EXPECT_NE(status(ask(AfcOperation::seek, wire::afc_numbers({file, 0, all}))), AfcStatus::ok);
    // Asked for everything it gives what there is.
    EXPECT_EQ(ask(AfcOperation::read, wire::afc_numbers({file, all})).payload.size(), 0u);
}

TEST_F(AfcServiceTest, HoldsNoMoreThanSoManyFiles) {
    AfcPacket last;
    int count = 0;
    do {
        last = open(AfcMode::read_write, "/x");
    } while (last.operation == AfcOperation::open_result && ++count < 1000);
    EXPECT_EQ(count, 256);
    EXPECT_EQ(status(last), AfcStatus::invalid_argument);
}

TEST_F(AfcServiceTest, AHeaderThatPromisesTooMuchEndsIt) {
    AfcPacket question{.operation = AfcOperation::write};
    served_.computer().write(wire::afc_head(question, uint64_t{1} << 40));
    EXPECT_NE(served_.wait_for_end(), "");
}

TEST_F(AfcServiceTest, LocksAreRefusedAsPlanned) {
    device_.faults().with([](FaultPlan& plan) { plan.afc_locks_busy = 2; });
    const uint64_t file = opened(AfcMode::read_write, "/com.apple.itunes.lock_sync");
    const auto lock = [&](uint64_t how) {
        return status(ask(AfcOperation::lock, wire::afc_numbers({file, how})));
    };
    EXPECT_EQ(lock(wire::afc_lock_exclusive), AfcStatus::would_block);
    EXPECT_EQ(lock(wire::afc_lock_exclusive), AfcStatus::would_block);
    EXPECT_EQ(lock(wire::afc_lock_exclusive), AfcStatus::ok);
    const uint64_t other = opened(AfcMode::read_write, "/com.apple.itunes.lock_sync");
    EXPECT_EQ(status(ask(AfcOperation::lock, wire::afc_numbers({other, wire::afc_lock_exclusive}))),
              AfcStatus::would_block);
    EXPECT_EQ(lock(wire::afc_lock_release), AfcStatus::ok);
    EXPECT_EQ(status(ask(AfcOperation::lock, wire::afc_numbers({other, wire::afc_lock_exclusive}))),
              AfcStatus::ok);
}

TEST_F(AfcServiceTest, DropsAsPlanned) {
    device_.faults().with([](FaultPlan& plan) { plan.afc_drops = true; });
    served_.computer().write(wire::afc_bytes({.operation = AfcOperation::device_info}));
    EXPECT_EQ(served_.wait_for_end(), "");
    EXPECT_FALSE(device_.faults().copy().afc_drops);
}

}  // namespace
}  // namespace lifeboat::sim::ios
