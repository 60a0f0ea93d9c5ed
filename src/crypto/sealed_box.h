// The sealed box of the restic format: AES-256-CTR, then Poly1305-AES over the cipher text.
//
// A box is IV (16 bytes), cipher text, tag (16 bytes). The tag's nonce is the IV, so that it binds
// both; there is no further authenticated data.
#pragma once

#include "base/bytes.h"
#include "base/secret.h"

#include <array>
#include <memory>

namespace lifeboat::crypto {

// Three keys side by side: AES-256 (32 bytes), AES-128 of the MAC (16), Poly1305 r (16).
class BoxKey {
public:
    static constexpr size_t size = 64;

    // Takes exactly 64 bytes: encrypt, k, r.
    explicit BoxKey(SecretBytes bytes);

    ByteView encrypt() const { return bytes_.reveal().subspan(0, 32); }
    ByteView mac_k() const { return bytes_.reveal().subspan(32, 16); }
    ByteView mac_r() const { return bytes_.reveal().subspan(48, 16); }
    BoxKey duplicate() const { return BoxKey(bytes_.duplicate()); }
    // False when one of the three is all zero, which readers refuse.
    bool usable() const;

private:
    SecretBytes bytes_;
};

// Seals and opens many boxes under one key. For one thread; nothing is allocated per box.
class SealedBox {
public:
    static constexpr size_t iv_size = 16;
    static constexpr size_t tag_size = 16;
    static constexpr size_t overhead = iv_size + tag_size;

    explicit SealedBox(const BoxKey& key);
    ~SealedBox();
    SealedBox(const SealedBox&) = delete;
    SealedBox& operator=(const SealedBox&) = delete;

    // `iv` is 16 fresh random bytes, `box` has plain.size() + overhead bytes. `plain` may lie at
    // box + 16, else they must not overlap.
    void seal(ByteView iv, ByteView plain, MutableByteView box);

    // False, with nothing written, when this key did not seal the box or a bit of it has changed.
    // `plain` has box.size() - overhead bytes and may lie at box + 16.
    [[nodiscard]] bool open(ByteView box, MutableByteView plain);

    // open() in two steps, for who wants the plain text piece by piece: whether this key sealed the
    // box, and then the plain text from `offset` (a multiple of 16) on.
    [[nodiscard]] bool is_whole(ByteView box);
    void read(ByteView box, size_t offset, MutableByteView plain);

private:
    struct Context;

    using Tag = std::array<std::byte, tag_size>;

    void begin_tag(ByteView iv);
    void tag_part(ByteView cipher_text);
    Tag finish_tag();

    std::unique_ptr<Context> context_;
};

}  // namespace lifeboat::crypto
