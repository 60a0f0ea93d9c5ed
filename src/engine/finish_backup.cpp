#include "engine/finish_backup.h"

#include "base/text.h"
#include "item/memory_items.h"

#include <set>

namespace lifeboat::engine {

namespace {

repository::Snapshot draft_of(const phone::Facts& facts, const Manifest& manifest,
                              std::vector<std::string> tags, TimePoint time) {
    tags.insert(tags.begin(), {std::string(tag_lifeboat), tag_phone(facts.device_key)});
    std::set<std::string> roots;
    for (const auto& [path, entry] : manifest.files)
        roots.insert("/" + std::string(path.parts().front()));
    if (roots.empty()) roots.insert("/sdcard");
    return {.time = time,
            .paths = {roots.begin(), roots.end()},
            .hostname = facts.model.empty() ? "phone" : printable(facts.model),
            .username = {},
            .tags = std::move(tags)};
}

}  // namespace

repository::Receipt finish_backup(repository::SnapshotBuilder& builder, const Manifest& manifest,
                                  const phone::Facts& facts, std::vector<std::string> tags,
                                  TimePoint time, const IphoneProof* iphone) {
    const std::string text = encode_manifest(manifest);
    MemorySource source(to_bytes(text));
    builder.put({.path = manifest_path(), .size = text.size(), .mode = 0644, .modified = time},
                source);
    if (iphone != nullptr && iphone->contents) {
        const std::string list = encode_iphone_contents(*iphone->contents);
        MemorySource content(to_bytes(list));
        builder.put(
            {.path = iphone_contents_path(), .size = list.size(), .mode = 0644, .modified = time},
            content);
    }
    return builder.finish(draft_of(facts, manifest, std::move(tags), time), std::stop_token{});
}

}  // namespace lifeboat::engine
