// An Android phone asks its person before it takes a backup file back.
#pragma once

#include "base/event.h"

namespace lifeboat::phone {

// Says that the person is needed, and, when it goes, that it is over.
class AskingToTap {
public:
    explicit AskingToTap(EventSink& events) : events_(events) { tell(false); }
    ~AskingToTap() { tell(true); }
    AskingToTap(const AskingToTap&) = delete;
    AskingToTap& operator=(const AskingToTap&) = delete;

private:
    void tell(bool resolved) {
        events_.on(PersonNeeded{.code = "phone.allow_restore",
                                .instruction = "Unlock the phone and tap \"Restore my data\".",
                                .resolved = resolved});
    }

    EventSink& events_;
};

}  // namespace lifeboat::phone
