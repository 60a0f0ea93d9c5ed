// What the phone's services say of themselves: the texts of dumpsys and cmd, with the traps that
// real phones set.
#pragma once

#include "sim/android/device.h"

#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::sim {

std::string dump_battery(const DeviceState& state, const Personality& who);
std::string dump_connectivity(const DeviceState& state);
std::string dump_wifi(const DeviceState& state);
std::string wifi_status(const DeviceState& state);
std::string dump_accounts(const DeviceState& state);
std::string dump_content(const DeviceState& state, const Personality& who, TimePoint now);
std::string dump_diskstats(uint64_t free_bytes);
std::string dump_storage_monitor(uint64_t free_bytes);
std::string dump_device_policy(const DeviceState& state, const Personality& who);
std::string dump_backup(const DeviceState& state, const Personality& who, TimePoint now);
std::string dump_lock_settings();
std::string dump_trust(bool locked, const DeviceState& state);
std::string dump_audio(const DeviceState& state);
std::string dump_camera(const DeviceState& state);
std::string dump_telephony(const DeviceState& state);

// The transport that keeps everything on the phone itself, by the name it has in this version.
std::string local_transport(const Personality& who);

// Nothing when there is no such service.
std::optional<std::string> dumpsys(Device& device, std::string_view service);

}  // namespace lifeboat::sim
