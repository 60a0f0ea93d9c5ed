#include "repository/snapshot_rewrite.h"

#include "repository/go_text.h"
#include "repository/json_reader.h"

#include <fmt/format.h>

namespace lifeboat::repository {

namespace {

std::string json_list(const std::vector<std::string>& list) {
    std::string json = "[";
    for (const std::string& text : list) {
        if (json.size() > 1) json += ',';
        append_json_string(json, text);
    }
    return json + "]";
}

std::string quoted(const std::string& hex) {
    return fmt::format("\"{}\"", hex);
}

}  // namespace

std::string rewrite_snapshot(std::string_view text, const SnapshotChange& change) {
    JsonReader json(text, "a snapshot");
    std::string out = "{";
    const auto put = [&](std::string_view key, std::string_view value) {
        if (out.size() > 1) out += ',';
        append_json_string(out, key);
        out += ':';
        out += value;
    };
    bool has_original = false;
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        const std::string name(key);
        const std::string_view value = json.skip();
        if (name == "parent" && change.drop_parent) continue;
        if (name == "tags" && change.tags) continue;
        if (name == "original" && value == "null") continue;
        has_original |= name == "original";
        if (name == "tree" && change.tree) {
            put(name, quoted(change.tree->hex()));
        } else {
            put(name, value);
        }
    }
    json.end();
    if (change.tags && !change.tags->empty()) put("tags", json_list(*change.tags));
    if (change.original && !has_original) put("original", quoted(change.original->hex()));
    return out + "}";
}

SnapshotKin snapshot_kin(std::string_view text) {
    JsonReader json(text, "a snapshot");
    SnapshotKin kin;
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "original") {
            if (!json.take_null()) kin.original = read_id<SnapshotId>(json);
        } else if (key == "uid") {
            kin.uid = json.number();
        } else if (key == "gid") {
            kin.gid = json.number();
        } else if (key == "excludes" && !json.take_null()) {
            json.begin_array();
            while (json.next_element()) kin.excludes.emplace_back(json.string());
        } else if (key != "excludes") {
            json.skip();
        }
    }
    json.end();
    return kin;
}

}  // namespace lifeboat::repository
