#include "app/find_files.h"
#include "app/opened_snapshot.h"
#include "app/tidy.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/app_backup_reports.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <functional>

namespace lifeboat::cli {
namespace {

std::string_view kind_text(ItemKind kind) {
    switch (kind) {
        case ItemKind::file:
            return "file";
        case ItemKind::folder:
            return "folder";
        case ItemKind::symlink:
            return "symlink";
        case ItemKind::other:
            return "other";
    }
    return "other";
}

// Counts what it shows.
class ItemLines {
public:
    explicit ItemLines(Session& session) : session_(session) {}

    void show(const Item& item, const repository::Snapshot& snapshot, bool name_snapshot) {
        if (session_.stop.stop_requested()) throw Cancelled();
        const bool folder = item.kind == ItemKind::folder;
        ++items_;
        bytes_ += item.size;
        session_.out.line(
            fmt::format("{}{}  {}  {}{}", name_snapshot ? short_id(snapshot.id) + "  " : "",
                        padded_left(folder ? "" : human_bytes(item.size), 9),
                        date_text(item.modified), printable(item.path.text()), folder ? "/" : ""));
        if (!session_.out.json()) return;
        nlohmann::json json;
        put_path(json, item.path.text());
        json["kind"] = kind_text(item.kind);
        json["bytes"] = item.size;
        json["modified"] = to_rfc3339(item.modified);
        json["snapshot"] = snapshot.id.hex();
        session_.out.json_line("item", std::move(json));
    }

    void finish() {
        session_.result["items"] = items_;
        session_.result["bytes"] = bytes_;
    }
    uint64_t items() const { return items_; }

private:
    Session& session_;
    uint64_t items_ = 0;
    uint64_t bytes_ = 0;
};

app::OpenedPlaces opened(Session& session) {
    return session.world.open_places(session.invocation.values("place"), session.stop);
}

app::Showing showing(Session& session) {
    return {.as_stored = session.invocation.has("as-stored"),
            .app_password = app_backup_password(session)};
}

app::FindRequest find_request(const Invocation& words) {
    app::FindRequest request;
    for (const std::string& pattern : words.argument_list("PATTERN"))
        request.names.emplace_back(pattern);
    if (words.has("newer")) request.newer = app::parse_date(words.value("newer"));
    if (words.has("older")) request.older = app::parse_date(words.value("older"));
    if (words.has("larger")) request.larger = app::parse_size(words.value("larger"));
    if (words.has("smaller")) request.smaller = app::parse_size(words.value("smaller"));
    if (words.has("content")) {
        request.content = Digest::parse(words.value("content"));
        if (!request.content) {
            throw Misuse("--content takes a SHA-256: 64 hexadecimal digits, lower case",
                         "sha256sum FILE prints it.");
        }
    }
    if (words.argument_list("PATTERN").empty() && !words.has("content") && !words.has("newer") &&
        !words.has("older") && !words.has("larger") && !words.has("smaller")) {
        throw Misuse("What is to be found?", "Give a PATTERN, or --content, --newer, --larger ...");
    }
    return request;
}

// What one backup cannot show does not hide the others.
bool is_of_one_backup(const Error& error) {
    return dynamic_cast<const Corrupt*>(&error) != nullptr ||
           dynamic_cast<const Missing*>(&error) != nullptr ||
           dynamic_cast<const Unsupported*>(&error) != nullptr;
}

using LookInto = std::function<void(const app::FoundSnapshot&)>;

// How many could not be looked into to the end.
uint64_t look_into_all(Session& session, const app::OpenedPlaces& places, const LookInto& look) {
    uint64_t skipped = 0;
    for (const app::FoundSnapshot& found : app::all_snapshots(places, session.stop)) {
        try {
            look(found);
        } catch (const Error& error) {
            if (!is_of_one_backup(error)) throw;
            ++skipped;
            session.world.events().on(
                Noted{Severity::warning, "Not all of the backup " + short_id(found.snapshot.id) +
                                             " could be looked into: " + error.full_text()});
        }
    }
    return skipped;
}

}  // namespace

app::Exit ls(Session& session) {
    const app::OpenedPlaces places = opened(session);
    const auto found =
        app::find_snapshot(places, session.invocation.argument("SNAPSHOT"), session.stop);
    const ItemPath path(session.invocation.argument("PATH"));
    const auto backup = app::open_snapshot(session.world, found, showing(session), session.stop);
    const FileTree* tree = backup.tree.get();
    const auto item = tree->find(path);
    if (!item) {
        throw Missing(
            fmt::format("There is no {} in the backup {}", printable(path.text()),
                        short_id(found.snapshot.id)),
            "See what is above it, without PATH: lifeboat ls " + short_id(found.snapshot.id));
    }
    ItemLines lines(session);
    const auto show = [&](const Item& one) { lines.show(one, found.snapshot, false); };
    if (item->kind != ItemKind::folder)
        show(*item);
    else if (session.invocation.has("recursive"))
        walk(*tree, path, show);
    else
        tree->list(path, show);
    lines.finish();
    session.result["snapshot"] = found.snapshot.id.hex();
    return app::Exit::done;
}

app::Exit find(Session& session) {
    const app::FindRequest request = find_request(session.invocation);
    const app::OpenedPlaces places = opened(session);
    app::Showing shown = showing(session);
    shown.known_apps = std::make_shared<engine::KnownApps>();
    ItemLines lines(session);
    const auto look_into = [&](const app::FoundSnapshot& found) {
        app::find_files(
            session.world, found, request,
            [&](const Item& item) { lines.show(item, found.snapshot, true); }, shown, session.stop);
    };
    uint64_t skipped = 0;
    if (session.invocation.has("snapshot")) {
        look_into(app::find_snapshot(places, session.invocation.value("snapshot"), session.stop));
    } else {
        skipped = look_into_all(session, places, look_into);
    }
    lines.finish();
    session.result["skipped"] = skipped;
    if (lines.items() == 0) session.out.note("Nothing found.");
    return skipped == 0 ? app::Exit::done : app::Exit::partly;
}

}  // namespace lifeboat::cli
