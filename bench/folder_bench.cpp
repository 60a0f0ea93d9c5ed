// Backs a folder up into a repository, restores nothing, and prints what it cost:
//   folder_bench FOLDER REPOSITORY PASSWORD_FILE [first|again|check|read]
#include "base/event.h"
#include "crypto/library_memory.h"
#include "item/item.h"
#include "repository/repository.h"
#include "storage/local_backend.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace lifeboat {
namespace {

class FileSource final : public ByteSource {
public:
    explicit FileSource(const std::string& path) : file_(open(path.c_str(), O_RDONLY)) {}
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

struct Run {
    sys::SystemClock clock{};
    sys::SystemRandom random{};
    std::string folder{};
    std::string mode{};
    uint64_t items = 0;

    void back_up(repository::Repository& repository) {
        const auto snapshots = repository.snapshots({});
        const bool again = mode == "again" && !snapshots.empty();
        const auto builder = repository.build(again ? &snapshots.back() : nullptr, {});
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            const std::string path = entry.path().string();
            struct stat status {};
            if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
            const Item item{.path = ItemPath(path.substr(folder.size() + 1)),
                            .size = static_cast<uint64_t>(status.st_size),
                            .mode = status.st_mode & 07777u,
                            .modified = TimePoint{std::chrono::seconds{status.st_mtim.tv_sec}} +
                                        nanoseconds{status.st_mtim.tv_nsec}};
            ++items;
            if (again && builder->keep(item)) continue;
            FileSource source(path);
            builder->put(item, source);
        }
        const auto receipt = builder->finish(
            {.time = clock.now(), .paths = {folder}, .hostname = "bench", .username = "bench"}, {});
        fmt::print("files {} bytes {} new {} stored {}\n", receipt.files, receipt.bytes,
                   receipt.bytes_new, receipt.bytes_stored);
    }

    void read(repository::Repository& repository) {
        const auto tree = repository.read(repository.snapshots({}).back(), {});
        Bytes buffer(1 << 20);
        walk(*tree, ItemPath(), [&](const Item& item) {
            if (item.kind != ItemKind::file) return;
            const auto source = tree->open(item.path);
            while (source->read(buffer) != 0) ++items;
        });
    }
};

int run(int argc, char** argv) {
    if (argc < 5) return 2;
    Run run;
    run.folder = argv[1];
    run.mode = argv[4];
    std::ifstream in(argv[3]);
    std::string password;
    std::getline(in, password);
    std::filesystem::create_directories(argv[2]);
    storage::LocalBackend backend(argv[2], run.random);
    repository::Options options{.clock = run.clock, .random = run.random, .hostname = "bench"};
    if (argc > 5) options.compression_level = atoi(argv[5]);
    if (argc > 6) options.verify = repository::Verify::off;
    if (!repository::exists(backend, {})) {
        repository::create(backend, SecretText(password), options, {});
    }
    const auto repository = repository::open(backend, SecretText(password), options, {});
    const double before = cpu_seconds();
    const auto start = run.clock.monotonic();
    Quiet quiet;
    if (run.mode == "check") {
        const auto report = repository->check({.read_data = true}, quiet, {});
        fmt::print("clean {} read {}\n", report.clean(), report.bytes_read);
    } else if (run.mode == "read") {
        run.read(*repository);
    } else {
        run.back_up(*repository);
    }
    const auto wall = std::chrono::duration<double>(run.clock.monotonic() - start).count();
    fmt::print("{}: {:.2f} CPU s behind {:.2f} for the key, {:.2f} s, {} MiB, {} items\n", run.mode,
               cpu_seconds() - before, before, wall, peak_mib(), run.items);
    return 0;
}

}  // namespace
}  // namespace lifeboat

int main(int argc, char** argv) {
    lifeboat::crypto::use_large_pages();
    return lifeboat::run(argc, argv);
}
