#include "repository/codec.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr std::byte zstd_flag{2};
constexpr size_t document_limit = size_t{1} << 30;
constexpr size_t idle_limit = 16;

}  // namespace

CodecPool::Lease CodecPool::lend() {
    auto codec = idle_.with([](auto& idle) -> std::unique_ptr<Codec> {
        if (idle.empty()) return nullptr;
        auto last = std::move(idle.back());
        idle.pop_back();
        return last;
    });
    if (codec == nullptr) codec = std::make_unique<Codec>(key_, level_);
    return {*this, std::move(codec)};
}

void CodecPool::give_back(std::unique_ptr<Codec> codec) {
    idle_.with([&](auto& idle) {
        if (idle.size() < idle_limit) idle.push_back(std::move(codec));
    });
}

Iv fresh_iv(sys::Random& random) {
    Iv iv{};
    do {
        random.fill(iv);
    } while (std::all_of(iv.begin(), iv.end(), [](std::byte b) { return b == std::byte{0}; }));
    return iv;
}

void throw_damaged(const std::string& name, const std::string& problem) {
    throw Corrupt("The file " + name + " of the repository is damaged: " + problem,
                  "Nothing was changed. Check the repository to learn which backups are affected, "
                  "and use another place of it meanwhile.");
}

Bytes seal_plain(Codec& codec, sys::Random& random, std::string_view text) {
    Bytes sealed(text.size() + crypto::SealedBox::overhead);
    codec.box.seal(fresh_iv(random), as_bytes(text), sealed);
    return sealed;
}

std::string open_plain(Codec& codec, ByteView sealed, const std::string& name) {
    if (sealed.size() < crypto::SealedBox::overhead) throw_damaged(name, "it is cut short");
    std::string text(sealed.size() - crypto::SealedBox::overhead, '\0');
    const std::span<char> chars(text);
    if (!codec.box.open(sealed, std::as_writable_bytes(chars))) {
        throw_damaged(name, "its seal is broken");
    }
    return text;
}

Bytes seal_document(Codec& codec, sys::Random& random, std::string_view json) {
    const size_t room = 1 + Compressor::bound(json.size());
    const MutableByteView plain = codec.opened.room(room);
    plain[0] = zstd_flag;
    const auto frame = codec.compressor.compress(as_bytes(json), plain.subspan(1));
    if (!frame) throw Unsupported("zstd cannot compress");
    Bytes sealed(1 + *frame + crypto::SealedBox::overhead);
    codec.box.seal(fresh_iv(random), plain.first(1 + *frame), sealed);
    return sealed;
}

std::string open_document(Codec& codec, ByteView sealed, const std::string& name) {
    std::string plain = open_plain(codec, sealed, name);
    if (plain.empty()) throw_damaged(name, "it is empty");
    if (plain[0] == '{' || plain[0] == '[') return plain;
    if (static_cast<std::byte>(plain[0]) != zstd_flag) {
        throw Unsupported("The file " + name + " is of a kind this version does not know",
                          "Nothing was changed. A newer version can read it.");
    }
    auto text = codec.decompressor.decompress_text(as_bytes(plain).subspan(1), document_limit);
    if (!text) throw_damaged(name, "it does not decompress");
    return std::move(*text);
}

}  // namespace lifeboat::repository
