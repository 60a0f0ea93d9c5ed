#include "repository/builder.h"

#include "base/error.h"
#include "base/text.h"
#include "lifeboat_version.h"
#include "repository/blob_source.h"

#include <algorithm>
#include <thread>

namespace lifeboat::repository {

namespace {

constexpr size_t queue_limit = 512;                   // jobs; small files are many
constexpr size_t bytes_in_flight = size_t{12} << 20;  // of chunks between reader and workers
// Of chunks in flight, of those that wait in open packs (two of 16 MiB), and for later ones.
constexpr size_t chunk_memory = size_t{36} << 20;
constexpr size_t idle_readers = 4;
// What a file, folder or link of a phone becomes. Times other than the modification a phone does
// not tell; restic writes the same three when it reads no access times.
Node node_of(const Item& item) {
    Node node{.mode = go_mode(item.kind, item.mode),
              .modified = item.modified,
              .accessed = item.modified,
              .changed = item.modified};
    switch (item.kind) {
        case ItemKind::file:
            node.type = NodeType::file;
            break;
        case ItemKind::folder:
            node.type = NodeType::dir;
            break;
        case ItemKind::symlink:
            node.type = NodeType::symlink;
            node.link_target = item.link_target;
            break;
        case ItemKind::other:
            break;
    }
    return node;
}

}  // namespace

Builder::Builder(Store& store, const ChunkCutter& cutter, std::unique_ptr<RepositoryLock> lock,
                 const Snapshot* parent, std::stop_token stop)
    : store_(store),
      cutter_(cutter),
      lock_(std::move(lock)),
      stop_(std::move(stop)),
      saver_(store, *lock_),
      arena_(chunk_memory),
      packer_(store, arena_,
              [this](SealedPack&& pack) {
                  if (!saver_.deliver(std::move(pack), group_->stop())) fail();
              }),
      jobs_(queue_limit) {
    store_.with_index(stop_, [](const Index&) {});
    if (parent != nullptr) {
        try {
            parent_ = std::make_unique<SnapshotTree>(store_, parent->tree, stop_);
            parent_id_ = parent->id;
        } catch (const Corrupt& damage) {
            // Without a parent everything is read anew, which mends what is lost.
            store_.note(Severity::warning, damage.full_text());
        }
    }
    if (!store_.begin_building()) {
        throw Misuse("a backup into this repository is under way already");
    }
    // Not the caller's token: a stopped backup still stores what it has read.
    group_.emplace(std::stop_token{});
    group_->run([this](const std::stop_token& own) { saver_.run(packer_, own); });
    const unsigned wanted = store_.options().workers;
    const unsigned workers = wanted != 0 ? wanted : std::thread::hardware_concurrency();
    for (unsigned i = 0; i < std::max(1u, workers); ++i) {
        group_->run([this](const std::stop_token& own) { work(own); });
    }
}

Builder::~Builder() {
    if (!finished_ && !group_->failed()) {
        try {
            drain();
            saver_.write_index({});
        } catch (const std::exception& failure) {
            // What is stored stays; an index of it was the next run's saving, not its need.
            store_.note(Severity::warning, std::string("keep what was read: ") + failure.what());
        }
    }
    jobs_.close();
    saver_.close();
    group_.reset();
    store_.end_building();
}

void Builder::fail() const {
    group_->rethrow_failure();
    throw Cancelled{};
}

void Builder::refuse_when(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled{};
}

void Builder::put(const Item& item, ByteSource& content) {
    refuse_when(stop_);
    if (item.kind == ItemKind::other) return;  // nothing of it could be given back
    Node node = node_of(item);
    std::shared_ptr<FileContent> stored;
    if (item.kind == ItemKind::file) stored = read_content(content, node.size);
    tree_.with([&](PendingTree& tree) { tree.put(item.path, std::move(node), std::move(stored)); });
}

std::unique_ptr<ChunkReader> Builder::take_reader() {
    auto reader = readers_.with([](auto& idle) -> std::unique_ptr<ChunkReader> {
        if (idle.empty()) return nullptr;
        auto last = std::move(idle.back());
        idle.pop_back();
        return last;
    });
    return reader != nullptr ? std::move(reader) : std::make_unique<ChunkReader>(cutter_);
}

std::shared_ptr<FileContent> Builder::read_content(ByteSource& content, uint64_t& size) {
    auto reader = take_reader();
    auto stored = std::make_shared<FileContent>();
    reader->start(content);
    size_t number = 0;
    for (ByteView chunk = reader->next(); !chunk.empty(); chunk = reader->next()) {
        refuse_when(stop_);
        submit(chunk, stored, number++);
        size += chunk.size();
    }
    readers_.with([&](auto& idle) {
        if (idle.size() < idle_readers) idle.push_back(std::move(reader));
    });
    return stored;
}

void Builder::submit(ByteView chunk, const std::shared_ptr<FileContent>& content, size_t number) {
    const bool room = flow_.wait(
        group_->stop(),
        [&](const Flow& f) { return f.bytes == 0 || f.bytes + chunk.size() <= bytes_in_flight; },
        [&](Flow& f) {
            ++f.jobs;
            f.bytes += chunk.size();
            content->ids.resize(std::max(content->ids.size(), number + 1));
        });
    if (!room) fail();
    Job job{.memory = arena_.take(chunk.size()),
            .size = chunk.size(),
            .content = content,
            .number = number};
    std::copy(chunk.begin(), chunk.end(), job.memory.bytes(chunk.size()).begin());
    if (!jobs_.push(std::move(job), group_->stop())) fail();
}

void Builder::work(const std::stop_token& stop) {
    Worker worker{.codec = Codec(store_.key(), store_.options().compression_level)};
    worker.codec.meanwhile = [&](size_t) { return begin_ahead(worker); };
    while (auto next = jobs_.pop(stop)) {
        // A lane goes on with the next chunk while the others are in the midst of theirs.
        crypto::sha256_row([&](size_t number) {
            Hashed& lane = worker.lanes.at(number);
            finish(worker, lane);
            finish_ahead(worker);
            return begin(lane, next ? std::exchange(next, std::nullopt) : jobs_.try_pop());
        });
        for (Hashed& lane : worker.lanes) finish(worker, lane);
        finish_ahead(worker);
    }
}

std::optional<crypto::Sha256Message> Builder::begin(Hashed& hashed, std::optional<Job> job) {
    hashed.job = std::move(job);
    if (!hashed.job) return std::nullopt;
    return crypto::Sha256Message{hashed.job->memory.view(hashed.job->size), &hashed.id.value};
}

// No more than fills the other lanes until a pack is hashed, lest the other workers starve.
std::optional<crypto::Sha256Message> Builder::begin_ahead(Worker& worker) {
    size_t bytes = 0;
    for (const Hashed& hashed : worker.ahead) bytes += hashed.job->size;
    if (bytes >= pack_target_size / 2) return std::nullopt;
    auto job = jobs_.try_pop();
    if (!job) return std::nullopt;
    return begin(worker.ahead.emplace_back(), std::move(job));
}

void Builder::finish(Worker& worker, Hashed& hashed) {
    if (!hashed.job) return;
    Job job = std::move(*hashed.job);
    hashed.job.reset();
    process(worker.codec, job, hashed.id);
    const size_t size = job.size;
    job = Job();
    flow_.update([&](Flow& f) {
        --f.jobs;
        f.bytes -= size;
    });
}

void Builder::finish_ahead(Worker& worker) {
    while (!worker.ahead.empty()) {
        // Storing it may fill a pack, and so bring more.
        Hashed hashed = std::move(worker.ahead.front());
        worker.ahead.pop_front();
        finish(worker, hashed);
    }
}

void Builder::process(Codec& codec, Job& job, const BlobId& id) {
    const ByteView plain = job.memory.view(job.size);
    flow_.with([&](Flow&) { job.content->ids[job.number] = id; });
    const bool is_new =
        store_.with_index(stop_, [&](Index& index) { return index.claim(id, BlobType::data); });
    if (!is_new) return;
    packer_.add(codec, BlobType::data, id, plain, &job.memory);
    bytes_new_ += job.size;
}

// Without a node when the parent has nothing of this kind there.
SnapshotTree::Place Builder::parent_place(const Item& item) const {
    if (parent_ == nullptr || item.path.is_root()) return {};
    try {
        SnapshotTree::Place place = parent_->locate(item.path);
        if (place.node != nullptr && item_kind(place.node->type) == item.kind) return place;
    } catch (const Corrupt& damage) {
        // Read anew, the file is whole again.
        store_.note(Severity::warning, damage.full_text());
    }
    return {};
}

bool Builder::keep(const Item& item) {
    refuse_when(stop_);
    const SnapshotTree::Place place = parent_place(item);
    if (place.node == nullptr) return false;
    const Node& node = *place.node;
    if (item.kind == ItemKind::file && item.size != 0 && item.size != node.size) return false;
    if (!all_known(node.content, false)) return false;
    tree_.with([&](PendingTree& tree) { tree.keep(item.path, place); });
    return true;
}

void Builder::keep_all() {
    if (parent_ == nullptr) return;
    walk(*parent_, ItemPath(), [&](const Item& item) { keep(item); });
}

void Builder::unreadable(const ItemPath& path, const std::string&) {
    tree_.with([&](PendingTree& tree) { tree.unreadable(path); });
}

void Builder::move(const ItemPath& from, const ItemPath& to) {
    tree_.with([&](PendingTree& tree) { tree.move(from, to); });
}

void Builder::remove(const ItemPath& path) {
    tree_.with([&](PendingTree& tree) { tree.remove(path); });
}

void Builder::wait_for_workers() {
    if (!flow_.wait(
            group_->stop(), [](const Flow& f) { return f.jobs == 0; }, [](Flow&) {})) {
        fail();
    }
}

std::optional<Item> Builder::View::find(const ItemPath& path) const {
    return builder_.tree_.with([&](const PendingTree& tree) { return tree.find(path); });
}

void Builder::View::list(const ItemPath& folder, const Each& each) const {
    std::vector<Item> items;
    builder_.tree_.with([&](const PendingTree& tree) {
        tree.list(folder, [&](const Item& item) { items.push_back(item); });
    });
    for (const Item& item : items) each(item);  // who is told may ask for more
}

std::unique_ptr<ByteSource> Builder::View::open(const ItemPath& path) const {
    auto content = builder_.content_of(path);
    if (!builder_.all_known(content, true)) builder_.drain();
    return std::make_unique<BlobSource>(builder_.store_, std::move(content), builder_.stop_);
}

// The workers fill ids in; only when all are done they can be read.
std::vector<BlobId> Builder::content_of(const ItemPath& path) {
    wait_for_workers();
    auto content = tree_.with([&](const PendingTree& tree) { return tree.content_of(path); });
    if (content == nullptr) {
        throw Missing("there is no file '" + printable(path.text()) + "' in this backup");
    }
    return std::move(*content);
}

bool Builder::all_known(std::span<const BlobId> content, bool stored) {
    return store_.with_index(stop_, [&](const Index& index) {
        return std::all_of(content.begin(), content.end(), [&](const BlobId& id) {
            return stored ? index.has(id, BlobType::data)
                          : index.has_or_pending(id, BlobType::data);
        });
    });
}

bool Builder::adopt(const Item& item, std::vector<BlobId> content) {
    refuse_when(stop_);
    if (!all_known(content, false)) return false;
    Node node = node_of(item);
    node.size = item.size;
    node.content = std::move(content);
    tree_.with([&](PendingTree& tree) { tree.put(item.path, std::move(node), nullptr); });
    return true;
}

void Builder::drain() {
    wait_for_workers();
    packer_.flush(*store_.codecs().lend());
    if (!saver_.wait_until_stored(group_->stop())) fail();
}

std::optional<uint64_t> Builder::room() const {
    const auto space = store_.backend().space(stop_);
    if (!space) return std::nullopt;
    return space->free;
}

void Builder::checkpoint(const std::stop_token& stop) {
    refuse_when(stop);
    drain();
    saver_.write_index(stop);
}

BlobId Builder::store_tree(Codec& codec, std::span<const Node* const> nodes) {
    const std::string json = encode_tree(nodes);
    const BlobId id{codec.sha.of(as_bytes(json))};
    const bool is_new =
        store_.with_index(stop_, [&](Index& index) { return index.claim(id, BlobType::tree); });
    if (is_new) packer_.add(codec, BlobType::tree, id, as_bytes(json), nullptr);
    return id;
}

Receipt Builder::finish(const Snapshot& draft, const std::stop_token& stop) {
    refuse_when(stop);
    wait_for_workers();
    Receipt receipt;
    Codec codec(store_.key(), store_.options().compression_level);
    const BlobId root = tree_.with([&](PendingTree& tree) {
        return tree.write(
            [&](std::span<const Node* const> nodes) {
                refuse_when(stop);
                return store_tree(codec, nodes);
            },
            receipt);
    });
    drain();
    saver_.write_index(stop);
    refuse_when(stop);
    save_snapshot(draft, root, receipt);
    finished_ = true;
    return receipt;
}

void Builder::save_snapshot(const Snapshot& draft, const BlobId& root, Receipt& receipt) {
    Snapshot snapshot = draft;
    snapshot.tree = root;
    snapshot.parent = parent_id_;
    snapshot.program_version = "lifeboat " LIFEBOAT_VERSION;
    lock_->prove_held(stop_);
    receipt.snapshot.value =
        store_.save_document("snapshots/", encode_snapshot(snapshot), stop_).value;
    receipt.bytes_new = bytes_new_;
    receipt.bytes_stored = saver_.bytes_stored();
}

}  // namespace lifeboat::repository
