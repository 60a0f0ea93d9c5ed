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

std::array<std::byte, SealedBox::tag_size> SealedBox::tag(ByteView iv, ByteView cipher_text) {
    Context& c = *context_;
    const MutableByteView one_time = c.one_time.storage();
    int written = 0;
    must(EVP_EncryptUpdate(c.block.get(), as_uchar(one_time.subspan(16)), &written, as_uchar(iv),
                           static_cast<int>(iv_size)) == 1,
         "encrypt a nonce");
    EVP_MAC_CTX* mac = c.mac.get();
    must(EVP_MAC_init(mac, as_uchar(one_time), one_time.size(), nullptr) == 1, "start Poly1305");
    must(EVP_MAC_update(mac, as_uchar(cipher_text), cipher_text.size()) == 1, "run Poly1305");
    std::array<std::byte, tag_size> value{};
    size_t size = 0;
    must(EVP_MAC_final(mac, as_uchar(MutableByteView(value)), &size, value.size()) == 1,
         "finish Poly1305");
    return value;
}

void SealedBox::seal(ByteView iv, ByteView plain, MutableByteView box) {
    assert(iv.size() == iv_size && box.size() == plain.size() + overhead);
    const MutableByteView cipher_text = box.subspan(iv_size, plain.size());
    context_->stream.crypt(iv, plain, cipher_text);
    std::copy_n(iv.begin(), iv_size, box.begin());
    const auto value = tag(iv, cipher_text);
    std::copy(value.begin(), value.end(), box.end() - tag_size);
}

bool SealedBox::is_whole(ByteView box) {
    if (box.size() < overhead) return false;
    const ByteView iv = box.first(iv_size);
    if (all_zero(iv)) return false;
    const auto expected = tag(iv, box.subspan(iv_size, box.size() - overhead));
    return CRYPTO_memcmp(expected.data(), box.last(tag_size).data(), tag_size) == 0;
}

bool SealedBox::open(ByteView box, MutableByteView plain) {
    if (!is_whole(box)) return false;
    assert(plain.size() == box.size() - overhead);
    context_->stream.crypt(box.first(iv_size), box.subspan(iv_size, plain.size()), plain);
    return true;
}

}  // namespace lifeboat::crypto
