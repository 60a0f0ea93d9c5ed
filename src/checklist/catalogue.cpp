// The requirement table as checks: what is built judges, what is not says so.
#include "checklist/checks/checks.h"
#include "checklist/facts.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::checklist {
namespace {

struct Row {
    std::string_view id;
    std::string_view title;
    Gate gate = Gate::informs;
    Platform platform = Platform::any;
    Answerer answerer = Answerer::machine;
    bool told_suffices = false;
};

constexpr auto person = Answerer::person;
constexpr auto any = Platform::any;
constexpr auto ios = Platform::ios;
constexpr auto android = Platform::android;
constexpr auto blocks = Gate::blocks;
constexpr auto warns = Gate::warns;
constexpr auto informs = Gate::informs;

constexpr std::array rows_to_build = {
    Row{"R-001", "Signed verdict", blocks},
    Row{"R-003", "App databases after the update", warns},
    Row{"R-005", "Update that does not start"},
    Row{"R-006", "Offered system version", informs, ios},
    Row{"R-007", "Messages, contacts and settings", blocks},
    Row{"R-008", "Reminder at each update"},
    Row{"R-112", "Large library by cable", informs, ios},
    Row{"R-303", "Cloud sign-in", blocks, any, person, true},
    Row{"R-304", "Cloud storage", blocks},
    Row{"R-307", "Messenger backups", blocks},
    Row{"R-308", "Two-factor codes", blocks},
    Row{"R-309", "App passwords", warns, any, person},
    Row{"R-401", "WhatsApp backup", blocks, android},
    Row{"R-403", "WhatsApp key", blocks, any, person, true},
    Row{"R-404", "Signal backup", blocks, android},
    Row{"R-405", "Signal on iPhone", warns, ios, person},
    Row{"R-406", "Backup files copied unharmed", blocks},
    Row{"R-407", "Telegram export", warns},
    Row{"R-408", "Google Authenticator", blocks},
    Row{"R-409", "Authy", blocks, any, person, true},
    Row{"R-410", "Recovery codes", warns},
    Row{"R-411", "Other authenticators", warns},
    Row{"R-604", "Weekly copy"},
    Row{"R-605", "Daily copy and check"},
    Row{"R-701", "Time needed"},
    Row{"R-702", "Computer stays awake"},
    Row{"R-703", "Phone in use while copying"},
    Row{"R-704", "iPhone recovery mode", informs, ios},
    Row{"R-705", "Android recovery", informs, android},
    Row{"R-801", "Wi-Fi password", warns, ios},
    Row{"R-802", "Account passwords", blocks, any, person, true},
    Row{"R-804", "Find My back on", warns},
    Row{"R-805.iphone", "Apps at rest", informs, ios, person},
    Row{"R-806", "Update guide"},
    Row{"R-807", "Update uninterrupted"},
    Row{"R-808", "Frozen update"},
    Row{"R-809", "Time budget"},
    Row{"R-812", "History of updates"},
};

Check not_built(const Row& row) {
    return {.id = std::string(row.id),
            .title = std::string(row.title),
            .requirement = std::string(row.id.substr(0, 5)),
            .gate = row.gate,
            .answerer = row.answerer,
            .built = false,
            .platform = row.platform,
            .told_suffices = row.told_suffices,
            .codes = {"requirement.not_built"}};
}

std::vector<Check> built() {
    std::vector<Check> checks = {battery_for_update(),
                                 charger(),
                                 wifi(),
                                 phone_space(),
                                 phone_hashes(),
                                 unreadable(),
                                 private_areas(),
                                 records_copied("messages", "Messages", blocks),
                                 records_copied("contacts", "Contacts", blocks),
                                 records_copied("calendar", "Calendar", blocks),
                                 records_copied("calls", "Call log", warns),
                                 pinned_covered(),
                                 unreadable_rest(),
                                 final_copy(),
                                 places_enough(),
                                 places_read_back(),
                                 places_apart(),
                                 size_steady(),
                                 contacts_sync(),
                                 calendar_sync(),
                                 other_sync(),
                                 google_backup(),
                                 google_photos(),
                                 smart_switch(),
                                 clone_phone(),
                                 apps_at_risk(),
                                 app_backup(),
                                 firmware(),
                                 update_waiting(),
                                 wifi_password(),
                                 find_my_device(),
                                 phone_at_rest(),
                                 messengers(),
                                 authenticators(),
                                 password_sufficient(),
                                 iphone_encryption(),
                                 iphone_wifi(),
                                 icloud_backup(),
                                 icloud_backup_date(),
                                 icloud_storage(),
                                 activation(),
                                 find_my(),
                                 iphone_rehearsal(),
                                 originals_on_phone(),
                                 photos_uploaded(),
                                 whatsapp_on_iphone()};
    for (const std::string_view name : facts::classes) checks.push_back(class_covered(name));
    return checks;
}

}  // namespace

std::vector<Check> catalogue() {
    std::vector<Check> checks = built();
    for (const Row& row : rows_to_build) checks.push_back(not_built(row));
    std::stable_sort(checks.begin(), checks.end(),
                     [](const Check& a, const Check& b) { return a.id < b.id; });
    return checks;
}

std::vector<Check> start_checks() {
    return {battery_to_start()};
}

std::vector<std::string> practices() {
    // What apps give goes straight into the encrypted place; `told` never looks like proof; the
    // audit and the way back after an update; nothing counts as saved until it is proven.
    return {"R-210", "R-601", "R-603", "R-706", "R-811"};
}

}  // namespace lifeboat::checklist
