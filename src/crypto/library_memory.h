// How the crypto library gets its memory.
#pragma once

namespace lifeboat::crypto {

// Asks for large pages where the library wants much memory at once: deriving a key from a password
// walks through 128 MiB in random order, and takes a third of the time when those are 64 pages and
// not 32,768. They come from the page pool, so that a backup can use them again. To be called first
// in main(); later, or where the library will not have it, it does nothing.
void use_large_pages();

}  // namespace lifeboat::crypto
