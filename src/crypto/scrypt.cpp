#include "crypto/scrypt.h"

#include "crypto/evp.h"

#include <bit>
#include <cassert>

namespace lifeboat::crypto {

bool ScryptCost::legal() const {
    constexpr uint64_t int_max = 0x7FFFFFFF;
    if (n < 2 || !std::has_single_bit(n) || r == 0 || p == 0) return false;
    return uint64_t{r} * p < uint64_t{1} << 30 && r <= int_max / 128 / p && r <= int_max / 256 &&
           n <= int_max / 128 / r;
}

SecretBytes scrypt(const SecretText& password, ByteView salt, const ScryptCost& cost) {
    assert(cost.legal());
    constexpr size_t key_size = 64;
    SecretBytes key(key_size);
    // What the algorithm needs by its definition, and room for the library's own bookkeeping.
    const uint64_t memory =
        128 * cost.n * cost.r + 128 * uint64_t{cost.r} * (uint64_t{cost.p} + 2) + 65536;
    const std::string_view text = password.reveal();
    must(EVP_PBE_scrypt(text.data(), text.size(), as_uchar(salt), salt.size(), cost.n, cost.r,
                        cost.p, memory, as_uchar(key.storage()), key_size) == 1,
         "derive a key; is there enough memory?");
    return key;
}

}  // namespace lifeboat::crypto
