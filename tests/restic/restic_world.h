// A folder of awkward files, a repository in another folder, and the restic program between them.
#pragma once

#include "base/event.h"
#include "item/item.h"
#include "repository/repository.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"
#include "sys/process.h"

#include <map>
#include <string>
#include <vector>

namespace lifeboat::restic_test {

inline constexpr const char* password = "correct horse battery staple 42";

struct Nobody final : EventSink {
    void on(const Event&) noexcept override {}
};

// What is compared of a file: all that a phone's file has.
struct Facts {
    ItemKind kind = ItemKind::file;
    uint32_t mode = 0;
    TimePoint modified{};
    std::string content{};  // or a link's target
    bool operator==(const Facts&) const = default;
};
using Listing = std::map<std::string, Facts>;

Listing list_folder(const std::string& folder);
Listing list_tree(const FileTree& tree);
// Puts everything below `folder`.
void put_folder(ItemSink& sink, const std::string& folder);
void write_file(const std::string& path, std::string_view content);
std::string pseudo_random(uint64_t seed, size_t size);

// Names with quotes, backslash, control bytes, invalid UTF-8, blanks of all kinds, emoji; an empty
// file, one over 8 MiB, zeros, text; odd modes and times.
void make_awkward_folder(const std::string& folder);
void add_database(const std::string& folder);

class World {
public:
    World();

    std::string folder(const std::string& name) const { return temporary_.sub(name); }
    const std::string& repository_path() const { return repository_path_; }
    storage::LocalBackend& backend() { return *backend_; }

    std::unique_ptr<repository::Repository> open();
    // restic with the repository's options; `shell` runs it in that folder. Fails the test unless
    // it ends with `expected`; gives what it printed.
    std::string restic(const std::vector<std::string>& arguments, int expected = 0);
    std::string restic_in(const std::string& folder, const std::vector<std::string>& arguments);
    repository::Receipt back_up(const std::string& folder, const repository::Snapshot* parent);
    repository::Options options();

    sys::SystemClock clock{};
    sys::SystemRandom random{};

private:
    sys::Finished run(std::vector<std::string> argv);
    std::vector<std::string> command() const;

    storage::TemporaryFolder temporary_{};
    std::string repository_path_;
    std::unique_ptr<storage::LocalBackend> backend_;
};

}  // namespace lifeboat::restic_test
