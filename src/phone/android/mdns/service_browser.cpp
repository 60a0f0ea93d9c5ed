#include "phone/android/mdns/service_browser.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_pause{300};
constexpr milliseconds longest_pause{4'000};
constexpr milliseconds short_pause{30};  // before we ask for what an answer left open

class Browser {
public:
    Browser(const ServiceQuest& quest, sys::Clock& clock)
        : clock_(clock),
          end_(clock.monotonic() + quest.limit),
          ask_at_(clock.monotonic()),
          group_({.group = mdns_group,
                  .port = mdns_port,
                  .own_port = true,
                  .longest = longest_dns_message}),
          catalogue_(quest.types, quest.wanted) {}

    // False when the time is over.
    bool step(const std::stop_token& stop) {
        const nanoseconds now = clock_.monotonic();
        if (now >= end_) return false;
        if (now >= ask_at_) ask(now);
        const auto wait = std::chrono::ceil<milliseconds>(std::min(ask_at_, end_) - now);
        if (const auto heard = group_.receive(wait, stop)) hear(*heard);
        return true;
    }
    std::vector<AnnouncedService> services() const { return catalogue_.services(); }

private:
    void ask(nanoseconds now) {
        asked_ = catalogue_.questions();
        group_.send(encode_dns({.questions = asked_}));
        ask_at_ = now + pause_;
        pause_ = std::min(pause_ * 2, longest_pause);
    }

    void hear(const sys::Datagram& datagram) {
        // RFC 6762, section 6: who answers does so from that port.
        if (datagram.from_port != mdns_port) return;
        try {
            const DnsMessage message = parse_dns(datagram.bytes);
            if (!message.is_answer) return;
            catalogue_.hear(message, [&](sys::Ipv4 address) {
                return may_name(group_.networks(), datagram.from, address);
            });
        } catch (const Corrupt&) {
            return;  // anybody can send anything there
        }
        if (catalogue_.questions() == asked_ || asked_soon_ == most_soon) return;
        ++asked_soon_;
        asked_ = catalogue_.questions();
        ask_at_ = std::min(ask_at_, clock_.monotonic() + short_pause);
    }

    static constexpr int most_soon = 20;  // a liar must not make us a source of noise

    sys::Clock& clock_;
    nanoseconds end_;
    nanoseconds ask_at_;
    milliseconds pause_ = first_pause;
    sys::MulticastGroup group_;
    ServiceCatalogue catalogue_;
    std::vector<DnsQuestion> asked_{};
    int asked_soon_ = 0;
};

}  // namespace

std::vector<AnnouncedService> browse(const ServiceQuest& quest, sys::Clock& clock,
                                     const std::stop_token& stop) {
    Browser browser(quest, clock);
    std::vector<AnnouncedService> before;
    while (browser.step(stop)) {
        if (!quest.enough) continue;
        auto now = browser.services();
        if (now != before && quest.enough(now)) return now;
        before = std::move(now);
    }
    return browser.services();
}

}  // namespace lifeboat::phone::android
