// content://sms as a phone shows it to who does not hold the SMS role.
#pragma once

#include "sim/android/providers/telephony_database.h"

namespace lifeboat::sim::android {

class SmsProvider : public ContentProvider {
public:
    explicit SmsProvider(TelephonyDatabase& messages) : messages_(messages) {}

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;
    void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values) override;
    void update(const Caller& caller, const ContentUri& uri, const ContentValues& values,
                const std::string& where) override;
    void remove(const Caller& caller, const ContentUri& uri, const std::string& where) override;

private:
    TelephonyDatabase& messages_;
};

}  // namespace lifeboat::sim::android
