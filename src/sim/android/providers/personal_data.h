// What a person has on the simulated phone beside files: messages, contacts, calls, calendars,
// words, each in the database of its provider.
#pragma once

#include "sim/android/providers/app_ops.h"
#include "sim/android/providers/calendar_provider.h"
#include "sim/android/providers/call_log_provider.h"
#include "sim/android/providers/contacts_provider.h"
#include "sim/android/providers/mms_provider.h"
#include "sim/android/providers/settings_provider.h"
#include "sim/android/providers/sms_provider.h"
#include "sim/android/providers/telephony_agent.h"
#include "sim/android/providers/user_dictionary_provider.h"

namespace lifeboat::sim::android {

// One thread at a time. It lives through reboots and updates of the phone.
class PersonalData {
public:
    explicit PersonalData(SettingsProvider::Store settings);

    // Nothing when the phone has no such provider.
    ContentProvider* provider(std::string_view authority);

    TelephonyDatabase& messages() { return messages_; }
    ContactsDatabase& contacts() { return contacts_; }
    ProviderDatabase& calls() { return calls_.sql(); }
    ProviderDatabase& calendar() { return calendar_.sql(); }
    ProviderDatabase& words() { return words_.sql(); }
    std::map<std::string, Bytes, std::less<>>& sounds() { return settings_.sounds(); }
    AppOps& app_ops() { return app_ops_; }
    // The agent puts messages back in a service of its own, a moment after `adb restore` has ended.
    void restore_messages_later(AgentFiles files, int64_t due_ms);
    // What was due by now has happened.
    void settle(int64_t now_ms);
    size_t restores_waiting() const { return late_.size(); }
    // Each tool that runs is a process of its own.
    int64_t next_pid() { return last_pid_ += 7; }

    // As after a factory reset: no rows, and numbers begin anew.
    void wipe();
    // Every row gets another number, what points to it too, as after a migration of the databases.
    void renumber();

    // Deletes rows, spread over all of them. Throws Misuse when there are fewer.
    void lose_messages(uint64_t count);
    void lose_contacts(uint64_t count, int64_t now_ms);
    void lose_calls(uint64_t count);
    void lose_events(uint64_t count);

private:
    TelephonyDatabase messages_;
    ContactsDatabase contacts_;
    SmsProvider sms_{messages_};
    MmsProvider mms_{messages_};
    MmsSmsProvider mms_sms_{messages_};
    ContactsProvider contacts_provider_{contacts_};
    CallLogProvider calls_;
    CalendarProvider calendar_;
    UserDictionaryProvider words_;
    SettingsProvider settings_;
    AppOps app_ops_;
    struct LateRestore {
        AgentFiles files{};
        int64_t due_ms = 0;
    };
    std::vector<LateRestore> late_;
    int64_t last_pid_ = 11'860;
};

}  // namespace lifeboat::sim::android
