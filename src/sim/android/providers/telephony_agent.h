// The backup agent for messages: the files it gives to `adb backup`, and what it makes of them when
// they come back. Its grammar is that of Android's TelephonyBackupAgent: zlib streams of JSON
// arrays, at most 1000 messages each, one counter, the oldest first.
#pragma once

#include "sim/android/providers/telephony_database.h"

#include <map>
#include <string>

namespace lifeboat::sim::android {

inline constexpr std::string_view telephony_package = "com.android.providers.telephony";

// By domain and name: "d_f/000000_sms_backup".
using AgentFiles = std::map<std::string, Bytes>;

// All messages, also those that the shell does not see. Attachments are left out, and so is an MMS
// without text.
AgentFiles telephony_backup(TelephonyDatabase& messages);

// The highest file first; a message that is there (the same date and text) is passed over. A file
// that is damaged ends the restore, without a word.
void restore_telephony(TelephonyDatabase& messages, const AgentFiles& files, int64_t now_ms);

}  // namespace lifeboat::sim::android
