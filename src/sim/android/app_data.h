// What lies in the private folders of the simulated phone's apps, and what its owner does when a
// computer asks for it.
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <chrono>
#include <map>
#include <string>

namespace lifeboat::sim {

struct AppFile {
    Bytes content{};
    TimePoint modified{};
};

struct AppData {
    bool allows_backup = false;              // by its own choice: most apps say no
    std::map<std::string, AppFile> files{};  // by domain and name: "f/notes.txt"
};

// Who taps "Back up my data" or "Restore my data".
enum class Tap { allow, deny, wait };

struct AdbBackup {
    Tap tap = Tap::allow;
    std::chrono::milliseconds patience{60'000};  // then the dialog goes away by itself
    std::string password{};                      // typed on the phone; empty: none
    bool needs_password = false;                 // a phone that is encrypted the old way
    std::map<std::string, AppData> apps{};       // by package
    uint64_t asked = 0, restored = 0;            // dialogs shown; apps that came back
};

}  // namespace lifeboat::sim
