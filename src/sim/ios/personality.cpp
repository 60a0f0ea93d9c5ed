#include "sim/ios/personality.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::sim::ios {

namespace {

const std::vector<Personality>& all() {
    static const std::vector<Personality> list{{.name = "ios17",
                                                .version = "17.6.1",
                                                .build = "21G93",
                                                .product_type = "iPhone13,2",
                                                .model = "iPhone 12",
                                                .hardware = "D53gAP",
                                                .udid = "00008101-000A11112222801E",
                                                .chip = 0x8101,
                                                .refuses_gestalt = true},
                                               {.name = "ios26",
                                                .version = "26.1",
                                                .build = "23B85",
                                                .product_type = "iPhone17,1",
                                                .model = "iPhone 16 Pro",
                                                .hardware = "D93AP",
                                                .udid = "00008140-000C2468135A801C",
                                                .chip = 0x8140,
                                                .refuses_gestalt = true},
                                               {.name = "ios16",
                                                .version = "16.7.10",
                                                .build = "20H350",
                                                .product_type = "iPhone12,1",
                                                .model = "iPhone 11",
                                                .hardware = "N104AP",
                                                .udid = "00008030-001239871234802E",
                                                .chip = 0x8030},
                                               {.name = "ios14",
                                                .version = "14.8.1",
                                                .build = "18H107",
                                                .product_type = "iPhone10,6",
                                                .model = "iPhone X",
                                                .hardware = "D221AP",
                                                .udid = "8f3c0a5be17d426998a0c4d1f2b36e5a70819c2d",
                                                .chip = 0x8015}};
    return list;
}

}  // namespace

int Personality::major() const {
    return static_cast<int>(parse_u64(split(version, '.').front()).value_or(0));
}

const Personality& personality(std::string_view name) {
    const auto found = std::ranges::find(all(), name, &Personality::name);
    if (found == all().end()) {
        throw Misuse(fmt::format("there is no personality \"{}\"", printable(name)),
                     "ios14, ios16, ios17 (the default), ios26");
    }
    return *found;
}

Personality updated(const Personality& phone, std::string_view version) {
    Personality after = phone;
    after.version = version;
    const int major = after.major();
    if (major == 0) throw Misuse("an iOS version begins with a number");
    // Apple's builds: the number of the system's generation, a letter for the minor version.
    const auto parts = split(version, '.');
    const auto minor = parts.size() > 1 ? parse_u64(parts[1]).value_or(0) : 0;
    const int generation = major >= 26 ? major - 3 : major + 4;
    after.build = fmt::format("{}{}{}", generation, static_cast<char>('A' + minor % 26), 101);
    after.refuses_gestalt = major > 17 || (major == 17 && minor >= 4);
    return after;
}

}  // namespace lifeboat::sim::ios
