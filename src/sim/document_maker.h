// Files of other kinds, valid enough for the programs that recognise them.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <string_view>

namespace lifeboat::sim {

Bytes make_random(uint64_t seed, size_t size);
// Opens in a viewer, with `text` on its page.
Bytes make_pdf(std::string_view text);
// A zip with the parts of a Word document, stored.
Bytes make_docx(std::string_view text);
// The boxes of a film around bytes that are none.
Bytes make_mp4(uint64_t seed, size_t size);
Bytes make_mp3(uint64_t seed, size_t size);
// Prose without meaning, as compressible as prose.
Bytes make_text(uint64_t seed, size_t size);

}  // namespace lifeboat::sim
