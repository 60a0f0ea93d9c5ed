// The sealed header at the end of a pack, which everyone who makes packs writes the same way and
// reads again before the pack is stored.
#pragma once

#include "repository/codec.h"
#include "repository/pack.h"

#include <vector>

namespace lifeboat::repository {

// Behind the boxes of these blobs, which are there already; `pack` is the whole file, of
// pack_file_size(blobs) bytes. `iv` is used for nothing else.
void seal_pack_header(Codec& codec, ByteView iv, const std::vector<PackedBlob>& blobs,
                      MutableByteView pack);

// Whether the header opens and names exactly these blobs. Bad memory would otherwise be found at
// the restore, when it is too late.
bool header_names(Codec& codec, ByteView pack, const std::vector<PackedBlob>& blobs);

}  // namespace lifeboat::repository
