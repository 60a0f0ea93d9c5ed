#include "app/facts_ahead.h"

#include <utility>

namespace lifeboat::app {

FactsAhead::FactsAhead(phone::Phone& phone, const std::stop_token& stop) : asking_(stop) {
    asking_.run([this, &phone](const std::stop_token& asked_to_stop) {
        facts_ = phone.facts(asked_to_stop);
    });
}

phone::Facts FactsAhead::get() {
    asking_.join();
    return std::move(*facts_);
}

}  // namespace lifeboat::app
