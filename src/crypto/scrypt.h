// scrypt: a key from a password, made slow and memory-hungry on purpose.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

#include <cstdint>

namespace lifeboat::crypto {

struct ScryptCost {
    uint64_t n = 0;
    uint32_t r = 0;
    uint32_t p = 0;

    bool operator==(const ScryptCost&) const = default;
    // True for what every reader of the restic format accepts.
    bool legal() const;
    // True when it can be computed in minutes: a hostile key file must not keep a machine busy for
    // days.
    bool bearable() const { return legal() && n * r * p <= uint64_t{1} << 30; }
};

// 64 bytes. Takes 128 * n * r bytes of memory while it runs. `cost` must be legal.
SecretBytes scrypt(const SecretText& password, ByteView salt, const ScryptCost& cost);

}  // namespace lifeboat::crypto
