// A tar as Android's restore reads it: ustar, with PAX records for long and foreign names.
#pragma once

#include "ab/tar_reader.h"
#include "ab/zlib_stream.h"

namespace lifeboat::ab {

class TarWriter {
public:
    explicit TarWriter(Output to) : to_(std::move(to)) {}

    // Exactly entry.size bytes of `content`: throws Corrupt when it has more or fewer.
    void add(const TarEntry& entry, ByteSource& content);
    void finish();

private:
    void header(const TarEntry& entry, std::string_view name, char type, uint64_t size);
    void pax(const TarEntry& entry);
    void pad(uint64_t size);

    Output to_;
};

}  // namespace lifeboat::ab
