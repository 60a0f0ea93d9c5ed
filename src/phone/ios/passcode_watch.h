// Does the phone ask for its passcode? Told by its notifications where it has them (iOS 16.1 and
// later), and by its silence otherwise; the person is told once, and the wait goes on meanwhile.
#pragma once

#include "base/event.h"
#include "base/guarded.h"
#include "phone/ios/device.h"

namespace lifeboat::phone::ios {

// Any thread. The question comes between the request of a backup and the phone's next word.
class PasscodeWatch {
public:
    // All outlive it.
    PasscodeWatch(sys::Clock& clock, EventSink& events, const DeviceOptions& options);

    // For the conversation that the request goes over: its silence and its words.
    Connection::Patience patience();

    enum class Silence {
        may_be_the_question,
        is_work,  // the phone has no passcode
    };
    // The request was sent: from here on the phone may ask.
    void requested(Silence silence = Silence::may_be_the_question);
    // What the phone called out.
    void presented();
    void dismissed();

private:
    struct State {
        bool may_ask = false;
        Silence silence = Silence::may_be_the_question;
        bool shown = false;  // and told
        nanoseconds silent_since{};
        nanoseconds last_look{};
    };
    void heard();
    bool goes_on();
    void show(State& state);
    void hide(State& state);

    sys::Clock& clock_;
    EventSink& events_;
    DeviceOptions options_;
    Guarded<State> state_;
};

}  // namespace lifeboat::phone::ios
