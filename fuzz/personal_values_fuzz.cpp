// The files of contacts, calls, calendars, words and accounts in a backup, and this computer's zone
// files. The first byte chooses which; what is read must come back as it was when it is written
// again.
#include "base/error.h"
#include "personal/account.h"
#include "personal/call.h"
#include "personal/contact.h"
#include "personal/icalendar.h"
#include "personal/time_zone.h"
#include "personal/word.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

namespace personal = lifeboat::personal;

void check_contacts(std::string_view text) {
    const auto book = personal::decode_contacts(text);
    for (const auto& contact : book.contacts) personal::record_of(contact);
    if (personal::decode_contacts(personal::encode_contacts(book)) != book) std::abort();
}

void check_calls(std::string_view text) {
    const auto calls = personal::decode_calls(text);
    for (const auto& call : calls) personal::record_of(call);
    personal::calls_xml(calls);
    if (personal::decode_calls(personal::encode_calls(calls)) != calls) std::abort();
}

void check_calendars(std::string_view text) {
    const auto calendars = personal::decode_calendars(text);
    for (const auto& calendar : calendars) {
        for (const auto& event : calendar.events) personal::record_of(calendar, event);
        personal::icalendar(calendar);
    }
    if (personal::decode_calendars(personal::encode_calendars(calendars)) != calendars)
        std::abort();
}

void check_words(std::string_view text) {
    const auto words = personal::decode_words(text);
    for (const auto& word : words) personal::record_of(word);
    if (personal::decode_words(personal::encode_words(words)) != words) std::abort();
}

void check_accounts(std::string_view text) {
    const auto accounts = personal::decode_accounts(text);
    for (const auto& account : accounts) personal::record_of(account);
    if (personal::decode_accounts(personal::encode_accounts(accounts)) != accounts) std::abort();
}

void check_zone(std::string_view text) {
    const auto zone = personal::TimeZone::parse("x", lifeboat::as_bytes(text));
    if (!zone) return;
    zone->offset_at(0);
    zone->component(1'700'000'000);
}

void parse(char kind, std::string_view text) {
    switch (kind) {
        case 'p':
            check_contacts(text);
            break;
        case 'c':
            check_calls(text);
            break;
        case 'e':
            check_calendars(text);
            break;
        case 'w':
            check_words(text);
            break;
        case 'z':
            check_zone(text);
            break;
        case 'a':
            check_accounts(text);
            break;
        default:
            break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string all(data, data + size);
    try {
        parse(all.front(), std::string_view(all).substr(1));
    } catch (const lifeboat::Error&) {
        return 0;
    }
    return 0;
}
