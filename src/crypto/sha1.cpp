#include "crypto/sha1.h"

#include "crypto/evp.h"

namespace lifeboat::crypto {

struct Sha1::Context {
    EvpMd algorithm{EVP_MD_fetch(nullptr, "SHA1", nullptr)};
    EvpMdContext state{EVP_MD_CTX_new()};

    void restart() {
        must(EVP_DigestInit_ex2(state.get(), algorithm.get(), nullptr) == 1, "start SHA-1");
    }
};

Sha1::Sha1() : context_(std::make_unique<Context>()) {
    must(context_->algorithm != nullptr && context_->state != nullptr, "offer SHA-1");
    context_->restart();
}

Sha1::~Sha1() = default;

void Sha1::update(ByteView more) {
    must(EVP_DigestUpdate(context_->state.get(), more.data(), more.size()) == 1, "hash");
}

Sha1Value Sha1::finish() {
    Sha1Value value{};
    unsigned size = 0;
    must(EVP_DigestFinal_ex(context_->state.get(), as_uchar(MutableByteView(value)), &size) == 1,
         "finish SHA-1");
    context_->restart();
    return value;
}

Sha1Value sha1(ByteView message) {
    Sha1 hash;
    hash.update(message);
    return hash.finish();
}

}  // namespace lifeboat::crypto
