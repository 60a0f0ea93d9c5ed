// The right to write messages, which Android keeps from computers: taken for as long as messages go
// back, and given back whatever happens.
#pragma once

#include "base/event.h"
#include "phone/android/shell.h"

#include <optional>
#include <string>

namespace lifeboat::phone::android {

// The mode in what `appops get PACKAGE WRITE_SMS` answers; "default" when none is set.
std::string app_op_mode(std::string_view answer);

class MessagesRight {
public:
    // Both outlive it.
    MessagesRight(const Shell& shell, EventSink& events) : shell_(shell), events_(events) {}
    // Tries to give it back.
    ~MessagesRight();
    MessagesRight(const MessagesRight&) = delete;
    MessagesRight& operator=(const MessagesRight&) = delete;

    // Nobody but Lifeboat has a reason to allow this to the package of computers: where it is
    // allowed, a run was ended before it could give it back. Throws what the connection throws.
    void put_back_what_a_killed_run_left(const std::stop_token& stop);

    // Nothing when it was granted; else why not, in words. Throws what the connection throws.
    std::optional<std::string> take(const std::stop_token& stop);
    // Warns where the phone does not take it. Throws what the connection throws.
    void give_back(const std::stop_token& stop);

private:
    void warn();
    std::string mode(const std::stop_token& stop);
    ShellResult set(const std::string& mode, const std::stop_token& stop);

    const Shell& shell_;
    EventSink& events_;
    std::string before_{};  // empty: not taken
};

}  // namespace lifeboat::phone::android
