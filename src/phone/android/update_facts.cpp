#include "phone/android/activity.h"
#include "phone/android/fact_reader.h"
#include "phone/android/find_my.h"
#include "phone/android/pending_update.h"
#include "phone/android/storage_level.h"

namespace lifeboat::phone::android {
namespace {

constexpr const char* policy = "dumpsys device_policy";
constexpr const char* space_monitor = "dumpsys devicestoragemonitor";
constexpr const char* calls = "dumpsys telephony.registry";
constexpr const char* camera = "dumpsys media.camera";
constexpr const char* audio = "dumpsys audio";

void read_policy(FactReader& reader) {
    const auto answer = reader.ask(policy);
    const auto pending = parse_pending_update(answer.text);
    using Get = std::function<std::optional<std::string>(const PendingUpdate&)>;
    const auto fact = [&](const char* name, const Get& get) {
        reader.add_parsed<PendingUpdate>(answer, name, pending, get);
    };
    fact("update.pending", [](const PendingUpdate&) { return yes_no(true); });
    fact("update.pending_since",
         [](const PendingUpdate& update) { return to_rfc3339(update.received); });
    fact("update.is_security_patch", [](const PendingUpdate& update) -> std::optional<std::string> {
        if (!update.is_security_patch) return std::nullopt;
        return yes_no(*update.is_security_patch);
    });
    reader.add_parsed<bool>(answer, "find_my.on", parse_find_my(answer.text), yes_no);
}

void read_activity(FactReader& reader) {
    const auto fact = [&](const char* name, const char* command, auto parse) {
        const auto answer = reader.ask(command);
        reader.add_parsed<bool>(answer, name, parse(answer.text), yes_no);
    };
    fact("activity.call", calls, parse_in_call);
    fact("activity.camera", camera, parse_camera_in_use);
    fact("activity.recording", audio, parse_recording);
}

}  // namespace

std::vector<std::string> update_commands() {
    return {policy, space_monitor, calls, camera, audio};
}

void read_update_facts(FactReader& reader, bool is_seamless) {
    read_policy(reader);
    reader.add({.method = "shell: getprop", .text = is_seamless ? "two slots" : "one slot"},
               "update.seamless", yes_no(is_seamless));
    const auto answer = reader.ask(space_monitor);
    reader.add_parsed<std::string>(answer, "storage.level", parse_storage_level(answer.text),
                                   [](const std::string& level) { return level; });
    read_activity(reader);
}

}  // namespace lifeboat::phone::android
