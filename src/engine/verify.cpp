#include "base/guarded.h"
#include "base/task_group.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "engine/engine.h"
#include "engine/meter.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace lifeboat::engine {

namespace {

constexpr size_t part_size = 256 * 1024;

struct Expected {
    ItemPath path{};
    std::optional<ManifestEntry>
        entry{};  // nothing: a snapshot without manifest; its blob hashes are the proof
};

// Hashes one file as it comes out of the place. Nothing is wrong when the returned text is empty.
std::string compare(const FileTree& tree, const Expected& expected, MutableByteView buffer,
                    Meter& meter) {
    try {
        const auto source = tree.open(expected.path);
        crypto::Sha256 hash;
        uint64_t size = 0;
        while (const size_t part = source->read(buffer)) {
            if (expected.entry) hash.update(buffer.first(part));
            size += part;
            meter.add_bytes(part);
        }
        if (!expected.entry) return {};
        if (size != expected.entry->size) {
            return "has " + human_count(size) + " bytes instead of " +
                   human_count(expected.entry->size);
        }
        if (Digest{hash.finish()} != expected.entry->sha256)
            return "its content is not what was copied";
        return {};
    } catch (const Corrupt& damage) {
        return damage.full_text();
    } catch (const Missing& missing) {
        if (expected.entry && !tree.find(expected.path)) return left_out_reason;
        return missing.full_text();
    }
}

class ReadBack {
public:
    ReadBack(const FileTree& tree, std::vector<Expected> expected, Meter& meter)
        : tree_(tree), expected_(std::move(expected)), meter_(meter) {}

    void run(VerifyReport& report, const std::stop_token& stop) {
        TaskGroup group(stop);
        const unsigned workers = std::clamp(std::thread::hardware_concurrency(), 1u, 4u);
        for (unsigned i = 0; i < workers; ++i) {
            group.run([&](const std::stop_token& token) { work(token); });
        }
        group.join();
        report.files = meter_.items();
        report.bytes = meter_.bytes();
        report.wrong = wrong_.with([](std::vector<PathNote>& wrong) { return std::move(wrong); });
        std::sort(report.wrong.begin(), report.wrong.end(),
                  [](const PathNote& a, const PathNote& b) { return a.path < b.path; });
    }

private:
    void work(const std::stop_token& stop) {
        Bytes buffer(part_size);
        for (size_t at = next_++; at < expected_.size(); at = next_++) {
            if (stop.stop_requested()) throw Cancelled{};
            const std::string problem = compare(tree_, expected_[at], buffer, meter_);
            if (problem.empty()) {
                meter_.add_items(1);
            } else {
                wrong_.with([&](auto& wrong) { wrong.push_back({expected_[at].path, problem}); });
            }
        }
    }

    const FileTree& tree_;
    std::vector<Expected> expected_;
    Meter& meter_;
    std::atomic<size_t> next_{0};
    Guarded<std::vector<PathNote>> wrong_;
};

std::vector<Expected> files_of(const FileTree& tree, const std::optional<Manifest>& manifest) {
    std::vector<Expected> files;
    if (manifest) {
        for (const auto& [path, entry] : manifest->files) files.push_back({path, entry});
        return files;
    }
    walk(tree, ItemPath{}, [&](const Item& item) {
        if (item.kind == ItemKind::file) files.push_back({item.path, std::nullopt});
    });
    return files;
}

uint64_t bytes_of(const std::vector<Expected>& files) {
    uint64_t bytes = 0;
    for (const Expected& file : files) bytes += file.entry ? file.entry->size : 0;
    return bytes;
}

void read_back(repository::Repository& repository, VerifyReport& report,
               const repository::Snapshot& snapshot, const OperationContext& context) {
    const auto tree = repository.read(snapshot, context.stop);
    const auto manifest = load_manifest(*tree);
    auto files = files_of(*tree, manifest);
    Meter meter(context.events, context.clock, "read back", report.place);
    meter.expect(files.size(), bytes_of(files));
    ReadBack(*tree, std::move(files), meter).run(report, context.stop);
    if (!manifest && has_tag(snapshot, tag_lifeboat)) {
        report.wrong.push_back({manifest_path(),
                                "the list of what this backup had is lost: nobody can tell whether "
                                "something is missing"});
    }
}

void check_repository(repository::Repository& repository, Depth depth, VerifyReport& report,
                      const OperationContext& context) {
    const auto checked =
        repository.check({.read_data = depth == Depth::deep}, context.events, context.stop);
    report.damages = checked.damages;
    report.hints = checked.hints;
    report.parity_wanting = checked.parity_wanting;
    for (const auto& affected : checked.affected) {
        if (affected.snapshot != report.snapshot) {
            report.elsewhere.push_back(affected);
            continue;
        }
        const bool known =
            std::any_of(report.wrong.begin(), report.wrong.end(),
                        [&](const PathNote& note) { return note.path == affected.path; });
        if (!known) report.wrong.push_back({affected.path, affected.problem});
    }
}

}  // namespace

VerifyReport verify(const std::string& place, repository::Repository& repository,
                    const repository::Snapshot& snapshot, Depth depth,
                    const OperationContext& context) {
    VerifyReport report{.place = place, .snapshot = snapshot.id};
    try {
        read_back(repository, report, snapshot, context);
    } catch (const Corrupt& damage) {
        report.wrong.push_back(
            {ItemPath{}, "the list of files cannot be read: " + damage.full_text()});
    } catch (const Missing& missing) {
        report.wrong.push_back(
            {ItemPath{}, "the list of files is missing: " + missing.full_text()});
    }
    if (depth != Depth::files) check_repository(repository, depth, report, context);
    report.finished = context.clock.now();
    return report;
}

}  // namespace lifeboat::engine
