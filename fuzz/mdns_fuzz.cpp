// What anybody in the network sends to the group of multicast DNS: read, written again, and put
// into a catalogue whose questions must be sendable.
#include "base/error.h"
#include "phone/android/mdns/service_catalogue.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

namespace android = lifeboat::phone::android;

constexpr size_t largest_packet = 9000;
constexpr size_t most_services = 256;

void check_written(const android::DnsMessage& message) {
    // Without compression it may be longer than what was read.
    const lifeboat::Bytes bytes = android::encode_dns(message);
    if (bytes.size() <= largest_packet && !(android::parse_dns(bytes) == message)) std::abort();
}

void check_heard(const android::DnsMessage& message) {
    android::ServiceCatalogue catalogue({"_adb-tls-connect._tcp", "_adb-tls-pairing._tcp"}, {});
    catalogue.hear(message, [](lifeboat::sys::Ipv4 address) { return address % 2 == 1; });
    catalogue.hear(message, [](lifeboat::sys::Ipv4) { return true; });
    if (catalogue.services().size() > most_services) std::abort();
    if (android::encode_dns({.questions = catalogue.questions()}).size() > largest_packet) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        const auto message = android::parse_dns(std::as_bytes(std::span(data, size)));
        check_written(message);
        check_heard(message);
    } catch (const lifeboat::Corrupt&) {
        // What is no message must be refused, and nothing worse.
    }
    return 0;
}
