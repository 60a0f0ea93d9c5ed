// Asking Android for a backup of its apps in Google's cloud: bmgr, and only those of its words that
// can lose nothing. Switching its backup off, starting it afresh or moving it to another transport
// deletes what is in the cloud: none of that is ever sent.
#pragma once

#include "phone/android/storage_scan.h"
#include "phone/cloud_backup.h"

#include <stop_token>

namespace lifeboat::phone::android {

// As Phone::ask_cloud_backup. May take as long as the phone's apps need. Throws Temporary when the
// connection breaks: the phone may go on by itself.
CloudBackupReport request_backup(const PhoneLink& link, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
