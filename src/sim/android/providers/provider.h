// A content provider of the simulated phone: what stands behind one authority.
#pragma once

#include "sim/android/providers/content_uri.h"
#include "sim/android/providers/cursor.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::sim::android {

// Who asks, and when: the shell of a phone with that Android.
struct Caller {
    uint32_t sdk = 35;
    int64_t now_ms = 0;
    bool reads_words = true;       // the user dictionary shows itself to it
    bool names_part_files = true;  // files of picture messages bear the name of the attachment
};

struct QueryRequest {
    ContentUri uri{};
    std::optional<std::vector<std::string>> projection{};
    std::string where{};
    std::string sort{};
};

// All functions throw JavaException. One thread at a time.
class ContentProvider {
public:
    virtual ~ContentProvider() = default;

    // Nothing: the provider answers with no cursor at all.
    virtual std::optional<Cursor> query(const Caller& caller, const QueryRequest& request) = 0;
    virtual void insert(const Caller& caller, const ContentUri& uri, const ContentValues& values);
    virtual void update(const Caller& caller, const ContentUri& uri, const ContentValues& values,
                        const std::string& where);
    virtual void remove(const Caller& caller, const ContentUri& uri, const std::string& where);
    virtual Bytes read(const Caller& caller, const ContentUri& uri);
    virtual void write(const Caller& caller, const ContentUri& uri, ByteView bytes);
};

// "(a) AND (b)"; an empty one does not count.
std::string both(std::string_view left, std::string_view right);

}  // namespace lifeboat::sim::android
