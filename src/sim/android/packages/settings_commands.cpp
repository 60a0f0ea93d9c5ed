// The settings tool: three tables of names and values, each value any text.
#include "sim/android/packages/commands.h"

namespace lifeboat::sim {

namespace {

int invalid_namespace(Call& call, const std::string& name) {
    call.err.line("Invalid namespace '" + name + "'");
    return 255;
}

int list(Call& call, const std::map<std::string, std::string>& table) {
    for (const auto& [key, value] : table) call.out.line(key + "=" + value);
    return 0;
}

int get(Call& call, const std::map<std::string, std::string>& table, const std::string& key) {
    const auto found = table.find(key);
    call.out.line(found == table.end() ? "null" : found->second);
    return 0;
}

int put(Call& call, WordSpan words) {
    if (wants_security_settings(call.device) && words[1] != "system") {
        return java_exception(
            call, "put",
            "java.lang.SecurityException: Permission denial: writing to settings requires:"
            "android.permission.WRITE_SECURE_SETTINGS");
    }
    call.device.state().with([&](DeviceState& s) { s.settings[words[1]][words[2]] = words[3]; });
    return 0;
}

}  // namespace

int settings_command(Call& call) {
    std::vector<std::string> words(call.arguments().begin(), call.arguments().end());
    if (words.size() > 2 && words[0] == "--user") words.erase(words.begin(), words.begin() + 2);
    if (words.size() < 2) {
        call.err.line("Invalid namespace or missing arguments");
        return 255;
    }
    const DeviceState state = call.device.snapshot();
    const auto space = state.settings.find(words[1]);
    if (space == state.settings.end()) return invalid_namespace(call, words[1]);
    if (words[0] == "list") return list(call, space->second);
    if (words[0] == "get" && words.size() == 3) return get(call, space->second, words[2]);
    if (words[0] == "put" && words.size() >= 4) return put(call, words);
    if (words[0] == "delete" && words.size() == 3) {
        const size_t count = call.device.state().with(
            [&](DeviceState& s) { return s.settings[words[1]].erase(words[2]); });
        call.out.line("Deleted " + std::to_string(count) + " rows");
        return 0;
    }
    call.err.line("Invalid command: " + words[0]);
    return 255;
}

}  // namespace lifeboat::sim
