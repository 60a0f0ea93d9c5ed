// What a computer hands to the simulated iPhone: lists and keybags of a backup, and requests.
#include "base/error.h"
#include "sim/ios/backup_target.h"
#include "sim/ios/manifest_plist.h"
#include "sim/ios/mb_file_reader.h"
#include "sim/ios/restore_options.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace {

using lifeboat::ByteView;
using lifeboat::sim::BackupKeybag;

template <class Parse>
void refused_or_fine(Parse&& parse) {
    try {
        parse();
    } catch (const lifeboat::Error&) {
        return;
    }
}

void open_keybag(ByteView bytes) {
    const auto recipe = BackupKeybag::recipe_of(bytes);
    if (recipe.cost.iterations > 100'000'000) std::abort();
    const lifeboat::Bytes key(32);
    BackupKeybag::open(bytes, key).unwrap(lifeboat::Bytes(44));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    namespace ios = lifeboat::sim::ios;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    refused_or_fine([&] { open_keybag(bytes); });
    refused_or_fine([&] { ios::read_mb_file_archive(bytes); });
    refused_or_fine([&] { ios::read_manifest_plist(bytes); });
    refused_or_fine([&] {
        const lifeboat::plist::Value request = lifeboat::plist::read(bytes);
        if (request.dict() != nullptr) ios::parse_restore_options(*request.dict());
    });
    ios::parse_backup_status(bytes);
    return 0;
}
