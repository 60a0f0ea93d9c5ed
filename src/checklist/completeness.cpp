#include "checklist/completeness.h"

#include "checklist/facts.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace lifeboat::checklist {
namespace {

using SizeByPath = std::unordered_map<std::string_view, uint64_t>;
using Paths = std::unordered_set<std::string_view>;

SizeByPath index_of(const PlaceContents& place) {
    SizeByPath sizes;
    sizes.reserve(place.files.size());
    for (const PlaceFile& file : place.files) sizes[file.path] = file.size;
    return sizes;
}

bool holds(const SizeByPath& place, const PhoneFile& file) {
    const auto found = place.find(file.path);
    return found != place.end() && found->second == file.size;
}

void add(CountedList& list, const PhoneFile& file) {
    list.paths.push_back(file.path);
    list.bytes += file.size;
}

ClassRow& row_of(Completeness& table, std::string_view media_class) {
    for (ClassRow& row : table.classes) {
        if (row.media_class == media_class) return row;
    }
    return table.classes.back();  // "other"
}

Completeness empty_table(const std::vector<PlaceContents>& places) {
    Completeness table;
    for (const std::string_view name : facts::classes) {
        ClassRow row;
        row.media_class = name;
        for (const PlaceContents& place : places) {
            row.places.push_back({.place = place.place, .missing = {}});
        }
        table.classes.push_back(std::move(row));
    }
    return table;
}

// Where each refused path is listed; those that are files count as files on the phone as well.
Paths file_refusals(Completeness& table, const std::vector<RefusedPath>& refused) {
    Paths seen;
    for (const RefusedPath& path : refused) {
        if (!seen.insert(path.path).second) continue;
        if (path.group == facts::group_folders) {
            table.folders.push_back(path);
        } else if (path.group == facts::group_private) {
            table.closed.push_back(path);
        } else {
            ClassRow& row = row_of(table, path.group);
            row.unreadable.push_back(path);
            ++row.on_phone;
        }
    }
    return seen;
}

void sort_lists(Completeness& table) {
    const auto by_path = [](const RefusedPath& a, const RefusedPath& b) { return a.path < b.path; };
    std::sort(table.folders.begin(), table.folders.end(), by_path);
    std::sort(table.closed.begin(), table.closed.end(), by_path);
    for (ClassRow& row : table.classes) {
        std::sort(row.unreadable.begin(), row.unreadable.end(), by_path);
        std::sort(row.only_on_phone.paths.begin(), row.only_on_phone.paths.end());
        for (PlaceCell& cell : row.places) {
            std::sort(cell.missing.paths.begin(), cell.missing.paths.end());
        }
    }
}

}  // namespace

const ClassRow* Completeness::find(std::string_view media_class) const {
    for (const ClassRow& row : classes) {
        if (row.media_class == media_class) return &row;
    }
    return nullptr;
}

uint64_t Completeness::only_on_phone() const {
    uint64_t total = 0;
    for (const ClassRow& row : classes) total += row.only_on_phone.count();
    return total;
}

uint64_t Completeness::missing() const {
    uint64_t total = 0;
    for (const ClassRow& row : classes) {
        for (const PlaceCell& cell : row.places) total += cell.missing.count();
    }
    return total;
}

Completeness subtract(const std::vector<PhoneFile>& on_phone,
                      const std::vector<PlaceContents>& places,
                      const std::vector<RefusedPath>& refused) {
    Completeness table = empty_table(places);
    const Paths refusals = file_refusals(table, refused);
    std::vector<SizeByPath> held;
    held.reserve(places.size());
    for (const PlaceContents& place : places) held.push_back(index_of(place));

    Paths seen;
    seen.reserve(on_phone.size());
    for (const PhoneFile& file : on_phone) {
        if (!seen.insert(file.path).second) continue;
        ClassRow& row = row_of(table, file.media_class);
        row.on_phone_bytes += file.size;
        if (refusals.contains(file.path)) continue;  // counted as refused already
        ++row.on_phone;
        bool somewhere = false;
        for (size_t i = 0; i < held.size(); ++i) {
            const bool here = holds(held[i], file);
            somewhere = somewhere || here;
            if (!here) add(row.places[i].missing, file);
        }
        if (!somewhere) add(row.only_on_phone, file);
    }
    sort_lists(table);
    return table;
}

void add_evidence(EvidenceBook& book, const Completeness& completeness, TimePoint observed,
                  std::string_view method) {
    const auto write = [&](std::string_view fact, std::string_view subject, uint64_t value) {
        book.add({.fact = std::string(fact),
                  .subject = std::string(subject),
                  .value = std::to_string(value),
                  .grade = Grade::proven,
                  .method = std::string(method),
                  .observed = observed});
    };
    for (const ClassRow& row : completeness.classes) {
        const std::string& name = row.media_class;
        write(facts::class_on_phone, name, row.on_phone);
        write(facts::class_on_phone_bytes, name, row.on_phone_bytes);
        write(facts::class_unreadable, name, row.unreadable.size());
        write(facts::class_only_on_phone, name, row.only_on_phone.count());
        write(facts::class_only_on_phone_bytes, name, row.only_on_phone.bytes);
        for (const PlaceCell& cell : row.places) {
            const std::string subject = facts::at_place(name, cell.place);
            write(facts::class_missing, subject, cell.missing.count());
            write(facts::class_missing_bytes, subject, cell.missing.bytes);
        }
    }
    write(facts::class_unreadable, facts::group_folders, completeness.folders.size());
    write(facts::class_unreadable, facts::group_private, completeness.closed.size());
}

}  // namespace lifeboat::checklist
