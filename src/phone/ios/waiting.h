// What an iPhone waits for before it goes on: something only a person can do, in one sentence.
#pragma once

#include "base/event.h"
#include "phone/phone.h"

#include <string_view>

namespace lifeboat::phone::ios {

enum class Hand {
    connect,         // no such phone is there
    unlock,          // locked
    unlock_once,     // not unlocked since it started: nothing can be read
    not_paired,      // this computer never paired with it
    trust,           // the question "Trust This Computer?" is open
    trust_refused,   // ... was answered with "Don't Trust"
    trust_again,     // it forgot this computer
    cable,           // it pairs by cable only
    enter_passcode,  // it asks for its passcode, as at every backup
    find_my_off,     // a restore needs Find My switched off
    finish_setup,    // its setup is not finished
    managed,         // whoever manages it forbids it
};

// What happened, and the one thing to do about it.
struct HandWords {
    std::string_view code{};  // of the event: "iphone.locked"
    std::string_view what{};
    std::string_view instruction{};
};
HandWords words_of(Hand hand);

// Exit code 13, as for every phone that is not ready; `hand` tells a program which it is.
struct Waiting : NotReady {
    explicit Waiting(Hand needed);
    Hand hand;
};

// For a sink: the phone waits, or does not any more.
PersonNeeded person_needed(Hand hand, bool resolved);

}  // namespace lifeboat::phone::ios
