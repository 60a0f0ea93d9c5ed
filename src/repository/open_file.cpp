#include "repository/open_file.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

// Requests of one sequential reader come from several threads of the kernel and overtake each
// other: this near to where the last one ended still counts as going on.
constexpr uint64_t near_enough = uint64_t{4} << 20;
// So many blobs ahead keep a second core busy; more would only fill the cache.
constexpr size_t blobs_ahead = 2;

std::string about_size(uint64_t content, uint64_t size) {
    return fmt::format("its pieces hold {} bytes, its folder says {}", content, size);
}

}  // namespace

SnapshotFile::SnapshotFile(Store& store, BlobReader& blobs, std::shared_ptr<const Tree> tree,
                           const Node& node, const std::stop_token& stop)
    : store_(store), blobs_(blobs), tree_(std::move(tree)), node_(node) {
    find_sizes(stop);
    const bool all_known = unknown_first_ > unknown_last_;
    if (all_known && starts_.back() != node_.size) {
        store_.note(Severity::warning, fmt::format("The file {}: {}", printable(node_.name),
                                                   about_size(starts_.back(), node_.size)));
    }
}

void SnapshotFile::find_sizes(const std::stop_token& stop) {
    const std::vector<BlobId>& content = node_.content;
    for (int round = 0; round < 2; ++round) {
        starts_.assign(1, 0);
        starts_.reserve(content.size() + 1);
        unknown_first_ = content.size();
        unknown_last_ = 0;
        uint64_t behind = 0;  // bytes known behind the last unknown one
        store_.with_index(stop, [&](const Index& index) {
            for (size_t i = 0; i < content.size(); ++i) {
                const auto place = index.place(content[i], BlobType::data);
                const uint64_t size = place ? place->blob.plain_length() : 0;
                starts_.push_back(starts_.back() + size);
                behind = place ? behind + size : 0;
                if (!place) {
                    unknown_first_ = std::min(unknown_first_, i);
                    unknown_last_ = i;
                }
            }
        });
        if (unknown_first_ == content.size()) {  // all known
            unknown_first_ = 1;
            unknown_last_ = 0;
            return;
        }
        if (round == 0) store_.refresh_index(stop);  // perhaps they are newer than what we know
        if (round == 1) place_unknown(unknown_first_, unknown_last_, behind);
    }
}

// What lies before the unknown stretch is placed from the start of the file, what lies behind it
// from the end. A stretch of one blob is so exact; in a longer one nothing can be read.
void SnapshotFile::place_unknown(size_t first, size_t last, uint64_t bytes_behind) {
    const uint64_t start = starts_[first];
    const uint64_t end = node_.size >= start + bytes_behind ? node_.size - bytes_behind : start;
    for (size_t i = first + 1; i <= last; ++i) starts_[i] = start;
    const uint64_t was = starts_[last + 1];
    for (size_t i = last + 1; i < starts_.size(); ++i) starts_[i] = starts_[i] - was + end;
}

size_t SnapshotFile::part_at(uint64_t offset) const {
    // The last blob that begins at or before it: blobs of no bytes are so passed over.
    const auto next = std::upper_bound(starts_.begin(), starts_.end() - 1, offset);
    return static_cast<size_t>(next - starts_.begin()) - 1;
}

Piece SnapshotFile::piece_at(uint64_t offset, size_t size, const std::stop_token& stop) const {
    if (offset >= starts_.back()) throw Corrupt(about_size(starts_.back(), node_.size));
    const size_t part = part_at(offset);
    if (part >= unknown_first_ && part <= unknown_last_) {
        throw Corrupt("the repository does not hold the piece " + node_.content[part].hex());
    }
    Blob blob = blobs_.get(node_.content[part], stop);
    if (blob->size != starts_[part + 1] - starts_[part]) {
        // Two indexes that contradict each other: no offset behind this one can be trusted.
        throw Corrupt(fmt::format("the piece {} has another size than the index says",
                                  node_.content[part].hex()));
    }
    const auto within = static_cast<size_t>(offset - starts_[part]);
    const ByteView bytes = blob->view().subspan(within, std::min(size, blob->size - within));
    return {std::move(blob), bytes};
}

void SnapshotFile::read_ahead(size_t part, uint64_t offset, size_t size) const {
    const uint64_t expected = expected_.exchange(offset + size, std::memory_order_relaxed);
    const uint64_t distance = offset > expected ? offset - expected : expected - offset;
    if (distance > near_enough) {
        asked_.store(0, std::memory_order_relaxed);
        return;
    }
    const size_t end = std::min(part + 1 + blobs_ahead, node_.content.size());
    const size_t asked = std::max(asked_.load(std::memory_order_relaxed), part + 1);
    for (size_t i = asked; i < end; ++i) blobs_.ahead(node_.content[i]);
    asked_.store(std::max(asked, end), std::memory_order_relaxed);
}

std::vector<Piece> SnapshotFile::read_at(uint64_t offset, size_t size,
                                         const std::stop_token& stop) const {
    std::vector<Piece> pieces;
    if (offset >= node_.size || size == 0) return pieces;
    size = static_cast<size_t>(std::min<uint64_t>(size, node_.size - offset));
    if (!node_.content.empty()) read_ahead(part_at(offset), offset, size);
    while (size > 0) {
        pieces.push_back(piece_at(offset, size, stop));
        offset += pieces.back().bytes.size();
        size -= pieces.back().bytes.size();
    }
    return pieces;
}

}  // namespace lifeboat::repository
