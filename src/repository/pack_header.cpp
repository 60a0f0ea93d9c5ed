#include "repository/pack_header.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr size_t length_size = 4;

}  // namespace

void seal_pack_header(Codec& codec, ByteView iv, const std::vector<PackedBlob>& blobs,
                      MutableByteView pack) {
    const Bytes header = encode_pack_header(blobs);
    const size_t sealed = header.size() + crypto::SealedBox::overhead;
    Bytes length;
    append_le(length, static_cast<uint32_t>(sealed));
    const MutableByteView end = pack.last(sealed + length_size);
    codec.box.seal(iv, header, end.first(sealed));
    std::copy(length.begin(), length.end(), end.end() - length_size);
}

bool header_names(Codec& codec, ByteView pack, const std::vector<PackedBlob>& blobs) {
    try {
        const HeaderPlace place = find_pack_header(pack.size(), pack.last(length_size));
        Bytes header(place.length - crypto::SealedBox::overhead);
        return codec.box.open(pack.subspan(place.offset, place.length), header) &&
               decode_pack_header(header) == blobs;
    } catch (const Corrupt&) {
        return false;
    }
}

}  // namespace lifeboat::repository
