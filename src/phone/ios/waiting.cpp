#include "phone/ios/waiting.h"

#include <string>

namespace lifeboat::phone::ios {

HandWords words_of(Hand hand) {
    switch (hand) {
        case Hand::connect:
            break;
        case Hand::unlock:
            return {"iphone.locked", "the iPhone is locked", "Unlock the iPhone."};
        case Hand::unlock_once:
            return {"iphone.not_unlocked_yet", "the iPhone was not unlocked since it started",
                    "Unlock the iPhone once with its passcode."};
        case Hand::not_paired:
            return {"iphone.not_paired", "the iPhone and this computer are not paired",
                    "Run `lifeboat phone pair`, unlock the iPhone and tap \"Trust\" on it."};
        case Hand::trust:
            return {"iphone.trust", "the iPhone does not trust this computer yet",
                    "Unlock the iPhone, tap \"Trust\" and enter its passcode."};
        case Hand::trust_refused:
            return {"iphone.trust_refused", "\"Don't Trust\" was tapped on the iPhone",
                    "Unplug the iPhone, plug it in again and tap \"Trust\"."};
        case Hand::trust_again:
            return {"iphone.trust_again", "the iPhone does not know this computer any more",
                    "Run `lifeboat phone pair` and tap \"Trust\" on the iPhone."};
        case Hand::cable:
            return {"iphone.cable", "the iPhone trusts a new computer only by cable",
                    "Connect the iPhone with its cable."};
        case Hand::enter_passcode:
            return {"iphone.passcode", "the iPhone asks for its passcode",
                    "Enter the passcode on the iPhone: Apple requires it at every backup."};
        case Hand::find_my_off:
            return {"iphone.find_my", "Find My is on, and the iPhone restores nothing while it is",
                    "Switch Find My off on the iPhone: Settings, your name, Find My."};
        case Hand::finish_setup:
            return {"iphone.setup", "the setup of the iPhone is not finished",
                    "Finish the setup on the iPhone's screen."};
        case Hand::managed:
            return {"iphone.managed", "an organisation manages the iPhone and does not allow this",
                    "Ask whoever manages the iPhone to allow it for this computer."};
    }
    return {"iphone.connect", "the iPhone is not connected",
            "Connect the iPhone with its cable, unlock it and run this again."};
}

Waiting::Waiting(Hand needed)
    : NotReady(std::string(words_of(needed).what), std::string(words_of(needed).instruction)),
      hand(needed) {}

PersonNeeded person_needed(Hand hand, bool resolved) {
    const HandWords words = words_of(hand);
    return {.code = std::string(words.code),
            .instruction = std::string(words.instruction),
            .resolved = resolved};
}

}  // namespace lifeboat::phone::ios
