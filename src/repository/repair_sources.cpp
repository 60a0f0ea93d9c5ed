#include "repository/repair_sources.h"

#include "base/error.h"
#include "repository/hold_file.h"
#include "repository/parity.h"
#include "repository/steady_read.h"

#include <fmt/format.h>

namespace lifeboat::repository {

template <class Ask>
void RepairSources::ask(Source& source, Ask&& ask) {
    if (source.gone) return;
    try {
        ask(*source.repository);
    } catch (const Corrupt&) {
        return;  // it is damaged there too, or was never there
    } catch (const Missing&) {
        return;
    } catch (const Temporary& failure) {
        source.gone = true;
        events_.on(Noted{Severity::warning, fmt::format("{} does not answer any more: {}",
                                                        source.name, failure.full_text())});
    }
}

RepairSources::RepairSources(const Store& damaged, const std::vector<RepairSource>& sources,
                             EventSink& events, const std::stop_token& stop)
    : damaged_(damaged.backend()), events_(events) {
    for (const RepairSource& given : sources) {
        auto& open = dynamic_cast<OpenRepository&>(*given.repository);
        if (&open.store().backend() == &damaged.backend()) continue;
        Source source{
            .name = given.name, .repository = &open, .same = open.id() == damaged.config().id};
        ask(source,
            [&](OpenRepository& repository) { source.hold = repository.hold_to_read(stop); });
        sources_.push_back(std::move(source));
    }
}

std::optional<RepairSources::File> RepairSources::file(const std::string& name, ByteView hash,
                                                       const std::stop_token& stop) {
    if (auto bytes = rebuild_from_parity(damaged_, name, stop)) {
        return File{std::move(*bytes), "its parity"};
    }
    std::optional<File> found;
    for (Source& source : sources_) {
        if (!source.same) continue;
        ask(source, [&](OpenRepository& repository) {
            std::string problem;
            auto bytes = load_named_steadily(repository.backend(), name, hash, problem, stop);
            if (bytes) found = File{std::move(*bytes), source.name};
        });
        if (found) break;
    }
    return found;
}

template <class Right>
std::optional<RepairSources::File> RepairSources::file_if(const std::string& name,
                                                          const std::stop_token& stop,
                                                          Right&& right) {
    std::optional<File> found;
    for (Source& source : sources_) {
        if (!source.same) continue;
        ask(source, [&](OpenRepository& repository) {
            auto bytes = load_steadily(repository.backend(), name, {}, stop);
            if (!bytes || !right(repository.store(), *bytes)) return;
            found = File{std::move(*bytes), source.name};
        });
        if (found) break;
    }
    return found;
}

std::optional<RepairSources::File> RepairSources::config(const std::stop_token& stop) {
    return file_if("config", stop, [](Store& store, const Bytes& bytes) {
        Codec codec(store.key(), store.options().compression_level);
        return decode_config(open_plain(codec, bytes, "config")).id == store.config().id;
    });
}

std::optional<RepairSources::File> RepairSources::hold(const SnapshotId& id,
                                                       const std::stop_token& stop) {
    return file_if(holds_folder + id.hex(), stop, [&](Store& store, const Bytes& bytes) {
        open_hold(store, id, bytes);
        return true;
    });
}

std::optional<RepairSources::FoundBlob> RepairSources::blob(const BlobId& id, BlobType type,
                                                            const std::stop_token& stop) {
    std::optional<FoundBlob> found;
    for (Source& source : sources_) {
        ask(source, [&](OpenRepository& repository) {
            found = FoundBlob{repository.store().load_blob(id, type, stop), source.name};
        });
        if (found) break;
    }
    return found;
}

}  // namespace lifeboat::repository
