// SHA-1, where a foreign format asks for it: names of files in a phone's backup. Never for safety.
#pragma once

#include "base/bytes.h"

#include <array>
#include <memory>

namespace lifeboat::crypto {

using Sha1Value = std::array<std::byte, 20>;

// For one thread; reused message after message.
class Sha1 {
public:
    Sha1();
    ~Sha1();
    Sha1(const Sha1&) = delete;
    Sha1& operator=(const Sha1&) = delete;

    void update(ByteView more);
    // The value of everything since the last finish(); the next update() starts a new message.
    Sha1Value finish();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

Sha1Value sha1(ByteView message);

}  // namespace lifeboat::crypto
