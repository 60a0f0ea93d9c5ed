// The phone's side of multicast DNS: it says on the loopback interface which services it has, and
// answers who asks (RFC 6762 sections 6, 6.7, 8.3 and 10.1).
#pragma once

#include "base/guarded.h"
#include "phone/android/mdns/dns_message.h"
#include "sys/multicast.h"

#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::sim::adb {

// Every function may be called from any thread.
class MdnsResponder {
public:
    // `host` is the phone's own name, one label. Throws Temporary when nobody can be heard.
    explicit MdnsResponder(const std::string& host);
    ~MdnsResponder();
    MdnsResponder(const MdnsResponder&) = delete;
    MdnsResponder& operator=(const MdnsResponder&) = delete;

    struct Service {
        std::string type{};      // "_adb-tls-connect._tcp"
        std::string instance{};  // "adb-SERIAL-x1y2z3"
        uint16_t port = 0;
        bool operator==(const Service&) const = default;
    };
    // The one service of this type from now on, or none.
    void offer(const std::string& type, std::optional<Service> service);

private:
    using Records = std::vector<phone::android::DnsRecord>;
    struct State {
        std::vector<Service> services{};
        std::vector<Bytes> to_send{};
    };

    Records records_of(const Service& service, uint32_t seconds) const;
    Records answers_to(const phone::android::DnsQuestion& question) const;
    void serve(const std::stop_token& stop);
    void answer(const sys::Datagram& datagram);
    void send_news();

    phone::android::DnsName host_;
    sys::MulticastGroup group_;
    Guarded<State> state_;
    std::jthread thread_;
};

}  // namespace lifeboat::sim::adb
