// Looks whether a pack is whole: opens every blob, and hashes the file and the blobs beside each
// other, which takes half the time of one after the other.
#pragma once

#include "repository/codec.h"
#include "repository/pack.h"

#include <span>
#include <string>
#include <vector>

namespace lifeboat::repository {

struct PackProof {
    crypto::Sha256Value hash{};  // of the whole file
    std::vector<size_t> bad{};   // numbers of the blobs that are not what they should be
    std::string problem{};       // of the last of those; empty when there is none
};

struct PackToProve {
    ByteView bytes{};  // may be cut short: blobs behind the end are bad then
    std::span<const PackedBlob> blobs{};
};
// Two packs at once keep all lanes busy; one alone has to wait for its own hash. Besides, lanes
// that have nothing to do take what codec.meanwhile gives.
std::vector<PackProof> prove_packs(Codec& codec, std::span<const PackToProve> packs);

// One pack. `pack` may be cut short: blobs behind its end are bad. What `blobs` says of a blob is
// believed as to its place and checked as to its content.
PackProof prove_pack(Codec& codec, ByteView pack, std::span<const PackedBlob> blobs);

// Opens the box of one blob into `to`, of which `plain` becomes the part that was filled. Its hash
// is not looked at. The problem, empty when there is none.
std::string unseal_blob(Codec& codec, const PackedBlob& blob, ByteView box, Buffer& to,
                        ByteView& plain);

}  // namespace lifeboat::repository
