#include "storage/replicate.h"

#include "base/error.h"
#include "base/guarded.h"
#include "base/id.h"
#include "base/task_group.h"
#include "base/text.h"
#include "crypto/sha256.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lifeboat::storage {
namespace {

struct File {
    std::string name{};
    uint64_t size = 0;
};

constexpr const char* phase = "replicate";
// In the order they are copied in. Listed backwards: what a listed snapshot needs is then listed
// too, even while a backup writes.
constexpr std::array<const char*, 4> kinds = {"keys/", "data/", "index/", "snapshots/"};

// Names the bytes must hash to, and nothing else that lies in the folder.
std::optional<Digest> digest_in(const std::string& name) {
    return Digest::parse(std::string_view(name).substr(name.rfind('/') + 1));
}

class Replication {
public:
    Replication(const Backend& from, Backend& to, const ReplicateOptions& options)
        : from_(from), to_(to), options_(options) {}

    ReplicateReport run(const std::stop_token& stop) {
        require_same_repository(stop);
        plan(stop);
        require_space(stop);
        for (const std::vector<File>& files : missing_) {
            copy(files, stop);
            require_undamaged();
        }
        report_.files_copied = files_done_ - report_.files_present;
        report_.bytes_copied = bytes_done_ - report_.bytes_present;
        return report_;
    }

private:
    Bytes config_of(const Backend& place, const std::stop_token& stop) const {
        if (!place.size("config", stop)) {
            throw Missing(fmt::format("there is no repository in {}", place.where()),
                          "Add the place first; it is then made a copy of the repository.");
        }
        return place.load("config", {}, stop);
    }

    void require_same_repository(const std::stop_token& stop) const {
        if (config_of(from_, stop) == config_of(to_, stop)) return;
        throw Misuse(
            fmt::format("{} and {} hold two different repositories", from_.where(), to_.where()),
            "Nothing was copied. Give the new place an empty folder.");
    }

    void plan(const std::stop_token& stop) {
        std::array<std::vector<File>, kinds.size()> wanted;
        for (size_t kind = kinds.size(); kind-- > 0;) {
            const auto take = [&](const std::string& name, uint64_t size) {
                if (digest_in(name)) wanted[kind].push_back({.name = name, .size = size});
            };
            from_.list(kinds[kind], take, stop);
        }
        for (size_t kind = 0; kind < kinds.size(); ++kind) {
            std::unordered_map<std::string, uint64_t> present;
            to_.list(
                kinds[kind], [&](const std::string& name, uint64_t size) { present[name] = size; },
                stop);
            for (File& file : wanted[kind]) sort_out(file, present, missing_[kind]);
        }
        files_done_ = report_.files_present;
        bytes_done_ = report_.bytes_present;
    }

    void sort_out(File& file, const std::unordered_map<std::string, uint64_t>& present,
                  std::vector<File>& missing) {
        files_total_ += 1;
        bytes_total_ += file.size;
        const auto found = present.find(file.name);
        if (found != present.end() && found->second == file.size) {
            report_.files_present += 1;
            report_.bytes_present += file.size;
        } else {
            missing.push_back(std::move(file));
        }
    }

    void require_space(const std::stop_token& stop) const {
        const uint64_t needed = bytes_total_ - report_.bytes_present;
        const auto space = to_.space(stop);
        if (!space || space->free >= needed) return;
        throw NoSpace(fmt::format("{} needs {} and has {} free", to_.where(), human_bytes(needed),
                                  human_bytes(space->free)),
                      "Nothing was copied yet. Free some space there, or choose a larger disk.");
    }

    void copy(const std::vector<File>& files, const std::stop_token& stop) {
        std::atomic<size_t> next = 0;
        TaskGroup workers(stop);
        const size_t count = std::min<size_t>(std::max(options_.workers, 1U), files.size());
        for (size_t worker = 0; worker < count; ++worker) {
            workers.run([&](const std::stop_token& group) {
                for (size_t at = next++; at < files.size(); at = next++) {
                    if (group.stop_requested()) throw Cancelled();
                    copy_file(files[at], group);
                }
            });
        }
        workers.join();
    }

    void copy_file(const File& file, const std::stop_token& stop) {
        const Bytes content = from_.load(file.name, {}, stop);
        if (Digest{crypto::sha256(content)} != digest_in(file.name)) {
            damaged_.with([&](std::set<std::string>& names) { names.insert(file.name); });
            return;
        }
        to_.save(file.name, content, stop);
        if (options_.copied) options_.copied(file.name, content, stop);
        files_done_ += 1;
        bytes_done_ += content.size();
        options_.events.on(Progress{.phase = phase,
                                    .place = options_.place,
                                    .items_done = files_done_,
                                    .items_total = files_total_,
                                    .bytes_done = bytes_done_,
                                    .bytes_total = bytes_total_});
    }

    // The whole ones of a kind go over all the same; only what builds on the damaged ones waits.
    void require_undamaged() const {
        const auto names = damaged_.with([](const std::set<std::string>& all) { return all; });
        if (names.empty()) return;
        throw Corrupt(
            fmt::format("the bytes of {} in {} do not match its name{}", *names.begin(),
                        from_.where(),
                        names.size() == 1 ? std::string()
                                          : fmt::format(" (and {} more)", names.size() - 1)),
            fmt::format("It was not copied to {}, nor the newest backups that may need "
                        "it. Check both places: one may still hold this file whole.",
                        to_.where()));
    }

    const Backend& from_;
    Backend& to_;
    const ReplicateOptions& options_;
    ReplicateReport report_;
    Guarded<std::set<std::string>> damaged_;
    std::array<std::vector<File>, kinds.size()> missing_;
    uint64_t files_total_ = 0;
    uint64_t bytes_total_ = 0;
    std::atomic<uint64_t> files_done_ = 0;
    std::atomic<uint64_t> bytes_done_ = 0;
};

// A phase ends also when it fails.
class Phase {
public:
    explicit Phase(const ReplicateOptions& options) : options_(options) {
        options_.events.on(PhaseStarted{.phase = phase, .place = options_.place});
    }
    ~Phase() { options_.events.on(PhaseEnded{.phase = phase, .place = options_.place}); }
    Phase(const Phase&) = delete;
    Phase& operator=(const Phase&) = delete;

private:
    const ReplicateOptions& options_;
};

}  // namespace

ReplicateReport replicate(const Backend& from, Backend& to, const ReplicateOptions& options,
                          const std::stop_token& stop) {
    const Phase phase_of_this(options);
    return Replication(from, to, options).run(stop);
}

}  // namespace lifeboat::storage
