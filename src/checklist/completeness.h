// Completeness as a subtraction: on the phone minus in each place, for each class of files, with
// the list behind each number. Pure values.
#pragma once

#include "checklist/evidence.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::checklist {

// What goes in. Paths are compared byte by byte; a path counts once.
struct PhoneFile {
    std::string path{};
    uint64_t size = 0;
    std::string media_class{};  // one of facts::classes; anything else counts as "other"
};

struct RefusedPath {
    std::string path{};
    std::string group{};  // one of facts::classes, "folders" or "private"; see facts.h
    std::string reason{};
};

struct PlaceFile {
    std::string path{};
    uint64_t size = 0;
};

// What the newest finished copy of a place holds; no files when there is none.
struct PlaceContents {
    std::string place{};
    std::vector<PlaceFile> files{};
};

// What comes out.
struct CountedList {
    std::vector<std::string> paths{};  // sorted
    uint64_t bytes = 0;
    uint64_t count() const { return paths.size(); }
};

struct PlaceCell {
    std::string place{};
    // Readable on the phone, and not in this place or there with another size.
    CountedList missing{};
};

struct ClassRow {
    std::string media_class{};
    uint64_t on_phone = 0;  // readable or not
    uint64_t on_phone_bytes = 0;
    std::vector<RefusedPath> unreadable{};
    std::vector<PlaceCell> places{};  // in the order of the places given
    CountedList only_on_phone{};      // readable, and in no place
};

struct Completeness {
    std::vector<ClassRow> classes{};     // all of facts::classes, in that order
    std::vector<RefusedPath> folders{};  // cannot be listed: may hold anything
    std::vector<RefusedPath> closed{};   // what Android closes to everybody

    // The row of a class; nothing for a name that is none.
    const ClassRow* find(std::string_view media_class) const;
    uint64_t only_on_phone() const;
    uint64_t missing() const;  // summed over classes and places
};

// A refused path that is also among the files is one file on the phone, unreadable.
Completeness subtract(const std::vector<PhoneFile>& on_phone,
                      const std::vector<PlaceContents>& places,
                      const std::vector<RefusedPath>& refused);

// Writes every number of the table as evidence (class.* of facts.h), graded proven.
void add_evidence(EvidenceBook& book, const Completeness& completeness, TimePoint observed,
                  std::string_view method);

}  // namespace lifeboat::checklist
