// Reads a property list from standard input and writes it to standard output, as "binary" or "xml":
// the codec with nothing around it, for tests that compare it with others.
#include "base/error.h"
#include "plist/plist.h"

#include <array>
#include <cstdio>
#include <string_view>

namespace {

lifeboat::Bytes read_all() {
    lifeboat::Bytes out;
    std::array<std::byte, 65536> block{};
    while (const size_t got = std::fread(block.data(), 1, block.size(), stdin)) {
        lifeboat::append(out, lifeboat::ByteView(block).first(got));
    }
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    try {
        const auto value = lifeboat::plist::read(read_all());
        const lifeboat::Bytes out = std::string_view(argv[1]) == "binary"
                                        ? lifeboat::plist::write_binary(value)
                                        : lifeboat::to_bytes(lifeboat::plist::write_xml(value));
        return std::fwrite(out.data(), 1, out.size(), stdout) == out.size() ? 0 : 1;
    } catch (const lifeboat::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 3;
    }
}
