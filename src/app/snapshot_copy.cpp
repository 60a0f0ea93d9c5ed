#include "app/snapshot_copy.h"

#include "base/text.h"
#include "storage/local_backend.h"
#include "storage/retry_backend.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::app {
namespace {

// A place of the configuration is opened by the world; a folder is opened here, part by part.
struct End {
    repository::Repository* repository = nullptr;
    std::unique_ptr<storage::LocalBackend> folder{};
    std::unique_ptr<storage::RetryBackend> retrying{};
    std::unique_ptr<repository::Repository> own{};
};

SecretText password_of(World& world, const CopyEnd& end, Prompt& prompt,
                       const std::stop_token& stop) {
    if (end.password_file.empty()) {
        return prompt.secret("Password of the repository in " + printable(end.place), stop);
    }
    Settings settings;
    settings.password_file = end.password_file;
    return read_password(settings, PasswordUse::open_existing, prompt, world.process(), stop);
}

End open_end(World& world, const CopyEnd& end, Prompt& prompt, const std::stop_token& stop) {
    const auto& places = world.settings().places;
    const auto known = std::ranges::find(places, end.place, &PlaceSetting::name);
    if (known != places.end()) return {.repository = &world.open(*known, stop)};
    End opened;
    opened.folder = std::make_unique<storage::LocalBackend>(end.place, world.random());
    opened.retrying =
        std::make_unique<storage::RetryBackend>(*opened.folder, world.clock(), &world.events());
    // Asked before the password: nobody should type it for nothing.
    if (!repository::exists(*opened.retrying, stop)) {
        throw repository::NoRepository(
            fmt::format("{} is neither a place nor a folder with a repository",
                        printable(end.place)),
            "Nothing was copied. See `lifeboat place list`. A new repository is made by "
            "`lifeboat place add`, or by `restic init`.");
    }
    opened.own = repository::open(*opened.retrying, password_of(world, end, prompt, stop),
                                  world.repository_options(), stop);
    opened.repository = opened.own.get();
    return opened;
}

std::vector<repository::SnapshotId> chosen(repository::Repository& from,
                                           const std::vector<std::string>& wanted,
                                           const std::stop_token& stop) {
    const auto present = from.snapshots(stop);
    std::vector<repository::SnapshotId> ids;
    for (const std::string& text : wanted) {
        const auto id = engine::choose_snapshot(present, text, "").id;
        if (std::ranges::count(ids, id) == 0) ids.push_back(id);
    }
    if (!wanted.empty()) return ids;
    // What an interrupted run left is no backup.
    for (const repository::Snapshot& snapshot : present) {
        if (engine::is_finished(snapshot)) ids.push_back(snapshot.id);
    }
    if (ids.empty()) throw Missing("There is no finished backup to copy");
    return ids;
}

}  // namespace

repository::CopyReport copy_snapshots(World& world, const SnapshotCopyRequest& request,
                                      Prompt& prompt, const std::stop_token& stop) {
    const End from = open_end(world, request.from, prompt, stop);
    const End to = open_end(world, request.to, prompt, stop);
    return repository::copy_snapshots(
        *from.repository, *to.repository,
        {.snapshots = chosen(*from.repository, request.snapshots, stop),
         .dry_run = request.dry_run},
        world.events(), stop);
}

}  // namespace lifeboat::app
