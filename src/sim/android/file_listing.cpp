#include "sim/android/file_listing.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

namespace lifeboat::sim {

namespace {

constexpr uint32_t gid_media_rw = 1023;

std::string user_name(uint32_t uid) {
    if (uid == 0) return "root";
    if (uid == 2000) return "shell";
    if (uid >= 10000) return fmt::format("u0_a{}", uid - 10000);
    return fmt::to_string(uid);
}

std::string group_name(uint32_t gid) {
    if (gid == 0) return "root";
    return gid == gid_media_rw ? "media_rw" : fmt::to_string(gid);
}

char type_letter(uint32_t mode) {
    if (S_ISDIR(mode)) return 'd';
    return S_ISLNK(mode) ? 'l' : '-';
}

std::string mode_text(uint32_t mode) {
    std::string text{type_letter(mode)};
    for (int shift = 6; shift >= 0; shift -= 3) {
        const uint32_t bits = mode >> shift;
        text += (bits & 4u) != 0 ? 'r' : '-';
        text += (bits & 2u) != 0 ? 'w' : '-';
        text += (bits & 1u) != 0 ? 'x' : '-';
    }
    if ((mode & S_ISGID) != 0) text[6] = text[6] == 'x' ? 's' : 'S';
    return text;
}

std::string_view type_name(const FileStat& info) {
    if (S_ISDIR(info.mode)) return "directory";
    if (S_ISLNK(info.mode)) return "symbolic link";
    return info.size == 0 ? "regular empty file" : "regular file";
}

std::string short_time(const FileTime& time, const Personality& who) {
    const CivilTime t = civil(time.seconds, who.zone_minutes);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", t.year, t.month, t.day, t.hour, t.minute);
}

std::string stat_field(char letter, const std::string& path, const FileStat& info,
                       const Personality& who) {
    switch (letter) {
        case 'n':
            return path;
        case 's':
            return fmt::to_string(info.size);
        case 'a':
            return fmt::format("{:o}", info.mode & 07777u);
        case 'A':
            return mode_text(info.mode);
        case 'f':
            return fmt::format("{:x}", info.mode);
        case 'F':
            return std::string(type_name(info));
        case 'u':
            return fmt::to_string(info.uid);
        case 'U':
            return user_name(info.uid);
        case 'g':
            return fmt::to_string(info.gid);
        case 'G':
            return group_name(info.gid);
        case 'h':
            return fmt::to_string(info.nlink);
        case 'i':
            return fmt::to_string(info.ino);
        case 'd':
            return fmt::to_string(info.dev);
        case 'b':
            return fmt::to_string((info.size + 511) / 512);
        case 'B':
            return "512";
        case 'x':
            return full_time(info.atime, who);
        case 'y':
            return full_time(info.mtime, who);
        case 'z':
            return full_time(info.ctime, who);
        case 'X':
            return fmt::to_string(info.atime.seconds);
        case 'Y':
            return fmt::to_string(info.mtime.seconds);
        case 'Z':
            return fmt::to_string(info.ctime.seconds);
        case '%':
            return "%";
        default:
            return "?";
    }
}

void put_entry(Call& call, const std::string& path, const std::string& name,
               const ListOptions& options) {
    if (options.detail == 0) return call.out.line(name);
    Storage& storage = call.device.storage();
    FileStat info;
    if (const int error = storage.stat(path, Links::keep, info)) {
        call.fail(fmt::format("{}: {}", path, std::strerror(error)));
        return call.out.line(
            fmt::format("?????????? ? ?      ?             ?                ? {}", name));
    }
    const auto target = storage.read_link(path);
    call.out.line(fmt::format("{} {:2} {:<8} {:<8} {:>10} {} {}{}", mode_text(info.mode),
                              info.nlink, user_name(info.uid), group_name(info.gid), info.size,
                              options.detail > 1 ? full_time(info.mtime, call.device.who())
                                                 : short_time(info.mtime, call.device.who()),
                              name, target ? " -> " + *target : ""));
}

bool is_shown(const std::string& name, const ListOptions& options) {
    if (options.all) return true;
    if (name == "." || name == "..") return false;
    return options.almost_all || !name.starts_with('.');
}

int list_folder(Call& call, const std::string& path, const ListOptions& options) {
    std::vector<std::string> names;
    const int error = call.device.storage().list(path, [&](const std::string& name) {
        if (is_shown(name, options)) names.push_back(name);
        return true;
    });
    if (error != 0) return call.fail(fmt::format("{}: {}", path, std::strerror(error)));
    std::sort(names.begin(), names.end());
    if (options.detail > 0) call.out.line(fmt::format("total {}", 4 * names.size()));
    for (const std::string& name : names) {
        put_entry(call, path.ends_with('/') ? path + name : path + "/" + name, name, options);
    }
    return 0;
}

}  // namespace

CivilTime civil(int64_t seconds, int zone_minutes) {
    // A hostile number must not overflow the calendar: years 1970 to 9999.
    const int64_t local =
        std::clamp<int64_t>(seconds, 0, 253402300799) + int64_t{zone_minutes} * 60;
    const std::chrono::sys_seconds instant{std::chrono::seconds(local)};
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{day};
    const auto in_day = (instant - day).count();
    return {static_cast<int>(date.year()),      static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),  static_cast<int>(in_day / 3600),
            static_cast<int>(in_day / 60 % 60), static_cast<int>(in_day % 60)};
}

std::string full_time(const FileTime& time, const Personality& who) {
    const CivilTime t = civil(time.seconds, who.zone_minutes);
    std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:09}", t.year, t.month,
                                   t.day, t.hour, t.minute, t.second, time.nanoseconds);
    if (who.times_have_zone) {
        text += fmt::format(" +{:02}{:02}", who.zone_minutes / 60, who.zone_minutes % 60);
    }
    return text;
}

std::string format_stat(std::string_view format, const std::string& path, const FileStat& info,
                        const Personality& who) {
    std::string text;
    for (size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '%' && i + 1 < format.size()) {
            text += stat_field(format[++i], path, info, who);
        } else if (format[i] == '\\' && i + 1 < format.size() && format[i + 1] == 'n') {
            text += '\n';
            ++i;
        } else {
            text += format[i];
        }
    }
    return text;
}

int list_files(Call& call, const std::vector<std::string>& paths, const ListOptions& options) {
    int code = 0;
    for (const std::string& path : paths) {
        FileStat info;
        const Links links =
            options.detail > 0 || options.folder_itself ? Links::keep : Links::follow;
        if (const int error = call.device.storage().stat(path, links, info)) {
            code = call.fail(fmt::format("{}: {}", path, std::strerror(error)));
        } else if (S_ISDIR(info.mode) && !options.folder_itself) {
            if (paths.size() > 1) call.out.line(path + ":");
            code = std::max(code, list_folder(call, path, options));
        } else {
            put_entry(call, path, path, options);
        }
    }
    return code;
}

}  // namespace lifeboat::sim
