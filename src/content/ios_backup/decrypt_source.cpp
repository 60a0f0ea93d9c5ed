#include "content/ios_backup/decrypt_source.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::content {
namespace {

constexpr size_t small_buffer = 4096;

}  // namespace

DecryptSource::DecryptSource(std::unique_ptr<ByteSource> cipher_text, const SecretBytes& key,
                             uint64_t size)
    : cipher_text_(std::move(cipher_text)),
      cipher_(key.reveal(), crypto::CbcDirection::decrypt),
      left_(size) {}

// Whole blocks into `out`, decrypted. 0 at the end.
size_t DecryptSource::read_blocks(MutableByteView out) {
    const size_t room = out.size() / crypto::aes_block * crypto::aes_block;
    size_t filled = 0;
    while (filled < room && !ended_) {
        const size_t size = cipher_text_->read(out.subspan(filled, room - filled));
        ended_ = size == 0;
        filled += size;
        // A part of what was asked for is enough, as soon as it is whole blocks.
        if (filled > 0 && filled % crypto::aes_block == 0) break;
    }
    if (filled % crypto::aes_block != 0) {
        throw Corrupt("an encrypted file is cut: it does not end with a whole block");
    }
    cipher_.crypt(out.first(filled));
    return filled;
}

// Reads blocks and tells how many bytes of them are the file's own.
size_t DecryptSource::take_some(MutableByteView out) {
    const size_t filled = read_blocks(out);
    if (filled == 0) {
        finish();
        return 0;
    }
    const size_t own = static_cast<size_t>(std::min<uint64_t>(filled, left_));
    left_ -= own;
    for (const std::byte b : ByteView(out).subspan(own, filled - own)) {
        if (padding_ > 0 && b != last_) padding_even_ = false;
        last_ = b;
        if (++padding_ > crypto::aes_block) {
            throw Corrupt("an encrypted file is longer than the manifest says");
        }
    }
    return own;
}

void DecryptSource::finish() {
    if (left_ > 0) throw Corrupt("an encrypted file is shorter than the manifest says");
    if (padding_ == 0) return;
    if (!padding_even_ || std::to_integer<uint64_t>(last_) != padding_) {
        throw Corrupt("an encrypted file is damaged: its padding is wrong");
    }
}

size_t DecryptSource::read(MutableByteView out) {
    if (out.empty()) return 0;
    if (small_at_ == small_size_ && out.size() >= small_buffer) {
        // Behind the last byte of its own a file still has padding to be looked at.
        while (!ended_) {
            if (const size_t own = take_some(out)) return own;
        }
        return 0;
    }
    while (small_at_ == small_size_ && !ended_) {
        if (small_.empty()) small_ = SecretBytes(small_buffer);
        small_at_ = 0;
        small_size_ = take_some(small_.storage());
    }
    const size_t size = std::min(out.size(), small_size_ - small_at_);
    std::ranges::copy(small_.reveal().subspan(small_at_, size), out.begin());
    small_at_ += size;
    return size;
}

size_t SizedSource::read(MutableByteView out) {
    if (out.empty()) return 0;
    const size_t size = content_->read(out);
    if (size > left_) throw Corrupt("a file is longer than the manifest says");
    left_ -= size;
    if (size == 0 && left_ > 0) throw Corrupt("a file is shorter than the manifest says");
    return size;
}

}  // namespace lifeboat::content
