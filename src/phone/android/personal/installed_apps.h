// The apps a person installed on the phone, with where their programs lie.
#pragma once

#include "personal/app.h"
#include "phone/android/storage_scan.h"

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

struct InstalledApp {
    personal::App app{};
    std::vector<std::string> paths{};  // on the phone, as app.files
    std::vector<StatReply> looks{};    // as app.files: sizes and dates
    uint32_t uid = 0;
};

// Sorted by package. Throws Garbled when the phone does not answer as the package manager does,
// and what a connection throws.
std::vector<InstalledApp> read_installed_apps(const PhoneLink& link, const std::stop_token& stop);

// The same for these packages, whoever installed them: those that are there.
std::map<std::string, InstalledApp> read_apps(const PhoneLink& link,
                                              const std::vector<std::string>& packages,
                                              const std::stop_token& stop);

}  // namespace lifeboat::phone::android
