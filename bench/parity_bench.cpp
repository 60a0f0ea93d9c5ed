// Speed of making parity, in GB of packs per CPU second of one core: parity_bench [--json].
#include "crypto/sha256.h"
#include "parity/parity.h"
#include "sys/random.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace lifeboat::parity {
namespace {

constexpr size_t pack_size = size_t{16} << 20;
constexpr int rounds = 9;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The median.
double speed(ByteView pack, Rate rate, Variant variant) {
    std::vector<double> speeds;
    for (int round = 0; round < rounds; ++round) {
        const double start = cpu_seconds();
        protect(pack, Digest{}, rate, variant);
        speeds.push_back(static_cast<double>(pack.size()) / (cpu_seconds() - start) / 1e9);
    }
    std::sort(speeds.begin(), speeds.end());
    return speeds[speeds.size() / 2];
}

void run(bool json) {
    Bytes pack(pack_size);
    sys::SeededRandom(1).fill(pack);
    for (const Variant variant : all_variants) {
        if (!supported(variant)) continue;
        for (const uint32_t per_mille : {10U, 20U, 50U, 100U}) {
            const double value = speed(pack, {per_mille}, variant);
            if (json) {
                fmt::print(R"({{"bench":"parity","variant":"{}","per_mille":{},"gb_per_s":{:.2f}}})"
                           "\n",
                           name_of(variant), per_mille, value);
            } else {
                fmt::print("{:9} {:4.1f} %  {:6.2f} GB/s\n", name_of(variant), per_mille / 10.0,
                           value);
            }
        }
    }
}

}  // namespace
}  // namespace lifeboat::parity

int main(int argc, char** argv) {
    const bool json = argc > 1 && std::string_view(argv[1]) == "--json";
    lifeboat::parity::run(json);
    return 0;
}
