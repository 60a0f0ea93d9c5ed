#include "base/hex.h"
#include "checklist/facts.h"
#include "crypto/sha256.h"
#include "engine/engine.h"

#include <algorithm>

namespace lifeboat::engine {

checklist::EvidenceBook inspect(const phone::Facts& facts, const OperationContext& context) {
    checklist::EvidenceBook book;
    for (const phone::Reading& reading : facts.readings) {
        book.add(
            {.fact = reading.fact,
             .subject = reading.subject,
             .value = reading.value,
             .grade = reading.value ? checklist::Grade::proven : checklist::Grade::unknown,
             .method = reading.method,
             .why_unknown = reading.why_unknown,
             .raw_sha256 = reading.raw.empty() ? "" : to_hex(crypto::sha256(as_bytes(reading.raw))),
             .observed = context.clock.now()});
    }
    return book;
}

bool encrypts_its_backups(const phone::Facts& facts) {
    return std::any_of(facts.readings.begin(), facts.readings.end(), [](const auto& reading) {
        return reading.fact == checklist::facts::backup_encrypted && reading.value == "yes";
    });
}

}  // namespace lifeboat::engine
