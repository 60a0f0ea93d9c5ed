// The messages of a simulated iPhone: sms.db and the files that were sent along.
#pragma once

#include "sim/ios/world/phone_database.h"
#include "sim/ios/world/place.h"

#include <string>
#include <vector>

namespace lifeboat::sim::ios {

inline constexpr std::string_view home_domain = "HomeDomain";
inline constexpr std::string_view media_domain = "MediaDomain";
inline constexpr std::string_view messages_database = "Library/SMS/sms.db";

class Messages {
public:
    // Opens what the phone has, or makes it. `place` outlives it.
    explicit Messages(const Place& place);

    // Their guids, oldest first. Every tenth has a picture with it.
    std::vector<std::string> add(uint64_t count);
    // The oldest, as many as there are, with their pictures. Their guids.
    std::vector<std::string> remove(uint64_t count);
    void keep_log() { database_.keep_log(); }
    void commit() { database_.commit(); }

private:
    void make_tables();
    void make_chats();
    void add_one(int64_t number, TimePoint sent);
    void add_picture(int64_t message, TimePoint sent);

    const Place& place_;
    PhoneDatabase database_;
};

// A text as the phone archives it beside the plain one, or since iOS 16 instead of it: the
// typedstream of an NSAttributedString of one run.
Bytes attributed_body(std::string_view text);

}  // namespace lifeboat::sim::ios
