#include "repository/blob_source.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

// The largest piece that our chunker makes. What others made larger is read alone.
constexpr size_t largest_piece = size_t{8} << 20;

}  // namespace

size_t BlobSource::read(MutableByteView out) {
    while (piece_ == count_ || at_ == pieces_.at(piece_).bytes.size()) {
        at_ = 0;
        if (piece_ < count_) ++piece_;
        if (piece_ == count_ && !fill()) return 0;
    }
    const ByteView bytes = pieces_.at(piece_).bytes;
    const size_t size = std::min(out.size(), bytes.size() - at_);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
    at_ += size;
    return size;
}

bool BlobSource::fill() {
    if (stop_.stop_requested()) throw Cancelled{};
    pieces_ = {};
    piece_ = count_ = 0;
    if (next_ == content_.size()) {
        codec_.reset();
        return false;
    }
    if (!codec_) codec_.emplace(store_.codecs().lend());
    open_some();
    prove_opened();
    next_ += count_;
    return true;
}

void BlobSource::open_some() {
    count_ = std::min(pieces_.size(), content_.size() - next_);
    for (size_t i = 0; i < count_; ++i) {
        Codec& codec = **codec_;
        const auto plain = store_.open_first_copy(codec, content_[next_ + i], largest_piece,
                                                  codec.lanes.at(i), stop_);
        if (plain) pieces_.at(i).bytes = *plain;
    }
}

void BlobSource::prove_opened() {
    std::array<ByteView, crypto::sha256_lanes> messages{};
    std::array<crypto::Sha256Value, crypto::sha256_lanes> values{};
    for (size_t i = 0; i < count_; ++i) messages.at(i) = pieces_.at(i).bytes;
    crypto::sha256_all(std::span(messages).first(count_), std::span(values).first(count_));
    for (size_t i = 0; i < count_; ++i) {
        const BlobId& id = content_[next_ + i];
        if (values.at(i) == id.value) continue;
        pieces_.at(i).loaded = store_.load_blob(id, BlobType::data, stop_);
        pieces_.at(i).bytes = pieces_.at(i).loaded->view();
    }
}

}  // namespace lifeboat::repository
