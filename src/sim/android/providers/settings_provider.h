// content://settings: names and values, and the sounds that the phone keeps a copy of.
#pragma once

#include "sim/android/providers/provider.h"

#include <functional>
#include <map>

namespace lifeboat::sim::android {

class SettingsProvider : public ContentProvider {
public:
    // The settings themselves live in the phone's state, by "system", "secure", "global".
    struct Store {
        std::function<std::map<std::string, std::string>(const std::string& space)> all{};
        std::function<void(const std::string& space, const std::string& name,
                           const std::optional<std::string>& value)>
            put{};
    };
    explicit SettingsProvider(Store store) : store_(std::move(store)) {}

    std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) override;
    void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values) override;
    void remove(const Caller& caller, const ContentUri& uri, const std::string& where) override;
    Bytes read(const Caller& caller, const ContentUri& uri) override;
    void write(const Caller& caller, const ContentUri& uri, ByteView bytes) override;

    std::map<std::string, Bytes, std::less<>>& sounds() { return sounds_; }

private:
    Store store_;
    std::map<std::string, Bytes, std::less<>> sounds_;  // "ringtone_cache"
};

}  // namespace lifeboat::sim::android
