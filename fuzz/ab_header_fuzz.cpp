// The header of an Android backup and what its key opens: the rounds are kept few, so that a run
// is no test of patience.
#include "ab/payload.h"
#include "base/text.h"
#include "item/memory_items.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace lifeboat;
    const ByteView view = std::as_bytes(std::span(data, size));
    MemorySource raw(Bytes(view.begin(), view.end()));
    try {
        const ab::Header header = ab::read_header(raw);
        const std::string text = ab::header_text(header);
        MemorySource again(to_bytes(text));
        if (ab::header_text(ab::read_header(again)) != text) std::abort();
        if (header.encryption && header.encryption->rounds > 100) return 0;
        MemorySource whole(Bytes(view.begin(), view.end()));
        const SecretText password("lifeboat");
        ab::Payload payload(whole, password);
        std::array<std::byte, 4096> part;
        for (int i = 0; i < 256 && payload.read(part) > 0; ++i) continue;
    } catch (const Error&) {
        return 0;  // refused
    }
    return 0;
}
