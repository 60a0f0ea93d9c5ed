// Messages on their way back through Android's own backup agent: an .ab archive as the phone would
// have made it, handed to the phone's restore. The person taps once; the agent needs no right and
// is not the app for messages.
#pragma once

#include "personal/message.h"
#include "phone/android/personal_source.h"

#include <span>

namespace lifeboat::phone::android {

// The archive. Messages that do not fit are left out.
Bytes telephony_archive(const std::vector<personal::Message>& messages);

// Returns when the phone took the whole archive or hung up. It writes the messages later: look for
// them until no more come. Throws what the connection throws.
void hand_to_agent(const PhoneLink& link, const std::vector<personal::Message>& messages,
                   EventSink& events, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
