// The exact file of messages in a snapshot: what is read is written as it was.
#include "base/error.h"
#include "personal/message.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    namespace personal = lifeboat::personal;
    try {
        const auto messages =
            personal::decode_messages(lifeboat::as_text(std::as_bytes(std::span(data, size))));
        for (const auto& message : messages) personal::record_of(message);
        if (personal::decode_messages(personal::encode_messages(messages)) != messages)
            std::abort();
    } catch (const lifeboat::Error&) {
        return 0;  // refused, as it should be
    }
    return 0;
}
