// A tar (ustar with PAX and GNU long names), read as a stream: entry after entry, each with its
// bytes.
#pragma once

#include "item/item.h"

#include <array>
#include <optional>
#include <string>

namespace lifeboat::ab {

enum class TarKind { file, folder, other };  // other: links, devices

struct TarEntry {
    std::string name{};  // any bytes: check before it becomes a path
    TarKind kind = TarKind::file;
    uint64_t size = 0;  // bytes; 0 for anything but a file
    uint32_t mode = 0;
    TimePoint modified{};
};

// One thread. All of it throws Corrupt for what is no tar, or a cut one.
class TarReader {
public:
    // `from` outlives it, and is read to its end if it is to end with the tar.
    explicit TarReader(ByteSource& from, bool must_end = true)
        : from_(from), must_end_(must_end), content_(*this) {}

    // Nothing at the end of the tar. What nobody read of the entry before is passed over.
    std::optional<TarEntry> next();
    // The bytes of the entry that next() gave.
    ByteSource& content() { return content_; }

private:
    static constexpr size_t block_size = 512;
    using Block = std::array<std::byte, block_size>;

    class Content final : public ByteSource {
    public:
        explicit Content(TarReader& owner) : owner_(owner) {}
        size_t read(MutableByteView out) override { return owner_.read_content(out); }

    private:
        TarReader& owner_;
    };
    // What special headers said about the entry that follows them.
    struct Extra {
        std::optional<std::string> name{};
        std::optional<uint64_t> size{};
    };

    size_t read_content(MutableByteView out);
    bool read_block(Block& block);
    void pass_over();
    void require_end();
    std::string take_text(uint64_t size);
    static Extra pax(std::string_view records, Extra extra);
    TarEntry entry(const Block& block, const Extra& extra);

    ByteSource& from_;
    bool must_end_;
    Content content_;
    uint64_t left_ = 0;     // of the entry's bytes
    uint64_t padding_ = 0;  // behind them
};

}  // namespace lifeboat::ab
