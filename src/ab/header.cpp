#include "ab/header.h"

#include "base/hex.h"
#include "base/text.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::ab {

namespace {

// The longest line of a real file is the sealed key: 192 characters.
constexpr size_t longest_line = 1024;
constexpr size_t longest_salt = 256;
// Phones take 10,000. More than this would only keep a computer busy.
constexpr uint64_t most_rounds = 2'000'000;
constexpr size_t block = 16;

[[noreturn]] void no_header(std::string_view why) {
    throw Corrupt(fmt::format("this is no whole Android backup file: {}", why));
}

// How far a stream came: what throws in it has neither begun nor ended it.
struct Came {
    bool any = false;
    bool ended = false;
};

// A byte at a time: what follows the header must stay in the stream.
std::string read_line(ByteSource& from, Came& came) {
    std::string line;
    std::array<std::byte, 1> one{};
    while (from.read(one) == 1) {
        came.any = true;
        const char c = as_text(one)[0];
        if (c == '\n') return line;
        line += c;
        if (line.size() > longest_line) no_header("a line of its header is too long");
    }
    came.ended = true;
    no_header("it ends within its header");
}

class Lines {
public:
    explicit Lines(ByteSource& from) : from_(from) {}

    std::string next() { return read_line(from_, came_); }
    bool is_empty() const { return came_.ended && !came_.any; }

    uint64_t number(std::string_view what) {
        const auto value = parse_u64(next());
        if (!value) no_header(fmt::format("its {} is no number", what));
        return *value;
    }
    Bytes hex(std::string_view what, size_t most) {
        auto bytes = from_hex(next());
        if (!bytes || bytes->empty() || bytes->size() > most) {
            no_header(fmt::format("its {} is not readable", what));
        }
        return std::move(*bytes);
    }

private:
    ByteSource& from_;
    Came came_{};
};

Encryption read_encryption(Lines& from) {
    Encryption e;
    e.user_salt = from.hex("password salt", longest_salt);
    e.checksum_salt = from.hex("checksum salt", longest_salt);
    const uint64_t rounds = from.number("number of rounds");
    if (rounds == 0 || rounds > most_rounds) no_header("its number of rounds makes no sense");
    e.rounds = static_cast<uint32_t>(rounds);
    e.user_iv = from.hex("initialisation vector", block);
    if (e.user_iv.size() != block) no_header("its initialisation vector is too short");
    e.sealed_master_key = from.hex("master key", longest_salt);
    if (e.sealed_master_key.size() % block != 0) no_header("its master key is cut");
    return e;
}

void read_magic(Lines& from) {
    constexpr auto name = magic.substr(0, magic.size() - 1);
    try {
        if (from.next() == name) return;
    } catch (Corrupt&) {
        if (from.is_empty()) {
            throw NothingSaved("this Android backup file is empty: nothing was saved");
        }
        throw;
    }
    no_header("it does not begin as one");
}

}  // namespace

bool begins_as_backup(ByteView first_bytes) {
    return as_text(first_bytes).starts_with(magic);
}

Header read_header(ByteSource& from) {
    Lines lines(from);
    read_magic(lines);
    Header header;
    const uint64_t version = lines.number("version");
    if (version == 0 || version > newest_version) {
        throw Unsupported(
            fmt::format("this Android backup file has version {}; versions 1 to {} "
                        "are known",
                        version, newest_version));
    }
    header.version = static_cast<uint32_t>(version);
    const std::string compressed = lines.next();
    if (compressed != "0" && compressed != "1") no_header("it does not say if it is compressed");
    header.compressed = compressed == "1";
    const std::string cipher = lines.next();
    if (cipher == "none") return header;
    if (cipher != "AES-256") {
        throw Unsupported(
            fmt::format("this Android backup file is encrypted with \"{}\", which is "
                        "not known",
                        printable(cipher)));
    }
    header.encryption = read_encryption(lines);
    return header;
}

std::string header_text(const Header& header) {
    std::string text = fmt::format("{}{}\n{}\n", magic, header.version, header.compressed ? 1 : 0);
    if (!header.encryption) return text + "none\n";
    const Encryption& e = *header.encryption;
    return text + fmt::format("AES-256\n{}\n{}\n{}\n{}\n{}\n", to_hex(e.user_salt),
                              to_hex(e.checksum_salt), e.rounds, to_hex(e.user_iv),
                              to_hex(e.sealed_master_key));
}

}  // namespace lifeboat::ab
