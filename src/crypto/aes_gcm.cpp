#include "crypto/aes_gcm.h"

#include "crypto/evp.h"

namespace lifeboat::crypto {
namespace {

EvpCipherContext context_of(ByteView key, ByteView nonce, int encrypts) {
    if (key.size() != gcm_key_size || nonce.size() != gcm_nonce_size) {
        throw Misuse("AES-128-GCM takes a key of 16 bytes and a nonce of 12");
    }
    EvpCipherContext context(EVP_CIPHER_CTX_new());
    must(context && EVP_CipherInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, as_uchar(key),
                                      as_uchar(nonce), encrypts) == 1,
         "begin AES-GCM");
    return context;
}

}  // namespace

Bytes seal_gcm(ByteView key, ByteView nonce, ByteView message) {
    const auto context = context_of(key, nonce, 1);
    Bytes out(message.size() + gcm_tag_size);
    unsigned char* at = as_uchar(MutableByteView(out));
    int size = 0;
    must(EVP_EncryptUpdate(context.get(), at, &size, as_uchar(message),
                           static_cast<int>(message.size())) == 1,
         "seal");
    int rest = 0;
    must(EVP_EncryptFinal_ex(context.get(), at + size, &rest) == 1 &&
             EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, gcm_tag_size,
                                 at + message.size()) == 1,
         "seal");
    return out;
}

Bytes open_gcm(ByteView key, ByteView nonce, ByteView sealed) {
    const auto context = context_of(key, nonce, 0);
    if (sealed.size() < gcm_tag_size) throw Corrupt("a sealed message is cut off");
    const size_t size = sealed.size() - gcm_tag_size;
    Bytes tag(sealed.begin() + static_cast<ptrdiff_t>(size), sealed.end());
    Bytes out(size);
    unsigned char* at = as_uchar(MutableByteView(out));
    int got = 0;
    int rest = 0;
    const bool opened =
        EVP_DecryptUpdate(context.get(), at, &got, as_uchar(sealed), static_cast<int>(size)) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, gcm_tag_size,
                            as_uchar(MutableByteView(tag))) == 1 &&
        EVP_DecryptFinal_ex(context.get(), at + got, &rest) == 1;
    if (!opened) throw Corrupt("a sealed message does not open");
    return out;
}

}  // namespace lifeboat::crypto
