// `adb backup` and `adb restore` as the phone's own services: what its apps give a computer, once
// somebody has tapped on the phone. Most apps give nothing since Android 12.
#pragma once

#include "phone/android/storage_scan.h"
#include "phone/app_backup.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>

namespace lifeboat::phone::android {

// The text and picture messages come by this one, which is no app of a store.
inline constexpr std::string_view telephony_package = "com.android.providers.telephony";

// The packages to ask for when nobody names any: all that a person installed, and messages.
std::vector<std::string> packages_to_ask(const PhoneLink& link, const std::stop_token& stop);

// The bytes of an .ab file as the phone sends them (see the module ab). `apps` empty: all that
// packages_to_ask() gives. The first read waits for the person; a stream that ends without a byte
// was not allowed. Reads throw Temporary when the phone goes away or stays silent.
std::unique_ptr<ByteSource> open_adb_backup(const PhoneLink& link,
                                            std::span<const std::string> apps,
                                            const std::stop_token& stop);

// Gives the phone an .ab file, and returns when the phone has done with it. The phone does not say
// whether it took it, nor whether anybody tapped: who calls must look. Throws what the archive
// throws, Gone when the phone goes away, and Temporary when it cannot be reached at all.
void send_adb_restore(const PhoneLink& link, ByteSource& archive, const std::stop_token& stop);

// The phone is silent while it waits for a person (one minute) and while its apps take what they
// get (as long as they like).
struct OfferWaits {
    std::chrono::milliseconds silence{60'000};  // between two looks whether it is still there
    std::chrono::milliseconds most{1'800'000};  // of silence at the end, or in the middle
};
// The same, out of a function that writes it. Throws what the function throws.
OfferEnd offer_adb_restore(const PhoneLink& link,
                           const std::function<void(const AppBackupPhone::Write&)>& write,
                           const std::stop_token& stop, const OfferWaits& waits = {});

}  // namespace lifeboat::phone::android
