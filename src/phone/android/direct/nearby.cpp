#include "phone/android/direct/nearby.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr size_t random_part = 6;
constexpr std::string_view picture_begin = "WIFI:T:ADB;S:";
constexpr std::string_view picture_middle = ";P:";
constexpr std::string_view picture_end = ";;";

// Without ";", ":" and "\", which would have to be escaped in the text of a picture.
std::string random_word(size_t length, sys::Random& random) {
    constexpr std::string_view letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::string out;
    out.reserve(length);
    while (out.size() < length) out += letters[random.below(letters.size())];
    return out;
}

// "adb-S-x (2)" is "adb-S-x", which was taken.
std::string_view without_number(std::string_view instance) {
    const size_t at = instance.rfind(" (");
    if (at == std::string_view::npos || !instance.ends_with(')')) return instance;
    const auto number = instance.substr(at + 2, instance.size() - at - 3);
    const bool is_number =
        !number.empty() && std::ranges::all_of(number, [](char c) { return c >= '0' && c <= '9'; });
    return is_number ? instance.substr(0, at) : instance;
}

}  // namespace

bool is_name_of(std::string_view instance, const KnownPhone& phone) {
    if (phone.hardware.empty()) return false;
    const std::string begin = "adb-" + phone.hardware + "-";
    const std::string_view name = without_number(instance);
    return name.starts_with(begin) && name.size() == begin.size() + random_part;
}

NetworkAddress address_of(const AnnouncedService& service) {
    return {.host = service.host, .port = service.port};
}

std::optional<NetworkAddress> whereabouts(const KnownPhone& phone, std::chrono::milliseconds limit,
                                          sys::Clock& clock, const std::stop_token& stop) {
    const auto before = parse_address(phone.address);
    const auto is_at_its_host = [&](const AnnouncedService& service) {
        return before && service.host == before->host;
    };
    const auto found = browse(
        {.types = {std::string(connect_service)},
         .wanted = [&](std::string_view instance) { return is_name_of(instance, phone); },
         .limit = limit,
         .enough = [&](const auto& all) { return std::ranges::any_of(all, is_at_its_host); }},
        clock, stop);
    if (found.empty()) return std::nullopt;
    const auto there = std::ranges::find_if(found, is_at_its_host);
    return address_of(there == found.end() ? found.front() : *there);
}

SecretText PairingPicture::text() const {
    std::string out;
    out.reserve(picture_begin.size() + name.size() + password.reveal().size() + 8);  // never moved
    out += picture_begin;
    out += name;
    out += picture_middle;
    out += password.reveal();
    out += picture_end;
    SecretText text(out);
    wipe(std::as_writable_bytes(std::span(out)));
    return text;
}

PairingPicture make_pairing_picture(sys::Random& random) {
    constexpr size_t name_length = 8;
    constexpr size_t password_length = 12;
    std::string password = random_word(password_length, random);
    PairingPicture picture{.name = "lifeboat-" + random_word(name_length, random),
                           .password = SecretText(password)};
    wipe(std::as_writable_bytes(std::span(password)));
    return picture;
}

std::optional<PairingPicture> parse_pairing_picture(std::string_view text) {
    if (!text.starts_with(picture_begin) || !text.ends_with(picture_end)) return std::nullopt;
    text.remove_prefix(picture_begin.size());
    text.remove_suffix(picture_end.size());
    const size_t middle = text.find(picture_middle);
    if (middle == std::string_view::npos || middle == 0) return std::nullopt;
    const auto password = text.substr(middle + picture_middle.size());
    if (password.empty()) return std::nullopt;
    return PairingPicture{.name = std::string(text.substr(0, middle)),
                          .password = SecretText(password)};
}

}  // namespace lifeboat::phone::android
