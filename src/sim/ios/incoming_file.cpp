#include "sim/ios/incoming_file.h"

#include "base/error.h"

#include <algorithm>
#include <fstream>

namespace lifeboat::sim::ios {

namespace {

constexpr size_t block_size = size_t{64} << 10;

}  // namespace

size_t DecryptingSource::read(MutableByteView out) {
    const size_t room = out.size() / crypto::aes_block * crypto::aes_block;
    size_t filled = 0;
    while (filled < room) {
        const size_t got = encrypted_.read(out.subspan(filled, room - filled));
        if (got == 0) break;
        filled += got;
    }
    if (filled % crypto::aes_block != 0) throw Corrupt("an encrypted file is cut");
    if (filled > 0) cipher_.crypt(out.first(filled));
    return filled;
}

Arrived write_incoming(ByteSource& content, const std::string& host_path,
                       std::optional<uint64_t> size) {
    std::ofstream out(host_path, std::ios::binary | std::ios::trunc);
    crypto::Sha1 sha1;
    Bytes block(block_size);
    uint64_t came = 0;
    uint64_t kept = 0;
    while (const size_t got = content.read(block)) {
        came += got;
        const uint64_t left = size ? *size - kept : got;
        const auto own = static_cast<size_t>(std::min<uint64_t>(got, left));
        sha1.update(ByteView(block).first(own));
        out.write(as_chars(block), static_cast<std::streamsize>(own));
        kept += own;
    }
    out.close();
    if (!out) throw NoSpace("the simulated phone cannot write " + host_path);
    if (size && (kept < *size || came > kept + crypto::aes_block)) {
        throw Corrupt("a file of the backup has not the size that its manifest tells");
    }
    return {.size = kept, .digest = sha1.finish()};
}

}  // namespace lifeboat::sim::ios
