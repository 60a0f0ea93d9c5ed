// What a phone may send to a computer that speaks adb's wire itself: the greeting, and then packets
// of streams that are open or that nobody knows.
#include "base/error.h"
#include "base/secret.h"
#include "phone/android/direct/connection.h"
#include "phone/android/direct/pairing.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace {

using lifeboat::Bytes;
using lifeboat::ByteView;
namespace android = lifeboat::phone::android;
namespace sys = lifeboat::sys;

const lifeboat::crypto::AndroidKey& key() {
    static const auto made = lifeboat::crypto::AndroidKey::make();
    return made;
}

void read_and_write(android::PhoneStream& stream) {
    Bytes buffer(4096);
    stream.try_write(lifeboat::as_bytes("some words"));
    while (stream.read(buffer) > 0) {
    }
}

// Everything the phone will ever say is there before we begin: nothing waits.
void converse(ByteView data) {
    auto pair = sys::socket_pair({});
    pair.second->set_timeouts(
        {.read = std::chrono::milliseconds{1'000}, .write = std::chrono::milliseconds{1'000}});
    // Smaller than the socket's buffer.
    pair.second->write(data.first(std::min<size_t>(data.size(), 64u << 10)));
    pair.second->end_writing();
    const android::ComputerIdentity who{.key = key(), .owner = "fuzz@host", .now = {}};
    auto greeted =
        android::greet(std::move(pair.first), who, {.answer = std::chrono::milliseconds{1'000}});
    const auto connection = android::Connection::over(std::move(greeted));
    const auto stream = connection->open("sync:", {});
    read_and_write(*stream);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const ByteView data = std::as_bytes(std::span(bytes, size));
    try {
        converse(data);
    } catch (const lifeboat::Error&) {
        // Refused, as it should be.
    }
    android::parse_banner(lifeboat::as_text(data));
    return 0;
}
