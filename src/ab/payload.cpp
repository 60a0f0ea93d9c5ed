#include "ab/payload.h"

#include <algorithm>

namespace lifeboat::ab {

namespace {

constexpr size_t block = 16;
constexpr size_t buffer_size = size_t{128} << 10;

// Decrypts, and takes the padding off the last block.
class DecryptSource final : public ByteSource {
public:
    DecryptSource(ByteSource& from, const MasterKey& master)
        : from_(from), cipher_(master.key.reveal(), master.iv, false), buffer_(buffer_size) {}

    size_t read(MutableByteView out) override {
        if (at_ == plain_) refill();
        const size_t size = std::min(out.size(), plain_ - at_);
        std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
        at_ += size;
        return size;
    }

private:
    // The last whole block waits undecrypted until something follows it: it may end with padding.
    void refill() {
        if (ended_) return;
        std::move(buffer_.begin() + static_cast<std::ptrdiff_t>(decrypted_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
        filled_ -= decrypted_;
        decrypted_ = 0;
        while (decrypted_ == 0 && !ended_) {
            const size_t size = from_.read(MutableByteView(buffer_).subspan(filled_));
            ended_ = size == 0;
            filled_ += size;
            if (!ended_) decrypted_ = (filled_ - 1) / block * block;
        }
        if (ended_ && filled_ % block != 0) throw Corrupt("the Android backup file is cut");
        if (ended_) decrypted_ = filled_;
        cipher_.crypt(MutableByteView(buffer_).first(decrypted_));
        at_ = 0;
        plain_ = ended_ ? filled_ - padding(ByteView(buffer_).first(filled_)) : decrypted_;
    }

    static size_t padding(ByteView plain) {
        const auto count = plain.empty() ? 0 : std::to_integer<size_t>(plain.back());
        const bool right =
            count > 0 && count <= block &&
            std::ranges::all_of(plain.last(count), [&](std::byte b) { return b == plain.back(); });
        if (!right) throw Corrupt("the Android backup file is cut or damaged: its end is wrong");
        return count;
    }

    ByteSource& from_;
    Cipher cipher_;
    Bytes buffer_;
    size_t filled_ = 0, decrypted_ = 0;  // of the buffer, from its start
    size_t at_ = 0, plain_ = 0;
    bool ended_ = false;
};

}  // namespace

Payload::Payload(ByteSource& raw, const SecretText& password, Ending ending)
    : header_(read_header(raw)), top_(&raw) {
    if (header_.encryption) {
        decrypted_ = std::make_unique<DecryptSource>(raw, open_master_key(header_, password));
        top_ = decrypted_.get();
    }
    if (header_.compressed) {
        unpacked_ = std::make_unique<InflateSource>(*top_, ending == Ending::whole);
        top_ = unpacked_.get();
    }
}

Payload::~Payload() = default;

size_t Payload::read(MutableByteView out) {
    return top_->read(out);
}

struct PayloadWriter::Parts {
    Output to{};
    std::unique_ptr<Cipher> cipher{};
    Bytes waiting{};  // for the cipher: less than a block between calls
    std::unique_ptr<Deflater> deflater{};

    void encrypt(ByteView plain) {
        if (!cipher) return to(plain);
        append(waiting, plain);
        const size_t whole = waiting.size() / block * block;
        cipher->crypt(MutableByteView(waiting).first(whole));
        to(ByteView(waiting).first(whole));
        waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(whole));
    }
};

PayloadWriter::PayloadWriter(Output to, const Form& form) : parts_(std::make_unique<Parts>()) {
    parts_->to = std::move(to);
    Header header{.version = form.version, .compressed = form.compressed};
    if (form.password != nullptr) {
        auto sealed = seal_master_key(form.version, *form.password, form.rounds, form.random);
        header.encryption = std::move(sealed.encryption);
        parts_->cipher =
            std::make_unique<Cipher>(sealed.master.key.reveal(), sealed.master.iv, true);
    }
    if (form.compressed) {
        parts_->deflater =
            std::make_unique<Deflater>([parts = parts_.get()](ByteView p) { parts->encrypt(p); });
    }
    parts_->to(as_bytes(header_text(header)));
}

PayloadWriter::~PayloadWriter() = default;

void PayloadWriter::write(ByteView tar) {
    parts_->deflater ? parts_->deflater->write(tar) : parts_->encrypt(tar);
}

void PayloadWriter::finish() {
    if (parts_->deflater) parts_->deflater->finish();
    if (!parts_->cipher) return;
    const size_t padding = block - parts_->waiting.size() % block;
    parts_->encrypt(Bytes(padding, static_cast<std::byte>(padding)));
}

}  // namespace lifeboat::ab
