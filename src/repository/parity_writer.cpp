// Parity for what is in a place already: made by a copy, by restic, or before there was parity.
#include "base/error.h"
#include "crypto/sha256.h"
#include "parity/parity.h"
#include "repository/lock.h"
#include "repository/open_repository.h"
#include "repository/parity.h"

#include <map>

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
    bool had_parity = false;  // but not a whole one
};

class ParityWriter {
public:
    ParityWriter(Store& store, RepositoryLock& lock, const ParityOptions& options,
                 EventSink& events, const std::stop_token& stop)
        : store_(store), lock_(lock), options_(options), events_(events), stop_(stop) {}

    ParityReport run();

private:
    const storage::Backend& backend() const { return store_.backend(); }
    std::vector<FileToProtect> files_without();
    void protect(const FileToProtect& file);
    void protect_config();
    void write(const std::string& name, ByteView content, const Digest& hash);

    Store& store_;
    RepositoryLock& lock_;
    const ParityOptions& options_;
    EventSink& events_;
    const std::stop_token& stop_;
    ParityReport report_{};
};

// Those that have none, less than the two headers of one, or one that is not whole.
std::vector<FileToProtect> ParityWriter::files_without() {
    std::map<std::string, uint64_t> sidecars;
    backend().list(
        "parity/",
        [&](const std::string& name, uint64_t size) { sidecars[file_of_parity(name)] = size; },
        stop_);
    std::vector<FileToProtect> files;
    for (const char* folder : {"keys/", "snapshots/", "index/", "data/"}) {
        backend().list(
            folder,
            [&](const std::string& name, uint64_t size) {
                if (parity_name(name).empty() || size == 0) return;
                files.push_back({name, size, sidecars.contains(name)});
            },
            stop_);
    }
    // Not while listing: a place need not bear other requests from within it.
    std::erase_if(files, [&](const FileToProtect& file) {
        if (stop_.stop_requested()) throw Cancelled{};
        if (!file.had_parity || sidecars[file.name] < smallest_parity) return false;
        if (options_.read_sidecars && !parity_is_whole(backend(), file.name, stop_)) return false;
        ++report_.present;
        return true;
    });
    return files;
}

// Throws Corrupt when the bytes are wrong: parity of damage would keep the damage.
void ParityWriter::protect(const FileToProtect& file) {
    const Digest hash =
        *Digest::parse(std::string_view(file.name).substr(file.name.rfind('/') + 1));
    if (options_.dry_run) {
        const auto rate = parity_rate_of(file.name, store_.options().parity);
        report_.bytes_written += parity::choose_layout(file.size, rate).sidecar_size();
    } else {
        write(file.name, load_named(backend(), file.name, hash.bytes(), stop_), hash);
    }
    report_.written += 1;
    if (file.had_parity) ++report_.mended;
}

void ParityWriter::write(const std::string& name, ByteView content, const Digest& hash) {
    lock_.ensure_held(stop_);
    const auto rate = parity_rate_of(name, store_.options().parity);
    const Bytes sidecar = parity::protect(content, hash, rate);
    store_.backend().save(parity_name(name), sidecar, stop_);
    report_.bytes_written += sidecar.size();
    report_.bytes_read += content.size();
}

// Its name is no hash: its seal tells whether it is worth keeping.
void ParityWriter::protect_config() {
    const auto size = backend().size(parity_name("config"), stop_);
    if (!size || !backend().size("config", stop_)) return;  // protect_keys() writes missing ones
    const bool whole = *size >= smallest_parity &&
                       (!options_.read_sidecars || parity_is_whole(backend(), "config", stop_));
    if (whole) return;
    const Bytes config = backend().load("config", {}, stop_);
    try {
        open_plain(*store_.codecs().lend(), config, "config");
    } catch (const Corrupt& damage) {
        report_.damages.push_back({"config", damage.message()});
        return;
    }
    if (!options_.dry_run) write("config", config, {crypto::sha256(config)});
    report_.written += 1;
    report_.mended += 1;
}

ParityReport ParityWriter::run() {
    const std::string where = backend().where();
    events_.on(PhaseStarted{phase, where});
    protect_config();
    const auto files = files_without();
    Progress progress{.phase = phase, .place = where, .items_total = files.size()};
    for (const FileToProtect& file : files) progress.bytes_total += file.size;
    for (const FileToProtect& file : files) {
        if (stop_.stop_requested()) throw Cancelled{};
        try {
            protect(file);
        } catch (const Corrupt& damage) {
            report_.damages.push_back({file.name, damage.message()});
        } catch (const Missing&) {
            continue;  // forgotten or pruned meanwhile
        }
        progress.items_done += 1;
        progress.bytes_done += file.size;
        events_.on(progress);
    }
    // Last: it takes away the copies of keys that were removed, and writes that of the config.
    if (!options_.dry_run) store_.protect_keys(stop_);
    events_.on(PhaseEnded{phase, where});
    return std::move(report_);
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

ParityReport write_missing_parity(Repository& repository, const ParityOptions& options,
                                  EventSink& events, const std::stop_token& stop) {
    Store& store = store_of(repository);
    if (!store.options().parity.on()) {
        throw Misuse("Parity is off for " + store.backend().where(),
                     "Set how much there should be: lifeboat config set repository.parity 2");
    }
    RepositoryLock lock(store, LockKind::shared, stop);
    return ParityWriter(store, lock, options, events, stop).run();
}

}  // namespace lifeboat::repository
