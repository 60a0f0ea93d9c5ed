// What the tests of this module share: a repository in memory that opens without the slow key
// derivation, contents of many kinds, and a sink of events that remembers.
#pragma once

#include "base/guarded.h"
#include "item/memory_items.h"
#include "repository/key_file.h"
#include "repository/open_repository.h"
#include "storage/memory_backend.h"

#include <map>
#include <string>

namespace lifeboat::repository::testing_world {

class Events final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        seen_.with([&](std::vector<Event>& seen) { seen.push_back(event); });
    }
    std::vector<Event> seen() const {
        return seen_.with([](const std::vector<Event>& seen) { return seen; });
    }

private:
    Guarded<std::vector<Event>> seen_;
};

inline Bytes random_bytes(uint64_t seed, size_t size) {
    Bytes bytes(size);
    sys::SeededRandom(seed).fill(bytes);
    return bytes;
}

struct World {
    sys::ManualClock clock{TimePoint{std::chrono::seconds{1'790'000'000}}};
    sys::SeededRandom random{7};
    Events events{};
    Options options{.clock = clock,
                    .random = random,
                    .hostname = "here",
                    .username = "me",
                    .workers = 2,
                    .events = &events};
    crypto::BoxKey master = make_master_key(random);
    Config config{.version = 2,
                  .id = std::string(64, 'a'),
                  .polynomial = *Polynomial::parse("3da3358b4dc173")};

    // The config file is not needed by what is tested with this.
    std::unique_ptr<OpenRepository> open(storage::Backend& backend) {
        return std::make_unique<OpenRepository>(backend, options, master, config, KeyId{});
    }
};

using Contents = std::map<std::string, Bytes>;

// Empty, small, text, zeros, several chunks, a database: about 6 MB.
inline Contents some_contents() {
    Contents files;
    files["empty"] = {};
    files["a/small"] = to_bytes("hello");
    files["a/b/random"] = random_bytes(1, 3'000'000);
    files["a/zeros"] = Bytes(1'200'000);
    std::string text;
    while (text.size() < 700'000) text += "line " + std::to_string(text.size()) + "\n";
    files["text.txt"] = to_bytes(text);
    Bytes database = random_bytes(2, 300'000);
    const ByteView magic = as_bytes(std::string_view("SQLite format 3\0", 16));
    std::copy(magic.begin(), magic.end(), database.begin());
    files["chat.db"] = std::move(database);
    files["bad-\xff-name \"\\\n"] = to_bytes("x");
    return files;
}

inline Item file_item(const std::string& path, uint64_t size) {
    return {.path = ItemPath(path),
            .size = size,
            .mode = 0640,
            .modified = TimePoint{std::chrono::seconds{1'700'000'000}} + nanoseconds{120'000'000}};
}

inline void put(ItemSink& sink, const std::string& path, const Bytes& content) {
    MemorySource source(content);
    sink.put(file_item(path, content.size()), source);
}

inline Receipt back_up(Repository& repository, const Contents& files, const Snapshot* parent,
                       TimePoint time) {
    const auto builder = repository.build(parent, {});
    for (const auto& [path, content] : files) put(*builder, path, content);
    return builder->finish(
        {.time = time, .paths = {"/phone"}, .hostname = "phone", .username = "me"}, {});
}

inline Contents read_back(const FileTree& tree) {
    Contents files;
    walk(tree, ItemPath(), [&](const Item& item) {
        if (item.kind != ItemKind::file) return;
        files[item.path.text()] = read_all(*tree.open(item.path), UINT64_MAX);
    });
    return files;
}

}  // namespace lifeboat::repository::testing_world
