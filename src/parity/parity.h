// Parity: makes the sidecar of a file, and gives the file back from what is left of both.
//
// A Reed-Solomon code over 256 elements, in groups of shards: of each group, any `rows` shards may
// be damaged. It is computed over the bytes as they lie in the place, sealed already, so it says
// nothing that they do not say.
#pragma once

#include "parity/kernels.h"
#include "parity/sidecar.h"

#include <optional>
#include <string>

namespace lifeboat::parity {

// The sidecar of a file that is not empty. `hash` is the SHA-256 of `file`.
Bytes protect(ByteView file, const Digest& hash, Rate rate, Variant variant = best_variant());

struct Repair {
    std::optional<Bytes> file{};  // whole: its SHA-256 is the one asked for
    std::string problem{};        // why not
    uint64_t damaged_shards = 0;  // that were found, repaired or not
    uint64_t shards = 0;
};

// `found` is what can be read of the file: with wrong bytes, too short, too long, zeros where
// nothing could be read. `expected` is the hash to meet; the sidecar's own word when absent.
Repair repair(ByteView found, ByteView sidecar, const std::optional<Digest>& expected,
              Variant variant = best_variant());

}  // namespace lifeboat::parity
