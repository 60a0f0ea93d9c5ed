// The Android phones that the user's adb server sees.
#pragma once

#include "phone/android/adb_server.h"
#include "phone/android/android_phone.h"

namespace lifeboat::phone::android {

class AndroidBus final : public PhoneBus {
public:
    // `process` and `clock` outlive it and its phones; so does the bus its phones.
    AndroidBus(AdbSettings settings, sys::Process& process, sys::Clock& clock,
               AndroidOptions options = {});

    std::vector<PhoneEntry> list(const std::stop_token& stop) override;
    std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token& stop) override;

private:
    AdbServer server_;
    sys::Clock& clock_;
    AndroidOptions options_;
};

}  // namespace lifeboat::phone::android
