#include "app/find_files.h"

#include "app/opened_snapshot.h"
#include "base/error.h"
#include "base/text.h"
#include "repository/find_content.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <set>

namespace lifeboat::app {
namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return out;
}

}  // namespace

NamePattern::NamePattern(std::string_view pattern)
    : pattern_(lowered(pattern)), whole_path_(pattern.find('/') != std::string_view::npos) {
    if (pattern.find_first_of("*?") == std::string_view::npos) pattern_ = "*" + pattern_ + "*";
}

bool NamePattern::matches(std::string_view path) const {
    const std::string_view name = whole_path_ ? path : path.substr(path.rfind('/') + 1);
    return glob(pattern_, lowered(name));
}

bool FindRequest::fits(const Item& item) const {
    const bool sized = larger.has_value() || smaller.has_value() || content.has_value();
    if (sized && item.kind != ItemKind::file) return false;
    if (newer && item.modified < *newer) return false;
    if (older && item.modified >= *older) return false;
    if (larger && item.size <= *larger) return false;
    if (smaller && item.size >= *smaller) return false;
    return names.empty() || std::ranges::any_of(names, [&](const NamePattern& name) {
               return name.matches(item.path.text());
           });
}

namespace {

void find_by_content(const FoundSnapshot& found, const FindRequest& request,
                     const FileTree::Each& each, const std::stop_token& stop) {
    repository::Repository& repository = *found.place.repository;
    std::set<ItemPath> shown;
    const auto show = [&](const Item& item) {
        if (request.fits(item) && shown.insert(item.path).second) each(item);
    };
    // Files of one piece, whoever made the backup; and larger ones by any of their pieces.
    repository::find_content(repository, found.snapshot, {request.content->value}, show, stop);
    // Files of several pieces, by the list of hashes that our own backups have.
    const auto tree = repository.read(found.snapshot, stop);
    const auto manifest = engine::load_manifest(*tree);
    if (!manifest) return;
    for (const auto& [path, entry] : manifest->files) {
        if (entry.sha256 != *request.content) continue;
        if (const auto item = tree->find(path)) show(*item);
    }
}

}  // namespace

void find_files(World& world, const FoundSnapshot& found, const FindRequest& request,
                const FileTree::Each& each, const Showing& showing, const std::stop_token& stop) {
    if (request.content) {
        find_by_content(found, request, each, stop);
        return;
    }
    const auto opened = open_snapshot(world, found, showing, stop);
    walk(*opened.tree, ItemPath{}, [&](const Item& item) {
        if (stop.stop_requested()) throw Cancelled();
        if (!item.path.is_within(engine::records_folder()) && request.fits(item)) each(item);
    });
}

TimePoint parse_date(const std::string& text) {
    if (const auto instant = from_rfc3339(text)) return *instant;
    // Checked as an instant first: mktime would take the 31st of February.
    if (from_rfc3339(text + "T00:00:00Z")) {
        std::tm day{};
        day.tm_year = std::stoi(text.substr(0, 4)) - 1900;
        day.tm_mon = std::stoi(text.substr(5, 2)) - 1;
        day.tm_mday = std::stoi(text.substr(8, 2));
        day.tm_isdst = -1;
        return TimePoint{std::chrono::seconds{std::mktime(&day)}};
    }
    throw Misuse(fmt::format("\"{}\" is no date", printable(text)),
                 "Give it as 2026-11-25, or as 2026-11-25T10:12:00Z.");
}

bool glob(std::string_view pattern, std::string_view text) {
    size_t p = 0;
    size_t t = 0;
    size_t star = std::string_view::npos;
    size_t retry = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            retry = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++retry;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

}  // namespace lifeboat::app
