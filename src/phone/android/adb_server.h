// The adb server of this machine's user: who is plugged in, and streams to services of one phone.
//
// It is never killed and never replaced: other programs of the user share it. When none runs, the
// user's own `adb start-server` is asked to start it.
#pragma once

#include "phone/android/device_line.h"
#include "phone/android/transport.h"
#include "sys/process.h"

#include <cstdint>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// Where the server listens, as adb itself reads it from the environment.
struct AdbSettings {
    std::string server_socket{};  // ADB_SERVER_SOCKET: "tcp:[HOST:]PORT", "localfilesystem:PATH"
    std::string server_port{};    // ANDROID_ADB_SERVER_PORT
    std::string program = "adb";  // starts a server when none runs; empty: never started
    // How long a phone that vanished in the middle of work may take to come back.
    std::chrono::milliseconds patience{10'000};
};

struct AdbEndpoint {
    std::string host{};  // empty: a UNIX socket
    uint16_t port = 0;
    std::string path{};
    bool operator==(const AdbEndpoint&) const = default;
    bool is_local() const;
    std::string text() const;  // as `adb -L` takes it
};

// Throws Misuse when the settings are no address.
AdbEndpoint endpoint_of(const AdbSettings& settings);

// What a FAIL answer of the server means, as the error to throw.
[[noreturn]] void throw_server_failure(std::string_view message, std::string_view serial);

// Functions may be called from several threads at once: each call is a connection of its own.
class AdbServer final : public Transport {
public:
    // `process` outlives it.
    AdbServer(AdbSettings settings, sys::Process& process);

    // All throw Missing when no server runs and none can be started, Temporary when it hangs up,
    // NotReady for a phone that is away or in another state than "device".
    uint32_t version(const std::stop_token& stop);
    std::vector<DeviceLine> devices(const std::stop_token& stop);
    std::set<std::string> features(const std::string& serial, const std::stop_token& stop) override;
    // "HOST:PORT" of a phone whose adb listens on the network; the server's words.
    std::string connect_phone(const std::string& address, const std::stop_token& stop);

    std::unique_ptr<PhoneStream> open(const std::string& serial, std::string_view service,
                                      const std::stop_token& stop) override;
    bool is_ready(const std::string& serial, const std::stop_token& stop) override;
    std::chrono::milliseconds patience() const override { return settings_.patience; }

    const AdbSettings& settings() const { return settings_; }

private:
    std::unique_ptr<sys::Socket> dial(const std::stop_token& stop);
    std::unique_ptr<sys::Socket> try_dial(const std::stop_token& stop) const;
    void start_server(const std::stop_token& stop);
    std::string ask(std::string_view request, const std::stop_token& stop);
    std::set<std::string> own_features(const std::stop_token& stop);

    AdbSettings settings_;
    AdbEndpoint endpoint_;
    sys::Process& process_;
};

// Reads exactly out.size() bytes; throws sys::ConnectionLost when the stream ends before.
void read_exactly(sys::Socket& socket, MutableByteView out);

}  // namespace lifeboat::phone::android
