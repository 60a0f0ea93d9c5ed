// Every parser of a phone's text; the first byte chooses which one reads the rest.
#include "phone/android/accounts.h"
#include "phone/android/activity.h"
#include "phone/android/backup_run.h"
#include "phone/android/battery.h"
#include "phone/android/connectivity.h"
#include "phone/android/device_line.h"
#include "phone/android/disk_space.h"
#include "phone/android/exact_times.h"
#include "phone/android/find_my.h"
#include "phone/android/getprop.h"
#include "phone/android/google_backup.h"
#include "phone/android/lock_state.h"
#include "phone/android/packages.h"
#include "phone/android/pending_update.h"
#include "phone/android/sha256sum.h"
#include "phone/android/storage_level.h"
#include "phone/android/sync_state.h"
#include "phone/android/wifi_status.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

namespace android = lifeboat::phone::android;

// What every parser promises: a value or a reason, never both, never neither.
template <class T>
void check(const android::Parsed<T>& parsed) {
    if (parsed.value.has_value() != parsed.why_unknown.empty()) std::abort();
}

void check_battery(std::string_view text) {
    const auto parsed = android::parse_battery(text);
    check(parsed);
    if (parsed.value && parsed.value->percent > 100) std::abort();
}

void check_df(std::string_view text) {
    const auto parsed = android::parse_df(text);
    check(parsed);
    if (parsed.value && parsed.value->free_bytes > parsed.value->total_bytes) std::abort();
}

// The digests a phone told, each at most once and in order.
void check_sums(std::string_view text) {
    const std::vector<std::string> paths{"/a", "/b\n", "/c\\", "/a"};
    size_t next = 0;
    android::Sha256sumReader reader(paths, [&](size_t index, const lifeboat::Digest&) {
        if (index < next || index >= paths.size()) std::abort();
        next = index + 1;
    });
    reader.feed(text.substr(0, text.size() / 2));
    reader.feed(text.substr(text.size() / 2));
    reader.finish();
}

void check_times(std::string_view text) {
    android::ExactTimesReader reader("MARK");
    reader.feed(text);
    for (const auto& [path, time] : reader.finish()) {
        if (!path.starts_with('/') || time.nanoseconds >= 1'000'000'000) std::abort();
    }
}

void check_devices(std::string_view text) {
    for (const auto& line : android::parse_devices(text)) {
        if (line.serial.empty() || line.state.empty()) std::abort();
        android::instruction_for(line.state);
    }
}

void check_sync(std::string_view text) {
    const auto state = android::parse_sync_state(text, 1750000000);
    check(state.master);
    check(state.pending);
    check(state.authorities);
    if (!state.authorities.value) return;
    for (const auto& one : *state.authorities.value) {
        if (one.authority.empty() || android::state_word(one).empty()) std::abort();
    }
}

void check_google_backup(std::string_view text) {
    check(android::parse_backup_enabled(text, text));
    check(android::parse_backup_transport(text));
    const auto service = android::parse_backup_service(text);
    check(service.last_pass);
    check(service.has_account);
    check(service.apps_ever);
    check(service.newest_full);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string all(data, data + size);
    const std::string_view text = std::string_view(all).substr(1);
    switch (all.front()) {
        case 'b':
            check_battery(text);
            break;
        case 'w':
            check(android::parse_wifi_status(text));
            break;
        case 'W':
            check(android::parse_dumpsys_wifi(text));
            break;
        case 'c':
            check(android::parse_connectivity(text));
            break;
        case 'd':
            check_df(text);
            break;
        case 'l':
            check_devices(text);
            break;
        case 'g':
            android::parse_getprop(text);
            break;
        case 'p':
            check(android::parse_packages(text));
            break;
        case 't':
            check(android::parse_device_locked(text));
            break;
        case 'k':
            check(android::parse_credential_type(text));
            break;
        case 'a':
            check(android::parse_accounts(text));
            break;
        case 's':
            check_sums(text);
            break;
        case 'e':
            check_times(text);
            break;
        case 'y':
            check_sync(text);
            break;
        case 'G':
            check_google_backup(text);
            break;
        case 'r':
            check(android::parse_backup_run(text));
            break;
        case 'u':
            check(android::parse_pending_update(text));
            check(android::parse_find_my(text));
            break;
        case 'm':
            check(android::parse_storage_level(text));
            break;
        case 'i':
            check(android::parse_in_call(text));
            check(android::parse_camera_in_use(text));
            check(android::parse_recording(text));
            break;
        default:
            break;
    }
    return 0;
}
