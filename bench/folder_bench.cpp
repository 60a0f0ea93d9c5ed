// Lifeboat's side of bench/repository: one operation of the repository engine on a folder, and what
// it cost as one JSON object.
//
//   folder_bench init|backup|again|check|restore|prune REPOSITORY PASSWORD_FILE [FOLDER
//   [PER_MILLE]]
//
// `backup` reads everything; `again` has the newest snapshot as its parent; `restore` writes the
// newest snapshot into FOLDER; `prune` forgets all snapshots but the newest and leaves nothing
// unused. PER_MILLE is how much parity is written, 20 (the default of the program) unless said.
// `cpu_open` is what opening cost: nearly all of it the key derivation.
#include "base/event.h"
#include "crypto/library_memory.h"
#include "item/folder_sink.h"
#include "item/memory_items.h"
#include "repository/repository.h"
#include "storage/local_backend.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace lifeboat {
namespace {

class FileSource final : public ByteSource {
public:
    FileSource(int folder, const char* name) : file_(openat(folder, name, O_RDONLY | O_CLOEXEC)) {}
    ~FileSource() override { close(file_); }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    size_t read(MutableByteView out) override {
        const ssize_t size = ::read(file_, out.data(), out.size());
        if (size < 0) throw Missing("a file cannot be read");
        return static_cast<size_t>(size);
    }

private:
    int file_;
};

struct Quiet final : EventSink {
    void on(const Event&) noexcept override {}
};

double cpu_seconds() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

long peak_mib() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss / 1024;
}

Item item_of(ItemPath path, const struct stat& status) {
    return {.path = std::move(path),
            .kind = S_ISDIR(status.st_mode) ? ItemKind::folder : ItemKind::file,
            .size = S_ISDIR(status.st_mode) ? 0 : static_cast<uint64_t>(status.st_size),
            .mode = status.st_mode & 07777u,
            .modified = TimePoint{std::chrono::seconds{status.st_mtim.tv_sec}} +
                        nanoseconds{status.st_mtim.tv_nsec}};
}

// What is unchanged since the parent is told by size and date, as for a phone.
class Walk {
public:
    Walk(repository::SnapshotBuilder& builder, const FileTree* parent)
        : builder_(builder), parent_(parent) {}

    void folder(int parent, const char* name, const ItemPath& path) {
        const int folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR* const listing = fdopendir(folder);
        if (listing == nullptr) return;
        std::vector<std::string> names;
        while (const dirent* entry = readdir(listing)) names.emplace_back(entry->d_name);
        std::sort(names.begin(), names.end());
        for (const std::string& child : names) {
            if (child != "." && child != "..") one(folder, child, path.child(child));
        }
        closedir(listing);
    }
    uint64_t entries() const { return entries_; }

private:
    void one(int folder_at, const std::string& name, const ItemPath& path) {
        struct stat status {};
        if (fstatat(folder_at, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return;
        if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return;
        ++entries_;
        const Item item = item_of(path, status);
        if (S_ISDIR(status.st_mode)) {
            MemorySource nothing(Bytes{});
            builder_.put(item, nothing);
            return folder(folder_at, name.c_str(), path);
        }
        if (is_unchanged(item) && builder_.keep(item)) return;
        FileSource source(folder_at, name.c_str());
        builder_.put(item, source);
    }
    bool is_unchanged(const Item& item) const {
        if (parent_ == nullptr) return false;
        const auto before = parent_->find(item.path);
        return before && before->size == item.size && before->modified == item.modified;
    }

    repository::SnapshotBuilder& builder_;
    const FileTree* parent_;
    uint64_t entries_ = 0;
};

class Run {
public:
    Run(const std::string& place, const std::string& password_file, uint32_t parity)
        : place_(place) {
        options_.parity = {parity};
        std::ifstream in(password_file);
        std::getline(in, password_);
    }

    int operator()(const std::string& mode, const std::string& folder) {
        if (mode == "init") {
            std::filesystem::create_directories(place_);
            storage::LocalBackend backend(place_, random_);
            repository::create(backend, SecretText(password_), options_, {});
            return report(mode, 0);
        }
        storage::LocalBackend backend(place_, random_);
        const auto repository = repository::open(backend, SecretText(password_), options_, {});
        const double opened = cpu_seconds();
        if (mode == "backup" || mode == "again") {
            back_up(*repository, folder, mode == "again");
        } else if (mode == "check") {
            const auto result = repository->check({.read_data = true}, quiet_, {});
            if (!result.clean()) return 1;
            items_ = result.blobs;
            bytes_ = result.bytes_read;
        } else if (mode == "restore") {
            restore(*repository, folder);
        } else if (mode == "prune") {
            prune(*repository);
        } else {
            return 2;
        }
        return report(mode, opened);
    }

private:
    int report(const std::string& mode, double opened) const {
        fmt::print(R"({{"operation":"{}","cpu":{:.3f},"cpu_open":{:.3f},"peak_mib":{},)"
                   R"("items":{},"bytes":{},"stored":{}}})"
                   "\n",
                   mode, cpu_seconds(), opened, peak_mib(), items_, bytes_, stored_);
        return 0;
    }

    void back_up(repository::Repository& repository, const std::string& folder, bool again) {
        const auto snapshots = repository.snapshots({});
        const auto* parent = again && !snapshots.empty() ? &snapshots.back() : nullptr;
        const auto builder = repository.build(parent, {});
        const auto before = parent != nullptr ? repository.read(*parent, {}) : nullptr;
        Walk walk(*builder, before.get());
        walk.folder(AT_FDCWD, folder.c_str(), ItemPath());
        const auto receipt = builder->finish(
            {.time = clock_.now(), .paths = {"/bench"}, .hostname = "bench", .username = "bench"},
            {});
        items_ = walk.entries();
        bytes_ = receipt.bytes;
        stored_ = receipt.bytes_stored;
    }

    void restore(repository::Repository& repository, const std::string& folder) {
        const auto tree = repository.read(repository.snapshots({}).back(), {});
        FolderSink sink(folder);
        std::vector<Item> folders;
        walk(*tree, ItemPath(), [&](const Item& item) {
            ++items_;
            bytes_ += item.size;
            if (item.kind == ItemKind::file) {
                sink.put(item, *tree->open(item.path));
            } else if (item.kind == ItemKind::folder) {
                MemorySource nothing(Bytes{});
                sink.put(item, nothing);
                folders.push_back(item);
            }
        });
        for (auto item = folders.rbegin(); item != folders.rend(); ++item) sink.set_folder(*item);
    }

    void prune(repository::Repository& repository) {
        const auto snapshots = repository.snapshots({});
        std::vector<repository::SnapshotId> old;
        for (size_t i = 0; i + 1 < snapshots.size(); ++i) old.push_back(snapshots[i].id);
        repository.forget(old, {});
        const auto result = repository.prune({.max_unused = {.bytes = 0}}, quiet_, {});
        items_ = result.packs_rewritten;
        bytes_ = result.bytes_rewritten;
    }

    std::string place_;
    std::string password_{};
    sys::SystemClock clock_{};
    sys::SystemRandom random_{};
    Quiet quiet_{};
    repository::Options options_{.clock = clock_, .random = random_, .hostname = "bench"};
    uint64_t items_ = 0, bytes_ = 0, stored_ = 0;
};

}  // namespace
}  // namespace lifeboat

int main(int argc, char** argv) {
    lifeboat::crypto::use_large_pages();
    if (argc < 4) return 2;
    const int parity = argc > 5 ? std::atoi(argv[5]) : 20;
    if (parity < 0 || parity > 1000) return 2;
    return lifeboat::Run(argv[2], argv[3], static_cast<uint32_t>(parity))(argv[1],
                                                                          argc > 4 ? argv[4] : "");
}
