#include "storage/backend.h"

#include <algorithm>

namespace lifeboat::storage {

size_t Backend::read(const std::string& name, uint64_t offset, MutableByteView to,
                     const std::stop_token& stop) const {
    const Bytes bytes = load(name, {.offset = offset, .length = to.size()}, stop);
    std::copy(bytes.begin(), bytes.end(), to.begin());
    return bytes.size();
}

}  // namespace lifeboat::storage
