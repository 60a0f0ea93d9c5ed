// What only a person can know, as they said it: kept in the evidence log, graded told.
#pragma once

#include "app/wiring.h"
#include "checklist/evidence.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::app {

// Bytes a note may have: a sentence, not a letter.
inline constexpr size_t note_limit = 300;

// The person's word for a row of the catalogue ("R-204"), for this phone, of now. Throws Misuse for
// a row that is not there, for one that a machine answers, and for a note that says nothing or is
// not one line of text.
checklist::Evidence attestation(std::string_view check, std::string_view note, TimePoint now);

// Takes the last word back: the row is unknown again. Throws Misuse as above.
checklist::Evidence withdrawal(std::string_view check, TimePoint now);

// "Google Photos"; the id itself where there is no such row.
std::string row_title(std::string_view check);

// Appends to the log of this home.
void attest(World& world, const std::string& device_key, checklist::Evidence said);

// The newest word for each such row, with its own date. A log that was changed from outside gives
// none: a word that somebody may have put in is nobody's.
std::vector<checklist::Evidence> attested(const World& world, const std::string& device_key);

}  // namespace lifeboat::app
