#include "crypto/sha256.h"

#include "crypto/evp.h"

namespace lifeboat::crypto {

struct Sha256::Context {
    EvpMd algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    EvpMdContext state{EVP_MD_CTX_new()};

    void restart() {
        must(EVP_DigestInit_ex2(state.get(), algorithm.get(), nullptr) == 1, "start SHA-256");
    }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    must(context_->algorithm != nullptr && context_->state != nullptr, "offer SHA-256");
    context_->restart();
}

Sha256::~Sha256() = default;

void Sha256::update(ByteView more) {
    must(EVP_DigestUpdate(context_->state.get(), more.data(), more.size()) == 1, "hash");
}

Sha256Value Sha256::finish() {
    Sha256Value value{};
    unsigned size = 0;
    must(EVP_DigestFinal_ex(context_->state.get(), as_uchar(MutableByteView(value)), &size) == 1,
         "finish SHA-256");
    context_->restart();
    return value;
}

Sha256Value Sha256::of(ByteView message) {
    update(message);
    return finish();
}

Sha256Value sha256(ByteView message) {
    return Sha256().of(message);
}

}  // namespace lifeboat::crypto
