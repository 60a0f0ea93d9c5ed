// dd, as far as hosts use it: a part of a file, in blocks.
#include "base/text.h"
#include "sim/android/shell.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

namespace lifeboat::sim {

namespace {

struct Part {
    std::string path{};
    uint64_t block = 512;
    uint64_t skip = 0;
    uint64_t count = UINT64_MAX;
};

std::optional<Part> parse_part(Call& call) {
    Part part;
    const std::map<std::string_view, uint64_t*> numbers{
        {"bs", &part.block}, {"skip", &part.skip}, {"count", &part.count}};
    for (const std::string_view word : call.arguments()) {
        const size_t equals = word.find('=');
        const std::string_view name = word.substr(0, equals);
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string_view value = word.substr(equals + 1);
        if (name == "if") {
            part.path = value;
            continue;
        }
        const auto number = parse_u64(value);
        if (!numbers.contains(name) || !number) return std::nullopt;
        *numbers.at(name) = *number;
    }
    constexpr uint64_t largest_block = 64u << 20;
    if (part.path.empty() || part.block == 0 || part.block > largest_block) return std::nullopt;
    return part;
}

// One block; shorter at the end of the file. Nothing, and an errno, when it cannot be read.
std::optional<size_t> read_block(int fd, MutableByteView block, uint64_t offset) {
    size_t have = 0;
    while (have < block.size()) {
        const ssize_t got = ::pread(fd, block.data() + have, block.size() - have,
                                    static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        if (got == 0) break;
        have += static_cast<size_t>(got);
    }
    return have;
}

// dd counts whole blocks and the one that was not.
int copy(Call& call, const Part& part, int fd, uint64_t size) {
    Bytes block(part.block);
    uint64_t whole = 0;
    size_t rest = 0;
    const std::string canonical = Storage::canonical(part.path);
    for (uint64_t i = 0; i < part.count && rest == 0; ++i) {
        const uint64_t offset = (part.skip + i) * part.block;
        const auto got = read_block(fd, block, offset);
        if (!got) return call.fail(fmt::format("{}: {}", part.path, std::strerror(errno)));
        if (*got == 0) break;
        call.out.put(as_text(ByteView(block).first(*got)));
        if (offset + *got >= size / 2) call.device.storage().half_is_read(canonical);
        if (*got < block.size()) rest = *got;
        if (rest == 0) ++whole;
    }
    const std::string records = fmt::format("{}+{} records", whole, rest > 0 ? 1 : 0);
    call.err.line(fmt::format("{} in\n{} out", records, records));
    return 0;
}

int dd(Call& call) {
    const auto part = parse_part(call);
    if (!part) return call.fail("bad arguments");
    Fd fd;
    if (const int error = call.device.storage().open_read(part->path, fd)) {
        return call.fail(fmt::format("{}: {}", part->path, std::strerror(error)));
    }
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return call.fail(std::strerror(errno));
    return copy(call, *part, fd.get(), static_cast<uint64_t>(info.st_size));
}

}  // namespace

const CommandTable& block_commands() {
    static const CommandTable table{{"dd", dd}};
    return table;
}

}  // namespace lifeboat::sim
