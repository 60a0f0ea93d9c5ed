// The control interface over a socket: the server inside the phone's process, and the client.
#include "base/error.h"
#include "base/text.h"
#include "sim/control.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace lifeboat::sim {

namespace {

using Json = nlohmann::json;

constexpr int poll_ms = 100;
constexpr size_t line_limit = 1u << 20;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* get() { return static_cast<sockaddr*>(static_cast<void*>(&storage)); }
};

Address address_of(const std::string& where) {
    Address address;
    if (const auto port = parse_u64(where); port && *port <= 65535) {
        sockaddr_in in{};
        in.sin_family = AF_INET;
        in.sin_port = htons(static_cast<uint16_t>(*port));
        in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        std::memcpy(&address.storage, &in, sizeof in);
        address.size = sizeof in;
        return address;
    }
    sockaddr_un un{};
    un.sun_family = AF_UNIX;
    if (where.empty() || where.size() >= sizeof un.sun_path) {
        throw Misuse(fmt::format("\"{}\" is no path for a control socket", printable(where)),
                     "It may have at most 107 bytes.");
    }
    std::memcpy(un.sun_path, where.data(), where.size());
    std::memcpy(&address.storage, &un, sizeof un);
    address.size = sizeof un;
    return address;
}

Fd make_socket(Address& address) {
    return Fd(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

bool send_line(int socket, std::string text) {
    text += '\n';
    std::string_view rest = text;
    while (!rest.empty()) {
        const ssize_t sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return false;
        rest.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
}

// One line from what has arrived; nothing while it is not complete.
std::optional<std::string> take_line(std::string& waiting) {
    const size_t end = waiting.find('\n');
    if (end == std::string::npos) return std::nullopt;
    std::string line = waiting.substr(0, end);
    waiting.erase(0, end + 1);
    return line;
}

bool receive_more(int socket, std::string& waiting) {
    std::array<char, 16384> buffer{};
    const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (got <= 0 || waiting.size() > line_limit) return false;
    waiting.append(buffer.data(), static_cast<size_t>(got));
    return true;
}

std::string answer(const ControlServer::Run& run, const std::string& line) {
    const Json request = Json::parse(line, nullptr, false);
    std::vector<std::string> words;
    const auto add_all = [&](const Json& array) {
        for (const Json& word : array)
            words.push_back(word.is_string() ? word.get<std::string>() : word.dump());
    };
    if (request.is_array()) add_all(request);
    if (request.is_object() && request.contains("command") && request["command"].is_string()) {
        words.push_back(request["command"].get<std::string>());
        if (request.contains("args") && request["args"].is_array()) add_all(request["args"]);
    }
    if (words.empty()) return R"({"ok":false,"error":"not a request"})";
    return run(words);
}

}  // namespace

ControlServer::ControlServer(std::string where, Run run)
    : where_(std::move(where)), run_(std::move(run)) {
    Address address = address_of(where_);
    listener_ = make_socket(address);
    if (address.storage.ss_family == AF_UNIX) ::unlink(where_.c_str());
    const int on = 1;
    ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (::bind(listener_.get(), address.get(), address.size) != 0 ||
        ::listen(listener_.get(), 8) != 0) {
        throw Misuse(fmt::format("the control socket {} cannot be made: {}", printable(where_),
                                 std::strerror(errno)));
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { accept_clients(stop); });
}

ControlServer::~ControlServer() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
    if (!parse_u64(where_)) ::unlink(where_.c_str());
}

// One client after another: a command takes a moment, and their order is then plain.
void ControlServer::accept_clients(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        pollfd waiting{listener_.get(), POLLIN, 0};
        if (::poll(&waiting, 1, poll_ms) <= 0) continue;
        const Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (client) serve(client.get(), stop);
    }
}

void ControlServer::serve(int client, const std::stop_token& stop) {
    std::string waiting;
    while (!stop.stop_requested()) {
        while (const auto line = take_line(waiting)) {
            if (!send_line(client, answer(run_, *line))) return;
        }
        pollfd readable{client, POLLIN, 0};
        if (::poll(&readable, 1, poll_ms) > 0 && !receive_more(client, waiting)) return;
    }
}

std::string ask_control(const std::string& where, const std::vector<std::string>& words) {
    Address address = address_of(where);
    const Fd socket = make_socket(address);
    if (::connect(socket.get(), address.get(), address.size) != 0) {
        throw Missing(fmt::format("no simulated phone answers at {}: {}", printable(where),
                                  std::strerror(errno)));
    }
    send_line(socket.get(), Json(words).dump(-1, ' ', false, Json::error_handler_t::replace));
    std::string waiting;
    for (;;) {
        if (const auto line = take_line(waiting)) return *line;
        std::array<char, 16384> buffer{};
        const ssize_t got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got <= 0) throw Missing("the simulated phone went away without an answer");
        waiting.append(buffer.data(), static_cast<size_t>(got));
    }
}

}  // namespace lifeboat::sim
