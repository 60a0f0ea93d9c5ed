#include "base/bytes.h"
#include "parity/parity.h"

#include <algorithm>
#include <cstdint>
#include <span>

namespace lifeboat::parity {
namespace {

// The first two bytes say where the damaged file ends and its sidecar begins.
void try_sidecar(const uint8_t* data, size_t size) {
    const ByteView bytes = std::as_bytes(std::span(data, size));
    if (bytes.size() < 2) return;
    const ByteView rest = bytes.subspan(2);
    const size_t split = std::min<size_t>(load_le<uint16_t>(bytes), rest.size());
    const ByteView sidecar = rest.subspan(split);
    const auto parsed = Sidecar::parse(sidecar);
    if (parsed && parsed->header().layout.sidecar_size() == 0) __builtin_trap();
    if (parsed) static_cast<void>(parsed->whole());
    const Repair result = repair(rest.first(split), sidecar, std::nullopt);
    if (result.file.has_value() != result.problem.empty()) __builtin_trap();
}

}  // namespace
}  // namespace lifeboat::parity

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    lifeboat::parity::try_sidecar(data, size);
    return 0;
}
