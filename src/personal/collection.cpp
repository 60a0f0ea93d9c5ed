#include "personal/collection.h"

#include "base/error.h"
#include "item/item.h"
#include "personal/record_lines.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

namespace lifeboat::personal {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "personal";
constexpr unsigned version = 1;
constexpr uint64_t max_bytes = uint64_t{2} << 30;

constexpr std::array<std::pair<Reading, std::string_view>, 3> readings{
    {{Reading::complete, "complete"}, {Reading::refused, "refused"}, {Reading::absent, "absent"}}};
constexpr std::array<std::pair<Weight, std::string_view>, 2> weights{
    {{Weight::kept, "kept"}, {Weight::noted, "noted"}}};

template <class T, size_t count>
std::string_view name_of(T value, const std::array<std::pair<T, std::string_view>, count>& names) {
    for (const auto& [one, name] : names) {
        if (one == value) return name;
    }
    return {};
}

template <class T, size_t count>
T value_of(const json& text, const std::array<std::pair<T, std::string_view>, count>& names) {
    for (const auto& [one, name] : names) {
        if (text == name) return one;
    }
    throw Corrupt("a word is none that is known");
}

// Labels are texts of a phone: any bytes.
std::string dump(const json& line) {
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string header_line(const Collection& one) {
    return dump({{"class", one.id},
                 {"reading", name_of(one.reading, readings)},
                 {"weight", name_of(one.weight, weights)},
                 {"why", one.why},
                 {"gaps", one.gaps},
                 {"records", one.records.size()}});
}

std::string record_line(const Record& record) {
    return dump({{"id", record.identity}, {"digest", record.digest}, {"label", record.label}});
}

// Reads lines into collections: a class, then its records.
class Decoder {
public:
    void take(const json& line) {
        if (line.contains("class"))
            begin(line);
        else
            add(line);
    }
    std::vector<Collection> finish() {
        end();
        return std::move(collections_);
    }

private:
    void begin(const json& line) {
        end();
        collections_.push_back({.id = line.at("class").get<std::string>(),
                                .reading = value_of(line.at("reading"), readings),
                                .weight = value_of(line.at("weight"), weights),
                                .why = line.at("why").get<std::string>(),
                                .gaps = line.at("gaps").get<std::vector<std::string>>()});
        declared_ = line.at("records").get<size_t>();
    }
    void add(const json& line) {
        if (collections_.empty()) throw Corrupt("a record belongs to no class");
        collections_.back().records.push_back({line.at("id").get<std::string>(),
                                               line.at("digest").get<std::string>(),
                                               line.at("label").get<std::string>()});
    }
    void end() const {
        if (!collections_.empty() && collections_.back().records.size() != declared_)
            throw Corrupt("a class has more or fewer records than it says");
    }

    std::vector<Collection> collections_{};
    size_t declared_ = 0;
};

std::vector<Record> sorted(std::vector<Record> records) {
    std::sort(records.begin(), records.end());
    return records;
}

// Takes out of both what is in both: what is left has no equal on the other side.
uint64_t remove_same(std::vector<Record>& before, std::vector<Record>& after) {
    const auto equal_key = [](const Record& record) {
        return std::pair(record.identity, record.digest);
    };
    std::map<std::pair<std::string, std::string>, uint64_t> there;
    for (const Record& record : after) ++there[equal_key(record)];
    std::map<std::pair<std::string, std::string>, uint64_t> matched;
    uint64_t same = 0;
    std::erase_if(before, [&](const Record& record) {
        const auto found = there.find(equal_key(record));
        if (found == there.end() || found->second == 0) return false;
        --found->second;
        ++matched[equal_key(record)];
        ++same;
        return true;
    });
    std::erase_if(after, [&](const Record& record) {
        const auto found = matched.find(equal_key(record));
        if (found == matched.end() || found->second == 0) return false;
        --found->second;
        return true;
    });
    return same;
}

void sort_out_changed(std::vector<Record> before, std::vector<Record> after, Change& change) {
    std::multimap<std::string, Record> fresh;
    for (Record& record : after) {
        std::string identity = record.identity;
        fresh.emplace(std::move(identity), std::move(record));
    }
    for (Record& record : before) {
        const auto other = fresh.find(record.identity);
        if (other == fresh.end()) {
            change.lost.push_back(std::move(record));
            continue;
        }
        fresh.erase(other);
        change.changed.push_back(std::move(record));
    }
    for (auto& [identity, record] : fresh) change.added.push_back(std::move(record));
}

std::string why_not(const Collection& one, std::string_view when) {
    const std::string_view what = one.reading == Reading::absent ? "was not there" : "was refused";
    return one.why.empty() ? fmt::format("it {} {}", what, when) : one.why;
}

}  // namespace

const ItemPath& folder() {
    static const ItemPath path("personal");
    return path;
}

ItemPath folder_of(std::string_view id) {
    return folder().child(id);
}

const ItemPath& inventory_path() {
    static const ItemPath path("personal/inventory.jsonl");
    return path;
}

bool is_personal(const ItemPath& path) {
    return path.is_within(folder());
}

std::string encode(std::vector<Collection> collections) {
    std::vector<std::string> lines;
    for (Collection& one : collections) {
        lines.push_back(header_line(one));
        for (const Record& record : sorted(std::move(one.records)))
            lines.push_back(record_line(record));
    }
    return write_lines(kind, version, lines);
}

std::vector<Collection> decode(ByteView text) {
    Decoder decoder;
    size_t number = 1;
    for (const std::string_view line : read_lines(as_text(text), kind, version)) {
        ++number;
        try {
            decoder.take(json::parse(line));
        } catch (const json::exception& error) {
            throw Corrupt(
                fmt::format("line {} of the personal inventory: {}", number, error.what()));
        } catch (Error& error) {
            error.add_context(fmt::format("line {} of the personal inventory", number));
            throw;
        }
    }
    return decoder.finish();
}

std::optional<std::vector<Collection>> load_collections(const FileTree& snapshot) {
    const auto item = snapshot.find(inventory_path());
    if (!item) return std::nullopt;
    return decode(read_all(*snapshot.open(inventory_path()), max_bytes));
}

Change compare(const Collection& before, const Collection& after) {
    Change change{.id = before.id,
                  .weight = before.weight,
                  .before = before.records.size(),
                  .after = after.records.size()};
    if (before.reading != Reading::complete) change.why = why_not(before, "at the backup");
    if (after.reading != Reading::complete) change.why = why_not(after, "now");
    if (!change.why.empty()) return change;
    change.comparable = true;
    auto old_records = sorted(before.records);
    auto new_records = sorted(after.records);
    change.same = remove_same(old_records, new_records);
    sort_out_changed(std::move(old_records), std::move(new_records), change);
    return change;
}

std::vector<Change> compare(const std::vector<Collection>& before,
                            const std::vector<Collection>& after) {
    std::vector<Change> changes;
    for (const Collection& one : before) {
        const auto other = std::find_if(after.begin(), after.end(),
                                        [&](const Collection& c) { return c.id == one.id; });
        const Collection unread{
            .id = one.id, .reading = Reading::refused, .why = "it was not read now"};
        changes.push_back(compare(one, other == after.end() ? unread : *other));
    }
    return changes;
}

}  // namespace lifeboat::personal
