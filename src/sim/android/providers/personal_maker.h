// Fills a simulated phone with messages, contacts, calls, events and words, always the same for
// the same seed.
#pragma once

#include "base/time.h"
#include "sim/android/providers/personal_data.h"

#include <cstdint>
#include <string>

namespace lifeboat::sim::android {

struct PersonalCounts {
    uint64_t messages = 0;  // of those a host may see; drafts and failed ones come besides
    uint64_t mms = 0;       // likewise
    uint64_t contacts = 0;  // as the phone counts them; some stand in two accounts
    uint64_t calls = 0;     // without voicemails
    uint64_t events = 0;
    uint64_t words = 0;
    uint64_t seed = 7;
};

// "small" is what a test reads in a moment, "large" what a person has after ten years. Throws
// Misuse for another word than these and "none".
PersonalCounts personal_counts(std::string_view size);

struct PersonalMaker {
    PersonalCounts counts{};
    std::string cloud_account{};  // empty: the phone has none
    TimePoint newest{};
};

void make_personal_data(PersonalData& data, const PersonalMaker& maker);

// The parts of it; each in its own file.
void make_contacts(PersonalData& data, const PersonalMaker& maker);
void make_messages(PersonalData& data, const PersonalMaker& maker);
void make_mms(PersonalData& data, const PersonalMaker& maker);
void make_calls(PersonalData& data, const PersonalMaker& maker);
void make_events(PersonalData& data, const PersonalMaker& maker);
void make_words(PersonalData& data, const PersonalMaker& maker);

// A plain name for everybody, and numbers that are kept for plays and films.
struct MadePerson {
    std::string first{};
    std::string middle{};
    std::string last{};
    std::string phone{};

    std::string name() const;
};
MadePerson made_person(uint64_t number);

// Another number for each kind of thing and each of its things.
uint64_t made_seed(const PersonalMaker& maker, std::string_view kind, uint64_t number);
int64_t milliseconds(TimePoint time);
// The time of the `number`th of `count` things that end with the newest.
int64_t made_time(const PersonalMaker& maker, uint64_t number, uint64_t count,
                  std::chrono::minutes apart);

}  // namespace lifeboat::sim::android
