// What a person keeps in a phone's databases, not in files: messages, contacts, calls, events,
// apps. A collection is one such class, as it was read at one moment: enough to compare two moments
// with each other, record by record, whatever numbers the phone gives its rows.
//
// In a snapshot everything of this kind lies below `personal/`: standard files for people and other
// programs, exact records for the way back, and `personal/inventory.jsonl`, which holds the
// collections.
//
// All functions are pure and may be called from any thread.
#pragma once

#include "base/bytes.h"
#include "item/item_path.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat {
class FileTree;
}

namespace lifeboat::personal {

enum class Reading {
    complete,  // every record that the phone shows
    refused,   // the phone does not show them: `why` says it in words for the person
    absent,    // this phone has no such thing
};

// What a difference means.
enum class Weight {
    kept,   // a record that is gone or other is a loss
    noted,  // worth telling, and no loss: an update may change it (settings, roles)
};

struct Record {
    // The same on another phone and after an update: never the number of a row. Several records may
    // share one (two equal messages in one millisecond).
    std::string identity{};
    std::string digest{};  // of everything whose change a person would miss; hex
    std::string label{};   // one line for a list: "Ada, 2026-11-20 14:03: see you"
    bool operator==(const Record&) const = default;
    auto operator<=>(const Record&) const = default;
};

struct Collection {
    std::string id{};  // "contacts", "messages", "calls", "calendar", "dictionary", "apps", ...
    Reading reading = Reading::complete;
    Weight weight = Weight::kept;
    std::string why{};              // refused: why, and what to do instead
    std::vector<Record> records{};  // sorted
    std::vector<std::string>
        gaps{};  // what is known to be missing: "drafts are hidden from computers"
    bool operator==(const Collection&) const = default;
};

// The folder of all of them in a snapshot, and of one: "personal/contacts".
const ItemPath& folder();
ItemPath folder_of(std::string_view id);
const ItemPath& inventory_path();

// Whether a path of a snapshot is no file of the phone's storage but lies below folder().
bool is_personal(const ItemPath& path);

// `encode` sorts the records. `decode` throws Corrupt naming the line.
std::string encode(std::vector<Collection> collections);
std::vector<Collection> decode(ByteView text);
// Nothing when the snapshot has none: of an iPhone, or from before Lifeboat read them. Throws
// Corrupt.
std::optional<std::vector<Collection>> load_collections(const FileTree& snapshot);

// What became of a class. Records count as often as they are there.
struct Change {
    std::string id{};
    Weight weight = Weight::kept;
    bool comparable = false;  // both sides were read
    std::string why{};        // only when not
    uint64_t before = 0, after = 0, same = 0;
    std::vector<Record> lost{}, changed{}, added{};  // `changed` as they were before
    bool lost_something() const {
        return weight == Weight::kept && comparable && !(lost.empty() && changed.empty());
    }
};
Change compare(const Collection& before, const Collection& after);
// Every class of `before`, in its order; one that `after` does not have is not comparable.
std::vector<Change> compare(const std::vector<Collection>& before,
                            const std::vector<Collection>& after);

}  // namespace lifeboat::personal
