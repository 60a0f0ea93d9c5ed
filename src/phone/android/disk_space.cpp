#include "phone/android/disk_space.h"

#include "base/text.h"

#include <vector>

namespace lifeboat::phone::android {

// One file system: a heading, then its fields, which wrap behind a long name. The last ones are
// total, used, available, "n%", mount point.
Parsed<DiskSpace> parse_df(std::string_view text) {
    using Answer = Parsed<DiskSpace>;
    const auto all = lines(text);
    if (all.size() < 2 || all.size() > 3 || all[0].find("1K-blocks") == std::string_view::npos) {
        return Answer::unknown(unknown_form);
    }
    std::vector<std::string_view> fields;
    for (size_t i = 1; i < all.size(); ++i) {
        for (const auto field : split(all[i], ' ')) {
            if (!trim(field).empty()) fields.push_back(trim(field));
        }
    }
    constexpr size_t needed = 6;
    if (fields.size() != needed || !fields[4].ends_with('%') || !fields[5].starts_with('/')) {
        return Answer::unknown(unknown_form);
    }
    const auto total = parse_u64(fields[1]);
    const auto available = parse_u64(fields[3]);
    constexpr uint64_t largest = UINT64_MAX / 1024;
    if (!total || !available || *total > largest || *available > *total) {
        return Answer::unknown(unknown_form);
    }
    return Answer::known({.total_bytes = *total * 1024, .free_bytes = *available * 1024});
}

}  // namespace lifeboat::phone::android
