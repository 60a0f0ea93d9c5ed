// Commands of the phone's shell that ask Android: getprop, dumpsys, cmd, pm, settings, am.
#include "base/text.h"
#include "sim/android/dumpsys.h"
#include "sim/android/packages/commands.h"
#include "sim/android/root/root_commands.h"
#include "sim/android/shell.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>

namespace lifeboat::sim {

namespace {

constexpr int no_service = 20;

int getprop(Call& call) {
    const auto all = call.device.properties();
    if (call.words.size() > 1) {
        const auto found = all.find(call.words[1]);
        const std::string fallback = call.words.size() > 2 ? call.words[2] : "";
        call.out.line(found == all.end() ? fallback : found->second);
        return 0;
    }
    for (const auto& [key, value] : all) call.out.line(fmt::format("[{}]: [{}]", key, value));
    return 0;
}

int dumpsys_command(Call& call) {
    if (call.words.size() < 2) return call.fail("names a service here");
    if (call.words[1] == "-l") {
        call.out.put("Currently running services:\n  account\n  battery\n  connectivity\n  wifi\n");
        return 0;
    }
    if (call.words[1] == "package" && call.words.size() > 2) {
        const std::string& what = call.words[2];
        call.out.put(what == "installs" ? dump_sessions(call.device.snapshot())
                                        : dump_package(call.device, what));
        return 0;
    }
    const auto text = dumpsys(call.device, call.words[1]);
    if (!text) {
        // Real phones say so and exit with 0.
        call.err.line("Can't find service: " + call.words[1]);
        return 0;
    }
    call.out.put(*text);
    return 0;
}

int pm(Call& call) {
    return package_manager(call, call.arguments());
}

int cmd(Call& call) {
    const auto words = call.arguments();
    if (words.empty())
        return call.fail("No service specified; use -l to list all services", no_service);
    const bool knows_wifi = call.device.who().wifi == WifiForm::cmd;
    if (words[0] == "wifi" && knows_wifi) return wifi_command(call, words.subspan(1));
    if (words[0] == "role") return role_command(call, words.subspan(1));
    if (words[0] == "package") return package_manager(call, words.subspan(1));
    if (words[0] == "appops") return app_ops(call, words.subspan(1));
    if (words[0] == "wifi") {
        call.err.line("No shell command implementation.");
        return 255;
    }
    call.err.line("cmd: Can't find service: " + words[0]);
    return no_service;
}

std::string value_after(std::span<const std::string> words, std::string_view option) {
    const auto found = std::find(words.begin(), words.end(), option);
    if (found == words.end() || found + 1 == words.end()) return {};
    return *(found + 1);
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

// "file:///sdcard/a%20b" is "/sdcard/a b".
std::string path_of(std::string_view uri) {
    if (uri.starts_with("file://")) uri.remove_prefix(7);
    std::string path;
    for (size_t i = 0; i < uri.size(); ++i) {
        const bool coded = uri[i] == '%' && i + 2 < uri.size() && digit_of(uri[i + 1]) >= 0 &&
                           digit_of(uri[i + 2]) >= 0;
        if (coded) {
            path += static_cast<char>(digit_of(uri[i + 1]) * 16 + digit_of(uri[i + 2]));
            i += 2;
        } else {
            path += uri[i];
        }
    }
    return path;
}

int am(Call& call) {
    const auto words = call.arguments();
    const std::string action = value_after(words, "-a");
    const std::string data = value_after(words, "-d");
    if (words.size() == 2 && words[0] == "force-stop") return 0;
    if (words.empty() || words[0] != "broadcast") {
        call.err.line("Unknown command: " + (words.empty() ? std::string() : words[0]));
        return 255;
    }
    if (action == "android.intent.action.MEDIA_SCANNER_SCAN_FILE") call.device.scan(path_of(data));
    call.out.line(
        fmt::format("Broadcasting: Intent {{ act={} dat={} flg=0x400000 }}", action, data));
    call.out.line("Broadcast completed: result=0");
    return 0;
}

int uptime(Call& call) {
    const auto up = call.device.clock().now() - call.device.snapshot().booted;
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(up).count();
    call.out.line(fmt::format("up {}:{:02},  0 users", minutes / 60, minutes % 60));
    return 0;
}

}  // namespace

const CommandTable& service_commands() {
    static const CommandTable table{
        {"am", am},           {"cmd", cmd},      {"dumpsys", dumpsys_command},
        {"getprop", getprop}, {"pm", pm},        {"settings", settings_command},
        {"su", su},           {"uptime", uptime}};
    return table;
}

}  // namespace lifeboat::sim
