// Phones of several kinds and ways as one list: each has a bus of its own.
#pragma once

#include "base/event.h"
#include "phone/phone.h"

#include <memory>
#include <vector>

namespace lifeboat::phone {

// A bus that fails does not hide the phones of the others: what went wrong there is noted, and is
// thrown only when no bus has a phone. A phone that several buses see is listed once, as the first
// of them that finds it ready.
class JoinedBus final : public PhoneBus {
public:
    struct Part {
        Platform platform = Platform::android;
        PhoneBus& bus;
    };

    // The buses and `events` outlive it.
    JoinedBus(std::vector<Part> parts, EventSink& events);

    std::vector<PhoneEntry> list(const std::stop_token& stop) override;
    std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token& stop) override;

private:
    std::vector<Part> parts_;
    EventSink& events_;
};

}  // namespace lifeboat::phone
