// The calendar and the notes of a simulated iPhone.
#pragma once

#include "base/bytes.h"
#include "sim/ios/world/place.h"

#include <cstdint>
#include <string_view>

namespace lifeboat::sim::ios {

inline constexpr std::string_view notes_domain = "AppDomainGroup-group.com.apple.notes";

void make_calendar(const Place& place, uint64_t events);
// And one deleted note, which is not counted.
void make_notes(const Place& place, uint64_t count);

// The body of a note as the phone stores it: a gzip of a message of protocol buffers, in which
// field 2 is the document, its field 3 the note, its field 2 the text, its field 5 a run of it.
Bytes note_body(std::string_view text);

}  // namespace lifeboat::sim::ios
