#include "repository/pack_proof.h"

#include "crypto/sha256_lanes.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

ByteView box_of(ByteView pack, const PackedBlob& blob) {
    const size_t from = std::min<size_t>(pack.size(), blob.offset);
    return pack.subspan(from, std::min<size_t>(pack.size() - from, blob.length));
}

// Feeds the pack first, because it is the longest, then its blobs, one in each of the other lanes.
class Feed {
public:
    Feed(Codec& codec, ByteView pack, std::span<const PackedBlob> blobs, PackProof& proof)
        : codec_(codec), pack_(pack), blobs_(blobs), proof_(proof), values_(blobs.size()) {}

    std::optional<crypto::Sha256Message> next(size_t lane) {
        if (!std::exchange(began_, true)) return crypto::Sha256Message{pack_, &proof_.hash};
        while (next_ < blobs_.size()) {
            const size_t number = next_++;
            const PackedBlob& blob = blobs_[number];
            ByteView plain;
            const std::string problem =
                unseal_blob(codec_, blob, box_of(pack_, blob), codec_.lanes.at(lane), plain);
            if (problem.empty()) return crypto::Sha256Message{plain, &values_[number]};
            unopened_.push_back(number);
            proof_.problem = problem;
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
    Codec& codec_;
    ByteView pack_;
    std::span<const PackedBlob> blobs_;
    PackProof& proof_;
    std::vector<crypto::Sha256Value> values_;
    std::vector<size_t> unopened_{};  // ascending
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
