// Commands of the phone's shell that look at files: ls, stat, find, cat, sha256sum, xargs.
#include "base/hex.h"
#include "base/text.h"
#include "sim/android/file_listing.h"
#include "sim/android/root/root_commands.h"
#include "sim/android/shell.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace lifeboat::sim {

namespace {

constexpr size_t piece = 128u << 10;
constexpr size_t xargs_limit = 128u << 10;  // bytes of arguments in one run

// Feeds a file, or standard input for "-", to `take`. Returns an errno.
template <class Take>
int read_all(Call& call, const std::string& path, Take take) {
    Bytes buffer(piece);
    if (path == "-") {
        while (const size_t got = call.in(buffer)) take(ByteView(buffer).first(got));
        return 0;
    }
    if (call.root && is_private_path(path)) {
        const auto content = read_private_file(call.device, path);
        if (!content) return ENOENT;
        take(ByteView(*content));
        return 0;
    }
    Fd fd;
    if (const int error = call.device.storage().open_read(path, fd)) return error;
    for (;;) {
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0) return 0;
        take(ByteView(buffer).first(static_cast<size_t>(got)));
    }
}

std::vector<std::string> operands_or_input(Call& call) {
    std::vector<std::string> paths(call.arguments().begin(), call.arguments().end());
    if (!paths.empty() && paths.front() == "--") paths.erase(paths.begin());
    if (paths.empty()) paths.emplace_back("-");
    return paths;
}

int cat(Call& call) {
    int code = 0;
    for (const std::string& path : operands_or_input(call)) {
        const int error = read_all(call, path, [&](ByteView data) { call.out.put(as_text(data)); });
        if (error != 0) code = call.fail(fmt::format("{}: {}", path, std::strerror(error)));
    }
    return code;
}

struct FreeDigest {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::optional<std::string> digest_of(Call& call, const std::string& path, const EVP_MD* kind,
                                     int& error) {
    const std::unique_ptr<EVP_MD_CTX, FreeDigest> context(EVP_MD_CTX_new());
    EVP_DigestInit_ex(context.get(), kind, nullptr);
    error = read_all(call, path, [&](ByteView data) {
        EVP_DigestUpdate(context.get(), data.data(), data.size());
    });
    if (error != 0) return std::nullopt;
    std::array<std::byte, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    EVP_DigestFinal_ex(context.get(), as_uchar(MutableByteView(value)), &size);
    return to_hex(ByteView(value).first(size));
}

// A name with a backslash or a newline is written escaped, and the line begins with a backslash.
std::string digest_line(const std::string& digest, const std::string& path) {
    std::string name;
    for (const char c : path) {
        if (c == '\\')
            name += "\\\\";
        else if (c == '\n')
            name += "\\n";
        else
            name += c;
    }
    return fmt::format("{}{}  {}", name == path ? "" : "\\", digest, name);
}

int sum_with(Call& call, const EVP_MD* kind) {
    int code = 0;
    for (const std::string& path : operands_or_input(call)) {
        int error = 0;
        const auto digest = digest_of(call, path, kind, error);
        if (digest)
            call.out.line(digest_line(*digest, path));
        else
            code = call.fail(fmt::format("{}: {}", path, std::strerror(error)));
    }
    return code;
}

int sha256sum(Call& call) {
    return sum_with(call, EVP_sha256());
}
int sha1sum(Call& call) {
    return sum_with(call, EVP_sha1());
}
int md5sum(Call& call) {
    return sum_with(call, EVP_md5());
}

int wc(Call& call) {
    uint64_t bytes = 0;
    uint64_t newlines = 0;
    const bool only_bytes = call.words.size() > 1 && call.words[1] == "-c";
    const bool only_lines = call.words.size() > 1 && call.words[1] == "-l";
    if (!only_bytes && !only_lines) return call.fail("only -c and -l are known here");
    const std::string path = call.words.size() > 2 ? call.words[2] : "-";
    const int error = read_all(call, path, [&](ByteView data) {
        bytes += data.size();
        newlines += static_cast<uint64_t>(std::count(data.begin(), data.end(), std::byte{'\n'}));
    });
    if (error != 0) return call.fail(fmt::format("{}: {}", path, std::strerror(error)));
    const auto value = fmt::to_string(only_bytes ? bytes : newlines);
    call.out.line(path == "-" ? value : value + " " + path);
    return 0;
}

int head(Call& call) {
    uint64_t left = 10;
    std::string path = "-";
    for (const std::string& word : call.arguments()) {
        if (word == "-n") continue;
        const auto count =
            parse_u64(word.starts_with("-") ? std::string_view(word).substr(1) : word);
        if (count)
            left = *count;
        else
            path = word;
    }
    const int error = read_all(call, path, [&](ByteView data) {
        for (const char c : as_text(data)) {
            if (left == 0) return;
            call.out.put(std::string_view(&c, 1));
            if (c == '\n') --left;
        }
    });
    return error == 0 ? 0 : call.fail(fmt::format("{}: {}", path, std::strerror(error)));
}

int ls(Call& call) {
    ListOptions options;
    std::vector<std::string> paths;
    for (const std::string& word : call.arguments()) {
        if (!word.starts_with("-") || word == "-") {
            paths.push_back(word);
            continue;
        }
        for (const char c : std::string_view(word).substr(1)) {
            if (c == 'a')
                options.all = true;
            else if (c == 'A')
                options.almost_all = true;
            else if (c == 'd')
                options.folder_itself = true;
            else if (c == 'l')
                ++options.detail;
            else if (c != '1')
                return call.fail(fmt::format("Unknown option '{}'", c));
        }
    }
    if (paths.empty()) paths.emplace_back("/");
    return list_files(call, paths, options);
}

int stat_command(Call& call) {
    auto words = call.arguments();
    std::string format;
    Links links = Links::keep;
    while (!words.empty() && words.front().starts_with("-")) {
        const std::string option = words.front();
        words = words.subspan(1);
        if (option == "--") break;
        if (option == "-L")
            links = Links::follow;
        else if (option == "-c" && !words.empty()) {
            format = words.front();
            words = words.subspan(1);
        } else
            return call.fail(fmt::format("Unknown option '{}'", option));
    }
    if (words.empty()) return call.fail("Needs 1 argument");
    if (format.empty())
        format = "  File: %n\n  Size: %s\t%F\nAccess: (%a/%A)\tUid: %u\tGid: %g\nModify: %y";
    int code = 0;
    for (const std::string& path : words) {
        FileStat info;
        if (const int error = call.device.storage().stat(path, links, info)) {
            code = call.fail(fmt::format("'{}': {}", path, std::strerror(error)));
        } else {
            call.out.line(format_stat(format, path, info, call.device.who()));
        }
    }
    return code;
}

struct FindOptions {
    std::vector<std::string> paths{};
    char type = 0;
    std::string name{};
    uint64_t max_depth = 1000;
    uint64_t min_depth = 0;
    bool nul = false;
};

std::optional<FindOptions> parse_find(Call& call) {
    FindOptions options;
    const auto words = call.arguments();
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const std::string value = i + 1 < words.size() ? words[i + 1] : "";
        if (!word.starts_with("-"))
            options.paths.push_back(word);
        else if (word == "-print0")
            options.nul = true;
        else if (word == "-print")
            options.nul = false;
        else if (word == "-type" && value.size() == 1)
            options.type = value[0], ++i;
        else if (word == "-name")
            options.name = value, ++i;
        else if (word == "-maxdepth")
            options.max_depth = parse_u64(value).value_or(0), ++i;
        else if (word == "-mindepth")
            options.min_depth = parse_u64(value).value_or(0), ++i;
        else
            return std::nullopt;
    }
    if (options.paths.empty()) options.paths.emplace_back(".");
    return options;
}

struct Found {
    std::string path{};
    uint64_t depth = 0;
};

bool matches(const FindOptions& options, const Found& at, uint32_t mode) {
    if (at.depth < options.min_depth) return false;
    if (options.type == 'f' && !S_ISREG(mode)) return false;
    if (options.type == 'd' && !S_ISDIR(mode)) return false;
    if (options.type == 'l' && !S_ISLNK(mode)) return false;
    if (options.name.empty()) return true;
    const std::string base = at.path.substr(at.path.rfind('/') + 1);
    return ::fnmatch(options.name.c_str(), base.c_str(), 0) == 0;
}

// One entry; its children go to `waiting`. Returns the exit code.
int visit(Call& call, const FindOptions& options, const Found& at, std::vector<Found>& waiting) {
    Storage& storage = call.device.storage();
    FileStat info;
    // A path with a slash behind it follows the link, as "find /sdcard/" does.
    if (const int error = storage.stat(at.path, Links::keep, info)) {
        return call.fail(fmt::format("'{}': {}", at.path, std::strerror(error)));
    }
    if (matches(options, at, info.mode)) {
        call.out.put(at.path);
        call.out.put(options.nul ? std::string_view("\0", 1) : "\n");
    }
    if (!S_ISDIR(info.mode) || at.depth >= options.max_depth) return 0;
    const size_t before = waiting.size();
    const int error = storage.list(at.path, [&](const std::string& name) {
        const std::string slash = at.path.ends_with('/') ? "" : "/";
        if (name != "." && name != "..") waiting.push_back({at.path + slash + name, at.depth + 1});
        return true;
    });
    std::reverse(waiting.begin() + static_cast<ptrdiff_t>(before), waiting.end());
    return error == 0 ? 0 : call.fail(fmt::format("{}: {}", at.path, std::strerror(error)));
}

int find(Call& call) {
    const auto options = parse_find(call);
    if (!options) return call.fail("bad arguments");
    int code = 0;
    for (const std::string& path : options->paths) {
        std::vector<Found> waiting{{path, 0}};
        while (!waiting.empty()) {
            const Found at = std::move(waiting.back());
            waiting.pop_back();
            code = std::max(code, visit(call, *options, at, waiting));
        }
    }
    return code;
}

// Collects names from standard input and runs the command with as many as fit, like toybox.
class Xargs {
public:
    Xargs(Call& call, std::span<const std::string> command, uint64_t most, bool nul)
        : call_(call), command_(command.begin(), command.end()), most_(most), nul_(nul) {
        if (command_.empty()) command_.emplace_back("echo");
        words_ = command_;
    }

    int run() {
        Bytes buffer(piece);
        std::string name;
        while (const size_t got = call_.in(buffer)) {
            for (const char c : as_text(ByteView(buffer).first(got))) take(c, name);
        }
        if (!name.empty()) add(std::move(name));
        if (words_.size() > command_.size()) run_batch();
        return code_;
    }

private:
    void take(char c, std::string& name) {
        const bool ends = nul_ ? c == '\0' : c == ' ' || c == '\n' || c == '\t';
        if (!ends) {
            name += c;
        } else if (!name.empty()) {
            add(std::exchange(name, {}));
        }
    }

    void add(std::string name) {
        if (size_ + name.size() + 1 > xargs_limit || words_.size() - command_.size() >= most_) {
            run_batch();
        }
        size_ += name.size() + 1;
        words_.push_back(std::move(name));
    }

    void run_batch() {
        Call inner{call_.device, words_,    [](MutableByteView) { return size_t{0}; },
                   call_.out,    call_.err, call_.root};
        const int code = run_command(inner);
        if (code == 127 || code == 126)
            code_ = code;
        else if (code != 0 && code_ == 0)
            code_ = 123;
        call_.out.flush();
        call_.err.flush();
        words_ = command_;
        size_ = 0;
    }

    Call& call_;
    std::vector<std::string> command_;
    uint64_t most_;
    bool nul_;
    std::vector<std::string> words_;
    size_t size_ = 0;
    int code_ = 0;
};

int xargs(Call& call) {
    auto words = call.arguments();
    bool nul = false;
    uint64_t most = 1u << 20;
    while (!words.empty() && words.front().starts_with("-")) {
        const std::string option = words.front();
        words = words.subspan(1);
        if (option == "-0")
            nul = true;
        else if (option == "-r")
            continue;
        else if (option == "-n" && !words.empty()) {
            most = std::max<uint64_t>(1, parse_u64(words.front()).value_or(1));
            words = words.subspan(1);
        } else
            return call.fail(fmt::format("Unknown option '{}'", option));
    }
    return Xargs(call, words, most, nul).run();
}

}  // namespace

const CommandTable& file_commands() {
    static const CommandTable table{
        {"cat", cat},       {"find", find},       {"head", head},           {"ls", ls},
        {"md5sum", md5sum}, {"sha1sum", sha1sum}, {"sha256sum", sha256sum}, {"stat", stat_command},
        {"wc", wc},         {"xargs", xargs}};
    return table;
}

}  // namespace lifeboat::sim
