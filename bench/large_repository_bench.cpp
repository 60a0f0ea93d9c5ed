// What a repository of millions of blobs costs: makes one, then opens it, backs up one changed file
// and checks its structure, each in a process of its own, and prints time, CPU and peak memory.
//   large_repository_bench [--blobs N] [--folder DIR] [--json]
//
// Index files, trees, snapshots and locks are real and lie in DIR. The packs of file contents are
// not there: their names and sizes are told by the backend, since 10 million blobs would be 2.5 TB.
#include "base/error.h"
#include "item/memory_items.h"
#include "repository/key_file.h"
#include "repository/open_repository.h"
#include "storage/local_backend.h"
#include "storage/temporary_folder.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <functional>

namespace lifeboat::repository {
namespace {

constexpr uint32_t blobs_in_pack = 64;       // of 256 KiB: 16 MiB
constexpr uint32_t box_size = 262'144 + 32;  // stored raw
constexpr uint64_t blobs_in_file = 50;       // about 12 MB: a short film
constexpr uint64_t files_in_folder = 1000;
constexpr uint64_t snapshots_made = 10;        // each of blobs of its own
constexpr uint64_t packs_in_index_file = 700;  // near the 50,000 blobs of a full one
constexpr uint64_t pack_size = uint64_t{blobs_in_pack} * (box_size + 37) + 36;

template <class SomeId>
SomeId id_of(uint64_t number, uint64_t kind) {
    SomeId id;
    sys::SeededRandom(number * 4 + kind).fill(id.value);
    return id;
}
BlobId blob_id(uint64_t number) {
    return id_of<BlobId>(number, 0);
}
PackId pack_id(uint64_t number) {
    return id_of<PackId>(number, 1);
}

// Tells of content packs that are not there; everything else is in the folder.
class SyntheticBackend final : public storage::Backend {
public:
    SyntheticBackend(storage::Backend& inner, uint64_t packs) : inner_(inner) {
        packs_.reserve(packs);
        for (uint64_t i = 0; i < packs; ++i) packs_.push_back(pack_id(i));
        std::sort(packs_.begin(), packs_.end());
    }
    std::string where() const override { return inner_.where(); }
    void save(const std::string& name, ByteView content, const std::stop_token& stop) override {
        inner_.save(name, content, stop);
    }
    Bytes load(const std::string& name, storage::Range range,
               const std::stop_token& stop) const override {
        return inner_.load(name, range, stop);
    }
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override {
        return is_synthetic(name) ? std::optional(pack_size) : inner_.size(name, stop);
    }
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override {
        inner_.list(prefix, each, stop);
        if (prefix != "data/") return;
        for (const PackId& id : packs_) each(pack_name(id), pack_size);
    }
    void remove(const std::string& name, const std::stop_token& stop) override {
        inner_.remove(name, stop);
    }
    std::optional<storage::Space> space(const std::stop_token& stop) const override {
        return inner_.space(stop);
    }

private:
    bool is_synthetic(const std::string& name) const {
        const auto id = PackId::parse(name.substr(name.rfind('/') + 1));
        return id && std::binary_search(packs_.begin(), packs_.end(), *id);
    }
    storage::Backend& inner_;
    std::vector<PackId> packs_;
};

struct Quiet final : EventSink {
    void on(const Event&) noexcept override {}
};

struct World {
    explicit World(const std::string& folder, uint64_t blob_count)
        : blobs(blob_count),
          local(folder, random),
          backend(local, (blobs + blobs_in_pack - 1) / blobs_in_pack) {}

    uint64_t packs() const { return (blobs + blobs_in_pack - 1) / blobs_in_pack; }
    uint64_t files_in_snapshot() const { return blobs / snapshots_made / blobs_in_file; }

    uint64_t blobs;
    sys::SystemClock clock{};
    sys::SystemRandom random{};
    Quiet quiet{};
    Options options{.clock = clock, .random = random, .hostname = "here", .username = "me"};
    // Equal in every process; the slow derivation from a password is no part of this.
    crypto::BoxKey master = [] {
        sys::SeededRandom fixed(1);
        return make_master_key(fixed);
    }();
    Config config{.version = 2,
                  .id = std::string(64, 'a'),
                  .polynomial = *Polynomial::parse("3da3358b4dc173")};
    storage::LocalBackend local;
    SyntheticBackend backend;

    OpenRepository open() { return {backend, options, master, config, KeyId{}}; }
};

std::vector<PackedBlob> content_pack(uint64_t number, uint64_t blobs) {
    std::vector<PackedBlob> pack;
    for (uint32_t i = 0; i < blobs_in_pack; ++i) {
        const uint64_t blob = number * blobs_in_pack + i;
        if (blob < blobs) {
            pack.push_back({.id = blob_id(blob), .offset = i * box_size, .length = box_size});
        }
    }
    return pack;
}

void make_content_indexes(World& world, Store& store) {
    std::vector<IndexedPack> packs;
    for (uint64_t i = 0; i < world.packs(); ++i) {
        packs.push_back({pack_id(i), content_pack(i, world.blobs)});
        if (packs.size() < packs_in_index_file && i + 1 < world.packs()) continue;
        store.save_document("index/", encode_index(packs), {});
        packs.clear();
    }
}

// Trees as blobs of real packs, one pack for each call.
class TreeWriter {
public:
    explicit TreeWriter(Store& store) : store_(store), codec_(store.key(), 3) {}

    BlobId add(const Tree& tree) {
        const std::string json = encode_tree(tree);
        const BlobId id{codec_.sha.of(as_bytes(json))};
        const size_t from = pack_.size();
        pack_.resize(from + json.size() + crypto::SealedBox::overhead);
        codec_.box.seal(iv(), as_bytes(json), MutableByteView(pack_).subspan(from));
        blobs_.push_back({.id = id,
                          .type = BlobType::tree,
                          .offset = static_cast<uint32_t>(from),
                          .length = static_cast<uint32_t>(pack_.size() - from)});
        return id;
    }
    void save() {
        const Bytes header = encode_pack_header(blobs_);
        const size_t from = pack_.size();
        const size_t sealed = header.size() + crypto::SealedBox::overhead;
        pack_.resize(from + sealed + 4);
        codec_.box.seal(iv(), header, MutableByteView(pack_).subspan(from, sealed));
        for (size_t i = 0; i < 4; ++i) {
            pack_[from + sealed + i] = static_cast<std::byte>(sealed >> (8 * i));
        }
        const PackId id{codec_.sha.of(pack_)};
        store_.backend().save(pack_name(id), pack_, {});
        store_.save_document("index/", encode_index({{id, blobs_}}), {});
        pack_.clear();
        blobs_.clear();
    }

private:
    std::array<std::byte, 16> iv() {
        std::array<std::byte, 16> iv{};
        store_.options().random.fill(iv);
        return iv;
    }
    Store& store_;
    Codec codec_;
    Bytes pack_;
    std::vector<PackedBlob> blobs_;
};

std::string numbered(uint64_t number) {
    return fmt::format("{:08}", number);
}

Tree folder_of(uint64_t snapshot, uint64_t folder, const World& world) {
    Tree tree;
    const uint64_t end = std::min((folder + 1) * files_in_folder, world.files_in_snapshot());
    for (uint64_t file = folder * files_in_folder; file < end; ++file) {
        Node node{.name = numbered(file),
                  .mode = go_mode(ItemKind::file, 0640),
                  .size = blobs_in_file * (box_size - 32)};
        const uint64_t first = (snapshot * world.files_in_snapshot() + file) * blobs_in_file;
        for (uint64_t i = 0; i < blobs_in_file; ++i) node.content.push_back(blob_id(first + i));
        tree.push_back(std::move(node));
    }
    return tree;
}

void make(World& world) {
    Store store(world.backend, world.options, world.master, world.config, KeyId{});
    make_content_indexes(world, store);
    TreeWriter writer(store);
    const uint64_t folders = (world.files_in_snapshot() + files_in_folder - 1) / files_in_folder;
    for (uint64_t snapshot = 0; snapshot < snapshots_made; ++snapshot) {
        Tree root;
        for (uint64_t folder = 0; folder < folders; ++folder) {
            const BlobId id = writer.add(folder_of(snapshot, folder, world));
            root.push_back({.name = numbered(folder),
                            .type = NodeType::dir,
                            .mode = go_mode(ItemKind::folder, 0750),
                            .subtree = id});
            writer.save();
        }
        const BlobId tree = writer.add(root);
        writer.save();
        const TimePoint time{std::chrono::hours{24 * (20'000 + static_cast<int>(snapshot))}};
        store.save_document(
            "snapshots/",
            encode_snapshot({.time = time, .tree = tree, .paths = {"/phone"}, .hostname = "p"}),
            {});
    }
}

void open_it(World& world) {
    OpenRepository repository = world.open();
    const auto newest = repository.snapshots({}).back();
    repository.read(newest, {});
}

void back_up(World& world) {
    OpenRepository repository = world.open();
    const auto newest = repository.snapshots({}).back();
    const auto builder = repository.build(&newest, {});
    const uint64_t files = world.files_in_snapshot();
    for (uint64_t file = 0; file < files; ++file) {
        const Item item{.path = ItemPath(numbered(file / files_in_folder) + "/" + numbered(file)),
                        .size = blobs_in_file * (box_size - 32),
                        .mode = 0640};
        if (file != files / 2 && builder->keep(item)) continue;
        Bytes content(1'000'000);
        world.random.fill(content);
        MemorySource source(content);
        builder->put(item, source);
    }
    const Receipt receipt = builder->finish({.time = world.clock.now(), .paths = {"/phone"}}, {});
    if (receipt.files_kept + 1 != files) throw Corrupt("not every file was kept");
}

void check(World& world) {
    OpenRepository repository = world.open();
    const CheckReport report = repository.check({}, world.quiet, {});
    if (!report.clean()) {
        throw Corrupt("the repository is damaged: " +
                      (report.damages.empty()
                           ? std::string("files")
                           : report.damages[0].file + report.damages[0].problem));
    }
}

struct Cost {
    double wall = 0, cpu = 0, mib = 0;
};

// In a process of its own, so that its peak memory is its own.
Cost measure(const std::function<void()>& work) {
    const sys::SystemClock clock;
    const nanoseconds start = clock.monotonic();
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            work();
        } catch (const std::exception& failure) {
            fmt::print(stderr, "{}\n", failure.what());
            ::_exit(1);
        }
        ::_exit(0);
    }
    int status = 0;
    rusage use{};
    if (::wait4(child, &status, 0, &use) != child || status != 0) throw Corrupt("a step failed");
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return {.wall = std::chrono::duration<double>(clock.monotonic() - start).count(),
            .cpu = seconds(use.ru_utime) + seconds(use.ru_stime),
            .mib = static_cast<double>(use.ru_maxrss) / 1024};
}

void print(bool json, const char* step, uint64_t blobs, const Cost& cost) {
    if (json) {
        fmt::print(R"({{"bench":"large_repository","step":"{}","blobs":{},"wall_s":{:.3f},)"
                   R"("cpu_s":{:.3f},"peak_mib":{:.1f}}})"
                   "\n",
                   step, blobs, cost.wall, cost.cpu, cost.mib);
    } else {
        fmt::print("{:10} {:>10} blobs  {:8.2f} s  {:8.2f} CPU s  {:8.1f} MiB\n", step, blobs,
                   cost.wall, cost.cpu, cost.mib);
    }
    std::fflush(stdout);
}

int run(const std::vector<std::string_view>& arguments) {
    uint64_t blobs = 1'000'000;
    bool json = false;
    std::string base;
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        const std::string_view value = i + 1 < arguments.size() ? arguments[i + 1] : "";
        if (argument == "--json") {
            json = true;
        } else if (argument == "--folder") {
            base = value;
            ++i;
        } else if (argument == "--blobs") {
            std::from_chars(value.data(), value.data() + value.size(), blobs);
            ++i;
        } else {
            fmt::print(stderr,
                       "usage: large_repository_bench [--blobs N] [--folder DIR] [--json]\n");
            return 2;
        }
    }
    // Whole packs only: every one of them has the size that the backend tells.
    blobs = std::max<uint64_t>(1, (blobs + blobs_in_pack - 1) / blobs_in_pack) * blobs_in_pack;
    const storage::TemporaryFolder temporary;
    const std::string folder = base.empty() ? temporary.path().string() : base;
    const auto step = [&](const char* name, const std::function<void(World&)>& work) {
        print(json, name, blobs, measure([&] {
                  World world(folder, blobs);
                  work(world);
              }));
    };
    step("nothing", [](World&) {});
    step("make", make);
    step("open", open_it);
    step("backup", back_up);
    step("check", check);
    return 0;
}

}  // namespace
}  // namespace lifeboat::repository

int main(int count, char** arguments) {
    try {
        return lifeboat::repository::run({arguments + 1, arguments + count});
    } catch (const std::exception& failure) {
        fmt::print(stderr, "{}\n", failure.what());
        return 1;
    }
}
