// content://call_log/calls: calllog.db of a phone.
#pragma once

#include "sim/android/providers/provider.h"
#include "sim/android/providers/provider_database.h"

namespace lifeboat::sim::android {

class CallLogProvider : public ContentProvider {
public:
    CallLogProvider();

    ProviderDatabase& sql() { return database_; }

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;
    void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values) override;
    void update(const Caller& caller, const ContentUri& uri, const ContentValues& values,
                const std::string& where) override;
    void remove(const Caller& caller, const ContentUri& uri, const std::string& where) override;

private:
    ProviderDatabase database_;
};

}  // namespace lifeboat::sim::android
