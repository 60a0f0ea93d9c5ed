// What others in the network say of their services (RFC 6763), put together from messages that come
// in any order, again, or wrong. Nothing of it is known to be true.
#pragma once

#include "phone/android/mdns/dns_message.h"
#include "sys/multicast.h"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

struct AnnouncedService {
    std::string type{};      // "_adb-tls-connect._tcp"
    std::string instance{};  // "adb-SERIAL-x1y2z3"; any bytes
    std::string host{};      // "192.168.1.7"
    uint16_t port = 0;
    bool operator==(const AnnouncedService&) const = default;
};

// Whether somebody at `sender` may say that a service is at `address`: both are in one network of
// this computer, and only this computer speaks of itself. Multicast DNS goes no further than that,
// so an address elsewhere is a mistake or a lie.
bool may_name(const std::vector<sys::LocalNetwork>& networks, sys::Ipv4 sender, sys::Ipv4 address);

class ServiceCatalogue {
public:
    using InstanceFilter = std::function<bool(std::string_view)>;
    // Instances that the filter refuses take no room, so that nobody can crowd out those that are
    // wanted by many that are not.
    ServiceCatalogue(const std::vector<std::string>& types, InstanceFilter wanted);

    // `may_name` is asked for each address. One message, one sender.
    void hear(const DnsMessage& message, const std::function<bool(sys::Ipv4)>& may_name);
    // Those with an address and a port, by type and name.
    std::vector<AnnouncedService> services() const;
    // What is still to be asked to know all.
    std::vector<DnsQuestion> questions() const;

private:
    struct Instance {
        size_t type = 0;
        DnsName name{};  // as it was written
        std::optional<DnsService> service{};
    };

    std::optional<size_t> type_of(const DnsName& instance) const;
    Instance* instance(const DnsName& name);
    void hear_pointer(const DnsRecord& record, const DnsPointer& pointer);
    void hear_service(const DnsRecord& record, const DnsService& service);
    void hear_address(const DnsRecord& record, sys::Ipv4 address);

    std::vector<std::string> types_;
    std::vector<DnsName> type_names_;
    InstanceFilter wanted_;
    std::map<DnsName, Instance> instances_{};  // by their names, folded
    // The last that was named for each host that an instance is on; folded.
    std::map<DnsName, sys::Ipv4> addresses_{};
};

}  // namespace lifeboat::phone::android
