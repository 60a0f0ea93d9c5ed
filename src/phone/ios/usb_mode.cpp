#include "phone/ios/usb_mode.h"

#include "base/text.h"
#include "phone/ios/usbmux_wire.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace lifeboat::phone::ios {
namespace {

namespace fs = std::filesystem;

// A USB string has at most 126 characters, 3 bytes each; a computer has some dozen devices.
constexpr size_t longest_text = 512;
constexpr size_t most_devices = 1024;
constexpr size_t ecid_digits = 16;

std::optional<uint64_t> hex_number(std::string_view text, size_t most_digits) {
    uint64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
    const bool whole = failed == std::errc{} && end == text.data() + text.size();
    if (!whole || text.size() > most_digits) return std::nullopt;
    return value;
}

// Empty when it is not there, no plain file (which could block for ever), or too long to be one of
// these.
std::string text_of(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) return {};
    std::ifstream in(path, std::ios::binary);
    std::array<char, longest_text + 1> buffer{};
    in.read(buffer.data(), buffer.size());
    const auto size = static_cast<size_t>(in.gcount());
    if (size > longest_text) return {};
    return std::string(trim({buffer.data(), size}));
}

std::optional<UsbIphone> device_in(const fs::path& folder) {
    const auto mode = usb_mode(text_of(folder / "idVendor"), text_of(folder / "idProduct"));
    if (!mode) return std::nullopt;
    const std::string serial = text_of(folder / "serial");
    UsbIphone found{.mode = *mode};
    if (*mode == UsbMode::normal) {
        found.udid = normal_udid(serial).value_or("");
        found.ecid = ecid_in_udid(found.udid);
    } else {
        found.ecid = ecid_in_serial(serial);
    }
    return found;
}

}  // namespace

std::optional<UsbMode> usb_mode(std::string_view vendor, std::string_view product) {
    constexpr uint64_t apple = 0x05ac;
    const auto number = hex_number(product, 4);
    if (hex_number(vendor, 4) != apple || !number) return std::nullopt;
    if (*number == 0x1227) return UsbMode::dfu;
    if (*number >= 0x1280 && *number <= 0x1283) return UsbMode::recovery;
    if (*number >= 0x1290 && *number <= 0x12af) return UsbMode::normal;
    return std::nullopt;
}

std::optional<uint64_t> ecid_in_serial(std::string_view serial) {
    constexpr std::string_view name = "ECID:";
    for (const std::string_view word : split(serial, ' ')) {
        if (word.starts_with(name)) return hex_number(word.substr(name.size()), ecid_digits);
    }
    return std::nullopt;
}

std::optional<uint64_t> ecid_in_udid(std::string_view udid) {
    constexpr size_t dash = 8;
    if (udid.size() != dash + 1 + ecid_digits || udid[dash] != '-') return std::nullopt;
    return hex_number(udid.substr(dash + 1), ecid_digits);
}

std::optional<std::vector<UsbIphone>> usb_iphones(const std::string& folder) {
    std::error_code failed;
    fs::directory_iterator entry(folder, failed);
    if (failed) return std::nullopt;
    std::vector<UsbIphone> found;
    // The entries of sysfs are links to folders.
    for (size_t seen = 0; entry != fs::directory_iterator() && seen < most_devices; ++seen) {
        if (auto device = device_in(entry->path())) found.push_back(std::move(*device));
        entry.increment(failed);
        if (failed) break;
    }
    return found;
}

}  // namespace lifeboat::phone::ios
