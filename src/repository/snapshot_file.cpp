#include "repository/snapshot_file.h"

#include "repository/go_text.h"
#include "repository/json_reader.h"

#include <fmt/format.h>

namespace lifeboat::repository {

namespace {

void append_list(std::string& json, const std::vector<std::string>& list) {
    json += '[';
    for (size_t i = 0; i < list.size(); ++i) {
        if (i != 0) json += ',';
        append_json_string(json, list[i]);
    }
    json += ']';
}

void append_text(std::string& json, const char* key, const std::string& text) {
    if (text.empty()) return;
    json += fmt::format(",\"{}\":", key);
    append_json_string(json, text);
}

std::vector<std::string> read_list(JsonReader& json) {
    std::vector<std::string> list;
    if (json.take_null()) return list;
    json.begin_array();
    while (json.next_element()) list.emplace_back(json.string());
    return list;
}

bool read_text(JsonReader& json, std::string_view key, Snapshot& snapshot) {
    if (key == "hostname") {
        snapshot.hostname = json.string();
    } else if (key == "username") {
        snapshot.username = json.string();
    } else if (key == "program_version") {
        snapshot.program_version = json.string();
    } else if (key == "paths") {
        snapshot.paths = read_list(json);
    } else if (key == "tags") {
        snapshot.tags = read_list(json);
    } else {
        return false;
    }
    return true;
}

}  // namespace

std::string encode_snapshot(const Snapshot& snapshot) {
    std::string json = fmt::format("{{\"time\":\"{}\"", to_rfc3339(snapshot.time));
    if (snapshot.parent) json += fmt::format(",\"parent\":\"{}\"", snapshot.parent->hex());
    json += fmt::format(",\"tree\":\"{}\",\"paths\":", snapshot.tree.hex());
    append_list(json, snapshot.paths);
    append_text(json, "hostname", snapshot.hostname);
    append_text(json, "username", snapshot.username);
    if (!snapshot.tags.empty()) {
        json += ",\"tags\":";
        append_list(json, snapshot.tags);
    }
    append_text(json, "program_version", snapshot.program_version);
    return json + "}";
}

Snapshot decode_snapshot(std::string_view text) {
    JsonReader json(text, "a snapshot");
    Snapshot snapshot;
    std::string_view key;
    bool has_time = false;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "time") {
            const std::string_view text_of_time = json.string();
            const auto time = from_rfc3339(text_of_time);
            if (!time) json.fail("a time that is none");
            snapshot.time = *time;
            snapshot.zone = zone_of_rfc3339(text_of_time);
            has_time = true;
        } else if (key == "tree") {
            snapshot.tree = read_id<BlobId>(json);
        } else if (key == "parent") {
            if (!json.take_null()) snapshot.parent = read_id<SnapshotId>(json);
        } else if (!read_text(json, key, snapshot)) {
            json.skip();
        }
    }
    json.end();
    if (!has_time || snapshot.tree.is_zero()) json.fail("it has no time or no tree");
    return snapshot;
}

std::string encode_config(const Config& config) {
    return fmt::format(R"({{"version":{},"id":"{}","chunker_polynomial":"{}"}})", config.version,
                       config.id, config.polynomial.hex());
}

Config decode_config(std::string_view text) {
    JsonReader json(text, "the config");
    std::string id;
    uint64_t version = 0;
    std::optional<Polynomial> polynomial;
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "version") {
            version = json.number();
        } else if (key == "id") {
            id = json.string();
        } else if (key == "chunker_polynomial") {
            polynomial = Polynomial::parse(json.string());
        } else {
            json.skip();
        }
    }
    json.end();
    if (version < 1 || version > 2) {
        throw Unsupported(fmt::format("This repository is of format version {}; versions 1 and 2 "
                                      "are known",
                                      version),
                          "Nothing was changed. A newer version of Lifeboat may read it.");
    }
    if (id.empty() || !polynomial || !polynomial->is_irreducible()) {
        json.fail("its id or its polynomial is none");
    }
    return {.version = version, .id = std::move(id), .polynomial = *polynomial};
}

}  // namespace lifeboat::repository
