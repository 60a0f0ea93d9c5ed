// Manifest.db: a database from a stranger, and the tree that its rows make.
#include "base/error.h"
#include "content/ios_backup/manifest_index.h"
#include "item/memory_items.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    lifeboat::MemorySource source({bytes.begin(), bytes.end()});
    try {
        const lifeboat::content::Database database(source, size, {});
        database.check();
        const auto index = lifeboat::content::ManifestIndex::read(database, {});
        for (const auto& entry : index.entries()) {
            if (index.find(index.path(entry)) != &entry) std::abort();
        }
    } catch (const lifeboat::Error&) {
        return 0;  // refused
    }
    return 0;
}
