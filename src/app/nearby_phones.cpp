#include "app/nearby_phones.h"

#include "base/text.h"
#include "phone/android/direct/pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace lifeboat::app {
namespace {

using phone::android::AnnouncedService;
using phone::android::KnownPhone;
using phone::android::NetworkAddress;
using std::chrono::milliseconds;

constexpr int most_tries = 3;  // at one address
constexpr milliseconds answer_limit{10'000};
constexpr milliseconds connect_limit{30'000};
constexpr milliseconds between_tries{500};

// By its name first: another phone may have the address now that this one had.
KnownPhone* known_as(std::vector<KnownPhone>& known, const NearbyPhone& seen) {
    const auto called = std::ranges::find_if(
        known, [&](const KnownPhone& one) { return phone::android::is_name_of(seen.name, one); });
    if (called != known.end()) return &*called;
    const auto there = std::ranges::find(known, seen.address, &KnownPhone::address);
    return there == known.end() ? nullptr : &*there;
}

bool is_on_same_host(const std::string& a, const std::string& b) {
    const auto first = phone::android::parse_address(a);
    const auto second = phone::android::parse_address(b);
    return first && second && first->host == second->host;
}

// To another port of the same host, when the phone answers there (see NetworkBus: Following).
bool follow(World& world, KnownPhone& phone, const std::string& address,
            const std::stop_token& stop) {
    if (phone.address == address || !is_on_same_host(phone.address, address)) return false;
    try {
        const KnownPhone there = world.network_phones().look_at({.address = address}, stop);
        if (there.hardware != phone.hardware) return false;
    } catch (const Error&) {
        return false;  // then it was not true, or is not any more
    }
    phone.address = address;
    return true;
}

// The service in which a phone waits that read the picture; tried ones are left out.
class Meeting {
public:
    Meeting(World& world, const phone::android::PairingPicture& picture, nanoseconds until)
        : world_(world), picture_(picture), until_(until) {}

    PairedPhone pair(const std::stop_token& stop) {
        while (true) {
            const NetworkAddress address = next(stop);
            try {
                return pair_at(address, stop);
            } catch (const Error& error) {
                // Somebody may have taken the name; the phone itself may still come.
                world_.events().on(Noted{
                    .severity = Severity::warning,
                    .text = fmt::format("{} did not pair: {}", address.text(), error.message())});
            }
            world_.clock().sleep(between_tries, stop);
        }
    }

private:
    NetworkAddress next(const std::stop_token& stop) {
        const auto left = std::chrono::ceil<milliseconds>(until_ - world_.clock().monotonic());
        const auto untried = [&](const AnnouncedService& one) {
            return tries_[phone::android::address_of(one).text()] < most_tries;
        };
        const auto found = phone::android::browse(
            {.types = {std::string(phone::android::pairing_service)},
             .wanted = [&](std::string_view instance) { return instance == picture_.name; },
             .limit = std::max(left, milliseconds{0}),
             .enough = [&](const auto& all) { return std::ranges::any_of(all, untried); }},
            world_.clock(), stop);
        const auto one = std::ranges::find_if(found, untried);
        if (one == found.end()) {
            throw phone::NotReady(
                "no phone that read the picture was heard of in time",
                "Is the phone in the same network as this computer, and does that let them talk "
                "to each other? Run this again, or pair by six digits: lifeboat phone wifi --pair "
                "HOST:PORT.");
        }
        const auto address = phone::android::address_of(*one);
        ++tries_[address.text()];
        return address;
    }

    PairedPhone pair_at(const NetworkAddress& address, const std::stop_token& stop) {
        auto& bus = world_.network_phones();
        const std::string name = phone::android::pair_with_phone({.host = address.host,
                                                                  .port = address.port,
                                                                  .code = picture_.password,
                                                                  .key = bus.key(),
                                                                  .owner = bus.settings().owner,
                                                                  .now = world_.clock().now(),
                                                                  .answer = answer_limit},
                                                                 world_.random(), stop);
        return {.name = name, .host = address.host};
    }

    World& world_;
    const phone::android::PairingPicture& picture_;
    nanoseconds until_;
    std::map<std::string, int> tries_{};
};

}  // namespace

std::vector<NearbyPhone> look_around(World& world, const LookRequest& request,
                                     const std::stop_token& stop) {
    const auto services =
        phone::android::browse({.types = {std::string(phone::android::connect_service),
                                          std::string(phone::android::pairing_service)},
                                .limit = request.limit},
                               world.clock(), stop);
    auto known = known_network_phones(world.paths());
    const auto before = known;
    std::vector<NearbyPhone> out;
    for (const AnnouncedService& service : services) {
        NearbyPhone seen{.name = service.instance,
                         .address = phone::android::address_of(service).text(),
                         .shows_code = service.type == phone::android::pairing_service};
        KnownPhone* const one = known_as(known, seen);
        if (one != nullptr && !seen.shows_code && !request.only_look) {
            seen.was_followed = follow(world, *one, seen.address, stop);
        }
        if (one != nullptr) seen.known = *one;
        out.push_back(std::move(seen));
    }
    if (known != before) remember_network_phones(world.paths(), known);
    return out;
}

void note_pairing(World& world, const std::string& name) {
    world.events().on(
        Noted{.severity = Severity::info, .text = fmt::format("Paired with {}.", printable(name))});
}

NetworkAddress await_paired_phone(World& world, const PairedPhone& paired,
                                  const std::stop_token& stop) {
    // From the host that just proved that it is the phone, not from any other that has its name.
    const auto is_it = [&](const AnnouncedService& one) { return one.host == paired.host; };
    const auto found = phone::android::browse(
        {.types = {std::string(phone::android::connect_service)},
         .wanted = [&](std::string_view instance) { return instance.starts_with(paired.name); },
         .limit = connect_limit,
         .enough = [&](const auto& all) { return std::ranges::any_of(all, is_it); }},
        world.clock(), stop);
    const auto one = std::ranges::find_if(found, is_it);
    if (one == found.end()) {
        throw phone::NotReady(
            fmt::format("{} is paired, but does not say where it listens", printable(paired.name)),
            "The phone shows its address under Wireless debugging: lifeboat phone wifi HOST:PORT. "
            "It needs no pairing any more.");
    }
    return phone::android::address_of(*one);
}

NewNetworkPhone pair_by_picture(World& world, const PictureRequest& request,
                                const std::stop_token& stop) {
    const auto picture = phone::android::make_pairing_picture(world.random());
    request.show(picture.text());
    Meeting meeting(world, picture, world.clock().monotonic() + request.limit);
    const PairedPhone paired = meeting.pair(stop);
    note_pairing(world, paired.name);
    const NetworkAddress address = await_paired_phone(world, paired, stop);
    return add_network_phone(world, {.address = address.text(), .is_paired = true}, stop);
}

}  // namespace lifeboat::app
