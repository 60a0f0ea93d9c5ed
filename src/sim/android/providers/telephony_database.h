// The database of messages that three providers share: mmssms.db of a phone.
#pragma once

#include "sim/android/providers/table_query.h"

#include <set>

namespace lifeboat::sim::android {

namespace sms_type {
inline constexpr int64_t all = 0, inbox = 1, sent = 2, draft = 3, outbox = 4, failed = 5,
                         queued = 6;
}

class TelephonyDatabase {
public:
    TelephonyDatabase();

    ProviderDatabase& sql() { return database_; }

    // The thread of exactly these people; made when there is none. Numbers are compared by their
    // last digits, as a phone does.
    int64_t thread_of(const std::set<std::string>& recipients, int64_t now_ms);
    // One more message, which is no draft.
    void count_in_thread(int64_t thread, int64_t date_ms, const Value& body, bool read);
    // The file of a picture message's part; one that is there is written anew.
    void put_part_file(const std::string& path, Bytes bytes);
    bool has_part_file(const std::string& path);
    // Counts, newest text and date, after its messages changed.
    void refresh_thread(int64_t thread);
    void refresh_all_threads();
    // After messages were deleted.
    void drop_empty_threads();
    // Forgets which numbers it knows, after the tables were emptied.
    void forget_addresses() { addresses_.clear(); }

private:
    int64_t address_id(const std::string& address);

    ProviderDatabase database_;
    std::map<std::string, int64_t> addresses_;  // as they are compared
};

// What a host without the SMS role is kept from: nothing in `request` may hold a query of its own.
bool asks_subquery(const QueryRequest& request);

}  // namespace lifeboat::sim::android
