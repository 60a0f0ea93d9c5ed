#include "phone/ios/usbmux.h"

#include "base/text.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;

constexpr std::string_view default_path = "/var/run/usbmuxd";
constexpr uint32_t request_tag = 1;  // one request a connection
// The daemon answers from memory, except for Connect, which asks the phone.
constexpr sys::SocketTimeouts timeouts{.connect = sys::milliseconds{5'000},
                                       .read = sys::milliseconds{10'000}};

void read_exactly(sys::Socket& socket, MutableByteView out) {
    while (!out.empty()) {
        const size_t got = socket.read(out);
        if (got == 0) throw sys::ConnectionLost("the usbmux daemon hung up");
        out = out.subspan(got);
    }
}

struct Message {
    uint32_t tag = 0;
    Dict body{};
};

// `head` has what was read of the header already.
Message finish_message(sys::Socket& socket, std::array<std::byte, usbmux_header_size>& head,
                       size_t got) {
    read_exactly(socket, MutableByteView(head).subspan(got));
    const UsbmuxHeader header = parse_usbmux_header(head);
    Bytes body(header.body_size());
    read_exactly(socket, body);
    return {.tag = header.tag, .body = parse_usbmux_body(header, body)};
}

Dict request(std::string_view type) {
    return {{"MessageType", type},
            {"ProgName", "lifeboat"},
            {"ClientVersionString", "lifeboat"},
            {"kLibUSBMuxVersion", 3}};
}

[[noreturn]] void throw_result(int64_t number, std::string_view doing) {
    if (number == usbmux_result::bad_device) {
        throw Gone(fmt::format("the iPhone went away (while {})", doing),
                   "Connect the iPhone again and run the same command.");
    }
    if (number == usbmux_result::refused) {
        throw Missing(fmt::format("the iPhone takes no connection (while {})", doing));
    }
    throw Temporary(fmt::format("the usbmux daemon refuses with {} (while {})", number, doing),
                    "Unplug the iPhone, plug it in again and run the same command.");
}

void must_be_ok(const Dict& answer, std::string_view doing) {
    const auto number = usbmux_result_of(answer);
    if (!number) throw Garbled(fmt::format("the usbmux daemon gives no result (while {})", doing));
    if (*number != usbmux_result::ok) throw_result(*number, doing);
}

std::optional<MuxEvent> event_of(const Dict& body) {
    const std::string* type = body.text("MessageType");
    if (type == nullptr) throw Garbled("the usbmux daemon sends an event without a name");
    if (*type == "Attached") return Attached{parse_attached(body)};
    const auto id = body.u64("DeviceID");
    if (*type == "Detached" && id) return Detached{*id};
    if (*type == "Paired" && id) return Paired{*id};
    return std::nullopt;  // newer daemons tell more
}

UsbmuxEndpoint bad_address(const std::string& address) {
    throw Misuse(fmt::format("\"{}\" is no address of a usbmux daemon", printable(address)),
                 "Write UNIX:/PATH or HOST:PORT.");
}

}  // namespace

std::string UsbmuxEndpoint::text() const {
    return host.empty() ? path : fmt::format("{}:{}", host, port);
}

UsbmuxEndpoint usbmux_endpoint(const std::string& address) {
    if (address.empty()) return {.path = std::string(default_path)};
    for (const std::string_view prefix : {"UNIX://", "unix://", "UNIX:", "unix:", ""}) {
        if (!address.starts_with(prefix)) continue;
        const std::string rest = address.substr(prefix.size());
        if (rest.starts_with('/') && rest.size() > 1) return {.path = rest};
        if (!prefix.empty()) return bad_address(address);
    }
    const size_t colon = address.rfind(':');
    if (colon == std::string::npos) return bad_address(address);
    std::string host = address.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    const auto port = parse_u64(std::string_view(address).substr(colon + 1));
    if (host.empty() || !port || *port == 0 || *port > 0xffff) return bad_address(address);
    return {.host = host, .port = static_cast<uint16_t>(*port)};
}

UsbmuxEvents::UsbmuxEvents(std::unique_ptr<sys::Socket> socket) : socket_(std::move(socket)) {}

std::optional<MuxEvent> UsbmuxEvents::next(std::chrono::milliseconds patience) {
    while (true) {
        std::array<std::byte, usbmux_header_size> head{};
        socket_->set_timeouts({.read = patience});
        const auto got = socket_->read_unless_silent(head);
        if (!got) return std::nullopt;
        if (*got == 0) throw sys::ConnectionLost("the usbmux daemon hung up");
        socket_->set_timeouts(timeouts);
        if (auto event = event_of(finish_message(*socket_, head, *got).body)) return event;
    }
}

Usbmux::Usbmux(const std::string& address) : endpoint_(usbmux_endpoint(address)) {}

std::unique_ptr<sys::Socket> Usbmux::dial(const std::stop_token& stop) const {
    auto socket = endpoint_.host.empty()
                      ? sys::connect_unix(endpoint_.path, timeouts, stop)
                      : sys::connect_tcp(endpoint_.host, endpoint_.port, timeouts, stop);
    if (socket) return socket;
    throw Missing(fmt::format("no usbmux daemon answers at {}", endpoint_.text()),
                  "Install usbmuxd (package \"usbmuxd\") and plug the iPhone in: it then starts by "
                  "itself.");
}

Dict Usbmux::ask(sys::Socket& socket, Dict question) const {
    socket.write(usbmux_packet(question, request_tag));
    std::array<std::byte, usbmux_header_size> head{};
    Message answer = finish_message(socket, head, 0);
    if (answer.tag != request_tag) {
        throw Garbled("the usbmux daemon answers another question than the one asked");
    }
    return std::move(answer.body);
}

std::vector<MuxDevice> Usbmux::devices(const std::stop_token& stop) const {
    const auto socket = dial(stop);
    const Dict answer = ask(*socket, request("ListDevices"));
    const plist::Array* list = answer.array("DeviceList");
    if (list == nullptr) {
        must_be_ok(answer, "listing iPhones");
        throw Garbled("the usbmux daemon gives no list of iPhones");
    }
    std::vector<MuxDevice> out;
    for (const plist::Value& one : *list) {
        if (one.dict() == nullptr) throw Garbled("the usbmux daemon lists what is no iPhone");
        out.push_back(parse_attached(*one.dict()));
    }
    return out;
}

UsbmuxEvents Usbmux::events(const std::stop_token& stop) const {
    auto socket = dial(stop);
    must_be_ok(ask(*socket, request("Listen")), "listening for iPhones");
    return UsbmuxEvents(std::move(socket));
}

std::unique_ptr<sys::Socket> Usbmux::connect(uint64_t device_id, uint16_t port,
                                             const std::stop_token& stop) const {
    auto socket = dial(stop);
    Dict question = request("Connect");
    question.set("DeviceID", device_id);
    question.set("PortNumber", usbmux_port(port));
    must_be_ok(ask(*socket, std::move(question)), fmt::format("connecting to its port {}", port));
    return socket;
}

std::optional<Bytes> Usbmux::pair_record(const std::string& udid,
                                         const std::stop_token& stop) const {
    const auto socket = dial(stop);
    Dict question = request("ReadPairRecord");
    question.set("PairRecordID", udid);
    const Dict answer = ask(*socket, std::move(question));
    if (const Bytes* record = answer.data("PairRecordData")) return *record;
    const auto number = usbmux_result_of(answer);
    if (!number || *number == usbmux_result::ok) {
        throw Garbled("the usbmux daemon answers without a pair record");
    }
    return std::nullopt;
}

void Usbmux::save_pair_record(const MuxDevice& device, ByteView record,
                              const std::stop_token& stop) const {
    const auto socket = dial(stop);
    Dict question = request("SavePairRecord");
    question.set("PairRecordID", device.udid);
    question.set("PairRecordData", Bytes(record.begin(), record.end()));
    question.set("DeviceID", device.device_id);
    must_be_ok(ask(*socket, std::move(question)), "saving the pair record");
}

void Usbmux::delete_pair_record(const std::string& udid, const std::stop_token& stop) const {
    const auto socket = dial(stop);
    Dict question = request("DeletePairRecord");
    question.set("PairRecordID", udid);
    must_be_ok(ask(*socket, std::move(question)), "deleting the pair record");
}

std::string Usbmux::buid(const std::stop_token& stop) const {
    const auto socket = dial(stop);
    const Dict answer = ask(*socket, request("ReadBUID"));
    const std::string* buid = answer.text("BUID");
    if (buid == nullptr || buid->empty()) throw Garbled("the usbmux daemon has no name of its own");
    return *buid;
}

}  // namespace lifeboat::phone::ios
