// Every parser of what a phone says of its apps, settings, roles and networks, and of what a
// snapshot says of them; the first byte chooses which one reads the rest.
#include "base/error.h"
#include "personal/app.h"
#include "personal/network.h"
#include "personal/setting.h"
#include "phone/android/personal/app_data.h"
#include "phone/android/personal/app_ops.h"
#include "phone/android/personal/networks_source.h"
#include "phone/android/personal/package_dump.h"
#include "phone/android/personal/roles_source.h"
#include "phone/android/personal/settings_table.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

namespace android = lifeboat::phone::android;
namespace personal = lifeboat::personal;

void check_dump(std::string_view text) {
    personal::App app{.package = "org.example.notes"};
    android::read_package_dump(text, app);
    if (app.package != "org.example.notes") std::abort();
    for (const std::string& name : app.granted) {
        if (!personal::is_package_name(name)) std::abort();
    }
    if (!app.installer.empty() && !personal::is_package_name(app.installer)) std::abort();
}

void check_lists(std::string_view text) {
    for (const auto& one : android::parse_package_list(text)) {
        if (!personal::is_package_name(one.package)) std::abort();
    }
    for (const auto& path : android::parse_package_paths(text)) {
        if (!path.starts_with('/')) std::abort();
    }
}

void check_ops(std::string_view text) {
    for (const auto& [name, op] : android::parse_app_ops(text, text)) {
        if (android::find_known_op(name) == nullptr || !personal::is_op_mode(op.mode)) std::abort();
    }
}

// What was read once is written and read the same again.
template <class T>
void check_line(std::string_view text, T (*decode)(std::string_view)) {
    T value;
    try {
        value = decode(text);
    } catch (const lifeboat::Corrupt&) {
        return;
    }
    if (!(decode(personal::encode(value)) == value)) std::abort();
}

void check_sums(std::string_view text) {
    try {
        android::sums_of(text);
    } catch (const lifeboat::Corrupt&) {
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string all(data, data + size);
    const std::string_view text = std::string_view(all).substr(1);
    switch (all.front()) {
        case 'd':
            check_dump(text);
            break;
        case 'l':
            check_lists(text);
            break;
        case 'i':
            android::parse_open_sessions(text);
            break;
        case 'o':
            check_ops(text);
            break;
        case 's':
            android::parse_settings(text);
            break;
        case 'r':
            android::parse_roles(text);
            break;
        case 'n':
            android::parse_networks(text);
            break;
        case 'x':
            android::parse_wifi_store(text);
            break;
        case 'h':
            check_sums(text);
            break;
        case 'A':
            check_line(text, personal::decode_app);
            break;
        case 'S':
            check_line(text, personal::decode_setting);
            break;
        case 'N':
            check_line(text, personal::decode_network);
            break;
        default:
            break;
    }
    return 0;
}
