#include "repository/blob_reader.h"

#include "base/error.h"

namespace lifeboat::repository {

namespace {

// A few readers of large files at once; more would only push out what the first of them needs next.
constexpr size_t most_wanted = 8;

}  // namespace

BlobReader::BlobReader(Store& store, size_t memory, unsigned ahead_threads)
    : store_(store), blobs_(memory), group_(std::stop_token{}) {
    for (unsigned i = 0; i < ahead_threads; ++i) {
        group_.run([this](const std::stop_token& stop) { work_ahead(stop); });
    }
}

bool BlobReader::begin(const BlobId& id, const std::stop_token& stop) {
    const bool mine = state_.with([&](State& s) { return s.loading.insert(id).second; });
    if (mine) return true;
    const bool over = state_.wait(
        stop, [&](const State& s) { return !s.loading.contains(id); }, [](State&) {});
    if (!over) throw Cancelled{};
    return false;
}

void BlobReader::end(const BlobId& id) {
    state_.update([&](State& s) { s.loading.erase(id); });
}

Blob BlobReader::load(const BlobId& id, const std::stop_token& stop) {
    const struct Ending {
        BlobReader& reader;
        const BlobId& id;
        ~Ending() { reader.end(id); }
    } ending{*this, id};
    // Somebody may have been done with it between the look into the cache and begin().
    if (Blob cached = blobs_.get(id)) return cached;
    Blob blob = store_.load_blob(id, BlobType::data, stop);
    blobs_.put(id, blob, blob->size);
    return blob;
}

Blob BlobReader::get(const BlobId& id, const std::stop_token& stop) {
    for (;;) {
        if (Blob cached = blobs_.get(id)) return cached;
        // Whoever waited looks again: what the other loaded may be there, or have failed, or be
        // too large to keep.
        if (begin(id, stop)) return load(id, stop);
    }
}

void BlobReader::ahead(const BlobId& id) {
    if (blobs_.get(id)) return;
    state_.update([&](State& s) {
        if (s.wanted.size() < most_wanted && !s.loading.contains(id)) s.wanted.push_back(id);
    });
}

void BlobReader::work_ahead(const std::stop_token& stop) {
    for (;;) {
        BlobId id;
        const bool found = state_.wait(
            stop, [](const State& s) { return !s.wanted.empty(); },
            [&](State& s) {
                id = s.wanted.front();
                s.wanted.pop_front();
            });
        if (!found) return;
        try {
            get(id, stop);
        } catch (const Error& problem) {
            // The reader who needs it gets the same, and says for which file.
            store_.note(Severity::debug, problem.message());
        } catch (const Cancelled&) {
            return;
        }
    }
}

}  // namespace lifeboat::repository
