#include "repository/hold_file.h"

#include "base/error.h"
#include "crypto/base64.h"
#include "repository/go_text.h"
#include "repository/json_reader.h"

#include <fmt/format.h>

namespace lifeboat::repository {

namespace {

// A snapshot file has some hundred bytes; one with very many paths is still far below this.
constexpr size_t file_limit = size_t{16} << 20;

std::string name_of(const SnapshotId& id) {
    return holds_folder + id.hex();
}

Bytes read_file(JsonReader& json) {
    auto bytes = crypto::from_base64(json.string());
    if (!bytes || bytes->empty() || bytes->size() > file_limit) json.fail("its file is none");
    return std::move(*bytes);
}

// The snapshot in the hold: its name must be the hash of its bytes, as everywhere.
void open_snapshot(Store& store, Hold& hold) {
    const SnapshotId id = hold.snapshot.id;
    const std::string name = "snapshots/" + id.hex();
    if (crypto::sha256(hold.file) != id.value) {
        throw Corrupt("The file in the hold is not that of the backup " + id.hex());
    }
    hold.snapshot = decode_snapshot(open_document(*store.codecs().lend(), hold.file, name));
    hold.snapshot.id = id;
}

}  // namespace

std::string encode_hold(const Hold& hold) {
    std::string json = fmt::format(R"({{"snapshot":"{}","time":"{}","note":)",
                                   hold.snapshot.id.hex(), to_rfc3339(hold.since));
    append_json_string(json, hold.note);
    json += ",\"hostname\":";
    append_json_string(json, hold.hostname);
    json += ",\"username\":";
    append_json_string(json, hold.username);
    return json + fmt::format(",\"file\":\"{}\"}}", crypto::to_base64(hold.file));
}

Hold decode_hold(std::string_view text) {
    JsonReader json(text, "a hold");
    Hold hold;
    std::string_view key;
    bool has_time = false;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "snapshot") {
            hold.snapshot.id = read_id<SnapshotId>(json);
        } else if (key == "time") {
            const auto time = from_rfc3339(json.string());
            if (!time) json.fail("a time that is none");
            hold.since = *time;
            has_time = true;
        } else if (key == "note") {
            hold.note = json.string();
        } else if (key == "hostname") {
            hold.hostname = json.string();
        } else if (key == "username") {
            hold.username = json.string();
        } else if (key == "file") {
            hold.file = read_file(json);
        } else {
            json.skip();
        }
    }
    json.end();
    if (!has_time || hold.snapshot.id.is_zero() || hold.file.empty()) {
        json.fail("it has no time, no backup or no file");
    }
    return hold;
}

Hold open_hold(Store& store, const SnapshotId& id, ByteView sealed) {
    Hold hold = decode_hold(open_document(*store.codecs().lend(), sealed, name_of(id)));
    if (hold.snapshot.id != id) throw Corrupt("It is the hold of another backup");
    open_snapshot(store, hold);
    return hold;
}

Hold load_hold(Store& store, const SnapshotId& id, const std::stop_token& stop) {
    const std::string name = name_of(id);
    std::string problem;
    for (int round = 0; round < 2; ++round) {  // a disk or a cable may err once
        try {
            return open_hold(store, id, store.backend().load(name, {}, stop));
        } catch (const Corrupt& damage) {
            problem = damage.message();
        } catch (const Unsupported& unknown) {
            problem = unknown.message();
        }
    }
    return {.snapshot = {.id = id}, .problem = problem};
}

std::vector<Hold> load_holds(Store& store, const std::stop_token& stop) {
    std::vector<Hold> holds;
    for (const auto& id : list_ids<SnapshotId>(store.backend(), holds_folder, stop)) {
        try {
            holds.push_back(load_hold(store, id, stop));
        } catch (const Missing&) {
            continue;  // released since it was listed
        }
    }
    return holds;
}

bool is_held(const Store& store, const SnapshotId& id, const std::stop_token& stop) {
    return store.backend().size(name_of(id), stop).has_value();
}

}  // namespace lifeboat::repository
