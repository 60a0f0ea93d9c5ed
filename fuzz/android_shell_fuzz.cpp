// The phone's half of a shell v2 stream: the same packets however the stream is cut.
#include "base/error.h"
#include "phone/android/shell_wire.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace {

namespace android = lifeboat::phone::android;
using lifeboat::ByteView;

struct Heard {
    std::string output{};
    std::string errors{};
    std::optional<int> exit_code{};
    bool refused = false;
    bool operator==(const Heard&) const = default;
};

Heard listen(ByteView stream, size_t piece) {
    Heard heard;
    android::ShellReader reader([&](android::ShellPacket kind, ByteView data) {
        (kind == android::ShellPacket::errors ? heard.errors : heard.output) +=
            lifeboat::as_text(data);
    });
    try {
        while (!stream.empty()) {
            const size_t size = std::min(piece, stream.size());
            reader.feed(stream.first(size));
            stream = stream.subspan(size);
        }
    } catch (const lifeboat::Corrupt&) {
        heard.refused = true;
    }
    heard.exit_code = reader.exit_code();
    return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const ByteView bytes = std::as_bytes(std::span(data, size));
    if (listen(bytes, 1) != listen(bytes, size + 1)) std::abort();
    return 0;
}
