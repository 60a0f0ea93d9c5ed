// Files that take the place of others. adbd takes the old file away before the first byte of the
// new one comes, so such a file is written beside the old one first, and moved over it when it is
// whole: the old one outlives damage in the copy, a refusal, and a cable pulled in the middle.
#pragma once

#include "phone/android/storage_scan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// "/sdcard/DCIM/.lifeboat-0123456789abcdef" for "/sdcard/DCIM/a.jpg", always the same for one path.
// The dot keeps it out of photo apps; in the same folder, moving it is one step.
std::string name_beside(const std::string& remote);
// Whether a file of this name (without its folder) was left behind by a run that was cut off.
bool is_name_beside(std::string_view name);

struct Replacement {
    std::string beside{};
    std::string remote{};
    uint64_t size = 0;
};

// Moves them over what is there. For each nothing, or why it did not get there: the old file is
// still there then. Throws what a connection throws; may be repeated.
std::vector<std::string> put_in_place(const PhoneLink& link, std::span<const Replacement> all,
                                      const std::stop_token& stop);

// Throws what a connection throws; may be repeated.
void remove_files(const PhoneLink& link, std::span<const std::string> remote,
                  const std::stop_token& stop);

}  // namespace lifeboat::phone::android
