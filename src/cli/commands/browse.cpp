#include "app/find_files.h"
#include "app/snapshots.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

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

void find_in(Session& session, const app::FoundSnapshot& found, const app::NamePattern& pattern,
             ItemLines& lines) {
    const auto tree = found.place.repository->read(found.snapshot, session.stop);
    walk(*tree, ItemPath{}, [&](const Item& item) {
        if (session.stop.stop_requested()) throw Cancelled();
        const bool own = item.path.is_within(engine::records_folder());
        if (!own && pattern.matches(item.path.text())) lines.show(item, found.snapshot, true);
    });
}

}  // namespace

app::Exit ls(Session& session) {
    const app::OpenedPlaces places = opened(session);
    const auto found =
        app::find_snapshot(places, session.invocation.argument("SNAPSHOT"), session.stop);
    const ItemPath path(session.invocation.argument("PATH"));
    const auto tree = found.place.repository->read(found.snapshot, session.stop);
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
    const app::OpenedPlaces places = opened(session);
    const app::NamePattern pattern(session.invocation.argument("PATTERN"));
    ItemLines lines(session);
    if (session.invocation.has("snapshot")) {
        const auto found =
            app::find_snapshot(places, session.invocation.value("snapshot"), session.stop);
        find_in(session, found, pattern, lines);
    } else {
        for (const app::SnapshotRow& row : app::snapshot_rows(places, session.stop)) {
            const auto found = app::find_snapshot(places, row.snapshot.id.hex(), session.stop);
            find_in(session, found, pattern, lines);
        }
    }
    lines.finish();
    if (lines.items() == 0) session.out.note("Nothing found.");
    return app::Exit::done;
}

}  // namespace lifeboat::cli
