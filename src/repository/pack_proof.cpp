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

// Feeds the packs first, because they are the longest, then their blobs, in the lanes that are
// free. What is stored as it is comes piece by piece: decrypted where the hash reads it from near
// by.
class Feed {
public:
    Feed(Codec& codec, std::span<const PackToProve> packs, std::vector<PackProof>& proofs)
        : codec_(codec), packs_(packs), proofs_(proofs), values_(packs.size()) {
        for (size_t i = 0; i < packs.size(); ++i) values_[i].resize(packs[i].blobs.size());
    }

    std::optional<crypto::Sha256Message> next(size_t lane) {
        if (begun_ < packs_.size()) {
            const size_t i = begun_++;
            return crypto::Sha256Message{packs_[i].bytes, &proofs_[i].hash};
        }
        if (raw_.at(lane).value != nullptr) return next_piece(lane);
        for (; pack_ < packs_.size(); ++pack_, blob_ = 0) {
            while (blob_ < packs_[pack_].blobs.size()) {
                if (const auto message = start(lane, pack_, blob_++)) return message;
            }
        }
        return codec_.meanwhile ? codec_.meanwhile(lane) : std::nullopt;
    }

    // Once all is hashed.
    void compare() {
        for (size_t i = 0; i < packs_.size(); ++i) {
            PackProof& proof = proofs_[i];
            for (size_t n = 0; n < values_[i].size(); ++n) {
                if (values_[i][n] == packs_[i].blobs[n].id.value) continue;
                if (!std::ranges::binary_search(proof.bad, n)) {
                    more_bad_.push_back(n);
                    proof.problem = "a blob's bytes do not match its hash";
                }
            }
            proof.bad.insert(proof.bad.end(), more_bad_.begin(), more_bad_.end());
            more_bad_.clear();
            std::ranges::sort(proof.bad);
        }
    }

private:
    // A blob under way that was not compressed.
    struct Raw {
        ByteView box{};
        size_t done = 0;
        crypto::Sha256Value* value = nullptr;
    };

    // Nothing when the blob cannot be opened: then it is noted as bad.
    std::optional<crypto::Sha256Message> start(size_t lane, size_t pack, size_t number) {
        const PackedBlob& blob = packs_[pack].blobs[number];
        crypto::Sha256Value* const value = &values_[pack][number];
        const ByteView box = box_of(packs_[pack].bytes, blob);
        std::string problem;
        ByteView plain;
        if (blob.compressed() || box.size() != blob.length) {
            problem = unseal_blob(codec_, blob, box, codec_.lanes.at(lane), plain);
            if (problem.empty()) return crypto::Sha256Message{plain, value};
        } else if (codec_.box.is_whole(box)) {
            raw_.at(lane) = {.box = box, .value = value};
            return next_piece(lane);
        } else {
            problem = "a blob's seal is broken";
        }
        proofs_[pack].bad.push_back(number);
        proofs_[pack].problem = std::move(problem);
        return std::nullopt;
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
    std::span<const PackToProve> packs_;
    std::vector<PackProof>& proofs_;
    std::vector<std::vector<crypto::Sha256Value>> values_;  // of the blobs of each pack
    std::vector<size_t> more_bad_{};
    std::array<Raw, crypto::sha256_lanes> raw_{};
    size_t begun_ = 0;  // packs
    size_t pack_ = 0;   // the next blob
    size_t blob_ = 0;
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

std::vector<PackProof> prove_packs(Codec& codec, std::span<const PackToProve> packs) {
    std::vector<PackProof> proofs(packs.size());
    Feed feed(codec, packs, proofs);
    crypto::sha256_row([&](size_t lane) { return feed.next(lane); });
    feed.compare();
    return proofs;
}

PackProof prove_pack(Codec& codec, ByteView pack, std::span<const PackedBlob> blobs) {
    const PackToProve one{.bytes = pack, .blobs = blobs};
    return std::move(prove_packs(codec, {&one, 1}).front());
}

}  // namespace lifeboat::repository
