// lockdown of the simulated iPhone: values, pairing, sessions, and the way to every other service.
#pragma once

#include "sim/ios/channel.h"
#include "sim/ios/device.h"

#include <optional>
#include <string>

namespace lifeboat::sim::ios {

inline constexpr uint16_t lockdown_port = 62078;

// One connection; one thread.
class LockdownService {
public:
    LockdownService(Device& device, Channel& channel) : device_(device), channel_(channel) {}
    // Until the computer hangs up.
    void run();

private:
    using Dict = plist::Dict;

    Dict answer(const std::string& name, const Dict& request);
    Dict get_value(const Dict& request) const;
    Dict set_value(const Dict& request);
    Dict pair(const Dict& request);
    Dict unpair(const Dict& request);
    Dict validate(const Dict& request) const;
    Dict start_session(const Dict& request);
    Dict stop_session();
    Dict start_service(const Dict& request);
    void follow(const std::string& name, bool failed);

    Device& device_;
    Channel& channel_;
    std::optional<Pairing> session_;
};

// Talks TLS to the computer that paired as `pairing`, whose certificate must be one of its two.
// Throws Denied otherwise.
void start_paired_tls(const Device& device, const Pairing& pairing, Channel& channel);

}  // namespace lifeboat::sim::ios
