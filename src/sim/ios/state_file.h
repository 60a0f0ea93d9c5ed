// What a simulated iPhone remembers over a restart, as a property list on disk.
#pragma once

#include "sim/ios/device.h"

namespace lifeboat::sim::ios {

// Nothing when there is no such file. Throws Malformed.
std::optional<plist::Dict> read_state_file(const std::string& path);
// Whole or not at all.
void write_state_file(const std::string& path, const plist::Dict& content);

plist::Dict write_state(const DeviceState& state);
// Keys that are missing leave what is there.
void read_state(const plist::Dict& from, DeviceState& state);

plist::Dict write_pairing(const Pairing& pairing);
Pairing read_pairing(const plist::Value& value);

}  // namespace lifeboat::sim::ios
