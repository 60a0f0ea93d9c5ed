#include "checklist/checks/checks.h"
#include "checklist/inquiry.h"

namespace lifeboat::checklist {
namespace {

Finding judge_wifi(const EvidenceBook& book, const Circumstances& circumstances) {
    Inquiry look(book, circumstances, "wifi.ready");
    const auto connected = look.yes_no(facts::wifi_connected, limits::phone_state_age);
    if (connected && !*connected) return look.fail("wifi.off");
    const auto metered = look.yes_no(facts::network_metered, limits::phone_state_age);
    if (metered && *metered) return look.fail("wifi.metered");
    const auto validated = look.yes_no(facts::network_validated, limits::phone_state_age);
    if (validated && !*validated) return look.fail("wifi.no_internet");
    if (!connected || !metered || !validated) return look.unknown();
    const auto name = look.peek(facts::wifi_ssid);
    if (!name || name->empty()) return look.pass();
    return look.param("name", *name).pass("wifi.ready_named");
}

}  // namespace

Check wifi() {
    return {
        .id = "R-302",
        .title = "Wi-Fi",
        .requirement = "R-104 R-302",
        .platform = Platform::android,  // an iPhone does not tell: see iphone_wifi
        .codes = {"wifi.ready", "wifi.ready_named", "wifi.off", "wifi.metered", "wifi.no_internet"},
        .judge = judge_wifi};
}

}  // namespace lifeboat::checklist
