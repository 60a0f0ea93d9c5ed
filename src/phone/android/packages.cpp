#include "phone/android/packages.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <span>

namespace lifeboat::phone::android {
namespace {

constexpr std::array<std::string_view, 12> messengers{"ch.threema.app",
                                                      "com.discord",
                                                      "com.facebook.orca",
                                                      "com.viber.voip",
                                                      "com.whatsapp",
                                                      "com.whatsapp.w4b",
                                                      "im.vector.app",
                                                      "jp.naver.line.android",
                                                      "org.telegram.messenger",
                                                      "org.telegram.messenger.web",
                                                      "org.thoughtcrime.securesms",
                                                      "com.tencent.mm"};

constexpr std::array<std::string_view, 12> authenticators{"com.authy.authy",
                                                          "com.azure.authenticator",
                                                          "com.beemdevelopment.aegis",
                                                          "com.duosecurity.duomobile",
                                                          "com.google.android.apps.authenticator2",
                                                          "com.lastpass.authenticator",
                                                          "com.twofasapp",
                                                          "com.yubico.yubioath",
                                                          "io.ente.auth",
                                                          "me.jmh.authenticatorpro",
                                                          "org.fedorahosted.freeotp",
                                                          "org.shadowice.flocke.andotp"};

constexpr std::array<std::string_view, 4> vendor_tools{
    "com.coloros.backuprestore", "com.oneplus.backuprestore", "com.oplus.backuprestore",
    "com.sec.android.easyMover"};

std::string known(const std::set<std::string>& installed, std::span<const std::string_view> names) {
    std::string out;
    for (const std::string& name : installed) {
        if (std::find(names.begin(), names.end(), name) == names.end()) continue;
        if (!out.empty()) out += ',';
        out += name;
    }
    return out;
}

bool is_package_name(std::string_view name) {
    constexpr size_t longest = 255;
    return !name.empty() && name.size() <= longest &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '_';
           });
}

}  // namespace

Parsed<std::set<std::string>> parse_packages(std::string_view text) {
    constexpr std::string_view prefix = "package:";
    std::set<std::string> out;
    for (const auto raw : lines(text)) {
        auto line = trim(raw);
        if (!line.starts_with(prefix)) continue;
        line = line.substr(prefix.size());
        line = line.substr(0, line.find(' '));
        // With -f the file comes first, and a file's path may hold "=" itself.
        const size_t equals = line.rfind('=');
        if (equals != std::string_view::npos) line = line.substr(equals + 1);
        if (is_package_name(line)) out.emplace(line);
    }
    if (out.empty()) return Parsed<std::set<std::string>>::unknown(unknown_form);
    return Parsed<std::set<std::string>>::known(std::move(out));
}

std::string known_messengers(const std::set<std::string>& installed) {
    return known(installed, messengers);
}

std::string known_authenticators(const std::set<std::string>& installed) {
    return known(installed, authenticators);
}

std::string known_vendor_tools(const std::set<std::string>& installed) {
    return known(installed, vendor_tools);
}

bool has_google_photos(const std::set<std::string>& installed) {
    return installed.contains("com.google.android.apps.photos");
}

}  // namespace lifeboat::phone::android
