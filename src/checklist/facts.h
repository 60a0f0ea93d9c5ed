// The vocabulary of evidence: the name of every fact, what its subject is, how its value is
// written, and how old it may be when a verdict is made. docs/evidence.md says the same in words.
//
// Values are text: counts and sizes are decimal digits, truths are "yes" or "no", instants are
// RFC 3339, lists are parted by commas (an empty list is an empty value). A fact that could not be
// read has no value and says why.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>

namespace lifeboat::checklist::facts {

// Read from the phone; no subject. phone::Reading uses the same names.
inline constexpr std::string_view battery_percent = "battery.percent";    // 0..100
inline constexpr std::string_view battery_charging = "battery.charging";  // yes, no
inline constexpr std::string_view battery_plugged = "battery.plugged";    // yes, no
inline constexpr std::string_view wifi_connected = "wifi.connected";      // yes, no
inline constexpr std::string_view wifi_ssid = "wifi.ssid";
inline constexpr std::string_view network_metered = "network.metered";      // yes, no
inline constexpr std::string_view network_validated = "network.validated";  // yes, no
inline constexpr std::string_view storage_free_bytes = "storage.free_bytes";
inline constexpr std::string_view storage_total_bytes = "storage.total_bytes";
inline constexpr std::string_view os_version = "os.version";
inline constexpr std::string_view os_build = "os.build";
inline constexpr std::string_view lock_state = "lock.state";
inline constexpr std::string_view packages_messengers = "packages.messengers";          // list
inline constexpr std::string_view packages_authenticators = "packages.authenticators";  // list

inline constexpr std::string_view packages_vendor_tools = "packages.vendor_tools";    // list
inline constexpr std::string_view packages_google_photos = "packages.google_photos";  // yes, no

// Told by Android phones only; no subject unless said.
inline constexpr std::string_view os_fingerprint = "os.fingerprint";
inline constexpr std::string_view os_security_patch = "os.security_patch";  // 2025-02-05
inline constexpr std::string_view sync_master = "sync.master";              // yes, no
inline constexpr std::string_view sync_authorities = "sync.authorities";    // how many are told
// ok, off, failed, pending, never. Subject: "AUTHORITY@ACCOUNT TYPE:MARK", where the mark stands
// for the account's name.
inline constexpr std::string_view sync_state = "sync.state";
inline constexpr std::string_view sync_succeeded_at = "sync.succeeded_at";  // the same subjects
inline constexpr std::string_view google_backup_enabled = "google_backup.enabled";  // yes, no
// google, device, local, other, none
inline constexpr std::string_view google_backup_transport = "google_backup.transport";
inline constexpr std::string_view google_backup_account = "google_backup.account";  // yes, no
inline constexpr std::string_view google_backup_last_pass_at = "google_backup.last_pass_at";
inline constexpr std::string_view update_pending = "update.pending";  // yes, or unknown: never no
inline constexpr std::string_view update_pending_since = "update.pending_since";
inline constexpr std::string_view activity_call = "activity.call";            // yes, no
inline constexpr std::string_view activity_camera = "activity.camera";        // yes, no
inline constexpr std::string_view activity_recording = "activity.recording";  // yes, no

// Told by iPhones; find_my.on by Android phones too. No subject.
inline constexpr std::string_view backup_encrypted = "backup.encrypted";            // yes, no
inline constexpr std::string_view icloud_backup_enabled = "icloud_backup.enabled";  // yes, no
inline constexpr std::string_view icloud_backup_finished_at =
    "icloud_backup.finished_at";  // RFC 3339; of the last one
inline constexpr std::string_view icloud_photos_on = "icloud_photos.on";  // yes, no
inline constexpr std::string_view find_my_on = "find_my.on";              // yes, no
inline constexpr std::string_view activation_state = "activation.state";  // "Activated"

// Completeness as a subtraction. Subject: a class ("photos"), or a class at a place
// ("photos@ssd", see at_place()).
inline constexpr std::string_view class_on_phone = "class.on_phone";              // files; class
inline constexpr std::string_view class_on_phone_bytes = "class.on_phone_bytes";  // class
inline constexpr std::string_view class_missing =
    "class.missing";  // not in that place; class@place
inline constexpr std::string_view class_missing_bytes = "class.missing_bytes";  // class@place
inline constexpr std::string_view class_only_on_phone =
    "class.only_on_phone";  // in no place; class
inline constexpr std::string_view class_only_on_phone_bytes = "class.only_on_phone_bytes";
inline constexpr std::string_view class_unreadable = "class.unreadable";  // class or group

// Files the person marked "must not lose"; no subject.
inline constexpr std::string_view pinned_total = "pinned.total";
inline constexpr std::string_view pinned_missing = "pinned.missing";  // not in every place

// The newest complete copy; no subject. `copy.complete_at` is the instant at which the first of the
// places had it whole: what changed on the phone after that may be in no copy.
inline constexpr std::string_view copy_complete_at = "copy.complete_at";
inline constexpr std::string_view copy_files = "copy.files";
inline constexpr std::string_view copy_bytes = "copy.bytes";
inline constexpr std::string_view previous_files = "previous.files";  // or "none": first backup
inline constexpr std::string_view previous_bytes = "previous.bytes";  // or "none"
inline constexpr std::string_view phone_new_since_copy = "phone.new_since_copy";  // new or changed

// Content proof: SHA-256 computed by the phone against what the repository holds; no subject.
inline constexpr std::string_view proof_total = "proof.phone_hash.total";
inline constexpr std::string_view proof_matched = "proof.phone_hash.matched";
inline constexpr std::string_view proof_mismatched = "proof.phone_hash.mismatched";
inline constexpr std::string_view proof_unhashed = "proof.phone_hash.unhashed";

// An iPhone's backup, opened and tried after it was stored; no subject.
inline constexpr std::string_view rehearsal_encrypted = "rehearsal.encrypted";  // yes, no
inline constexpr std::string_view rehearsal_opened =
    "rehearsal.opened";  // by its password: yes, no
// When the backup was made that the password does open, while it does not open this one.
inline constexpr std::string_view rehearsal_opens_earlier = "rehearsal.opens_earlier";
inline constexpr std::string_view rehearsal_files = "rehearsal.files";  // in the backup
inline constexpr std::string_view rehearsal_files_checked = "rehearsal.files_checked";
inline constexpr std::string_view rehearsal_databases = "rehearsal.databases";  // whole ones
// What a phone's databases count. Subject, of an Android phone: "contacts", "messages", "calls",
// "calendar", "dictionary", "apps" and the like, counted while they were copied; unknown with the
// phone's reason where it does not show them. Of an iPhone: "photos", "photos_only_in_cloud",
// "photos_not_in_cloud", "messages", "contacts", "calls", "calendar", "notes", "health", "wifi",
// "whatsapp", "bookmarks".
inline constexpr std::string_view inventory_count = "inventory.count";

// Places; subject: the place's name.
inline constexpr std::string_view place_location = "place.location";  // where it is, links resolved
inline constexpr std::string_view place_device = "place.device";      // disk, volume or server
inline constexpr std::string_view place_read_back_at = "place.read_back_at";  // began, RFC 3339
inline constexpr std::string_view place_read_back_ok = "place.read_back_ok";  // yes, no
inline constexpr std::string_view password_sufficient =
    "repository.password_sufficient";                                          // yes, no
inline constexpr std::string_view password_bits = "repository.password_bits";  // only shown

// Of the copy of an Android phone: packages that a new Android may refuse to install again, parted
// by commas; empty when there is none.
inline constexpr std::string_view apps_at_risk = "apps.at_risk";
// Of the copies of an Android phone: when the newest one was made that has what its apps gave by
// `adb backup`; "none".
inline constexpr std::string_view app_backup_saved_at = "app_backup.saved_at";

// An update that was watched; subject: the number of the step, from 1. No check reads them.
inline constexpr std::string_view update_mode = "update.mode";      // normal, gone, recovery ...
inline constexpr std::string_view update_system = "update.system";  // "26.1 (23B85)"
inline constexpr std::string_view update_silent_seconds = "update.silent_seconds";

// What only a person can say: graded told, the typed reason is the value.
inline constexpr std::string_view waiver_single_place = "waiver.single-place";
inline constexpr std::string_view waiver_cloud_only = "waiver.cloud-only";
// What the person saw there by themselves, and wrote down: `lifeboat attest`.
inline constexpr std::string_view told_google_photos = "told.google-photos";
inline constexpr std::string_view told_icloud_storage = "told.icloud-storage";

// Classes of files; every file on the phone is in exactly one.
inline constexpr std::array<std::string_view, 5> classes = {"photos", "videos", "documents",
                                                            "audio", "other"};
// Two groups that class.unreadable knows besides the classes: folders that cannot be listed (they
// may hold anything), and what Android closes to everybody (Android/data, Android/obb).
inline constexpr std::string_view group_folders = "folders";
inline constexpr std::string_view group_private = "private";

inline constexpr std::string_view none = "none";

inline std::string at_place(std::string_view media_class, std::string_view place) {
    return std::string(media_class) + "@" + std::string(place);
}

}  // namespace lifeboat::checklist::facts

namespace lifeboat::checklist::limits {

// How old a reading may be. What changes by itself (charge, network) must be read right before the
// verdict; what the phone holds must have been looked at within the hour the verdict is good for.
inline constexpr std::chrono::nanoseconds phone_state_age = std::chrono::minutes(10);
inline constexpr std::chrono::nanoseconds phone_content_age = std::chrono::minutes(60);
// A person looks once before an update, not once an hour.
inline constexpr std::chrono::nanoseconds told_age = std::chrono::hours(24);
// For facts that do not age, or whose value is an instant that is compared itself.
inline constexpr std::chrono::nanoseconds any_age = std::chrono::nanoseconds::max();
// Clocks are set back a little now and then; more than this from the future is a clock that jumped.
inline constexpr std::chrono::nanoseconds clock_slack = std::chrono::seconds(5);

inline constexpr std::chrono::nanoseconds verdict_life = std::chrono::minutes(60);

inline constexpr unsigned battery_for_update = 80;
inline constexpr unsigned battery_to_start = 50;
// An update package, its unpacked form and the new apps' code need room at the same time. The
// phone does not tell how much: below the first the update cannot work, below the second it may
// stop half way.
inline constexpr unsigned long long phone_space_needed = 3'000'000'000;
inline constexpr unsigned long long phone_space_wanted = 8'000'000'000;
// Android 15 installs no app that was made for an Android before 7.0 (API level 24); Android 14
// none from before 6.0 (23).
inline constexpr unsigned app_target_needed = 24;
inline constexpr unsigned places_needed = 2;
// Both clouds back up about once a day; an account that has not synced for a week is not syncing.
inline constexpr std::chrono::nanoseconds google_backup_age = std::chrono::hours(24);
inline constexpr std::chrono::nanoseconds icloud_backup_age = std::chrono::hours(24);
inline constexpr std::chrono::nanoseconds sync_age = std::chrono::hours(24 * 7);
// Smaller than the last copy by more than a tenth AND by more than these: something was not seen.
inline constexpr unsigned long long files_drop_ignored = 20;
inline constexpr unsigned long long bytes_drop_ignored = 50'000'000;

}  // namespace lifeboat::checklist::limits
