// Finds out what a pack file really holds: by its header, by its boxes, and, where both are
// damaged, by what an index claims.
#pragma once

#include "repository/store.h"

namespace lifeboat::repository {

enum class PackState { whole, damaged, missing };

struct SurveyedPack {
    PackState state = PackState::whole;
    std::string problem{};  // empty: whole
    // Whole: what it holds, by offset. Damaged: the blobs that can still be read, each at the place
    // where it was found.
    std::vector<PackedBlob> blobs{};
    std::vector<PackedBlob> lost{};  // the others that it held
    // Nothing else can be in it: its header was read, or the claim covers every byte of the file.
    bool contents_known = true;
    uint64_t bytes_read = 0;
};

enum class ReadDepth {
    ends,  // the header; the rest only where that is not as it should be
    all,   // every byte
};

// Any thread.
class PackSurvey {
public:
    PackSurvey(Store& store, ReadDepth depth) : store_(store), depth_(depth) {}

    // `size` as listed, nothing when the pack was not listed; `claim` is what an index says of it,
    // empty when none does. Damage is a result; throws only when the place does not answer.
    SurveyedPack look(const PackId& id, std::optional<uint64_t> size,
                      const std::vector<PackedBlob>& claim, const std::stop_token& stop);

    // The header of a whole pack file in memory. Throws Corrupt.
    static std::vector<PackedBlob> header_of(Codec& codec, ByteView pack);

private:
    std::optional<std::vector<PackedBlob>> load_header(const PackId& id, uint64_t size,
                                                       size_t blobs_expected,
                                                       const std::stop_token& stop);
    SurveyedPack examine(const PackId& id, ByteView bytes, const std::vector<PackedBlob>& claim);
    SurveyedPack piece_by_piece(const PackId& id, uint64_t size,
                                const std::vector<PackedBlob>& claim, const std::stop_token& stop);

    Store& store_;
    ReadDepth depth_;
};

}  // namespace lifeboat::repository
