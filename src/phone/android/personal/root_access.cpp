#include "phone/android/personal/root_access.h"

#include "base/text.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {

std::optional<RootAccess> RootAccess::find(const PhoneLink& link, const std::stop_token& stop) {
    RootAccess access(link);
    const auto answer = access.run("id", stop);
    if (answer.exit_code != 0 || !trim(answer.output).starts_with("uid=0(")) return std::nullopt;
    return access;
}

ShellResult RootAccess::run(std::string_view command, const std::stop_token& stop) {
    return run(command, {}, stop);
}

ShellResult RootAccess::run(std::string_view command, ShellCommand how,
                            const std::stop_token& stop) {
    how.text = fmt::format("su -c {}", shell_quote(command));
    return shell_.run(how, stop);
}

}  // namespace lifeboat::phone::android
