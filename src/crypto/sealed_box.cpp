#include "crypto/sealed_box.h"

#include "crypto/aes_ctr.h"
#include "crypto/evp.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>

namespace lifeboat::crypto {

namespace {

bool all_zero(ByteView bytes) {
    return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

constexpr size_t piece = size_t{16} << 10;  // half of a nearest cache

using Counter = std::array<std::byte, SealedBox::iv_size>;
// The counter of the block that holds byte `offset` of the plain text.
Counter counter_at(ByteView iv, size_t offset) {
    Counter counter{};
    std::copy_n(iv.begin(), counter.size(), counter.begin());
    uint64_t carry = offset / 16;
    for (size_t i = counter.size(); i-- > 0 && carry != 0;) {
        carry += std::to_integer<uint64_t>(counter.at(i));
        counter.at(i) = static_cast<std::byte>(carry);
        carry >>= 8;
    }
    return counter;
}

}  // namespace

BoxKey::BoxKey(SecretBytes bytes) : bytes_(std::move(bytes)) {
    assert(bytes_.reveal().size() == size);
}

bool BoxKey::usable() const {
    return !all_zero(encrypt()) && !all_zero(mac_k()) && !all_zero(mac_r());
}

struct SealedBox::Context {
    explicit Context(ByteView encrypt) : stream(encrypt) {}

    AesCtr stream;
    EvpCipherContext block{EVP_CIPHER_CTX_new()};
    EvpMacContext mac{};
    // r stays in the front half; the back half is the nonce encrypted, anew for each box.
    SecretBytes one_time{32};
};

SealedBox::SealedBox(const BoxKey& key) : context_(std::make_unique<Context>(key.encrypt())) {
    const EvpCipher ecb(EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr));
    const EvpMac poly(EVP_MAC_fetch(nullptr, "POLY1305", nullptr));
    must(ecb && poly, "offer AES and Poly1305");
    Context& c = *context_;
    c.mac.reset(EVP_MAC_CTX_new(poly.get()));
    must(c.block && c.mac, "make a cipher context");
    must(
        EVP_EncryptInit_ex2(c.block.get(), ecb.get(), as_uchar(key.mac_k()), nullptr, nullptr) == 1,
        "take a key");
    EVP_CIPHER_CTX_set_padding(c.block.get(), 0);
    std::copy_n(key.mac_r().begin(), 16, c.one_time.storage().begin());
}

SealedBox::~SealedBox() = default;

// What follows is the tag of what tag_part() takes in until finish_tag().
void SealedBox::begin_tag(ByteView iv) {
    Context& c = *context_;
    const MutableByteView one_time = c.one_time.storage();
    int written = 0;
    must(EVP_EncryptUpdate(c.block.get(), as_uchar(one_time.subspan(16)), &written, as_uchar(iv),
                           static_cast<int>(iv_size)) == 1,
         "encrypt a nonce");
    must(EVP_MAC_init(c.mac.get(), as_uchar(one_time), one_time.size(), nullptr) == 1,
         "start Poly1305");
}

void SealedBox::tag_part(ByteView cipher_text) {
    must(EVP_MAC_update(context_->mac.get(), as_uchar(cipher_text), cipher_text.size()) == 1,
         "run Poly1305");
}

SealedBox::Tag SealedBox::finish_tag() {
    Tag value{};
    size_t size = 0;
    must(EVP_MAC_final(context_->mac.get(), as_uchar(MutableByteView(value)), &size,
                       value.size()) == 1,
         "finish Poly1305");
    return value;
}

// Piece by piece, so that the tag is taken of what is still in the nearest cache.
void SealedBox::seal(ByteView iv, ByteView plain, MutableByteView box) {
    assert(iv.size() == iv_size && box.size() == plain.size() + overhead);
    begin_tag(iv);
    std::copy_n(iv.begin(), iv_size, box.begin());
    for (size_t at = 0; at < plain.size(); at += piece) {
        const size_t size = std::min(piece, plain.size() - at);
        const MutableByteView cipher_text = box.subspan(iv_size + at, size);
        context_->stream.crypt(counter_at(iv, at), plain.subspan(at, size), cipher_text);
        tag_part(cipher_text);
    }
    const Tag value = finish_tag();
    std::copy(value.begin(), value.end(), box.end() - tag_size);
}

bool SealedBox::is_whole(ByteView box) {
    if (box.size() < overhead) return false;
    const ByteView iv = box.first(iv_size);
    if (all_zero(iv)) return false;
    begin_tag(iv);
    tag_part(box.subspan(iv_size, box.size() - overhead));
    const Tag expected = finish_tag();
    return CRYPTO_memcmp(expected.data(), box.last(tag_size).data(), tag_size) == 0;
}

void SealedBox::read(ByteView box, size_t offset, MutableByteView plain) {
    assert(offset % 16 == 0 && offset + plain.size() + overhead <= box.size());
    context_->stream.crypt(counter_at(box.first(iv_size), offset),
                           box.subspan(iv_size + offset, plain.size()), plain);
}

bool SealedBox::open(ByteView box, MutableByteView plain) {
    if (!is_whole(box)) return false;
    assert(plain.size() == box.size() - overhead);
    read(box, 0, plain);
    return true;
}

}  // namespace lifeboat::crypto
