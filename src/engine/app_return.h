// The data of apps back onto an Android phone, out of an .ab file. A phone never tells whether an
// app took anything: what comes of it is "asked", and nobody can call it restored.
#pragma once

#include "ab/archive.h"
#include "base/event.h"
#include "base/secret.h"
#include "phone/app_backup.h"
#include "phone/phone.h"

#include <functional>
#include <memory>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::engine {

// Why an app's data stays where it is.
enum class NoReturn {
    none,  // it can be asked
    not_installed,
    older,
    allows_nothing,
    refused_by_phone,
    empty,       // the file has nothing of it but its name
    no_manifest  // the phone passes over it
};

struct AppReturn {
    std::string package{};
    uint64_t files = 0, bytes = 0;
    NoReturn obstacle = NoReturn::none;
};

enum class ReturnState {
    planned,         // nobody was asked
    asked,           // all of it was sent
    ended_by_phone,  // the phone took no more before the end: refused, or nobody tapped
    phone_left,      // before it had done: what apps have may be partly replaced
    still_working,   // all of it was sent, and we waited for its end long enough
    nothing_to_ask   // no app is left that could take anything
};

struct AppReturnReport {
    std::vector<AppReturn> apps{};  // by package
    ReturnState state = ReturnState::planned;
    // Packages that nothing keeps from being asked.
    std::set<std::string> to_ask() const;
};

// What could come back of this file onto this phone; `only` empty: all. Changes nothing. Throws
// Missing for an app that is not in the file, Unsupported for a phone that has no such thing.
AppReturnReport plan_app_return(const ab::Listing& listing, const std::vector<std::string>& only,
                                phone::Phone& phone, const std::stop_token& stop);

// A new .ab file with these apps only, in the clear: the phone is asked without a password.
// Streams. Throws what ab::ArchiveReader throws.
void filter_apps(ByteSource& archive, const SecretText& password, const std::set<std::string>& apps,
                 const ab::Output& to);

// Offers the apps of the plan their data. The person is told to tap. What the apps have on the
// phone is replaced. Throws what the archive throws, and what AppBackupPhone::offer_app_backup
// throws.
void return_apps(AppReturnReport& plan, ByteSource& archive, const SecretText& password,
                 phone::Phone& phone, EventSink& events, const std::stop_token& stop);

}  // namespace lifeboat::engine
