// The files of Android's backup agent for messages, as JSON (compressed on the way in, so that the
// fuzzer gets past zlib) and as they are.
#include "ab/zlib_stream.h"
#include "base/error.h"
#include "personal/telephony_backup.h"

#include <cstddef>
#include <cstdint>
#include <span>

namespace {

void read(std::string_view name, lifeboat::ByteView content) {
    try {
        const auto messages = lifeboat::personal::read_telephony_backup(name, content);
        lifeboat::personal::write_telephony_backup(messages);
    } catch (const lifeboat::Error&) {
        return;  // refused, as it should be
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const lifeboat::ByteView bytes = std::as_bytes(std::span(data, size));
    const lifeboat::Bytes packed = lifeboat::ab::deflate(bytes);
    for (const char* name : {"000000_sms_backup", "000001_mms_backup"}) {
        read(name, bytes);
        read(name, packed);
    }
    return 0;
}
