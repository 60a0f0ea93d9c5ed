// Apps whose data no file copy holds: named, so that a GO does not silently leave them out.
#include "base/text.h"
#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

#include <algorithm>
#include <array>

namespace lifeboat::checklist {
namespace {

struct AppName {
    std::string_view package;
    std::string_view name;
};

constexpr std::array<AppName, 41> app_names = {{
    {"com.whatsapp", "WhatsApp"},
    {"com.whatsapp.w4b", "WhatsApp Business"},
    {"org.thoughtcrime.securesms", "Signal"},
    {"org.telegram.messenger", "Telegram"},
    {"org.telegram.messenger.web", "Telegram"},
    {"org.thunderdog.challegram", "Telegram X"},
    {"ch.threema.app", "Threema"},
    {"com.viber.voip", "Viber"},
    {"com.facebook.orca", "Messenger"},
    {"com.tencent.mm", "WeChat"},
    {"jp.naver.line.android", "LINE"},
    {"com.discord", "Discord"},
    {"im.vector.app", "Element"},
    {"com.google.android.apps.authenticator2", "Google Authenticator"},
    {"com.azure.authenticator", "Microsoft Authenticator"},
    {"com.authy.authy", "Authy"},
    {"com.beemdevelopment.aegis", "Aegis"},
    {"com.twofasapp", "2FAS"},
    {"io.ente.auth", "Ente Auth"},
    {"com.duosecurity.duomobile", "Duo Mobile"},
    {"org.shadowice.flocke.andotp", "andOTP"},
    // On iPhones.
    {"net.whatsapp.WhatsApp", "WhatsApp"},
    {"net.whatsapp.WhatsAppSMB", "WhatsApp Business"},
    {"org.whispersystems.signal", "Signal"},
    {"ph.telegra.Telegraph", "Telegram"},
    {"ch.threema.iapp", "Threema"},
    {"com.viber", "Viber"},
    {"com.facebook.Messenger", "Messenger"},
    {"com.tencent.xin", "WeChat"},
    {"jp.naver.line", "LINE"},
    {"com.hammerandchisel.discord", "Discord"},
    {"com.google.Authenticator", "Google Authenticator"},
    {"com.authy", "Authy"},
    {"com.2stable.2fas", "2FAS"},
    {"com.raivo-otp.ios", "Raivo"},
    {"me.mattrubin.authenticator", "Authenticator"},
    {"com.duosecurity.DuoMobile", "Duo Mobile"},
    {"com.okta.mobile", "Okta Verify"},
    {"com.lastpass.authenticator", "LastPass Authenticator"},
    {"com.agilebits.onepassword-ios", "1Password"},
    {"it.ipzs.cieid", "CieID"},
}};

std::string name_of(std::string_view package) {
    const auto* known = std::find_if(app_names.begin(), app_names.end(),
                                     [&](const AppName& app) { return app.package == package; });
    return std::string(known == app_names.end() ? package : known->name);
}

Finding judge_apps(const EvidenceBook& book, const Circumstances& circumstances,
                   std::string_view fact, const std::string& topic) {
    Inquiry look(book, circumstances, topic + ".none");
    const auto packages = look.text(fact, limits::phone_content_age);
    if (!packages) return look.unknown();
    std::string apps;
    uint64_t count = 0;
    for (const std::string_view part : split(*packages, ',')) {
        if (trim(part).empty()) continue;
        apps += (apps.empty() ? "" : ", ") + name_of(trim(part));
        ++count;
    }
    if (count == 0) return look.pass();
    return look.param("apps", apps).param("count", count).fail(topic + ".unverified");
}

Check apps_check(std::string id, std::string title, std::string_view fact,
                 const std::string& topic) {
    const std::string row = id.substr(0, 5);
    return {.id = std::move(id),
            .title = std::move(title),
            .requirement = row,
            .gate = Gate::warns,
            .codes = {topic + ".none", topic + ".unverified"},
            .judge = [fact, topic](const EvidenceBook& book, const Circumstances& circumstances) {
                return judge_apps(book, circumstances, fact, topic);
            }};
}

}  // namespace

Check messengers() {
    return apps_check("R-307.installed", "Messengers", facts::packages_messengers, "messengers");
}

Check authenticators() {
    return apps_check("R-308.installed", "Authenticators", facts::packages_authenticators,
                      "authenticators");
}

}  // namespace lifeboat::checklist
