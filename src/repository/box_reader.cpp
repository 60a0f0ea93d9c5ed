#include "repository/box_reader.h"

#include "base/error.h"
#include "base/task_group.h"

#include <thread>

namespace lifeboat::repository {

namespace {

// A gap of unneeded bytes that is cheaper to read than a further request would be.
constexpr uint64_t gap_limit = uint64_t{128} << 10;
// Of one request: large enough that requests cost little, small enough that the memory of one
// serves the next. Larger ones would be given back to the system, which must clear them again.
constexpr uint64_t stretch_limit = uint64_t{1} << 20;
constexpr size_t most_readers = 4;

uint64_t end_of(const PackedBlob& blob) {
    return uint64_t{blob.offset} + blob.length;
}

// Behind the last blob that is read together with `first`.
size_t stretch_end(const std::vector<PackedBlob>& blobs, size_t first) {
    uint64_t end = end_of(blobs[first]);
    size_t last = first + 1;
    for (; last < blobs.size(); ++last) {
        const bool near = blobs[last].offset <= end + gap_limit;
        if (!near || end_of(blobs[last]) - blobs[first].offset > stretch_limit) break;
        end = std::max(end, end_of(blobs[last]));
    }
    return last;
}

BoxStretch load_stretch(Store& store, const BoxJob& job, size_t first, size_t last,
                        const std::stop_token& stop) {
    BoxStretch stretch{.pack = job.pack, .offset = job.blobs[first].offset};
    stretch.blobs.assign(job.blobs.begin() + static_cast<ptrdiff_t>(first),
                         job.blobs.begin() + static_cast<ptrdiff_t>(last));
    uint64_t end = 0;
    for (const PackedBlob& blob : stretch.blobs) end = std::max(end, end_of(blob));
    try {
        stretch.bytes =
            store.backend().load(pack_name(job.pack), {stretch.offset, end - stretch.offset}, stop);
    } catch (const Corrupt& damage) {
        // A sector the disk cannot read: blobs beside it, or copies elsewhere, may still be whole.
        store.note(Severity::warning, damage.message());
    } catch (const Missing& damage) {
        store.note(Severity::warning, damage.message());
    }
    return stretch;
}

}  // namespace

size_t count_readers(const Store& store) {
    const unsigned wanted = store.options().workers;
    const unsigned cores = wanted != 0 ? wanted : std::thread::hardware_concurrency();
    return std::clamp<size_t>(cores, 1, most_readers);
}

void read_stretches(Store& store, const BoxJob& job, const std::function<bool(BoxStretch&&)>& each,
                    const std::stop_token& stop) {
    for (size_t first = 0; first < job.blobs.size() && !stop.stop_requested();) {
        const size_t last = stretch_end(job.blobs, first);
        if (!each(load_stretch(store, job, first, last, stop))) return;
        first = last;
    }
}

void find_broken_boxes(Store& store, const NextBoxJob& next,
                       const std::function<void(const PackId&, const PackedBlob&)>& broken,
                       const std::stop_token& stop) {
    Guarded<const NextBoxJob*> jobs(&next);
    TaskGroup group(stop);
    for (size_t i = count_readers(store); i > 0; --i) {
        group.run([&](const std::stop_token& own) {
            auto codec = store.codecs().lend();
            while (const auto job = jobs.with([](const NextBoxJob* give) { return (*give)(); })) {
                const auto look = [&](BoxStretch&& stretch) {
                    for (const PackedBlob& blob : stretch.blobs) {
                        const ByteView box = stretch.box(blob);
                        if (box.size() == blob.length && codec->box.is_whole(box)) continue;
                        jobs.with([&](const NextBoxJob*) { broken(stretch.pack, blob); });
                    }
                    return true;
                };
                read_stretches(store, *job, look, own);
                if (own.stop_requested()) return;
            }
        });
    }
    group.join();
}

}  // namespace lifeboat::repository
