// Finding files by name, as a person types it: * and ?, case ignored.
#pragma once

#include "app/opened_snapshot.h"

#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::app {

class NamePattern {
public:
    // With a slash it is matched against whole paths, else against names; without * and ? it may
    // stand anywhere in the name.
    explicit NamePattern(std::string_view pattern);
    bool matches(std::string_view path) const;

private:
    std::string pattern_;
    bool whole_path_ = false;
};

// What a file must be like to be found; what is not set does not matter.
struct FindRequest {
    std::vector<NamePattern> names{};  // any of them
    std::optional<TimePoint> newer{}, older{};
    std::optional<uint64_t> larger{}, smaller{};
    std::optional<Digest> content{};  // SHA-256 of the file, or the id of a piece of it

    bool fits(const Item& item) const;
};

// Calls `each` for every file and folder of the backup that fits, but Lifeboat's own records.
// What is looked into is what open_snapshot() shows.
void find_files(World& world, const FoundSnapshot& found, const FindRequest& request,
                const FileTree::Each& each, const Showing& showing, const std::stop_token& stop);

// "2026-11-25", midnight in the zone of this machine, or an instant as RFC 3339 has it. Throws
// Misuse.
TimePoint parse_date(const std::string& text);

// `*` any characters, `?` one; both texts as they are. Linear in practice: one point of return.
bool glob(std::string_view pattern, std::string_view text);

}  // namespace lifeboat::app
