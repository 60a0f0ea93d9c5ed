#include "repository/pack_saver.h"

namespace lifeboat::repository {

namespace {

// A pack in memory is 16 MiB. While one is being stored each worker may seal another, which keeps
// both the disk and the processor busy; more would only lie there.
constexpr size_t queue_limit = 1;
constexpr size_t index_blobs = 50'000;
constexpr nanoseconds index_interval = std::chrono::minutes{10};

}  // namespace

PackSaver::PackSaver(Store& store, RepositoryLock& lock)
    : store_(store), lock_(lock), queue_(queue_limit) {
    unindexed_.with([&](Unindexed& u) { u.since = store_.options().clock.monotonic(); });
}

bool PackSaver::deliver(SealedPack&& pack, const std::stop_token& stop) {
    const bool is_next = not_stored_.wait(
        stop, [](const size_t& count) { return count == 0; }, [](size_t& count) { ++count; });
    return is_next && queue_.push(std::move(pack), stop);
}

void PackSaver::run(Packer& packer, const std::stop_token& stop) {
    while (auto pack = queue_.pop(stop)) {
        save(*pack, stop);
        packer.recycle(std::move(pack->memory));
        not_stored_.update([](size_t& count) { --count; });
        if (index_is_due()) write_index(stop);
    }
}

void PackSaver::save(SealedPack& pack, const std::stop_token& stop) {
    lock_.ensure_held(stop);
    store_.backend().save(pack_name(pack.id), pack.bytes(), stop);
    store_.protect(pack_name(pack.id), pack.bytes(), {pack.id.value}, stop);
    bytes_stored_ += pack.size;
    store_.with_index(stop, [&](Index& index) { index.resolve(pack.id, pack.blobs); });
    unindexed_.with([&](Unindexed& u) {
        u.blobs += pack.blobs.size();
        u.packs.push_back({pack.id, std::move(pack.blobs)});
    });
}

bool PackSaver::index_is_due() const {
    const nanoseconds now = store_.options().clock.monotonic();
    return unindexed_.with([&](const Unindexed& u) {
        return u.blobs >= index_blobs || (u.blobs > 0 && now - u.since >= index_interval);
    });
}

bool PackSaver::wait_until_stored(const std::stop_token& stop) {
    return not_stored_.wait(
        stop, [](const size_t& count) { return count == 0; }, [](size_t&) {});
}

void PackSaver::write_index(const std::stop_token& stop) {
    const auto packs = unindexed_.with([](const Unindexed& u) { return u.packs; });
    if (!packs.empty()) {
        lock_.prove_held(stop);
        store_.save_document("index/", encode_index(packs), stop);
    }
    const nanoseconds now = store_.options().clock.monotonic();
    unindexed_.with([&](Unindexed& u) {
        // Only now: when the save fails, the next one must name them.
        u.packs.erase(u.packs.begin(), u.packs.begin() + static_cast<ptrdiff_t>(packs.size()));
        u.blobs = 0;
        for (const IndexedPack& pack : u.packs) u.blobs += pack.blobs.size();
        u.since = now;
    });
}

}  // namespace lifeboat::repository
