// The package manager of the simulated phone: what is installed, and what installing and removing
// does. Words on the command line are in package_commands.cpp.
#pragma once

#include "base/bytes.h"
#include "sim/android/device.h"
#include "sim/android/packages/apk.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::sim {

// The apps every phone of this make has, with their files written below the device's app folder.
void install_first_apps(Device& device);

std::optional<Package> find_package(Device& device, const std::string& name);
// "/data/app/…/base.apk" first, then the splits.
std::vector<std::string> apk_paths(const Package& package);

// Functions that can fail give the words of the failure as pm says them ("INSTALL_FAILED_...:
// why"), and an empty text when all went well.
using Failed = std::string;

// Puts an app there as if a store had installed it: for tests and controls. Whole files, in any
// order.
Failed install_apks(Device& device, const std::string& installer, const std::vector<Bytes>& apks);

uint64_t create_session(Device& device, InstallSession session);
bool has_session(Device& device, uint64_t id);
// Takes `size` bytes from `read`, fewer when it ends. `failed` says why when they cannot be kept.
uint64_t write_to_session(Device& device, uint64_t id, const std::string& name, uint64_t size,
                          const std::function<size_t(MutableByteView)>& read, std::string& failed);
// The session is gone afterwards, whatever came of it.
Failed commit_session(Device& device, uint64_t id);
void abandon_session(Device& device, uint64_t id);

// False when there is no such app, or only the phone's own.
bool uninstall(Device& device, const std::string& name);

bool is_runtime_permission(std::string_view name);

}  // namespace lifeboat::sim
