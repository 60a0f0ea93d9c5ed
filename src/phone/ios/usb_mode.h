// Which iPhones hang on this computer's USB, and in which mode: read from Linux's sysfs, which
// tells it of phones that no usbmux daemon can talk to.
//
// Source: Documentation/ABI/stable/sysfs-bus-usb of Linux. Each device is a folder with the files
// idVendor and idProduct (four hexadecimal digits) and serial (text of the device's own). Apple is
// 05ac; 1280 to 1283 are recovery mode, 1227 is DFU, 1290 to 12af the running system. In recovery
// and in DFU the serial is "CPID:8101 ... ECID:000A11112222801E ...".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::ios {

enum class UsbMode { normal, recovery, dfu };

struct UsbIphone {
    UsbMode mode = UsbMode::normal;
    std::optional<uint64_t> ecid{};  // the chip's own number, the same in every mode; if it is told
    std::string udid{};              // normal mode only; empty when it is none
    bool operator==(const UsbIphone&) const = default;
};

// `folder` as /sys/bus/usb/devices. What is no iPhone, or cannot be read, is left out: devices come
// and go while this looks. Nothing when the folder cannot be read at all. iPads have the same
// numbers and are told as well.
std::optional<std::vector<UsbIphone>> usb_iphones(const std::string& folder);

// Nothing for another vendor or product; both as sysfs writes them.
std::optional<UsbMode> usb_mode(std::string_view vendor, std::string_view product);
// Of the text in recovery and DFU.
std::optional<uint64_t> ecid_in_serial(std::string_view serial);
// Phones since 2018 have it behind the dash of their UDID. Nothing for those before.
std::optional<uint64_t> ecid_in_udid(std::string_view udid);

}  // namespace lifeboat::phone::ios
