// Answers of the phone's file service, one behind another.
#include "base/error.h"
#include "phone/ios/afc_wire.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    namespace ios = lifeboat::phone::ios;
    lifeboat::ByteView rest = std::as_bytes(std::span(data, size));
    try {
        while (rest.size() >= ios::afc_header_size) {
            const auto header = ios::parse_afc_header(rest.first(ios::afc_header_size));
            rest = rest.subspan(ios::afc_header_size);
            if (header.parameter_size + header.payload_size > rest.size()) return 0;
            const auto parameters = rest.first(header.parameter_size);
            const auto payload = rest.subspan(header.parameter_size, header.payload_size);
            rest = rest.subspan(header.parameter_size + header.payload_size);
            const auto texts = ios::parse_afc_texts(payload);
            if (ios::parse_afc_texts(ios::afc_texts(texts)) != texts) std::abort();
            ios::parse_afc_pairs(payload);
            ios::text_of(static_cast<ios::AfcStatus>(ios::afc_number(parameters, 0)));
        }
    } catch (const lifeboat::Error&) {
        return 0;  // refused, as it should be
    }
    return 0;
}
