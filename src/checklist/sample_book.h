// For tests: a book on which every check that blocks passes, and how to change one entry of it.
#pragma once

#include "checklist/facts.h"
#include "checklist/verdict.h"

#include <string>
#include <utility>
#include <vector>

namespace lifeboat::checklist::sample {

inline TimePoint at(const char* text) {
    return *from_rfc3339(text);
}

// The instant of judging in every sample.
inline TimePoint now() {
    return at("2026-11-25T10:20:00Z");
}

inline Circumstances circumstances() {
    return {.now = now(), .device = "D1", .places = {"ssd", "nas"}, .platform = Platform::android};
}

inline Evidence fact(std::string_view name, std::string_view subject, std::string value) {
    return {.fact = std::string(name),
            .subject = std::string(subject),
            .value = std::move(value),
            .grade = Grade::proven,
            .method = "sample",
            .observed = at("2026-11-25T10:19:00Z")};
}

// An entry of the book with another value.
inline EvidenceBook with(EvidenceBook book, std::string_view name, std::string_view subject,
                         std::string value) {
    book.add(fact(name, subject, std::move(value)));
    return book;
}

inline EvidenceBook with(EvidenceBook book, std::string_view name, std::string value) {
    return with(std::move(book), name, {}, std::move(value));
}

inline EvidenceBook without(const EvidenceBook& book, const Evidence& entry) {
    EvidenceBook rest;
    for (const Evidence& other : book.entries()) {
        if (other != entry) rest.add(other);
    }
    return rest;
}

// The book with one entry changed by `change`.
template <class Change>
EvidenceBook changed(EvidenceBook book, std::string_view name, std::string_view subject,
                     Change&& change) {
    Evidence entry = *book.find(name, subject);
    change(entry);
    book.add(entry);
    return book;
}

EvidenceBook go_book();
EvidenceBook iphone_book();  // the same with what an iPhone's checks look at

}  // namespace lifeboat::checklist::sample
