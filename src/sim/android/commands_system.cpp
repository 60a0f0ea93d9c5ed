// Commands of the phone's shell that are plain Unix: echo, test, mkdir, rm, touch, date, df, id.
#include "base/text.h"
#include "sim/android/file_listing.h"
#include "sim/android/shell.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace lifeboat::sim {

namespace {

constexpr uint64_t capacity_kib = 112640000;

int echo(Call& call) {
    auto words = call.arguments();
    const bool bare = !words.empty() && words.front() == "-n";
    if (bare) words = words.subspan(1);
    call.out.put(fmt::format("{}{}", fmt::join(words, " "), bare ? "" : "\n"));
    return 0;
}

int true_command(Call&) {
    return 0;
}
int false_command(Call&) {
    return 1;
}

bool file_test(Call& call, const std::string& kind, const std::string& value) {
    if (kind == "-n") return !value.empty();
    if (kind == "-z") return value.empty();
    FileStat info;
    const bool link = kind == "-h" || kind == "-L";
    if (call.device.storage().stat(value, link ? Links::keep : Links::follow, info) != 0)
        return false;
    if (link) return S_ISLNK(info.mode);
    if (kind == "-f") return S_ISREG(info.mode);
    if (kind == "-d") return S_ISDIR(info.mode);
    if (kind == "-s") return info.size > 0;
    return true;  // -e, -r, -w
}

int test(Call& call) {
    auto words = call.arguments();
    if (call.words.front() == "[") {
        if (words.empty() || words.back() != "]") return call.fail("missing ]", 2);
        words = words.first(words.size() - 1);
    }
    const bool negated = !words.empty() && words.front() == "!";
    if (negated) words = words.subspan(1);
    bool result = false;
    if (words.size() == 1) result = !words[0].empty();
    if (words.size() == 2) result = file_test(call, words[0], words[1]);
    if (words.size() == 3) {
        if (words[1] != "=" && words[1] != "!=") return call.fail("unexpected operator", 2);
        result = (words[0] == words[2]) == (words[1] == "=");
    }
    return result != negated ? 0 : 1;
}

// The operands, and the letters of the options before them.
struct Parsed {
    std::string options{};
    std::vector<std::string> operands{};
};

Parsed parse_options(Call& call) {
    Parsed parsed;
    bool only_operands = false;
    for (const std::string& word : call.arguments()) {
        if (!only_operands && word == "--")
            only_operands = true;
        else if (!only_operands && word.size() > 1 && word.starts_with("-")) {
            parsed.options += word.substr(1);
        } else
            parsed.operands.push_back(word);
    }
    return parsed;
}

int mkdir_command(Call& call) {
    const Parsed parsed = parse_options(call);
    if (parsed.operands.empty()) return call.fail("Needs 1 argument");
    const bool parents = parsed.options.find('p') != std::string::npos;
    int code = 0;
    for (const std::string& path : parsed.operands) {
        if (const int error = call.device.storage().make_folder(path, parents)) {
            code = call.fail(fmt::format("'{}': {}", path, std::strerror(error)));
        }
    }
    return code;
}

int remove_tree(Storage& storage, const std::string& top) {
    std::vector<std::string> folders{top};
    for (size_t i = 0; i < folders.size(); ++i) {
        const std::string at = folders[i];
        std::vector<std::string> files;
        const int error = storage.list(at, [&](const std::string& name) {
            if (name == "." || name == "..") return true;
            FileStat info;
            const std::string path = at + "/" + name;
            const bool folder = storage.stat(path, Links::keep, info) == 0 && S_ISDIR(info.mode);
            (folder ? folders : files).push_back(path);
            return true;
        });
        if (error != 0) return error;
        for (const std::string& file : files) {
            if (const int failed = storage.remove(file)) return failed;
        }
    }
    for (auto at = folders.rbegin(); at != folders.rend(); ++at) {
        if (const int error = storage.remove_folder(*at)) return error;
    }
    return 0;
}

int rm(Call& call) {
    const Parsed parsed = parse_options(call);
    const bool force = parsed.options.find('f') != std::string::npos;
    const bool deep = parsed.options.find_first_of("rR") != std::string::npos;
    if (parsed.operands.empty() && !force) return call.fail("Needs 1 argument");
    Storage& storage = call.device.storage();
    int code = 0;
    for (const std::string& path : parsed.operands) {
        FileStat info;
        int error = storage.stat(path, Links::keep, info);
        if (error == 0 && S_ISDIR(info.mode))
            error = deep ? remove_tree(storage, path) : EISDIR;
        else if (error == 0)
            error = storage.remove(path);
        if (error == 0 || (error == ENOENT && force)) continue;
        code = call.fail(fmt::format("{}: {}", path, std::strerror(error)));
    }
    return code;
}

int rmdir_command(Call& call) {
    int code = 0;
    for (const std::string& path : call.arguments()) {
        if (const int error = call.device.storage().remove_folder(path)) {
            code = call.fail(fmt::format("{}: {}", path, std::strerror(error)));
        }
    }
    return code;
}

int mv(Call& call) {
    const Parsed parsed = parse_options(call);
    if (parsed.operands.size() != 2) return call.fail("Needs 2 arguments");
    const int error = call.device.storage().rename(parsed.operands[0], parsed.operands[1]);
    return error == 0 ? 0
                      : call.fail(fmt::format("{}: {}", parsed.operands[0], std::strerror(error)));
}

std::optional<FileTime> now_of(Call& call) {
    const auto since = call.device.clock().now().time_since_epoch();
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    return FileTime{whole.count(), static_cast<uint32_t>((since - whole).count())};
}

// "@1700000000.5", or "2025-06-01T12:34:56.123456789" with a blank or T, in the phone's zone
// unless a Z ends it.
std::optional<FileTime> parse_touch_time(std::string_view text, const Personality& who) {
    uint32_t fraction = 0;
    bool utc = text.ends_with('Z');
    if (utc) text.remove_suffix(1);
    if (const size_t dot = text.find('.'); dot != std::string_view::npos) {
        std::string digits(text.substr(dot + 1));
        if (digits.empty() || digits.size() > 9) return std::nullopt;
        digits.resize(9, '0');
        const auto value = parse_u64(digits);
        if (!value) return std::nullopt;
        fraction = static_cast<uint32_t>(*value);
        text = text.substr(0, dot);
    }
    if (text.starts_with('@')) {
        const auto seconds = parse_i64(text.substr(1));
        if (!seconds) return std::nullopt;
        return FileTime{*seconds, fraction};
    }
    if (text.size() != 19) return std::nullopt;
    std::string instant(text);
    instant[10] = 'T';
    const auto time = from_rfc3339(instant + "Z");
    if (!time) return std::nullopt;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count();
    return FileTime{seconds - (utc ? 0 : int64_t{who.zone_minutes} * 60), fraction};
}

int touch_one(Call& call, const std::string& path, const FileTime& time, std::string_view options) {
    Storage& storage = call.device.storage();
    FileStat info;
    if (storage.stat(path, Links::follow, info) != 0) {
        if (options.find('c') != std::string_view::npos) return 0;
        Fd made;
        if (const int error = storage.open_write(path, made)) return error;
    }
    const bool access = options.find('m') == std::string_view::npos;
    const bool modified = options.find('a') == std::string_view::npos;
    return storage.set_times(path, access ? std::optional(time) : std::nullopt,
                             modified ? std::optional(time) : std::nullopt);
}

int touch(Call& call) {
    auto time = now_of(call);
    std::string options;
    std::vector<std::string> paths;
    const auto words = call.arguments();
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "-d" && i + 1 < words.size()) {
            time = parse_touch_time(words[++i], call.device.who());
            if (!time) return call.fail(fmt::format("bad date '{}'", words[i]));
        } else if (words[i].starts_with("-") && words[i] != "--") {
            options += words[i].substr(1);
        } else if (words[i] != "--") {
            paths.push_back(words[i]);
        }
    }
    int code = 0;
    for (const std::string& path : paths) {
        if (const int error = touch_one(call, path, *time, options)) {
            code = call.fail(fmt::format("'{}': {}", path, std::strerror(error)));
        }
    }
    return code;
}

int date(Call& call) {
    const auto now = now_of(call);
    const auto words = call.arguments();
    if (words.empty()) {
        const CivilTime t = civil(now->seconds, call.device.who().zone_minutes);
        call.out.line(fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", t.year, t.month, t.day,
                                  t.hour, t.minute, t.second));
        return 0;
    }
    std::string text = words.back().substr(words.back().starts_with('+') ? 1 : 0);
    const auto replace = [&](std::string_view what, const std::string& value) {
        for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
            text.replace(at, what.size(), value);
            at += value.size();
        }
    };
    const CivilTime t = civil(now->seconds, call.device.who().zone_minutes);
    replace("%s", fmt::to_string(now->seconds));
    replace("%N", fmt::format("{:09}", now->nanoseconds));
    replace("%z", fmt::format("+{:02}{:02}", call.device.who().zone_minutes / 60,
                              call.device.who().zone_minutes % 60));
    replace("%F", fmt::format("{:04}-{:02}-{:02}", t.year, t.month, t.day));
    replace("%T", fmt::format("{:02}:{:02}:{:02}", t.hour, t.minute, t.second));
    call.out.line(text);
    return 0;
}

int df(Call& call) {
    const uint64_t free_kib = std::min(call.device.storage().free_bytes() / 1024, capacity_kib);
    const auto put = [&](std::string_view system, std::string_view at) {
        const uint64_t used = capacity_kib - free_kib;
        // Rounded up, as df does.
        const uint64_t percent = (used * 100 + capacity_kib - 1) / capacity_kib;
        call.out.line(fmt::format("{:<22} {:>9} {:>9} {:>9} {:>3}% {}", system, capacity_kib, used,
                                  free_kib, percent, at));
    };
    call.out.line(fmt::format("{:<22} {:>9} {:>9} {:>9} {} {}", "Filesystem", "1K-blocks", "Used",
                              "Available", "Use%", "Mounted on"));
    const std::string path = call.words.size() > 1 ? call.words.back() : "-k";
    if (path == "-k" || path == "-h" || Storage::canonical(path).starts_with("/data")) {
        put("/dev/block/dm-49", "/data");
    }
    if (path == "-k" || path == "-h" || Storage::canonical(path).starts_with("/storage")) {
        put("/dev/fuse", "/storage/emulated");
    }
    return 0;
}

int id(Call& call) {
    call.out.line(
        "uid=2000(shell) gid=2000(shell) groups=2000(shell),1004(input),1007(log),1011(adb),"
        "1015(sdcard_rw),1028(sdcard_r),1078(ext_data_rw),1079(ext_obb_rw),3001(net_bt_admin),"
        "3002(net_bt),3003(inet),3006(net_bw_stats),3009(readproc),3011(uhid) "
        "context=u:r:shell:s0");
    return 0;
}

int whoami(Call& call) {
    call.out.line("shell");
    return 0;
}

int readlink_command(Call& call) {
    if (call.words.size() < 2) return call.fail("Needs 1 argument");
    if (call.words[1] == "-f" && call.words.size() > 2) {
        call.out.line(Storage::canonical(call.words[2]));
        return 0;
    }
    const auto target = call.device.storage().read_link(call.words[1]);
    if (!target) return 1;
    call.out.line(*target);
    return 0;
}

int sleep_command(Call& call) {
    const auto seconds = call.words.size() > 1 ? parse_u64(call.words[1]) : std::nullopt;
    if (!seconds || *seconds > 60) return call.fail("takes 0 to 60 seconds here");
    call.device.clock().sleep(std::chrono::seconds(*seconds), {});
    return 0;
}

}  // namespace

const CommandTable& system_commands() {
    static const CommandTable table{{"[", test},
                                    {"df", df},
                                    {"echo", echo},
                                    {"false", false_command},
                                    {"id", id},
                                    {"mkdir", mkdir_command},
                                    {"mv", mv},
                                    {"readlink", readlink_command},
                                    {"rm", rm},
                                    {"rmdir", rmdir_command},
                                    {"sleep", sleep_command},
                                    {"test", test},
                                    {"true", true_command},
                                    {"whoami", whoami}};
    return table;
}

const CommandTable& time_commands() {
    static const CommandTable table{{"date", date}, {"touch", touch}};
    return table;
}

}  // namespace lifeboat::sim
