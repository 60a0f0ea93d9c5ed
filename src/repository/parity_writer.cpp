// Parity for what is in a place already: made by a copy, by restic, or before there was parity.
#include "base/error.h"
#include "parity/parity.h"
#include "repository/lock.h"
#include "repository/open_repository.h"
#include "repository/parity.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

constexpr const char* phase = "parity";
constexpr uint64_t smallest_parity = 2 * parity::header_size;

Store& store_of(Repository& repository) {
    return dynamic_cast<OpenRepository&>(repository).store();
}

struct FileToProtect {
    std::string name{};
    uint64_t size = 0;
};

// Those that have none, or less than the two headers of one.
std::vector<FileToProtect> files_without(const storage::Backend& backend, ParityReport& report,
                                         const std::stop_token& stop) {
    std::set<std::string> protected_files;
    backend.list(
        "parity/",
        [&](const std::string& name, uint64_t size) {
            if (size >= smallest_parity) protected_files.insert(file_of_parity(name));
        },
        stop);
    std::vector<FileToProtect> files;
    for (const char* folder : {"snapshots/", "index/", "data/"}) {
        backend.list(
            folder,
            [&](const std::string& name, uint64_t size) {
                if (parity_name(name).empty() || size == 0) return;
                if (protected_files.contains(name)) {
                    ++report.present;
                } else {
                    files.push_back({name, size});
                }
            },
            stop);
    }
    return files;
}

// Throws Corrupt when the bytes are wrong: parity of damage would keep the damage.
void protect_one(Store& store, const std::string& name, ParityReport& report,
                 const std::stop_token& stop) {
    const Digest hash = *Digest::parse(std::string_view(name).substr(name.rfind('/') + 1));
    const Bytes content = load_named(store.backend(), name, hash.bytes(), stop);
    const parity::Rate rate = parity_rate_of(name, store.options().parity);
    const Bytes sidecar = parity::protect(content, hash, rate);
    store.backend().save(parity_name(name), sidecar, stop);
    report.written += 1;
    report.bytes_written += sidecar.size();
    report.bytes_read += content.size();
}

}  // namespace

void protect_file(Repository& repository, const std::string& file, ByteView content,
                  const std::stop_token& stop) {
    const auto hash = Digest::parse(std::string_view(file).substr(file.rfind('/') + 1));
    if (hash) store_of(repository).protect(file, content, *hash, stop);
}

void protect_keys(Repository& repository, const std::stop_token& stop) {
    store_of(repository).protect_keys(stop);
}

ParityReport write_missing_parity(Repository& repository, EventSink& events,
                                  const std::stop_token& stop) {
    Store& store = store_of(repository);
    const storage::Backend& backend = store.backend();
    if (!store.options().parity.on()) {
        throw Misuse("Parity is off for " + backend.where(),
                     "Set how much there should be: lifeboat config set repository.parity 2");
    }
    RepositoryLock lock(store, LockKind::shared, stop);
    events.on(PhaseStarted{phase, backend.where()});
    store.protect_keys(stop);
    ParityReport report;
    const auto files = files_without(backend, report, stop);
    Progress progress{.phase = phase, .place = backend.where(), .items_total = files.size()};
    for (const FileToProtect& file : files) progress.bytes_total += file.size;
    for (const FileToProtect& file : files) {
        if (stop.stop_requested()) throw Cancelled{};
        lock.ensure_held(stop);
        try {
            protect_one(store, file.name, report, stop);
        } catch (const Corrupt& damage) {
            report.damages.push_back({file.name, damage.message()});
        } catch (const Missing&) {
            continue;  // forgotten or pruned meanwhile
        }
        progress.items_done += 1;
        progress.bytes_done += file.size;
        events.on(progress);
    }
    events.on(PhaseEnded{phase, backend.where()});
    return report;
}

}  // namespace lifeboat::repository
