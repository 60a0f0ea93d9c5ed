#include "repository/pack_proof.h"

#include "crypto/sha256_lanes.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::repository {

namespace {

ByteView box_of(ByteView pack, const PackedBlob& blob) {
    const size_t from = std::min<size_t>(pack.size(), blob.offset);
    return pack.subspan(from, std::min<size_t>(pack.size() - from, blob.length));
}

// Feeds the pack first, because it is the longest, then its blobs, one in each of the other lanes.
// What is stored as it is comes piece by piece: decrypted where the hash reads it from near by.
class Feed {
public:
    Feed(Codec& codec, ByteView pack, std::span<const PackedBlob> blobs, PackProof& proof)
        : codec_(codec), pack_(pack), blobs_(blobs), proof_(proof), values_(blobs.size()) {}

    std::optional<crypto::Sha256Message> next(size_t lane) {
        if (!std::exchange(began_, true)) return crypto::Sha256Message{pack_, &proof_.hash};
        if (raw_.at(lane).value != nullptr) return next_piece(lane);
        while (next_ < blobs_.size()) {
            const size_t number = next_++;
            std::string problem;
            const auto message = start(lane, number, problem);
            if (message) return message;
            unopened_.push_back(number);
            proof_.problem = std::move(problem);
        }
        return std::nullopt;
    }

    void compare() {
        auto skip = unopened_.begin();
        for (size_t i = 0; i < blobs_.size(); ++i) {
            if (skip != unopened_.end() && *skip == i) {
                ++skip;
            } else if (values_[i] == blobs_[i].id.value) {
                continue;
            } else {
                proof_.problem = "a blob's bytes do not match its hash";
            }
            proof_.bad.push_back(i);
        }
    }

private:
    // A blob under way that was not compressed.
    struct Raw {
        ByteView box{};
        size_t done = 0;
        crypto::Sha256Value* value = nullptr;
    };

    std::optional<crypto::Sha256Message> start(size_t lane, size_t number, std::string& problem) {
        const PackedBlob& blob = blobs_[number];
        const ByteView box = box_of(pack_, blob);
        if (!blob.compressed() && box.size() == blob.length) {
            if (!codec_.box.is_whole(box)) {
                problem = "a blob's seal is broken";
                return std::nullopt;
            }
            raw_.at(lane) = {.box = box, .value = &values_[number]};
            return next_piece(lane);
        }
        ByteView plain;
        problem = unseal_blob(codec_, blob, box, codec_.lanes.at(lane), plain);
        if (!problem.empty()) return std::nullopt;
        return crypto::Sha256Message{plain, &values_[number]};
    }

    crypto::Sha256Message next_piece(size_t lane) {
        Raw& raw = raw_.at(lane);
        const size_t rest = raw.box.size() - crypto::SealedBox::overhead - raw.done;
        const MutableByteView plain = codec_.lanes.at(lane).room(std::min(rest, piece));
        codec_.box.read(raw.box, raw.done, plain);
        raw.done += plain.size();
        const bool ends = plain.size() == rest;
        return {plain, ends ? std::exchange(raw.value, nullptr) : raw.value, ends};
    }

    static constexpr size_t piece = size_t{16} << 10;

    Codec& codec_;
    ByteView pack_;
    std::span<const PackedBlob> blobs_;
    PackProof& proof_;
    std::vector<crypto::Sha256Value> values_;
    std::vector<size_t> unopened_{};  // ascending
    std::array<Raw, crypto::sha256_lanes> raw_{};
    size_t next_ = 0;
    bool began_ = false;
};

}  // namespace

std::string unseal_blob(Codec& codec, const PackedBlob& blob, ByteView box, Buffer& to,
                        ByteView& plain) {
    if (box.size() != blob.length || blob.length < crypto::SealedBox::overhead) {
        return "it is cut short";
    }
    const size_t inside = blob.length - crypto::SealedBox::overhead;
    const MutableByteView room = to.room(blob.plain_length());
    if (blob.compressed()) {
        const MutableByteView frame = codec.opened.room(inside);
        if (!codec.box.open(box, frame)) return "a blob's seal is broken";
        if (!codec.decompressor.decompress(frame, room)) return "a blob does not decompress";
    } else if (!codec.box.open(box, room)) {
        return "a blob's seal is broken";
    }
    plain = room;
    return {};
}

PackProof prove_pack(Codec& codec, ByteView pack, std::span<const PackedBlob> blobs) {
    PackProof proof;
    Feed feed(codec, pack, blobs, proof);
    crypto::sha256_row([&](size_t lane) { return feed.next(lane); });
    feed.compare();
    return proof;
}

}  // namespace lifeboat::repository
