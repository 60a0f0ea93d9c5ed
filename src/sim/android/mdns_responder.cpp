#include "sim/android/mdns_responder.h"

#include "base/error.h"
#include "phone/android/mdns/service_browser.h"

#include <algorithm>
#include <array>

namespace lifeboat::sim::adb {
namespace {

using phone::android::DnsMessage;
using phone::android::DnsName;
using phone::android::DnsQuestion;
using phone::android::DnsRecord;
using phone::android::DnsType;
using phone::android::encode_dns;
using phone::android::folded;

constexpr uint32_t holds_for = 120;           // seconds
constexpr uint32_t holds_for_strangers = 10;  // RFC 6762, section 6.7
constexpr sys::Ipv4 loopback = 0x7f000001;
constexpr std::chrono::milliseconds slice{50};

DnsName type_name(const std::string& type) {
    return phone::android::dns_name(type + ".local");
}

DnsName instance_name(const MdnsResponder::Service& service) {
    DnsName name = type_name(service.type);
    name.insert(name.begin(), service.instance);
    return name;
}

DnsType type_of(const DnsRecord& record) {
    constexpr std::array types{DnsType::address, DnsType::pointer, DnsType::service, DnsType::text};
    return types[record.data.index()];
}

bool asks_for(const DnsQuestion& question, const DnsRecord& record) {
    return (question.type == DnsType::any || question.type == type_of(record)) &&
           folded(question.name) == folded(record.name);
}

}  // namespace

MdnsResponder::MdnsResponder(const std::string& host)
    : host_{host, "local"},
      group_({.group = phone::android::mdns_group,
              .port = phone::android::mdns_port,
              .reach = sys::Reach::loopback,
              .longest = phone::android::longest_dns_message}),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

// Says good-bye.
MdnsResponder::~MdnsResponder() {
    thread_.request_stop();
    thread_.join();
    const auto services = state_.with([](const State& state) { return state.services; });
    for (const Service& one : services) {
        group_.send(encode_dns({.is_answer = true, .records = records_of(one, 0)}));
    }
}

// The pointer first: the rest may be asked for by its name.
MdnsResponder::Records MdnsResponder::records_of(const Service& service, uint32_t seconds) const {
    const DnsName name = instance_name(service);
    return {{.name = type_name(service.type),
             .seconds = seconds,
             .data = phone::android::DnsPointer{name}},
            {.name = name,
             .seconds = seconds,
             .replaces = true,
             .data = phone::android::DnsService{.host = host_, .port = service.port}},
            {.name = name,
             .seconds = seconds,
             .replaces = true,
             .data = phone::android::DnsText{{"v=1"}}},
            {.name = host_,
             .seconds = holds_for,
             .replaces = true,
             .data = phone::android::DnsAddress{loopback}}};
}

void MdnsResponder::offer(const std::string& type, std::optional<Service> service) {
    state_.with([&](State& state) {
        const auto old = std::ranges::find(state.services, type, &Service::type);
        if (old != state.services.end()) {
            if (service && *old == *service) return;
            state.to_send.push_back(
                encode_dns({.is_answer = true, .records = records_of(*old, 0)}));
            state.services.erase(old);
        }
        if (!service) return;
        state.services.push_back(*service);
        const Bytes news =
            encode_dns({.is_answer = true, .records = records_of(*service, holds_for)});
        state.to_send.push_back(news);
        state.to_send.push_back(news);  // a single packet is easily lost
    });
}

void MdnsResponder::send_news() {
    const auto news = state_.with([](State& state) { return std::exchange(state.to_send, {}); });
    for (const Bytes& one : news) group_.send(one);
}

// All records of a service that is asked for: who wants one wants the others next.
MdnsResponder::Records MdnsResponder::answers_to(const DnsQuestion& question) const {
    const auto services = state_.with([](const State& state) { return state.services; });
    for (const Service& one : services) {
        Records all = records_of(one, holds_for);
        if (std::ranges::any_of(all, [&](const auto& r) { return asks_for(question, r); }))
            return all;
    }
    return {};
}

void MdnsResponder::answer(const sys::Datagram& datagram) {
    DnsMessage asked;
    try {
        asked = phone::android::parse_dns(datagram.bytes);
    } catch (const Corrupt&) {
        return;
    }
    if (asked.is_answer) return;
    // Who does not ask from the group's port knows no multicast, and is answered as by a DNS
    // server.
    const bool stranger = datagram.from_port != phone::android::mdns_port;
    DnsMessage out{.id = stranger ? asked.id : uint16_t{0}, .is_answer = true};
    for (const DnsQuestion& question : asked.questions) {
        for (DnsRecord& record : answers_to(question)) {
            if (stranger) {
                record.seconds = holds_for_strangers;
                record.replaces = false;
            }
            if (std::ranges::find(out.records, record) == out.records.end())
                out.records.push_back(std::move(record));
        }
    }
    if (out.records.empty()) return;
    if (!stranger) return group_.send(encode_dns(out));
    out.questions = std::move(asked.questions);
    group_.answer(encode_dns(out), datagram);
}

void MdnsResponder::serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        send_news();
        if (const auto datagram = group_.receive(slice, {})) answer(*datagram);
    }
}

}  // namespace lifeboat::sim::adb
