// What a phone's apps give a computer of their own accord, once somebody has tapped on the phone,
// and take back: Android's `adb backup` and `adb restore`. An iPhone has no such thing.
#pragma once

#include "item/item.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::phone {

struct AppBackup {
    std::vector<std::string> asked{};       // packages
    std::unique_ptr<ByteSource> archive{};  // an .ab file; no byte at all when nobody allowed it
};

// What stands between an app and its data; of several the first.
enum class AppObstacle {
    none,             // nothing known
    not_installed,    // install it first
    older,            // the app on the phone is older than its data
    allows_nothing,   // by its own choice
    refused_by_phone  // Android 12 and newer: apps made for it, but for those of developers
};

// How an offer ended. Of none of these does a phone tell whether anybody tapped, nor whether an app
// took anything.
enum class OfferEnd {
    all_sent,        // and the phone has done with it
    ended_by_phone,  // it took no more before the end: refused, or nobody tapped
    phone_left,      // in the middle, or while it worked: apps may be partly replaced
    still_working    // all was sent, and it has not ended for so long that we do not wait on
};

class AppBackupPhone {
public:
    virtual ~AppBackupPhone() = default;
    // Asks for the data of these apps; of all, and of the messages, when none is named. The first
    // read of the archive waits for the person. Reads throw Gone when the phone goes away. Throws
    // Misuse for a name that is none.
    virtual AppBackup app_backup(const std::vector<std::string>& apps,
                                 const std::stop_token& stop) = 0;

    // What is known to keep this app from taking data of this version of it. Changes nothing.
    virtual AppObstacle obstacle_to(const std::string& app, uint64_t version_code,
                                    const std::stop_token& stop) = 0;
    // Offers an .ab file: `write` gives it to the function it is called with, which waits for the
    // person and the phone. Returns when the phone has done with it. Throws what `write` throws,
    // and Temporary when the phone cannot be reached at all.
    using Write = std::function<void(ByteView)>;
    virtual OfferEnd offer_app_backup(const std::function<void(const Write&)>& write,
                                      const std::stop_token& stop) = 0;
};

}  // namespace lifeboat::phone
