// Random bytes: from the system for keys and IVs, from a seed for tests.
#pragma once

#include "base/bytes.h"
#include "base/guarded.h"

#include <cstdint>

namespace lifeboat::sys {

// Both may be called from any thread.
class Random {
public:
    virtual ~Random() = default;
    virtual void fill(MutableByteView out) = 0;
    uint64_t number();
    // A number below `limit` (> 0), all equally likely.
    uint64_t below(uint64_t limit);
};

// Cryptographically strong; throws Temporary when the system has none to give.
class SystemRandom final : public Random {
public:
    void fill(MutableByteView out) override;
};

// splitmix64: the same seed gives the same bytes. Never for secrets.
class SeededRandom final : public Random {
public:
    explicit SeededRandom(uint64_t seed) : state_(seed) {}
    void fill(MutableByteView out) override;

private:
    Guarded<uint64_t> state_;
};

}  // namespace lifeboat::sys
