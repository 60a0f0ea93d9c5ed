#include "app/attestations.h"

#include "app/records.h"
#include "app/suggest.h"
#include "base/text.h"
#include "checklist/verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace lifeboat::app {
namespace {

constexpr std::string_view method = "the person looked there and said so";

std::vector<checklist::Check> told_rows() {
    std::vector<checklist::Check> rows = checklist::catalogue();
    std::erase_if(rows, [](const checklist::Check& row) { return row.told_fact.empty(); });
    return rows;
}

std::string told_rows_as_text() {
    std::vector<std::string> names;
    for (const checklist::Check& row : told_rows())
        names.push_back(fmt::format("{} ({})", row.id, row.title));
    return fmt::format("Rows that take a person's word: {}. Nothing was written down.",
                       fmt::join(names, ", "));
}

[[noreturn]] void refuse(std::string_view id) {
    std::vector<std::string> ids;
    for (const checklist::Check& row : checklist::catalogue()) {
        if (row.id == id && !row.built)
            throw Misuse(fmt::format("{} ({}) is not asked yet", row.id, row.title),
                         told_rows_as_text());
        if (row.id == id)
            throw Misuse(
                fmt::format("{} ({}) is measured: a word does not change it", row.id, row.title),
                told_rows_as_text());
        ids.push_back(row.id);
    }
    const auto near = nearest(id, ids);
    throw Misuse(fmt::format("There is no row '{}'{}", printable(id),
                             near ? fmt::format(". Did you mean {}?", *near) : ""),
                 told_rows_as_text());
}

std::string require_told_fact(std::string_view id) {
    for (const checklist::Check& row : told_rows())
        if (row.id == id) return row.told_fact;
    refuse(id);
}

void require_note(std::string_view note) {
    if (trim(note).empty()) {
        throw Misuse("The note says nothing", "As in: --note \"all photos are backed up\"");
    }
    if (note.size() > note_limit || printable(note) != note) {
        throw Misuse(fmt::format("The note is not one line of at most {} bytes", note_limit),
                     "Nothing was written down.");
    }
}

}  // namespace

checklist::Evidence attestation(std::string_view check, std::string_view note, TimePoint now) {
    std::string fact = require_told_fact(check);
    require_note(note);
    return {.fact = std::move(fact),
            .value = std::string(trim(note)),
            .grade = checklist::Grade::told,
            .method = std::string(method),
            .observed = now};
}

checklist::Evidence withdrawal(std::string_view check, TimePoint now) {
    return {.fact = require_told_fact(check),
            .method = std::string(method),
            .why_unknown = "the person took their word back",
            .observed = now};
}

std::string row_title(std::string_view check) {
    return checklist::title_of(check);
}

void attest(World& world, const std::string& device_key, checklist::Evidence said) {
    checklist::EvidenceBook book;
    book.add(std::move(said));
    record_evidence(world, book, device_key);
}

std::vector<checklist::Evidence> attested(const World& world, const std::string& device_key) {
    const checklist::EvidenceBook recorded = recorded_evidence(world, device_key);
    std::vector<checklist::Evidence> said;
    for (const checklist::Check& row : told_rows()) {
        const checklist::Evidence* found = recorded.find(row.told_fact);
        if (found == nullptr || !found->value) continue;
        said.push_back(*found);
        said.back().id.clear();  // it gets one of the book it goes to
    }
    return said;
}

}  // namespace lifeboat::app
