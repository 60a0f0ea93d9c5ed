// The phone's half of a sync stream: listings, stats and files, packed in each way or not, cut into
// blocks of any size.
#include "base/error.h"
#include "phone/android/pulled_file.h"
#include "phone/android/sync_wire.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

namespace android = lifeboat::phone::android;
using lifeboat::ByteView;

class Blocks final : public android::BlockSource {
public:
    Blocks(ByteView bytes, size_t piece) : bytes_(bytes), piece_(piece) {}
    ByteView next() override {
        const size_t size = std::min(piece_, bytes_.size());
        const ByteView out = bytes_.first(size);
        bytes_ = bytes_.subspan(size);
        return out;
    }

private:
    ByteView bytes_;
    size_t piece_;
};

void read_listing(android::SyncInput& input, const android::SyncDialect& dialect) {
    while (const auto entry = android::read_entry(input, dialect)) {
        if (entry->name.size() > android::SyncInput::longest_take) std::abort();
    }
    android::read_stat(input, dialect);
}

void read_file(android::SyncInput& input, const android::SyncDialect& dialect,
               android::Packing packing) {
    const android::PullJob job{.item = {.path = lifeboat::ItemPath("sdcard/a"), .size = 5},
                               .remote = "/sdcard/a",
                               .packing = packing};
    android::Unpacker unpacker;
    android::PulledFile file(input, dialect, job, unpacker);
    std::array<std::byte, 7> out{};
    while (file.read(out) > 0) {
    }
    if (file.state() != android::PulledFile::State::complete) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 2) return 0;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    const bool second = (data[0] & 1) != 0;
    Blocks blocks(bytes.subspan(2), size_t{data[1]} + 1);
    android::SyncInput input(blocks);
    const android::SyncDialect dialect{.stat_v2 = second, .list_v2 = second};
    try {
        const auto packing = static_cast<android::Packing>((data[0] >> 2) & 3);
        (data[0] & 2) != 0 ? read_file(input, dialect, packing) : read_listing(input, dialect);
    } catch (const lifeboat::Error&) {
        return 0;  // refused, as it should be
    }
    return 0;
}
