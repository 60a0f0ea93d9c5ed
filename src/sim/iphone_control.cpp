#include "sim/iphone_control.h"

#include "base/text.h"
#include "sim/control_words.h"
#include "sim/ios/fault_words.h"
#include "sim/ios/installed_apps.h"
#include "sim/ios/password_change.h"
#include "sim/ios/world/app_content_maker.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace lifeboat::sim {

namespace {

using ios::DeviceState;
using Json = nlohmann::json;

Json battery(Iphone& phone, Words& words) {
    const auto percent = words.number("the percentage");
    if (percent > 100) throw Misuse("a battery has 0 to 100 percent");
    const bool charging =
        !words.any() || words.one_of("the state", {"charging", "discharging"}) == "charging";
    words.end();
    phone.device().change([&](DeviceState& s) {
        s.battery = static_cast<int>(percent);
        s.charging = charging;
    });
    return done();
}

template <bool DeviceState::*Flag>
Json flag(Iphone& phone, Words& words) {
    const bool on = words.on_or_off();
    words.end();
    phone.device().change([&](DeviceState& s) { s.*Flag = on; });
    return done();
}

Json lock(Iphone& phone, Words& words) {
    words.end();
    phone.device().change([](DeviceState& s) { s.locked = true; });
    return done();
}

Json unlock(Iphone& phone, Words& words) {
    words.end();
    phone.device().change([](DeviceState& s) { s.locked = s.awaits_first_unlock = false; });
    return done();
}

Json consent(Iphone& phone, Words& words) {
    static const std::map<std::string, ios::Consent> all{{"accept", ios::Consent::accept},
                                                         {"deny", ios::Consent::deny},
                                                         {"wait", ios::Consent::wait}};
    const auto answer = all.at(words.one_of("the answer", {"accept", "deny", "wait"}));
    words.end();
    phone.device().change([&](DeviceState& s) { s.consent = answer; });
    return done();
}

Json forget(Iphone& phone, Words& words) {
    words.end();
    phone.device().forget_all();
    return done();
}

Json cloud_backup(Iphone& phone, Words& words) {
    const bool on = words.on_or_off();
    std::optional<TimePoint> last;
    if (words.any()) {
        constexpr uint64_t most_days = 36'500;
        const auto days = words.number("how many days ago the last one was");
        if (days > most_days) throw Misuse("there was no iCloud a hundred years ago");
        last = phone.device().clock().now() - std::chrono::days(days);
    }
    words.end();
    phone.device().change([&](DeviceState& s) {
        s.cloud_backup = on;
        if (last) s.last_cloud_backup = last;
    });
    return done();
}

// The person has no such switch on the phone itself: another computer that it trusts does it.
Json backup_password(Iphone& phone, Words& words) {
    const std::string password = words.next("the password");
    words.end();
    if (!phone.device().begin_backup()) {
        throw Misuse("a backup is under way; plan it with: fault new-password N=TEXT");
    }
    const std::unique_ptr<ios::Device, void (*)(ios::Device*)> turn(
        &phone.device(), [](ios::Device* device) { device->end_backup(); });
    ios::set_backup_password(phone.device(), SecretText(password == "off" ? "" : password));
    return done();
}

Json disk_free(Iphone& phone, Words& words) {
    const auto bytes = words.number("the bytes left");
    words.end();
    phone.device().change([&](DeviceState& s) { s.disk_free = bytes; });
    return done();
}

using ContentChange = std::vector<std::string> (ios::World::*)(uint64_t);

template <ContentChange Change>
Json change_content(Iphone& phone, Words& words) {
    const auto count = words.number("the count");
    words.end();
    ios::World world = phone.content();
    return done({{"identities", (world.*Change)(count)}});
}

Json lose(Iphone& phone, Words& words) {
    const std::string id = words.next("the class");
    const auto count = words.number("the count");
    words.end();
    return done({{"identities", phone.content().lose(id, count)}});
}

Json add_documents(Iphone& phone, Words& words) {
    const auto count = words.number("the count");
    words.end();
    ios::add_documents(phone.content().place(), count);
    return done({{"count", count}});
}

Json remove_app(Iphone& phone, Words& words) {
    const std::string bundle = words.next("the bundle");
    words.end();
    if (!ios::remove_app(phone.device(), bundle)) {
        throw Misuse(
            fmt::format("no app \"{}\" is installed that could be removed", printable(bundle)));
    }
    return done();
}

Json apps(Iphone& phone, Words& words) {
    words.end();
    Json bundles = Json::array();
    for (const ios::App& app : ios::installed_apps(phone.device())) bundles.push_back(app.bundle);
    return done({{"apps", std::move(bundles)}});
}

template <uint64_t (*Change)(const ios::Place&, uint64_t)>
Json change_documents(Iphone& phone, Words& words) {
    const auto count = words.number("the count");
    words.end();
    return done({{"count", Change(phone.content().place(), count)}});
}

Json update(Iphone& phone, Words& words) {
    const std::string version = words.next("the version");
    std::vector<Iphone::Loss> losses;
    while (words.any()) {
        words.one_of("an option", {"--loses"});
        const std::string id = words.next("what is lost");
        losses.push_back({id, words.number("how many are lost")});
    }
    const auto lost = phone.install_update(version, losses);
    const DeviceState after = phone.device().state();
    return done({{"version", after.who.version}, {"build", after.who.build}, {"lost", lost}});
}

template <void (Iphone::*Do)()>
Json act(Iphone& phone, Words& words) {
    words.end();
    (phone.*Do)();
    return done();
}

// The person at the phone types it: what waits for it goes on.
Json passcode(Iphone& phone, Words& words) {
    const Json answer = unlock(phone, words);
    phone.faults().with([](ios::FaultPlan& plan) { plan.passcode_waits = false; });
    return answer;
}

Json fault(Iphone& phone, Words& words) {
    const std::string name = words.next("the fault");
    const std::string value = words.next("its value");
    words.end();
    phone.faults().with([&](ios::FaultPlan& plan) { ios::set_fault(plan, name, value); });
    return done({{"faults", ios::fault_values(phone.faults().copy())}});
}

Json faults(Iphone& phone, Words& words) {
    if (words.any()) {
        words.one_of("an option", {"clear"});
        words.end();
        phone.faults().clear();
    }
    return done({{"faults", ios::fault_values(phone.faults().copy())}});
}

std::string_view consent_word(ios::Consent consent) {
    switch (consent) {
        case ios::Consent::accept:
            return "accept";
        case ios::Consent::deny:
            return "deny";
        case ios::Consent::wait:
            return "wait";
    }
    return "";
}

Json state(Iphone& phone, Words& words) {
    words.end();
    const DeviceState s = phone.device().state();
    return done({{"personality", s.who.name},
                 {"udid", s.who.udid},
                 {"name", s.name},
                 {"model", s.who.product_type},
                 {"version", s.who.version},
                 {"build", s.who.build},
                 {"port", phone.port()},
                 {"plugged", phone.is_plugged()},
                 {"boots", s.boots},
                 {"battery", {{"percent", s.battery}, {"charging", s.charging}}},
                 {"disk_free", s.disk_free},
                 {"locked", s.locked},
                 {"awaits_first_unlock", s.awaits_first_unlock},
                 {"passcode_set", s.passcode_set},
                 {"setup_done", s.setup_done},
                 {"find_my", s.find_my},
                 {"will_encrypt", s.will_encrypt},
                 {"requires_encryption", s.requires_encryption},
                 {"wifi_sync", s.wifi_sync},
                 {"cloud_backup", s.cloud_backup},
                 {"consent", consent_word(s.consent)},
                 {"faults", ios::fault_values(phone.faults().copy())},
                 {"computers", phone.device().pairing_count()}});
}

using Handler = Json (*)(Iphone&, Words&);

const std::map<std::string_view, Handler>& handlers() {
    using ios::World;
    static const std::map<std::string_view, Handler> table{
        {"battery", battery},
        {"backup-password", backup_password},
        {"disk-free", disk_free},
        {"find-my", flag<&DeviceState::find_my>},
        {"setup-done", flag<&DeviceState::setup_done>},
        {"passcode-set", flag<&DeviceState::passcode_set>},
        {"requires-encryption", flag<&DeviceState::requires_encryption>},
        {"wifi-sync", flag<&DeviceState::wifi_sync>},
        {"cloud-backup", cloud_backup},
        {"locks-on-reboot", flag<&DeviceState::locks_on_reboot>},
        {"lock", lock},
        {"unlock", unlock},
        {"passcode", passcode},
        {"consent", consent},
        {"fault", fault},
        {"faults", faults},
        {"forget", forget},
        {"add-photos", change_content<&World::add_photos>},
        {"delete-photos", change_content<&World::delete_photos>},
        {"upload-photos", change_content<&World::upload_photos>},
        {"add-messages", change_content<&World::add_messages>},
        {"delete-messages", change_content<&World::delete_messages>},
        {"lose", lose},
        {"add-documents", add_documents},
        {"change-documents", change_documents<ios::change_documents>},
        {"delete-documents", change_documents<ios::remove_documents>},
        {"remove-app", remove_app},
        {"apps", apps},
        {"update", update},
        {"unplug", act<&Iphone::disappear>},
        {"plug", act<&Iphone::come_back>},
        {"reboot", act<&Iphone::reboot>},
        {"drop", act<&Iphone::drop_connections>},
        {"state", state}};
    return table;
}

}  // namespace

std::string_view iphone_control_help() {
    return R"(  battery N [charging|discharging]      disk-free BYTES
  find-my on|off                        setup-done on|off
  passcode-set on|off                   locks-on-reboot on|off
  requires-encryption on|off            forget (every computer)
  wifi-sync on|off                      cloud-backup on|off [DAYS AGO]
  lock | unlock | passcode (typed)      consent accept|deny|wait
  backup-password TEXT|off
  unplug | plug | reboot | drop
  add-photos N                          delete-photos N
  upload-photos N (to iCloud)
  add-messages N                        delete-messages N
  add-documents N                       change-documents N | delete-documents N
  lose CLASS N                          update VERSION [--loses CLASS N]...
      CLASS: photos, messages, contacts, calls, calendar, notes, whatsapp, health, bookmarks;
      the oldest go
  remove-app BUNDLE                     apps (those installed)
  fault NAME VALUE (the list is below)  faults [clear]
  state
)";
}

std::string run_iphone_control(Iphone& phone, const std::vector<std::string>& words) {
    return answer_line(words, [&](const std::string& name, Words& rest) {
        const auto found = handlers().find(name);
        if (found == handlers().end()) {
            throw Misuse(fmt::format("unknown command \"{}\"; lifeboat-sim --help lists them",
                                     printable(name)));
        }
        return found->second(phone, rest);
    });
}

}  // namespace lifeboat::sim
