// The files that Android's own backup agent for messages writes and restores, in
// apps/com.android.providers.telephony/d_f/ of an .ab archive: NNNNNN_sms_backup and
// NNNNNN_mms_backup, zlib streams of a JSON array of at most 1000 messages, oldest first.
//
// Source: TelephonyBackupAgent.java of AOSP. What they do not carry: attachments, whether a message
// was seen, locks, service centers, errors, the SIM's number, an MMS without text, and text that is
// no UTF-8.
#pragma once

#include "personal/message.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

inline constexpr std::string_view telephony_package = "com.android.providers.telephony";

struct AgentFile {
    std::string name{};  // "000003_sms_backup"
    Bytes content{};
};

// Whether the agent's files can carry it at all.
bool fits_telephony_backup(const Message& message);

// In the order of their numbers. Leaves out what does not fit.
std::vector<AgentFile> write_telephony_backup(const std::vector<Message>& messages);

// Whether a file has the name of an agent's file; what is in such a file. Throws Corrupt.
bool is_telephony_backup_file(std::string_view name);
std::vector<Message> read_telephony_backup(std::string_view name, ByteView content);

}  // namespace lifeboat::personal
