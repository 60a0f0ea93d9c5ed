// What a phone tells of itself, asked for while the places are opened: both are mostly waiting.
#pragma once

#include "base/task_group.h"
#include "phone/phone.h"

#include <optional>
#include <stop_token>

namespace lifeboat::app {

// The phone is this object's alone until get(). One that goes without get() stops asking.
class FactsAhead {
public:
    FactsAhead(phone::Phone& phone, const std::stop_token& stop);
    // Once. Throws what the phone's facts() throws.
    phone::Facts get();

private:
    std::optional<phone::Facts> facts_{};
    TaskGroup asking_;
};

}  // namespace lifeboat::app
