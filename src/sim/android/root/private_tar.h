// tar as root uses it on the simulated phone: with owners, modes and links.
#pragma once

#include "sim/android/root/private_files.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim {

// The header and the padded bytes of one entry; names longer than a header takes get a GNU one
// before.
Bytes tar_entry(const std::string& name, const PrivateNode& node);
Bytes tar_end();

// Reads a whole tar; `each` gets names as they stand in it. False when it is none or cut.
bool read_tar(ByteView tar,
              const std::function<void(const std::string& name, PrivateNode node)>& each);

}  // namespace lifeboat::sim
