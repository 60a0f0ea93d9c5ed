// What an iPhone tells about itself, as evidence: each fact with the question that was asked and
// the answer as it came. What is absent or refused is unknown, never well.
#pragma once

#include "phone/ios/device.h"
#include "phone/phone.h"

namespace lifeboat::phone::ios {

// The names and values are those of docs/evidence.md. Throws Gone, Cancelled, and Waiting when the
// phone lets nobody in; a service that fails otherwise makes only its own facts unknown.
Facts read_facts(Device& device);

}  // namespace lifeboat::phone::ios
