// How toybox writes files down: the lines of ls and the fields of stat.
#pragma once

#include "sim/android/shell.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

struct ListOptions {
    bool all = false;
    bool almost_all = false;
    bool folder_itself = false;
    int detail = 0;  // 1 = -l, 2 = -ll with nanoseconds
};

int list_files(Call& call, const std::vector<std::string>& paths, const ListOptions& options);

// "%n %s %y" and the rest of stat -c.
std::string format_stat(std::string_view format, const std::string& path, const FileStat& info,
                        const Personality& who);

// "2025-06-01 12:34:56.123456789 +0100" in the phone's zone, as old phones write it without zone.
std::string full_time(const FileTime& time, const Personality& who);

// Year, month, day, hour, minute, second of an instant in the phone's zone.
struct CivilTime {
    int year = 1970;
    unsigned month = 1;
    unsigned day = 1;
    int hour = 0;
    int minute = 0;
    int second = 0;
};
CivilTime civil(int64_t seconds, int zone_minutes);

}  // namespace lifeboat::sim
