// A phone whose owner has root, and who let the shell use it.
#pragma once

#include "phone/android/shell.h"
#include "phone/android/storage_scan.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// One thread uses it.
class RootAccess {
public:
    // Nothing on a phone without root, or whose owner refuses it: both are common, and no error.
    static std::optional<RootAccess> find(const PhoneLink& link, const std::stop_token& stop);

    // Runs a command line as root. Throws as Shell::run.
    ShellResult run(std::string_view command, const std::stop_token& stop);
    // The same with `how` beside its text: input, where output goes, limits.
    ShellResult run(std::string_view command, ShellCommand how, const std::stop_token& stop);

private:
    explicit RootAccess(const PhoneLink& link) : shell_(link.server, link.serial) {}

    Shell shell_;
};

}  // namespace lifeboat::phone::android
