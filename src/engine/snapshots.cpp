#include "base/text.h"
#include "engine/engine.h"

#include <algorithm>
#include <utility>

namespace lifeboat::engine {

bool has_tag(const repository::Snapshot& snapshot, std::string_view tag) {
    return std::find(snapshot.tags.begin(), snapshot.tags.end(), tag) != snapshot.tags.end();
}

namespace {

repository::Snapshot choose_by_id(const std::vector<repository::Snapshot>& snapshots,
                                  const std::string& wanted) {
    const bool is_prefix = wanted.size() >= 4 && wanted.size() <= 64 &&
                           wanted.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (!is_prefix) {
        throw Misuse("'" + printable(wanted) + "' is no snapshot",
                     "Give 'latest' or the first digits of an id from 'lifeboat snapshot list'.");
    }
    const repository::Snapshot* found = nullptr;
    for (const auto& snapshot : snapshots) {
        if (!snapshot.id.hex().starts_with(wanted)) continue;
        if (found != nullptr)
            throw Misuse("several snapshots start with " + wanted, "Give more digits of the id.");
        found = &snapshot;
    }
    if (found == nullptr) {
        throw Missing("there is no snapshot " + wanted,
                      "See 'lifeboat snapshot list' for those that are there.");
    }
    return *found;
}

}  // namespace

// restic splits the tags it is given at commas.
std::string tag_phone(const std::string& device_key) {
    std::string tag = "phone:" + printable(device_key);
    std::replace(tag.begin(), tag.end(), ',', '_');
    return tag;
}

// A snapshot that restic made has none of our tags; restic itself only writes finished ones.
bool is_finished(const repository::Snapshot& snapshot) {
    return !has_tag(snapshot, tag_interrupted);
}

bool is_newer_backup(const repository::Snapshot& one, const repository::Snapshot& than) {
    const auto rank = [](const repository::Snapshot& snapshot) {
        return std::pair(!has_tag(snapshot, tag_imported), snapshot.time);
    };
    return rank(one) >= rank(than);
}

std::optional<repository::Snapshot> newest_backup(
    const std::vector<repository::Snapshot>& snapshots, const std::string& device_key) {
    std::optional<repository::Snapshot> newest;
    for (const auto& snapshot : snapshots) {
        if (!is_finished(snapshot) || has_tag(snapshot, tag_audit)) continue;
        if (!device_key.empty() && !has_tag(snapshot, tag_phone(device_key))) continue;
        if (!newest || is_newer_backup(snapshot, *newest)) newest = snapshot;
    }
    return newest;
}

repository::Snapshot choose_snapshot(const std::vector<repository::Snapshot>& snapshots,
                                     const std::string& wanted, const std::string& device_key) {
    if (wanted != "latest" && !wanted.empty()) return choose_by_id(snapshots, wanted);
    auto newest = newest_backup(snapshots, device_key);
    if (!newest) {
        throw Missing("there is no finished backup here yet",
                      "Make one with 'lifeboat ready' or 'lifeboat backup'.");
    }
    return *newest;
}

}  // namespace lifeboat::engine
