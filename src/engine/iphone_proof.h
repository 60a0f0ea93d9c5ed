// Is what an iPhone has just sent a whole backup, and can it be opened? Asked before it becomes a
// snapshot: a phone that says "finished" has compared names only.
#pragma once

#include "base/event.h"
#include "base/secret.h"
#include "content/ios_backup/rehearsal.h"
#include "engine/iphone_contents.h"
#include "item/item.h"
#include "sys/clock.h"

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::engine {

// Why an iPhone's backup was not opened.
enum class NotOpened {
    no,              // it was
    no_password,     // it is encrypted, and nobody gave the password
    wrong_password,  // the one given opens nothing
};

struct IphoneProof {
    bool encrypted = false;
    NotOpened not_opened = NotOpened::no;
    content::RehearsalReport rehearsal{};      // when opened
    std::optional<IphoneContents> contents{};  // when opened
    std::string password_hint{};               // what was wrong with it
    // Of the last backup that was opened, when the wrong password opens that one: so it was the
    // right one, and somebody changed it since.
    std::optional<TimePoint> opens_earlier{};
};

struct RehearsalWish {
    const SecretText* password = nullptr;  // of the phone's backups; null: not known
    bool deep = false;                     // every file, not a sample
};

// Nothing when there is no backup of an iPhone in the tree. Throws Corrupt when its lists cannot be
// read, and what the place throws.
std::optional<IphoneProof> prove_iphone(const FileTree& raw, const RehearsalWish& wish,
                                        EventSink& events, const sys::Clock& clock,
                                        const std::stop_token& stop);

// Whether the password opens the iPhone's encrypted backup in this tree. Takes seconds.
bool opens_with(const FileTree& raw, const SecretText& password);

}  // namespace lifeboat::engine
