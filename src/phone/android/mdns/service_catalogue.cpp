#include "phone/android/mdns/service_catalogue.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_instances = 256;
constexpr size_t most_hosts = 512;
constexpr size_t labels_of_instance = 4;  // its own, two of the type, "local"

}  // namespace

bool may_name(const std::vector<sys::LocalNetwork>& networks, sys::Ipv4 sender, sys::Ipv4 address) {
    return std::ranges::any_of(networks, [&](const sys::LocalNetwork& network) {
        return network.holds(sender) && network.holds(address);
    });
}

ServiceCatalogue::ServiceCatalogue(const std::vector<std::string>& types, InstanceFilter wanted)
    : types_(types), wanted_(std::move(wanted)) {
    for (const std::string& type : types_) type_names_.push_back(dns_name(type + ".local"));
}

std::optional<size_t> ServiceCatalogue::type_of(const DnsName& instance) const {
    if (instance.size() != labels_of_instance) return std::nullopt;
    const DnsName type = folded({instance.begin() + 1, instance.end()});
    const auto found =
        std::ranges::find(type_names_, type, [](const DnsName& n) { return folded(n); });
    if (found == type_names_.end()) return std::nullopt;
    return static_cast<size_t>(found - type_names_.begin());
}

// Null for one that is not wanted, and when there is no room.
ServiceCatalogue::Instance* ServiceCatalogue::instance(const DnsName& name) {
    const auto type = type_of(name);
    if (!type || (wanted_ && !wanted_(name.front()))) return nullptr;
    const DnsName key = folded(name);
    const auto found = instances_.find(key);
    if (found != instances_.end()) return &found->second;
    if (instances_.size() == most_instances) return nullptr;
    return &instances_.emplace(key, Instance{.type = *type, .name = name}).first->second;
}

void ServiceCatalogue::hear_pointer(const DnsRecord& record, const DnsPointer& pointer) {
    if (record.seconds == 0)
        instances_.erase(folded(pointer.to));
    else
        instance(pointer.to);
}

void ServiceCatalogue::hear_service(const DnsRecord& record, const DnsService& service) {
    if (record.seconds == 0) {
        instances_.erase(folded(record.name));
    } else if (Instance* const one = instance(record.name); one != nullptr && service.port != 0) {
        one->service = service;
    }
}

void ServiceCatalogue::hear_address(const DnsRecord& record, sys::Ipv4 address) {
    const DnsName host = folded(record.name);
    const bool is_of_use = std::ranges::any_of(instances_, [&](const auto& one) {
        return one.second.service && folded(one.second.service->host) == host;
    });
    if (!is_of_use || record.seconds == 0) return;
    if (addresses_.size() == most_hosts) addresses_.clear();  // asked for again where it is needed
    addresses_[host] = address;
}

// In the order in which each leads to the next, whatever the order in the message.
void ServiceCatalogue::hear(const DnsMessage& message,
                            const std::function<bool(sys::Ipv4)>& may_name) {
    for (const DnsRecord& record : message.records) {
        const auto* pointer = std::get_if<DnsPointer>(&record.data);
        if (pointer != nullptr) hear_pointer(record, *pointer);
    }
    for (const DnsRecord& record : message.records) {
        const auto* service = std::get_if<DnsService>(&record.data);
        if (service != nullptr) hear_service(record, *service);
    }
    for (const DnsRecord& record : message.records) {
        const auto* address = std::get_if<DnsAddress>(&record.data);
        if (address != nullptr && may_name(address->ipv4)) hear_address(record, address->ipv4);
    }
}

std::vector<AnnouncedService> ServiceCatalogue::services() const {
    std::vector<AnnouncedService> out;
    for (const auto& [key, one] : instances_) {
        if (!one.service) continue;
        const auto address = addresses_.find(folded(one.service->host));
        if (address == addresses_.end()) continue;
        out.push_back({.type = types_[one.type],
                       .instance = one.name.front(),
                       .host = sys::ipv4_text(address->second),
                       .port = one.service->port});
    }
    std::ranges::sort(
        out, {}, [](const AnnouncedService& one) { return std::pair(one.type, one.instance); });
    return out;
}

std::vector<DnsQuestion> ServiceCatalogue::questions() const {
    std::vector<DnsQuestion> out;
    for (const DnsName& type : type_names_) {
        out.push_back({.name = type, .type = DnsType::pointer});
    }
    constexpr size_t most = 10;  // in one packet that every network carries
    for (const auto& [key, one] : instances_) {
        if (out.size() >= most) break;
        if (!one.service)
            out.push_back({.name = one.name, .type = DnsType::service});
        else if (!addresses_.contains(folded(one.service->host)))
            out.push_back({.name = one.service->host, .type = DnsType::address});
    }
    return out;
}

}  // namespace lifeboat::phone::android
