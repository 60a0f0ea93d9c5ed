#include "phone/ios/passcode_watch.h"

#include "phone/ios/waiting.h"

namespace lifeboat::phone::ios {

PasscodeWatch::PasscodeWatch(sys::Clock& clock, EventSink& events, const DeviceOptions& options)
    : clock_(clock), events_(events), options_(options) {}

Connection::Patience PasscodeWatch::patience() {
    return {.limit = options_.passcode_hint,
            .extended = [this] { return goes_on(); },
            .heard = [this] { heard(); }};
}

void PasscodeWatch::show(State& state) {
    if (state.shown) return;
    state.shown = true;
    events_.on(person_needed(Hand::enter_passcode, false));
}

void PasscodeWatch::hide(State& state) {
    if (!state.shown) return;
    state.shown = false;
    events_.on(person_needed(Hand::enter_passcode, true));
}

void PasscodeWatch::requested(Silence silence) {
    state_.with([&](State& state) {
        state.may_ask = true;
        state.silence = silence;
    });
}

void PasscodeWatch::presented() {
    // Later on the same notification is about something else: a payment, an app that is locked.
    state_.with([&](State& state) {
        if (state.may_ask) show(state);
    });
}

void PasscodeWatch::dismissed() {
    state_.with([&](State& state) { hide(state); });
}

void PasscodeWatch::heard() {
    state_.with([&](State& state) {
        hide(state);
        // The hello that comes before the request is no answer to it.
        state.may_ask = false;
        state.last_look = {};
    });
}

// Asked each time the phone was silent for `passcode_hint`.
bool PasscodeWatch::goes_on() {
    return state_.with([&](State& state) {
        const nanoseconds now = clock_.monotonic();
        if (state.last_look == nanoseconds{}) state.silent_since = now - options_.passcode_hint;
        state.last_look = now;
        if (state.may_ask && state.silence == Silence::may_be_the_question) show(state);
        const nanoseconds limit =
            state.shown ? options_.passcode_patience : options_.backup_silence;
        return now - state.silent_since < limit;
    });
}

}  // namespace lifeboat::phone::ios
