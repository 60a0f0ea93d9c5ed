// content://mms: messages with attachments, their addresses and parts.
#pragma once

#include "sim/android/providers/telephony_database.h"

namespace lifeboat::sim::android {

class MmsProvider : public ContentProvider {
public:
    explicit MmsProvider(TelephonyDatabase& messages) : messages_(messages) {}

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;
    void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values) override;
    void update(const Caller& caller, const ContentUri& uri, const ContentValues& values,
                const std::string& where) override;
    void remove(const Caller& caller, const ContentUri& uri, const std::string& where) override;
    Bytes read(const Caller& caller, const ContentUri& uri) override;
    void write(const Caller& caller, const ContentUri& uri, ByteView bytes) override;

private:
    void insert_message(const Caller& caller, ContentValues values, int64_t box);
    void insert_part(const Caller& caller, int64_t message, ContentValues values);
    // False when the table does not have such a column: nothing happens then, and nobody is told.
    bool takes(std::string_view table, const ContentValues& values);

    TelephonyDatabase& messages_;
};

// content://mms-sms: threads and the addresses they stand for.
class MmsSmsProvider : public ContentProvider {
public:
    explicit MmsSmsProvider(TelephonyDatabase& messages) : messages_(messages) {}

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;

private:
    TelephonyDatabase& messages_;
};

}  // namespace lifeboat::sim::android
