#include "app/statistics.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

using repository::ContentFigures;
using repository::StorageFigures;

nlohmann::json content_json(const ContentFigures& c) {
    nlohmann::json json;
    json["files"] = c.files;
    json["folders"] = c.folders;
    json["others"] = c.others;
    json["bytes"] = c.bytes;
    json["restore_entries"] = c.restore_entries;
    json["restore_bytes"] = c.restore_bytes;
    json["different_files"] = c.different_files;
    json["different_bytes"] = c.different_bytes;
    json["pieces"] = c.pieces;
    json["raw_bytes"] = c.raw_bytes;
    json["stored_bytes"] = c.stored_bytes;
    json["unreadable_folders"] = c.unreadable_folders;
    json["missing_pieces"] = c.missing_pieces;
    return json;
}

nlohmann::json storage_json(const StorageFigures& s) {
    nlohmann::json json;
    json["packs"] = s.packs;
    json["pack_bytes"] = s.pack_bytes;
    json["pieces_indexed"] = s.pieces_indexed;
    json["index_files"] = s.index_files;
    json["index_bytes"] = s.index_bytes;
    json["index_memory"] = s.index_memory;
    json["used_bytes"] = s.used_bytes;
    json["unused_bytes"] = s.unused_bytes;
    json["duplicate_bytes"] = s.duplicate_bytes;
    json["orphans"] = s.orphans;
    json["orphan_bytes"] = s.orphan_bytes;
    json["missing_packs"] = s.missing_packs;
    json["parity_files"] = s.parity_files;
    json["parity_bytes"] = s.parity_bytes;
    json["other_bytes"] = s.other_bytes;
    return json;
}

nlohmann::json media_json(const engine::MediaTable& table) {
    nlohmann::json json;
    for (const auto media_class : content::all_media_classes) {
        const engine::MediaFigures& figures = table.at(static_cast<size_t>(media_class));
        json[std::string(to_text(media_class))] = {{"files", figures.files},
                                                   {"bytes", figures.bytes}};
    }
    return json;
}

nlohmann::json place_json(const engine::PlaceStatistics& place) {
    nlohmann::json json;
    json["name"] = place.place;
    json["content"] = content_json(place.figures.all);
    json["storage"] = storage_json(place.figures.storage);
    json["dedup_ratio"] = app::saved_by_all(place.figures);
    json["compression_ratio"] = app::saved_by_compression(place.figures);
    json["snapshots"] = nlohmann::json::array();
    for (size_t i = 0; i < place.snapshots.size(); ++i) {
        const repository::SnapshotFigures& figures = place.figures.snapshots[i];
        nlohmann::json one = content_json(figures.content);
        one["id"] = figures.id.hex();
        one["time"] = to_rfc3339(place.snapshots[i].time);
        one["pieces_only_here"] = figures.pieces_only_here;
        one["stored_bytes_only_here"] = figures.stored_bytes_only_here;
        one["media"] = media_json(place.media[i]);
        json["snapshots"].push_back(std::move(one));
    }
    return json;
}

void show_snapshot(Session& session, const engine::PlaceStatistics& place, size_t number) {
    const repository::SnapshotFigures& figures = place.figures.snapshots[number];
    session.out.line(fmt::format("  {}  {}  {} files  {}  only here {}", short_id(figures.id),
                                 date_text(place.snapshots[number].time),
                                 padded_left(human_count(figures.content.files), 9),
                                 padded_left(human_bytes(figures.content.bytes), 9),
                                 human_bytes(figures.stored_bytes_only_here)));
    std::string classes;
    for (const auto media_class : content::all_media_classes) {
        const engine::MediaFigures& media =
            place.media[number].at(static_cast<size_t>(media_class));
        if (media.files == 0) continue;
        classes +=
            fmt::format("{}{} {} ({})", classes.empty() ? "" : ", ", human_count(media.files),
                        to_text(media_class), human_bytes(media.bytes));
    }
    if (!classes.empty()) session.out.line("            " + classes);
}

void show_waste(Session& session, const StorageFigures& storage) {
    session.out.line(fmt::format(
        "  needed     {}; prune could free {}", human_bytes(storage.used_bytes),
        human_bytes(storage.unused_bytes + storage.duplicate_bytes + storage.orphan_bytes)));
    if (storage.orphans > 0) {
        session.out.line(fmt::format("  left over  {} packs ({}) of runs that were cut off",
                                     human_count(storage.orphans),
                                     human_bytes(storage.orphan_bytes)));
    }
    if (storage.missing_packs > 0) {
        session.out.warn(fmt::format("{} {} packs are missing: lifeboat verify --deep",
                                     session.out.err().paint(Tone::bad, "damage:"),
                                     human_count(storage.missing_packs)));
    }
}

void show_place(Session& session, const engine::PlaceStatistics& place) {
    const ContentFigures& all = place.figures.all;
    const StorageFigures& storage = place.figures.storage;
    session.out.line(
        fmt::format("{}: {} backups", place.place, human_count(place.snapshots.size())));
    session.out.line(fmt::format("  files      {} ({}) in all backups, {} different ({})",
                                 human_count(all.files), human_bytes(all.bytes),
                                 human_count(all.different_files),
                                 human_bytes(all.different_bytes)));
    session.out.line(fmt::format(
        "  stored     {} of {} pieces, {:.2f} times less than the files, {:.2f} by compression",
        human_bytes(all.stored_bytes), human_count(all.pieces), app::saved_by_all(place.figures),
        app::saved_by_compression(place.figures)));
    session.out.line(fmt::format(
        "  packs      {} ({}), index {} in memory{}", human_count(storage.packs),
        human_bytes(storage.pack_bytes), human_bytes(storage.index_memory),
        storage.parity_files == 0 ? "" : ", parity " + human_bytes(storage.parity_bytes)));
    show_waste(session, storage);
    for (size_t i = 0; i < place.snapshots.size(); ++i) show_snapshot(session, place, i);
}

// One figure as restic's modes give it.
void show_mode(Session& session, const engine::PlaceStatistics& place, const std::string& mode) {
    const ContentFigures& all = place.figures.all;
    nlohmann::json json;
    if (mode == "restore-size") {
        json = {{"total_size", all.restore_bytes}, {"total_file_count", all.restore_entries}};
    } else if (mode == "files-by-contents") {
        json = {{"total_size", all.different_bytes}, {"total_file_count", all.different_files}};
    } else if (mode == "blobs-per-file") {
        json = {{"total_size", all.piece_bytes},
                {"total_file_count", all.piece_files},
                {"total_blob_count", all.pieces_of_files}};
    } else {
        json = {{"total_size", all.stored_bytes}, {"total_blob_count", all.pieces}};
    }
    std::string line = place.place + ":";
    for (const auto& [name, value] : json.items()) {
        line += fmt::format("  {} {}", name, value.get<uint64_t>());
    }
    session.out.line(line);
    json["name"] = place.place;
    session.result["modes"].push_back(std::move(json));
}

}  // namespace

app::Exit stats(Session& session) {
    const std::string mode = session.invocation.value("mode");
    const app::OpenedPlaces places =
        session.world.open_places(session.invocation.values("place"), session.stop);
    session.result["places"] = nlohmann::json::array();
    session.result["modes"] = nlohmann::json::array();
    bool damaged = false;
    for (const engine::PlaceStatistics& place :
         app::place_statistics(session.world, places, session.invocation.argument("SNAPSHOT"),
                               mode == "blobs-per-file", session.stop)) {
        if (mode.empty())
            show_place(session, place);
        else
            show_mode(session, place, mode);
        session.result["places"].push_back(place_json(place));
        const ContentFigures& all = place.figures.all;
        damaged = damaged || all.unreadable_folders > 0 || all.missing_pieces > 0 ||
                  place.figures.storage.missing_packs > 0;
    }
    return damaged ? app::Exit::damaged : app::Exit::done;
}

}  // namespace lifeboat::cli
