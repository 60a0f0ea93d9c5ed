// content://com.android.calendar: calendars, events and what hangs on them.
#pragma once

#include "sim/android/providers/provider.h"
#include "sim/android/providers/provider_database.h"

namespace lifeboat::sim::android {

class CalendarProvider : public ContentProvider {
public:
    CalendarProvider();

    ProviderDatabase& sql() { return database_; }

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;
    void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values) override;
    void update(const Caller& caller, const ContentUri& uri, const ContentValues& values,
                const std::string& where) override;
    void remove(const Caller& caller, const ContentUri& uri, const std::string& where) override;

private:
    void insert_detail(const ContentUri& uri, const std::string& table, const ContentValues& given);
    void check_columns(const std::string& table, const ContentValues& values);

    ProviderDatabase database_;
};

}  // namespace lifeboat::sim::android
