// Asks the phone everything the checklist wants to know; docs/evidence.md lists the facts.
#pragma once

#include "phone/android/storage_scan.h"

namespace lifeboat::phone::android {

Facts read_facts(const PhoneLink& link, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
