// SHA-256: in one call for bytes at hand, in steps for a stream.
#pragma once

#include "base/bytes.h"

#include <array>
#include <memory>

namespace lifeboat::crypto {

using Sha256Value = std::array<std::byte, 32>;

// For one thread; reused message after message, so that nothing is allocated per message.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void update(ByteView more);
    // The value of everything since the last finish(); the next update() starts a new message.
    Sha256Value finish();
    // update and finish of one message.
    Sha256Value of(ByteView message);

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

// For messages that come rarely.
Sha256Value sha256(ByteView message);

}  // namespace lifeboat::crypto
