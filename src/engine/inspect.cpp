#include "base/hex.h"
#include "crypto/sha256.h"
#include "engine/engine.h"

namespace lifeboat::engine {

checklist::EvidenceBook inspect(const phone::Facts& facts, const OperationContext& context) {
    checklist::EvidenceBook book;
    for (const phone::Reading& reading : facts.readings) {
        book.add(
            {.fact = reading.fact,
             .subject = {},
             .value = reading.value,
             .grade = reading.value ? checklist::Grade::proven : checklist::Grade::unknown,
             .method = reading.method,
             .why_unknown = reading.why_unknown,
             .raw_sha256 = reading.raw.empty() ? "" : to_hex(crypto::sha256(as_bytes(reading.raw))),
             .observed = context.clock.now()});
    }
    return book;
}

}  // namespace lifeboat::engine
