#include "sim/ios/usbmux_server.h"

#include "sim/ios/served_phone_test.h"

#include <gmock/gmock.h>

namespace lifeboat::sim::ios {
namespace {

using plist::Dict;
using testing::ElementsAre;

constexpr const char* udid = "00008101-000A11112222801E";
constexpr uint16_t echo_port = 7;

std::string text_at(const Dict& from, std::string_view key) {
    const std::string* text = from.text(key);
    return text == nullptr ? "(none)" : *text;
}

// A program that is connected to the daemon.
class Program {
public:
    explicit Program(std::unique_ptr<sys::Socket> socket) : socket_(std::move(socket)) {}

    Bytes read_exactly(size_t size) {
        Bytes out(size);
        for (size_t got = 0; got < size;) {
            const size_t more = socket_->read(MutableByteView(out).subspan(got));
            if (more == 0) throw sys::ConnectionLost("the daemon hung up");
            got += more;
        }
        return out;
    }
    std::pair<Dict, uint32_t> receive() {
        const auto header = wire::parse_usbmux_header(read_exactly(wire::usbmux_header_size));
        return {wire::parse_usbmux_body(header, read_exactly(header.body_size())), header.tag};
    }
    Dict ask(const Dict& question, uint32_t tag = 5) {
        send(wire::usbmux_packet(question, tag));
        auto [answer, answer_tag] = receive();
        EXPECT_EQ(answer_tag, tag);
        return answer;
    }
    int64_t result_of(const Dict& question) {
        return wire::usbmux_result_of(ask(question)).value_or(-1);
    }
    void send(ByteView bytes) { socket_->write(bytes); }
    bool is_hung_up() {
        std::byte one{};
        try {
            return socket_->read({&one, 1}) == 0;
        } catch (const sys::ConnectionLost&) {
            return true;
        }
    }

private:
    std::unique_ptr<sys::Socket> socket_;
};

class UsbmuxServerTest : public testing::Test {
protected:
    UsbmuxServer::Setup setup() {
        UsbmuxServer::Setup setup;
        setup.unix_path = folder_.path() + "/usbmuxd";
        setup.records = folder_.path() + "/records";
        setup.udid = [] { return udid; };
        setup.connect = [](uint16_t port) -> UsbmuxServer::Serve {
            if (port != echo_port) return {};
            return [](std::unique_ptr<sys::Socket> socket) {
                std::byte one{};
                while (socket->read({&one, 1}) == 1) socket->write({&one, 1});
            };
        };
        setup.note = [](std::string_view) {};
        return setup;
    }
    Program tcp() { return Program(sys::connect_tcp("127.0.0.1", server_.port(), {}, {})); }
    Program unix_socket() {
        return Program(sys::connect_unix(folder_.path() + "/usbmuxd", {}, {}));
    }
    uint64_t attached_id() {
        const Dict list = tcp().ask({{"MessageType", "ListDevices"}});
        return wire::parse_attached(*list.array("DeviceList")->front().dict()).device_id;
    }
    static Dict connect_to(uint64_t id, uint16_t port) {
        return {
            {"MessageType", "Connect"}, {"DeviceID", id}, {"PortNumber", wire::usbmux_port(port)}};
    }

    PhoneFolder folder_;
    UsbmuxServer server_{setup()};
};

TEST_F(UsbmuxServerTest, ListsWhatIsAttached) {
    const Dict question{{"MessageType", "ListDevices"}};
    EXPECT_TRUE(tcp().ask(question).array("DeviceList")->empty());
    server_.attach(wire::MuxConnection::usb);
    server_.attach(wire::MuxConnection::usb);  // it is there already
    for (int i = 0; i < 2; ++i) {
        Program program = i == 0 ? tcp() : unix_socket();
        const Dict answer = program.ask(question);
        ASSERT_EQ(answer.array("DeviceList")->size(), 1u);
        EXPECT_EQ(wire::parse_attached(*answer.array("DeviceList")->front().dict()).udid, udid);
        EXPECT_TRUE(program.ask({{"MessageType", "ListListeners"}}).array("ListenerList")->empty());
    }
    server_.detach();
    EXPECT_TRUE(tcp().ask(question).array("DeviceList")->empty());
}

TEST_F(UsbmuxServerTest, ListenersHearWhatComesAndGoes) {
    server_.attach(wire::MuxConnection::network);
    Program listener = tcp();
    EXPECT_EQ(listener.result_of({{"MessageType", "Listen"}}), 0);
    const auto [first, tag] = listener.receive();
    EXPECT_EQ(tag, 0u);
    EXPECT_EQ(wire::parse_attached(first).connection, wire::MuxConnection::network);
    server_.detach();
    EXPECT_EQ(text_at(listener.receive().first, "MessageType"), "Detached");
    server_.attach(wire::MuxConnection::usb);
    const Dict again = listener.receive().first;
    EXPECT_EQ(wire::parse_attached(again).connection, wire::MuxConnection::usb);
    // A new number each time.
    EXPECT_NE(wire::parse_attached(again).device_id, wire::parse_attached(first).device_id);
}

TEST_F(UsbmuxServerTest, ConnectsToThePhone) {
    server_.attach(wire::MuxConnection::usb);
    const uint64_t id = attached_id();
    Program program = tcp();
    EXPECT_EQ(program.result_of(connect_to(id + 1, echo_port)), 2);
    EXPECT_EQ(program.result_of(connect_to(id, 8)), 3);
    EXPECT_EQ(program.result_of({{"MessageType", "Connect"}, {"DeviceID", id}}), 3);
    EXPECT_EQ(
        program.result_of(
            {{"MessageType", "Connect"}, {"DeviceID", id}, {"PortNumber", uint64_t{1} << 40}}),
        3);
    EXPECT_EQ(program.result_of(connect_to(id, echo_port)), 0);
    program.send(to_bytes("hello"));
    EXPECT_EQ(to_text(program.read_exactly(5)), "hello");
    server_.detach();
    EXPECT_TRUE(program.is_hung_up());
}

TEST_F(UsbmuxServerTest, APhoneInTheNetworkIsReachedWithoutTheDaemon) {
    server_.attach(wire::MuxConnection::network);
    const Dict list = tcp().ask({{"MessageType", "ListDevices"}});
    const auto device = wire::parse_attached(*list.array("DeviceList")->front().dict());
    EXPECT_EQ(device.address, server_.network_address());
    server_.open_in_network(echo_port + 50'000);
    const auto dial = [&](uint16_t port) { return sys::connect_tcp(device.address, port, {}, {}); };
    // Nobody serves it: it hangs up.
    Program nobody(dial(echo_port + 50'000));
    EXPECT_TRUE(nobody.is_hung_up());
    EXPECT_EQ(dial(echo_port + 50'000), nullptr);  // one connection, then it is closed
    server_.detach();
    EXPECT_EQ(dial(62078), nullptr);
    // On a cable it is behind the daemon only.
    server_.attach(wire::MuxConnection::usb);
    EXPECT_EQ(dial(62078), nullptr);
}

TEST_F(UsbmuxServerTest, DroppedStreamsLeaveThePhoneOnTheBus) {
    server_.attach(wire::MuxConnection::usb);
    const uint64_t id = attached_id();
    Program program = tcp();
    EXPECT_EQ(program.result_of(connect_to(id, echo_port)), 0);
    program.send(to_bytes("x"));
    EXPECT_EQ(to_text(program.read_exactly(1)), "x");
    server_.drop_streams();
    EXPECT_TRUE(program.is_hung_up());
    EXPECT_TRUE(server_.is_attached());
    EXPECT_EQ(attached_id(), id);
}

TEST_F(UsbmuxServerTest, KeepsPairRecords) {
    server_.attach(wire::MuxConnection::usb);
    Program program = tcp();
    const Dict read{{"MessageType", "ReadPairRecord"}, {"PairRecordID", udid}};
    EXPECT_EQ(program.result_of(read), 2);
    const Bytes record = to_bytes(plist::write_xml(Dict{{"HostID", "A"}}));
    EXPECT_EQ(program.result_of({{"MessageType", "SavePairRecord"},
                                 {"PairRecordID", udid},
                                 {"PairRecordData", record}}),
              0);
    const Dict found = unix_socket().ask(read);
    ASSERT_NE(found.data("PairRecordData"), nullptr);
    EXPECT_EQ(text_at(*plist::read(*found.data("PairRecordData")).dict(), "HostID"), "A");
    const std::string buid = text_at(program.ask({{"MessageType", "ReadBUID"}}), "BUID");
    EXPECT_EQ(buid.size(), 36u);
    EXPECT_EQ(text_at(tcp().ask({{"MessageType", "ReadBUID"}}), "BUID"), buid);
    const Dict remove{{"MessageType", "DeletePairRecord"}, {"PairRecordID", udid}};
    EXPECT_EQ(program.result_of(remove), 0);
    EXPECT_EQ(program.result_of(remove), 2);
}

TEST_F(UsbmuxServerTest, RecordsHaveNamesOfPhonesOnly) {
    Program program = tcp();
    const Bytes record = to_bytes(plist::write_xml(Dict{}));
    for (const plist::Value& name :
         {plist::Value("../../evil"), plist::Value(""), plist::Value("SystemConfiguration"),
          plist::Value(std::string(5000, 'a')), plist::Value(7)}) {
        EXPECT_EQ(program.result_of({{"MessageType", "SavePairRecord"},
                                     {"PairRecordID", name},
                                     {"PairRecordData", record}}),
                  1);
        EXPECT_EQ(program.result_of({{"MessageType", "ReadPairRecord"}, {"PairRecordID", name}}),
                  2);
        EXPECT_EQ(program.result_of({{"MessageType", "DeletePairRecord"}, {"PairRecordID", name}}),
                  2);
    }
    EXPECT_EQ(program.result_of({{"MessageType", "SavePairRecord"}, {"PairRecordID", udid}}), 1);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path() + "/records"));
}

TEST_F(UsbmuxServerTest, OutlivesWhatNoProgramSends) {
    EXPECT_EQ(tcp().result_of({{"MessageType", "Fly"}}), 1);
    EXPECT_EQ(tcp().result_of({{"Nothing", 1}}), 1);
    for (const char* hex :
         {"ffffffff010000000800000001000000", "00000000010000000800000001000000",
          "14000000010000000800000001000000deadbeef", "14000000010000000700000001000000deadbeef"}) {
        Program program = tcp();
        Bytes bytes;
        for (size_t i = 0; hex[i] != 0; i += 2) {
            bytes.push_back(
                static_cast<std::byte>(std::stoi(std::string(hex + i, 2), nullptr, 16)));
        }
        program.send(bytes);
        EXPECT_TRUE(program.is_hung_up()) << hex;
    }
    // The protocol of old is told that it is old.
    Program old = tcp();
    old.send(wire::usbmux_binary_result(0, 3));
    EXPECT_EQ(old.read_exactly(20), wire::usbmux_binary_result(6, 3));
    EXPECT_TRUE(tcp().ask({{"MessageType", "ListDevices"}}).array("DeviceList")->empty());
}

TEST_F(UsbmuxServerTest, RefusesAPlaceItCannotListenAt) {
    auto taken = setup();
    taken.unix_path = "";
    taken.port = server_.port();
    EXPECT_THROW(UsbmuxServer{std::move(taken)}, Misuse);
    auto far = setup();
    far.unix_path = "/nowhere/at/all/usbmuxd";
    EXPECT_THROW(UsbmuxServer{std::move(far)}, Misuse);
    auto too_long = setup();
    too_long.unix_path = std::string(200, 'x');
    EXPECT_THROW(UsbmuxServer{std::move(too_long)}, Misuse);
}

}  // namespace
}  // namespace lifeboat::sim::ios
