#include "repository/pack_survey.h"

#include "base/error.h"
#include "repository/steady_read.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr size_t overhead = crypto::SealedBox::overhead;
// Most headers fit: 1,600 blobs.
constexpr uint64_t usual_tail = 64 << 10;
// No writer makes larger packs (a blob of 4 GiB in one of its own is the extreme); a larger file is
// read piece by piece, if at all.
constexpr uint64_t largest_whole_read = uint64_t{1} << 30;

std::vector<PackedBlob> open_header(Codec& codec, ByteView sealed) {
    Bytes plain(sealed.size() - overhead);
    if (!codec.box.open(sealed, plain)) throw Corrupt("its header's seal is broken");
    return decode_pack_header(plain);
}

// Tries a box where it should be and, when bytes were lost or inserted before it, where it then
// lies: everything behind the hole has moved by as much as the file is too short.
struct BoxTester {
    Codec& codec;
    ByteView pack;
    int64_t moved = 0;
    LoadedBlob opened{};

    std::optional<PackedBlob> find(PackedBlob blob) {
        if (fits(blob)) return blob;
        const int64_t at = int64_t{blob.offset} + moved;
        if (moved == 0 || at < 0 || at > int64_t{UINT32_MAX}) return std::nullopt;
        blob.offset = static_cast<uint32_t>(at);
        return fits(blob) ? std::optional(blob) : std::nullopt;
    }

private:
    bool fits(const PackedBlob& blob) {
        if (uint64_t{blob.offset} + blob.length > pack.size()) return false;
        return Store::open_blob(codec, blob, pack.subspan(blob.offset, blob.length), opened)
            .empty();
    }
};

// An index that leaves blobs out must not make a pack look empty.
bool covers(std::vector<PackedBlob> claim, uint64_t size) {
    std::sort(claim.begin(), claim.end(),
              [](const PackedBlob& a, const PackedBlob& b) { return a.offset < b.offset; });
    uint64_t at = 0;
    for (const PackedBlob& blob : claim) {
        if (blob.offset != at) return false;
        at += blob.length;
    }
    return !claim.empty() && pack_file_size(claim) >= size;
}

SurveyedPack missing(const std::vector<PackedBlob>& claim) {
    return {.state = PackState::missing, .problem = "it is missing", .lost = claim};
}

}  // namespace

std::vector<PackedBlob> PackSurvey::header_of(Codec& codec, ByteView pack) {
    const HeaderPlace place =
        find_pack_header(pack.size(), pack.last(std::min<size_t>(4, pack.size())));
    return open_header(codec, pack.subspan(place.offset, place.length));
}

SurveyedPack PackSurvey::look(const PackId& id, std::optional<uint64_t> size,
                              const std::vector<PackedBlob>& claim, const std::stop_token& stop) {
    // A listing is no evidence of absence.
    if (!size) size = store_.backend().size(pack_name(id), stop);
    if (!size) return missing(claim);
    const bool trees = std::any_of(claim.begin(), claim.end(), [](const PackedBlob& blob) {
        return blob.type == BlobType::tree;
    });
    // Trees are read now in any case: without them nobody knows which files are there.
    if (depth_ == ReadDepth::ends && !trees) {
        auto header = load_header(id, *size, claim.size(), stop);
        const bool tree_inside =
            header && std::any_of(header->begin(), header->end(), [](const PackedBlob& blob) {
                return blob.type == BlobType::tree;
            });
        if (header && !tree_inside && pack_file_size(*header) == *size) {
            return {.blobs = std::move(*header)};
        }
    }
    SurveyedPack result;
    for (int round = 0; round < 2; ++round) {  // what is wrong once may be the cable
        const auto bytes = *size <= largest_whole_read
                               ? load_steadily(store_.backend(), pack_name(id), {}, stop)
                               : std::nullopt;
        if (!bytes) {
            if (!store_.backend().size(pack_name(id), stop)) return missing(claim);
            return piece_by_piece(id, *size, claim, stop);
        }
        result = examine(id, *bytes, claim);
        if (result.state == PackState::whole) break;
    }
    return result;
}

std::optional<std::vector<PackedBlob>> PackSurvey::load_header(const PackId& id, uint64_t size,
                                                               size_t blobs_expected,
                                                               const std::stop_token& stop) {
    constexpr uint64_t entry = 41;
    uint64_t tail = std::max<uint64_t>(usual_tail, blobs_expected * entry + overhead + 4);
    for (int round = 0; round < 2; ++round) {
        tail = std::min(tail, size);
        const auto end = load_steadily(store_.backend(), pack_name(id), {size - tail, tail}, stop);
        if (!end || end->size() != tail) return std::nullopt;
        try {
            const HeaderPlace place =
                find_pack_header(size, ByteView(*end).last(std::min<size_t>(4, end->size())));
            const uint64_t needed = size - place.offset;
            if (needed > tail) {
                tail = needed;
                continue;
            }
            return open_header(*store_.codecs().lend(),
                               ByteView(*end).subspan(tail - needed, place.length));
        } catch (const Corrupt&) {
            return std::nullopt;  // the whole pack is looked at next
        }
    }
    return std::nullopt;
}

SurveyedPack PackSurvey::examine(const PackId& id, ByteView bytes,
                                 const std::vector<PackedBlob>& claim) {
    auto codec = store_.codecs().lend();
    SurveyedPack result{.bytes_read = bytes.size()};
    const std::vector<PackedBlob>* candidates = &claim;
    std::vector<PackedBlob> header;
    try {
        // A header that opens is what its writer wrote: it is worth more than any index.
        header = header_of(*codec, bytes);
        candidates = &header;
    } catch (const Corrupt& damage) {
        result.problem = damage.message();
        result.contents_known = covers(claim, bytes.size());
    }
    const auto expected = static_cast<int64_t>(pack_file_size(*candidates));
    BoxTester tester{
        .codec = *codec, .pack = bytes, .moved = static_cast<int64_t>(bytes.size()) - expected};
    for (const PackedBlob& blob : *candidates) {
        if (const auto found = tester.find(blob)) {
            result.blobs.push_back(*found);
        } else {
            result.lost.push_back(blob);
        }
    }
    if (!result.lost.empty()) {
        result.problem = "the seal of some of its blobs is broken";
    } else if (result.problem.empty() && tester.moved != 0) {
        result.problem = "it has another size than its header says";
    } else if (result.problem.empty() && codec->sha.of(bytes) != id.value) {
        result.problem = "its bytes do not match its name";
    }
    if (!result.problem.empty()) result.state = PackState::damaged;
    return result;
}

// For a file that some sectors of the disk do not give back any more.
SurveyedPack PackSurvey::piece_by_piece(const PackId& id, uint64_t size,
                                        const std::vector<PackedBlob>& claim,
                                        const std::stop_token& stop) {
    SurveyedPack result{.state = PackState::damaged,
                        .problem = size > largest_whole_read ? "it is larger than any pack"
                                                             : "the disk cannot read all of it"};
    const auto header = load_header(id, size, claim.size(), stop);
    result.contents_known = header || covers(claim, size);
    auto codec = store_.codecs().lend();
    LoadedBlob opened;
    for (const PackedBlob& blob : header ? *header : claim) {
        const auto box =
            load_steadily(store_.backend(), pack_name(id), {blob.offset, blob.length}, stop);
        if (box) result.bytes_read += box->size();
        const bool whole = box && Store::open_blob(*codec, blob, *box, opened).empty();
        (whole ? result.blobs : result.lost).push_back(blob);
    }
    return result;
}

}  // namespace lifeboat::repository
