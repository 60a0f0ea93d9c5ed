#include "phone/android/adb_server.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view default_port = "5037";
constexpr size_t longest_request = 0xffff;

AdbEndpoint bad_endpoint(const std::string& text) {
    throw Misuse(fmt::format("\"{}\" is no address of an adb server", printable(text)),
                 "Write tcp:PORT, tcp:HOST:PORT or localfilesystem:PATH.");
}

uint16_t port_of(std::string_view text, const std::string& whole) {
    const auto port = parse_u64(text);
    if (!port || *port == 0 || *port > 0xffff) bad_endpoint(whole);
    return static_cast<uint16_t>(*port);
}

// Four hexadecimal digits: how the server writes lengths.
size_t read_length(sys::Socket& socket) {
    std::array<std::byte, 4> digits{};
    read_exactly(socket, digits);
    const auto text = as_text(digits);
    size_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw Garbled(
            fmt::format("the adb server answers \"{}\" where a length belongs", printable(text)),
            "Is something else listening on the adb server's port?");
    }
    return value;
}

std::string read_block(sys::Socket& socket) {
    Bytes block(read_length(socket));
    read_exactly(socket, block);
    return to_text(block);
}

void send_request(sys::Socket& socket, std::string_view request) {
    if (request.size() > longest_request) {
        throw Misuse(fmt::format("a request of {} bytes is too long for adb", request.size()));
    }
    socket.write(as_bytes(fmt::format("{:04x}{}", request.size(), request)));
}

// Once the server has bound a connection to a service of the phone, it is the stream.
class SocketStream final : public PhoneStream {
public:
    explicit SocketStream(std::unique_ptr<sys::Socket> socket) : socket_(std::move(socket)) {}
    std::optional<size_t> read_unless_silent(MutableByteView out) override {
        return socket_->read_unless_silent(out);
    }
    bool has_input() override { return socket_->has_input(); }
    void write(ByteView bytes) override { socket_->write(bytes); }
    bool try_write(ByteView bytes) override { return socket_->try_write(bytes); }
    void set_timeouts(const sys::SocketTimeouts& timeouts) override {
        socket_->set_timeouts(timeouts);
    }
    void set_send_buffer(size_t bytes) override { socket_->set_send_buffer(bytes); }
    void shutdown() noexcept override { socket_->shutdown(); }

private:
    std::unique_ptr<sys::Socket> socket_;
};

// Nothing for OKAY, the server's words for FAIL.
std::optional<std::string> read_status(sys::Socket& socket) {
    std::array<std::byte, 4> status{};
    read_exactly(socket, status);
    if (as_text(status) == "OKAY") return std::nullopt;
    if (as_text(status) == "FAIL") return read_block(socket);
    throw Garbled(fmt::format("the adb server answers \"{}\" instead of OKAY or FAIL",
                              printable(as_text(status))),
                  "Is something else listening on the adb server's port?");
}

std::set<std::string> feature_names(std::string_view text) {
    std::set<std::string> out;
    for (const auto name : split(text, ',')) {
        if (!trim(name).empty()) out.emplace(trim(name));
    }
    return out;
}

}  // namespace

bool AdbEndpoint::is_local() const {
    return host.empty() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string AdbEndpoint::text() const {
    if (host.empty()) return "localfilesystem:" + path;
    // adb takes every other name of this machine for another machine, and starts no server there.
    return fmt::format("tcp:{}:{}", is_local() ? "localhost" : host, port);
}

AdbEndpoint endpoint_of(const AdbSettings& settings) {
    std::string text = settings.server_socket;
    if (text.empty()) {
        const auto& port = settings.server_port;
        text = fmt::format("tcp:{}", port.empty() ? std::string(default_port) : port);
    }
    constexpr std::string_view file = "localfilesystem:";
    constexpr std::string_view tcp = "tcp:";
    if (text.starts_with(file) && text.size() > file.size()) {
        return {.path = text.substr(file.size())};
    }
    if (!text.starts_with(tcp)) return bad_endpoint(text);
    const std::string rest = text.substr(tcp.size());
    const size_t colon = rest.rfind(':');
    if (colon == std::string::npos) return {.host = "127.0.0.1", .port = port_of(rest, text)};
    std::string host = rest.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) return bad_endpoint(text);
    return {.host = host, .port = port_of(rest.substr(colon + 1), text)};
}

void throw_server_failure(std::string_view message, std::string_view serial) {
    const auto says = [&](std::string_view part) {
        return message.find(part) != std::string_view::npos;
    };
    const std::string shown = printable(serial);
    if (says("not found") || says("no devices")) {
        throw NotReady(fmt::format("the phone {} is not connected", shown),
                       "Plug the phone in, unlock it and run this again.");
    }
    if (says("unauthorized") || says("authorizing")) {
        throw NotReady(fmt::format("the phone {} does not trust this computer yet", shown),
                       instruction_for("unauthorized"));
    }
    if (says("offline") || says("connecting")) {
        throw NotReady(fmt::format("the phone {} is connected but does not answer", shown),
                       instruction_for("offline"));
    }
    if (says("permissions")) {
        throw NotReady(fmt::format("this user may not talk to the phone {}", shown),
                       instruction_for("no permissions"));
    }
    if (says("unknown host service")) {
        throw Unsupported(fmt::format("the adb server says: {}", printable(message)));
    }
    throw Temporary(fmt::format("the adb server refuses: {}", printable(message)),
                    "Nothing was changed. Unplug the phone, plug it in again and run this again.");
}

void read_exactly(sys::Socket& socket, MutableByteView out) {
    while (!out.empty()) {
        const size_t got = socket.read(out);
        if (got == 0) throw sys::ConnectionLost("the adb server hung up");
        out = out.subspan(got);
    }
}

AdbServer::AdbServer(AdbSettings settings, sys::Process& process)
    : settings_(std::move(settings)), endpoint_(endpoint_of(settings_)), process_(process) {}

std::unique_ptr<sys::Socket> AdbServer::try_dial(const std::stop_token& stop) const {
    const sys::SocketTimeouts timeouts;
    return endpoint_.host.empty()
               ? sys::connect_unix(endpoint_.path, timeouts, stop)
               : sys::connect_tcp(endpoint_.host, endpoint_.port, timeouts, stop);
}

std::unique_ptr<sys::Socket> AdbServer::dial(const std::stop_token& stop) {
    if (auto socket = try_dial(stop)) return socket;
    if (!settings_.program.empty() && endpoint_.is_local()) {
        start_server(stop);
        if (auto socket = try_dial(stop)) return socket;
    }
    throw Missing(fmt::format("no adb server answers at {}", endpoint_.text()),
                  "Run `adb start-server` and try again.");
}

// "adb start-server" finds a running server or starts one; it never replaces what answers here,
// because nothing does.
void AdbServer::start_server(const std::stop_token& stop) {
    const auto done = while_doing("starting the adb server", [&] {
        return process_.run({.argv = {settings_.program, "-L", endpoint_.text(), "start-server"}},
                            stop);
    });
    if (done.exit_code == 0) return;
    throw Missing(fmt::format("`{} start-server` failed: {}", settings_.program,
                              printable(trim(as_text(done.errors)))),
                  "Run `adb start-server` in a terminal: it says what is wrong.");
}

std::string AdbServer::ask(std::string_view request, const std::stop_token& stop) {
    const auto socket = dial(stop);
    send_request(*socket, request);
    if (const auto failure = read_status(*socket)) throw_server_failure(*failure, {});
    return read_block(*socket);
}

uint32_t AdbServer::version(const std::stop_token& stop) {
    const std::string text = ask("host:version", stop);
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw Garbled(fmt::format("the adb server calls its version \"{}\"", printable(text)));
    }
    return value;
}

std::vector<DeviceLine> AdbServer::devices(const std::stop_token& stop) {
    return parse_devices(ask("host:devices-l", stop));
}

// The server tells what the phone can. The bytes of a service only pass through it, but when
// packets are acknowledged is between the phone and the server: that takes both.
std::set<std::string> AdbServer::features(const std::string& serial, const std::stop_token& stop) {
    const auto socket = dial(stop);
    send_request(*socket, fmt::format("host-serial:{}:features", serial));
    if (const auto failure = read_status(*socket)) throw_server_failure(*failure, serial);
    auto features = feature_names(read_block(*socket));
    const std::string delayed_ack = "delayed_ack";
    if (features.contains(delayed_ack) && !own_features(stop).contains(delayed_ack))
        features.erase(delayed_ack);
    return features;
}

// Empty for a server so old that it does not know the question.
std::set<std::string> AdbServer::own_features(const std::stop_token& stop) {
    const auto socket = dial(stop);
    send_request(*socket, "host:host-features");
    return read_status(*socket) ? std::set<std::string>{} : feature_names(read_block(*socket));
}

std::string AdbServer::connect_phone(const std::string& address, const std::stop_token& stop) {
    return ask("host:connect:" + address, stop);
}

bool AdbServer::is_ready(const std::string& serial, const std::stop_token& stop) {
    try {
        const auto all = devices(stop);
        return std::any_of(all.begin(), all.end(), [&](const DeviceLine& line) {
            return line.serial == serial && line.state == "device";
        });
    } catch (const Error&) {
        return false;  // the server itself is being restarted
    }
}

std::unique_ptr<PhoneStream> AdbServer::open(const std::string& serial, std::string_view service,
                                             const std::stop_token& stop) {
    auto socket = dial(stop);
    send_request(*socket, "host:transport:" + serial);
    if (const auto failure = read_status(*socket)) throw_server_failure(*failure, serial);
    send_request(*socket, service);
    if (const auto failure = read_status(*socket)) {
        const auto name = service.substr(0, service.find(':'));
        while_doing(fmt::format("opening the phone's service {}", name),
                    [&] { throw_server_failure(*failure, serial); });
    }
    return std::make_unique<SocketStream>(std::move(socket));
}

}  // namespace lifeboat::phone::android
