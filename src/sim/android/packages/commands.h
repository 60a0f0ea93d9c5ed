// What pm, dumpsys package, settings, cmd role and cmd wifi say: the parts that other command files
// call.
#pragma once

#include "sim/android/shell.h"

#include <optional>
#include <span>
#include <string>

namespace lifeboat::sim {

using WordSpan = std::span<const std::string>;

// `pm WORDS` and `cmd package WORDS`.
int package_manager(Call& call, WordSpan words);
// Of these, what begins with install; nothing when it is something else.
std::optional<int> install_commands(Call& call, WordSpan words);
// An exception as the phone's services print it; the exit code 255.
int java_exception(Call& call, std::string_view command, std::string_view text);

int settings_command(Call& call);
int role_command(Call& call, WordSpan words);
int wifi_command(Call& call, WordSpan words);
// The phone's own networks and role holders at its birth.
void set_first_roles_and_networks(DeviceState& state, const Personality& who);

// `dumpsys package NAME`, `dumpsys package installs`, `dumpsys role`.
std::string dump_package(Device& device, const std::string& name);
std::string dump_sessions(const DeviceState& state);
std::string dump_roles(const DeviceState& state);

// Whether this maker keeps installs and grants from a computer until the person allows them.
bool wants_security_settings(Device& device);

}  // namespace lifeboat::sim
