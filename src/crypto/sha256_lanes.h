// SHA-256 of several independent messages at once: where the machine has instructions for it, they
// wait for each other less when three messages take turns (twice as fast as one after the other).
#pragma once

#include "base/bytes.h"
#include "crypto/sha256.h"

#include <span>

namespace lifeboat::crypto {

enum class Sha256Variant {
    one_by_one,   // by the library, on any machine
    interleaved,  // three at a time, with the SHA instructions of x86
};
const char* name_of(Sha256Variant variant);
bool supported(Sha256Variant variant);
Sha256Variant best_sha256_variant();

// values[i] becomes the hash of messages[i]; as many of one as of the other. Best with messages of
// many kilobytes; a finished one makes room for the next. A variant that the machine does not
// support becomes one_by_one. Allocates nothing on the way, and any thread may call it.
void sha256_all(std::span<const ByteView> messages, std::span<Sha256Value> values,
                Sha256Variant variant = best_sha256_variant());

}  // namespace lifeboat::crypto
