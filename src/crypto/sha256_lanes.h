// SHA-256 of several independent messages at once: where the machine has instructions for it, they
// wait for each other less when three messages take turns (twice as fast as one after the other).
#pragma once

#include "base/bytes.h"
#include "crypto/sha256.h"

#include <functional>
#include <optional>
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

// One of a row of messages that need not all be in memory together, or a piece of one.
struct Sha256Message {
    ByteView bytes{};
    Sha256Value* value = nullptr;  // becomes the hash of the message
    // False: what the feed gives next for this lane continues the message. Such a piece has a
    // multiple of 64 bytes, and at least 64.
    bool ends = true;
};
inline constexpr size_t sha256_lanes = 3;
// Gives the next message, or nothing when there are no more (never in the midst of one). `lane` is
// less than sha256_lanes; what was given for the same lane before is hashed by then, so that its
// memory may be used again.
using Sha256Feed = std::function<std::optional<Sha256Message>(size_t lane)>;
// Hashes what `feed` gives until it gives nothing. A long message that comes first is hashed beside
// all the others.
void sha256_row(const Sha256Feed& feed, Sha256Variant variant = best_sha256_variant());

}  // namespace lifeboat::crypto
