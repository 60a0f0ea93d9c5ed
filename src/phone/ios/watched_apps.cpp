#include "phone/ios/watched_apps.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace lifeboat::phone::ios {
namespace {

// A name that ends in '*' stands for all that begin so.
constexpr std::array<std::string_view, 12> messengers{"ch.threema.iapp",
                                                      "com.facebook.Messenger",
                                                      "com.hammerandchisel.discord",
                                                      "com.tencent.xin",
                                                      "com.viber",
                                                      "im.vector.app",
                                                      "jp.naver.line",
                                                      "net.whatsapp.WhatsApp",
                                                      "net.whatsapp.WhatsAppSMB",
                                                      "org.wickr*",
                                                      "org.whispersystems.signal",
                                                      "ph.telegra.Telegraph"};

constexpr std::array<std::string_view, 15> authenticators{"com.2stable.2fas*",
                                                          "com.agilebits.onepassword*",
                                                          "com.authy*",
                                                          "com.azure.authenticator",
                                                          "com.bitwarden*",
                                                          "com.duosecurity.DuoMobile",
                                                          "com.google.Authenticator",
                                                          "com.lastpass.authenticator",
                                                          "com.okta.mobile",
                                                          "com.raivo-otp*",
                                                          "com.twofas*",
                                                          "io.ente.auth*",
                                                          "it.infocert*",
                                                          "it.ipzs.cieid",
                                                          "me.mattrubin.authenticator"};

bool fits(std::string_view bundle, std::string_view pattern) {
    if (!pattern.ends_with('*')) return bundle == pattern;
    return bundle.starts_with(pattern.substr(0, pattern.size() - 1));
}

std::string known(const std::set<std::string>& installed,
                  std::span<const std::string_view> patterns) {
    std::string out;
    for (const std::string& bundle : installed) {
        // A list parted by commas: what has one is no bundle id.
        if (bundle.find(',') != std::string::npos) continue;
        const bool watched = std::ranges::any_of(
            patterns, [&](std::string_view pattern) { return fits(bundle, pattern); });
        if (!watched) continue;
        if (!out.empty()) out += ',';
        out += bundle;
    }
    return out;
}

}  // namespace

std::string installed_messengers(const std::set<std::string>& installed) {
    return known(installed, messengers);
}

std::string installed_authenticators(const std::set<std::string>& installed) {
    return known(installed, authenticators);
}

}  // namespace lifeboat::phone::ios
