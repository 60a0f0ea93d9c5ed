#include "sim/control.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/adb_backup_control.h"
#include "sim/app_control.h"
#include "sim/control_cloud.h"
#include "sim/control_words.h"
#include "sim/personal_control.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <map>

namespace lifeboat::sim {

namespace {

using Json = nlohmann::json;

// A path on the phone; a bare one lies in shared storage.
std::string path_from(Words& words) {
    const std::string word = words.next("a path");
    return Storage::canonical(word.starts_with('/') ? word : "/sdcard/" + word);
}

Json battery(AndroidPhone& phone, Words& words) {
    const auto percent = words.number("the percentage");
    if (percent > 100) throw Misuse("a battery has 0 to 100 percent");
    const std::string how = words.next_or("charging");
    if (how != "charging" && how != "discharging")
        unknown_word("the state", how, "charging, discharging");
    phone.set_battery(static_cast<int>(percent), how == "charging");
    return done();
}

Json fake_battery(AndroidPhone& phone, Words& words) {
    const bool faked = words.next_or("on") == "on";
    phone.device().state().with([&](DeviceState& s) { s.battery.faked = faked; });
    return done();
}

Json wifi(AndroidPhone& phone, Words& words) {
    static const std::map<std::string, Wifi, std::less<>> all{{"on", Wifi::connected},
                                                              {"off", Wifi::off},
                                                              {"metered", Wifi::metered},
                                                              {"disconnected", Wifi::disconnected}};
    const std::string word = words.next("the state");
    const auto found = all.find(word);
    if (found == all.end()) unknown_word("the state", word, "on, off, metered, disconnected");
    phone.set_wifi(found->second);
    return done();
}

Json add_photos(AndroidPhone& phone, Words& words) {
    return done({{"paths", phone.add_photos(words.number("the count"))}});
}

Json lose_photos(AndroidPhone& phone, Words& words) {
    const std::string first = words.next("a count or a path");
    if (const auto count = parse_u64(first)) return done({{"paths", phone.lose_photos(*count)}});
    Json paths = Json::array();
    for (std::string path = first;; path = words.next("a path")) {
        const std::string full = path.starts_with('/') ? path : "/sdcard/" + path;
        phone.lose(full);
        paths.push_back(full);
        if (!words.any()) return done({{"paths", paths}});
    }
}

Json install_update(AndroidPhone& phone, Words& words) {
    const std::string version = words.next("the version");
    // As an update does that migrates the databases: what pointed to a row by number is lost.
    if (words.any()) {
        words.one_of("what it does besides", {"renumber"});
        phone.device().personal().with([](android::PersonalData& data) { data.renumber(); });
    }
    phone.install_update(version);
    return done({{"fingerprint", phone.device().properties()["ro.build.fingerprint"]}});
}

Json announce_update(AndroidPhone& phone, Words&) {
    const auto now = phone.device().clock().now().time_since_epoch();
    phone.device().state().with([&](DeviceState& s) {
        s.update_pending_since_ms =
            static_cast<uint64_t>(std::chrono::floor<std::chrono::milliseconds>(now).count());
    });
    return done();
}

Json gallery(AndroidPhone& phone, Words&) {
    return done({{"paths", phone.device().gallery()}});
}

Json auth(AndroidPhone& phone, Words& words) {
    const std::string word = words.next("the answer");
    if (word == "accept")
        phone.decide(adb::Consent::accept);
    else if (word == "deny")
        phone.decide(adb::Consent::deny);
    else if (word == "wait")
        phone.decide(adb::Consent::wait);
    else if (word == "forget")
        phone.keys().forget_all();
    else
        unknown_word("the answer", word, "accept, deny, wait, forget");
    return done();
}

Json pairing_code(AndroidPhone& phone, Words& words) {
    const std::string code = words.next_or("735201");
    if (code == "off") {
        phone.hide_pairing_code();
        return done();
    }
    return done({{"code", code}, {"port", phone.show_pairing_code(code)}});
}

Json scan_qr(AndroidPhone& phone, Words& words) {
    return done({{"port", phone.scan_picture(words.next("the text of the picture"))}});
}

Json new_port(AndroidPhone& phone, Words&) {
    return done({{"port", phone.take_new_port()}});
}

Json screen(AndroidPhone& phone, Words& words) {
    const bool locked = words.one_of("the state", {"lock", "unlock"}) == "lock";
    phone.device().state().with([&](DeviceState& s) { s.screen_locked = locked; });
    return done();
}

Json storage(AndroidPhone& phone, Words& words) {
    const std::string word = words.next("the state");
    if (word != "lock" && word != "unlock") unknown_word("the state", word, "lock, unlock");
    phone.set_storage_locked(word == "lock");
    return done();
}

Json fill_disk(AndroidPhone& phone, Words& words) {
    phone.set_free_bytes(words.any() ? words.number("the bytes left") : 0);
    return done();
}

// "allow", "deny", "wait 500": who taps; "password X"; "app PACKAGE allow|deny"; "file PACKAGE
// DOMAIN/NAME TEXT".
Json adb_backup(AndroidPhone& phone, Words& words) {
    const std::string what = words.one_of(
        "what",
        {"allow", "deny", "wait", "password", "needs-password", "app", "file", "wipe", "state"});
    return control_adb_backup(phone.device(), what, words);
}

std::string_view wifi_word(Wifi wifi) {
    switch (wifi) {
        case Wifi::off:
            return "off";
        case Wifi::disconnected:
            return "disconnected";
        case Wifi::connected:
            return "on";
        case Wifi::metered:
            return "metered";
    }
    return "";
}

Json state(AndroidPhone& phone, Words&) {
    Device& device = phone.device();
    const DeviceState s = device.snapshot();
    const FaultPlan plan = device.faults().copy();
    return done({{"personality", device.who().name},
                 {"model", device.who().model},
                 {"serial", device.serial()},
                 {"port", phone.port()},
                 {"connections", phone.connections()},
                 {"battery", {{"percent", s.battery.percent}, {"charging", s.battery.charging}}},
                 {"wifi", wifi_word(s.wifi)},
                 {"version", s.os.release},
                 {"build", s.os.build_id},
                 {"security_patch", s.os.security_patch},
                 {"boots", s.boots},
                 {"locked", device.storage().locked()},
                 {"free_bytes", device.storage().free_bytes()},
                 {"gallery", device.gallery().size()},
                 {"trusted_keys", phone.keys().size()},
                 {"faults",
                  {{"cut_after", plan.cut_after ? Json(*plan.cut_after) : Json()},
                   {"stall_after", plan.stall_after ? Json(*plan.stall_after) : Json()},
                   {"refuse", plan.refuse},
                   {"lie_size", plan.lie_size},
                   {"vanish", plan.vanish},
                   {"endless", plan.endless},
                   {"hostile", plan.hostile},
                   {"change", plan.change.size()},
                   {"garbage", plan.garbage},
                   {"split", plan.split}}}});
}

int error_number(const std::string& word) {
    static const std::map<std::string, int, std::less<>> all{
        {"EACCES", EACCES}, {"EPERM", EPERM},   {"EIO", EIO},
        {"ENOENT", ENOENT}, {"ENODEV", ENODEV}, {"ESTALE", ESTALE}};
    const auto found = all.find(word);
    if (found == all.end())
        unknown_word("the reason", word, "EACCES, EPERM, EIO, ENOENT, ENODEV, ESTALE");
    return found->second;
}

// Changes the fault plan under its lock. The plan is changed only once all words are read.
template <class Change>
Json plan(AndroidPhone& phone, Change change) {
    phone.faults().with([&](FaultPlan& p) { change(p); });
    return done();
}

Json cut_after(AndroidPhone& phone, Words& words) {
    const auto bytes = words.number("the bytes");
    return plan(phone, [&](FaultPlan& p) { p.cut_after = bytes; });
}

Json stall_after(AndroidPhone& phone, Words& words) {
    const auto bytes = words.number("the bytes");
    const std::chrono::milliseconds ms(words.number("the milliseconds"));
    return plan(phone, [&](FaultPlan& p) {
        p.stall_after = bytes;
        p.stall_for = ms;
    });
}

Json refuse(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    const int reason = error_number(words.next_or("EACCES"));
    return plan(phone, [&](FaultPlan& p) { p.refuse[path] = reason; });
}

Json refuse_stat(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    const int reason = error_number(words.next_or("EACCES"));
    return plan(phone, [&](FaultPlan& p) { p.refuse_stat[path] = reason; });
}

Json change_while_read(AndroidPhone& phone, Words& words) {
    static const std::map<std::string, ChangeWhileRead, std::less<>> all{
        {"grow", ChangeWhileRead::grow},
        {"shrink", ChangeWhileRead::shrink},
        {"rewrite", ChangeWhileRead::rewrite},
        {"replace", ChangeWhileRead::replace}};
    const std::string path = path_from(words);
    const std::string how = words.next_or("grow");
    const auto found = all.find(how);
    if (found == all.end()) unknown_word("the change", how, "grow, shrink, rewrite, replace");
    const uint64_t times = words.any() ? words.number("the times") : 1;
    return plan(phone, [&](FaultPlan& p) {
        p.change[path] = {found->second, static_cast<uint32_t>(std::max<uint64_t>(1, times))};
    });
}

Json lie_size(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    const uint64_t size = words.number("the size");
    return plan(phone, [&](FaultPlan& p) { p.lie_size[path] = size; });
}

Json vanish(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    return plan(phone, [&](FaultPlan& p) { p.vanish.insert(path); });
}

Json endless(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    return plan(phone, [&](FaultPlan& p) { p.endless.insert(path); });
}

Json endless_content(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    return plan(phone, [&](FaultPlan& p) { p.endless_content.insert(path); });
}

Json hostile(AndroidPhone& phone, Words& words) {
    const std::string path = path_from(words);
    const bool four_gigabytes = words.any() && words.next("") == "4g";
    return plan(phone, [&](FaultPlan& p) {
        p.hostile.insert(path);
        if (four_gigabytes) p.hostile.insert(path + "#4g");
    });
}

Json garbage(AndroidPhone& phone, Words& words) {
    const bool on = words.next_or("on") == "on";
    return plan(phone, [&](FaultPlan& p) { p.garbage = on; });
}

Json split_packets(AndroidPhone& phone, Words& words) {
    const bool on = words.next_or("on") == "on";
    return plan(phone, [&](FaultPlan& p) { p.split = on; });
}

Json clear(AndroidPhone& phone, Words&) {
    phone.faults().clear();
    return done();
}

Json disappear(AndroidPhone& phone, Words&) {
    phone.disappear();
    return done();
}

Json come_back(AndroidPhone& phone, Words&) {
    phone.come_back();
    return done();
}

Json reboot(AndroidPhone& phone, Words&) {
    phone.reboot();
    return done();
}

Json drop(AndroidPhone& phone, Words&) {
    phone.drop_connections();
    return done();
}

using Handler = Json (*)(AndroidPhone&, Words&);

const std::map<std::string_view, Handler>& handlers() {
    static const std::map<std::string_view, Handler> table{{"battery", battery},
                                                           {"fake-battery", fake_battery},
                                                           {"wifi", wifi},
                                                           {"add-photos", add_photos},
                                                           {"lose-photos", lose_photos},
                                                           {"update-install", install_update},
                                                           {"update-announce", announce_update},
                                                           {"gallery", gallery},
                                                           {"auth", auth},
                                                           {"pairing-code", pairing_code},
                                                           {"scan-qr", scan_qr},
                                                           {"new-port", new_port},
                                                           {"screen", screen},
                                                           {"storage", storage},
                                                           {"fill-disk", fill_disk},
                                                           {"state", state},
                                                           {"cut-after", cut_after},
                                                           {"stall-after", stall_after},
                                                           {"refuse", refuse},
                                                           {"refuse-stat", refuse_stat},
                                                           {"change-while-read", change_while_read},
                                                           {"lie-size", lie_size},
                                                           {"adb-backup", adb_backup},
                                                           {"vanish-between-list-and-read", vanish},
                                                           {"endless-listing", endless},
                                                           {"endless-content", endless_content},
                                                           {"hostile-names", hostile},
                                                           {"garbage", garbage},
                                                           {"split-packets", split_packets},
                                                           {"clear", clear},
                                                           {"personal", run_personal_control},
                                                           {"apps", run_app_control},
                                                           {"content", plan_content_fault},
                                                           {"disappear", disappear},
                                                           {"come-back", come_back},
                                                           {"reboot", reboot},
                                                           {"drop", drop}};
    return table;
}

}  // namespace

std::string_view control_help() {
    return R"(  battery N [charging|discharging]      fake-battery on|off
  wifi on|off|metered|disconnected      storage lock|unlock
  screen lock|unlock
  add-photos N                          lose-photos N | PATH...
  update-announce                       update-install VERSION [renumber]
  auth accept|deny|wait|forget          fill-disk [BYTES LEFT]
  pairing-code [CODE]|off: one try for a computer to pair
  scan-qr TEXT: the same, as the picture of a computer wants it
  new-port: wireless debugging off and on again
  gallery                               state
  adb-backup allow|deny|wait [MS]       adb-backup password [TEXT]
  adb-backup app PACKAGE allow|deny     adb-backup file PACKAGE DOMAIN/NAME TEXT
  adb-backup wipe PACKAGE
  adb-backup needs-password on|off      adb-backup state
  disappear | come-back | reboot | drop
 faults, until clear:
  cut-after BYTES                       stall-after BYTES MS
  refuse PATH [ERRNO]                   refuse-stat PATH [ERRNO]
  change-while-read PATH grow|shrink|rewrite|replace [TIMES]
  lie-size PATH N                       vanish-between-list-and-read PATH
  endless-listing PATH                  endless-content PATH
  hostile-names PATH [4g]
  garbage on|off                        split-packets on|off
)";
}

std::string run_control(AndroidPhone& phone, const std::vector<std::string>& words) {
    return answer_line(words, [&](const std::string& name, Words& rest) {
        if (const CloudCommand command = cloud_command(name)) return command(phone, rest);
        const auto found = handlers().find(name);
        if (found == handlers().end()) {
            throw Misuse(fmt::format("unknown command \"{}\"", printable(name)));
        }
        return found->second(phone, rest);
    });
}

}  // namespace lifeboat::sim
