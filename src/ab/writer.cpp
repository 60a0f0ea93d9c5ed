#include "ab/writer.h"

#include "item/memory_items.h"

namespace lifeboat::ab {

Writer::Writer(Output to, const Form& form)
    : payload_(std::move(to), form), tar_([this](ByteView part) { payload_.write(part); }) {}

void Writer::add_app(const AppManifest& manifest, TimePoint modified) {
    const std::string text = manifest_text(manifest);
    MemorySource content(to_bytes(text));
    add(TarEntry{.name = "apps/" + manifest.package + "/_manifest",
                 .size = text.size(),
                 .mode = 0600,
                 .modified = modified},
        content);
}

void Writer::add(const AppFile& file, ByteView content) {
    MemorySource source(Bytes(content.begin(), content.end()));
    add(file, content.size(), source);
}

void Writer::add(const AppFile& file, uint64_t size, ByteSource& content) {
    add(TarEntry{.name = "apps/" + file.app + "/" + file.domain + "/" + file.name,
                 .size = size,
                 .mode = file.mode,
                 .modified = file.modified},
        content);
}

void Writer::add(const TarEntry& entry, ByteSource& content) {
    tar_.add(entry, content);
}

void Writer::finish() {
    tar_.finish();
    payload_.finish();
}

}  // namespace lifeboat::ab
