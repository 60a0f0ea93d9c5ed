#include "sim/ios/world/place.h"

#include "base/bytes.h"
#include "crypto/sha1.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::sim::ios {

namespace {

constexpr int64_t apple_epoch = 978'307'200;

crypto::Sha1Value digest_of(const Place& place, std::string_view kind, uint64_t number) {
    return crypto::sha1(as_bytes(fmt::format("{}/{}/{}", place.seed, kind, number)));
}

}  // namespace

std::string Place::path(std::string_view domain, std::string_view relative) const {
    return fmt::format("{}/{}/{}", files, domain, relative);
}

std::string Place::uuid(std::string_view kind, uint64_t number) const {
    const auto d = digest_of(*this, kind, number);
    const auto at = [&](size_t i) { return load_le<uint32_t>(d, i); };
    // Version 4, as the phone's own.
    return fmt::format("{:08X}-{:04X}-4{:03X}-{:X}{:03X}-{:08X}{:04X}", at(0), at(4) & 0xffff,
                       at(6) & 0xfff, 8 + (at(8) & 3), at(9) & 0xfff, at(12), at(16) & 0xffff);
}

uint64_t Place::seed_of(std::string_view kind, uint64_t number) const {
    return load_le<uint64_t>(digest_of(*this, kind, number));
}

TimePoint time_of(const Place& place, uint64_t i, uint64_t count, std::chrono::minutes step) {
    return place.newest - (count - 1 - i) * step;
}

double apple_seconds(TimePoint time) {
    return std::chrono::duration<double>(time.time_since_epoch()).count() -
           static_cast<double>(apple_epoch);
}

int64_t apple_nanoseconds(TimePoint time) {
    return (time - std::chrono::seconds(apple_epoch)).time_since_epoch().count();
}

int64_t unix_seconds(TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

Person person(uint64_t number) {
    static constexpr std::array<std::string_view, 12> first{
        "Grace",  "Alan",  "Katherine", "Claude",  "Emmy", "Leonhard",
        "Sophie", "Isaac", "Marie",     "Michael", "Hedy", "Johannes"};
    static constexpr std::array<std::string_view, 12> last{
        "Hopper",  "Turing", "Johnson", "Shannon", "Noether", "Euler",
        "Germain", "Newton", "Curie",   "Faraday", "Lamarr",  "Kepler"};
    Person found{.first = first[number % first.size()],
                 .last = last[(number + number / first.size()) % last.size()]};
    // Ofcom keeps 07700 900000 to 900999 for drama.
    found.phone = fmt::format("+447700900{:03}", number % 1000);
    found.mail = fmt::format("friend.{}@example.com", number);
    return found;
}

}  // namespace lifeboat::sim::ios
