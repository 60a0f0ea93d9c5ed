// The virtual folder of an iPhone with a million files: ios_virtual_folder_bench [--files N]
// [--json]. How long it takes to take over the last backup, to list each folder as the phone does
// before and after each backup, and how much memory that needs.
#include "item/memory_items.h"
#include "phone/ios/sink_folder.h"
#include "repository/test_world.h"

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

namespace lifeboat {
namespace {

double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

long peak_mib() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;
}

std::string name_of(uint64_t number) {
    const auto hash = crypto::sha256(as_bytes(std::to_string(number)));
    return to_hex(ByteView(hash).first(20));
}

void make_backup(repository::Repository& repository, uint64_t files, TimePoint time) {
    const auto builder = repository.build(nullptr, {});
    for (uint64_t i = 0; i < files; ++i) {
        const std::string name = name_of(i);
        MemorySource content(to_bytes(name.substr(0, 8)));
        builder->put({.path = ItemPath("U/" + name.substr(0, 2) + "/" + name), .mode = 0644},
                     content);
    }
    builder->finish({.time = time}, {});
}

struct Figures {
    double taken_over = 0;  // seconds
    double slowest_list = 0, all_lists = 0;
    uint64_t listed = 0;
    long peak = 0;  // MiB
};

Figures measure(uint64_t files) {
    repository::testing_world::World world;
    storage::MemoryBackend backend;
    make_backup(*world.open(backend), files, world.clock.now());
    const auto repository = world.open(backend);
    const auto parent = repository->snapshots({}).back();
    const auto builder = repository->build(&parent, {});
    Figures figures;
    double start = now();
    phone::ios::SinkFolder folder(*builder, world.clock, world.events);
    figures.taken_over = now() - start;
    for (int prefix = 0; prefix < 256; ++prefix) {
        start = now();
        const auto entries = folder.list(ItemPath(fmt::format("U/{:02x}", prefix)));
        const double took = now() - start;
        figures.slowest_list = std::max(figures.slowest_list, took);
        figures.all_lists += took;
        figures.listed += entries ? entries->size() : 0;
    }
    figures.peak = peak_mib();
    return figures;
}

}  // namespace
}  // namespace lifeboat

int main(int argc, char** argv) {
    uint64_t files = 1'000'000;
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--json") json = true;
        if (word == "--files" && i + 1 < argc) files = std::stoull(argv[++i]);
    }
    const auto figures = lifeboat::measure(files);
    if (figures.listed != files) {
        fmt::print(stderr, "{} of {} files were listed\n", figures.listed, files);
        return 1;
    }
    if (json) {
        fmt::print(
            "{{\"bench\":\"ios_virtual_folder\",\"files\":{},\"take_over_s\":{:.3f},"
            "\"slowest_listing_ms\":{:.3f},\"all_listings_s\":{:.3f},\"peak_mib\":{}}}\n",
            files, figures.taken_over, figures.slowest_list * 1000, figures.all_lists,
            figures.peak);
    } else {
        fmt::print(
            "{} files: taken over in {:.1f} s; slowest of 256 listings {:.2f} ms, all "
            "{:.2f} s; peak memory {} MiB (with the repository itself, in memory)\n",
            files, figures.taken_over, figures.slowest_list * 1000, figures.all_lists,
            figures.peak);
    }
    return 0;
}
