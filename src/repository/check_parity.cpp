// The part of the check that is about parity: what it could repair, and whether it is whole itself.
#include "base/error.h"
#include "repository/check.h"
#include "repository/parity.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::repository {

namespace {

// Two headers: whatever is shorter was cut off.
constexpr uint64_t smallest_parity = 2 * parity::header_size;

constexpr const char* repairable_text = "; its parity can repair it";

}  // namespace

bool Checker::damaged_file(const std::string& name, const std::string& problem) {
    const Rebuilt rebuilt = try_parity(store_.backend(), name, stop_);
    const bool repairable = rebuilt.file.has_value();
    std::string text = problem;
    if (repairable) {
        text += repairable_text;
    } else if (store_.backend().size(parity_name(name), stop_)) {
        text += ", and " + rebuilt.problem;
    }
    findings_.with([&](Findings& f) { f.report.damages.push_back({name, text, repairable}); });
    return repairable;
}

void Checker::damaged_pack(const PackId& id, const std::string& problem) {
    if (!damaged_file(pack_name(id), problem)) return;
    findings_.with([&](Findings& f) { f.repairable.insert(id); });
}

// What was read only with the help of parity is damaged all the same.
void Checker::report_healed() {
    for (const std::string& file : store_.healed()) {
        findings_.with([&](Findings& f) {
            const bool known = std::ranges::any_of(
                f.report.damages, [&](const Damage& damage) { return damage.file == file; });
            if (known) return;
            f.report.damages.push_back(
                {file, std::string("its bytes are damaged") + repairable_text, true});
        });
    }
}

// Missing or damaged parity loses nothing: it is a hint, not damage.
void Checker::check_parity() {
    std::vector<bool> has_parity(packs_.size());
    std::vector<std::string> files;
    std::vector<std::string> unknown;  // no pack that an index names
    uint64_t cut = 0;
    store_.backend().list(
        "parity/",
        [&](const std::string& name, uint64_t size) {
            const std::string file = file_of_parity(name);
            if (file.empty()) return;
            files.push_back(file);
            const auto id = PackId::parse(std::string_view(file).substr(file.rfind('/') + 1));
            const auto number = store_.with_index(stop_, [&](const Index& index) {
                return id && file.starts_with("data/") ? index.pack_number(*id) : std::nullopt;
            });
            if (number) has_parity[*number] = true;
            if (!number) unknown.push_back(file);
            if (size < smallest_parity) ++cut;
        },
        stop_);
    if (files.empty() && !store_.options().parity.on()) return;
    const auto without = std::ranges::count(has_parity, false);
    if (without > 0) hint(fmt::format("{} packs have no parity", without));
    if (cut > 0) hint(fmt::format("{} parity files are cut short", cut));
    // A snapshot or key that is gone may have been lost: its parity is a copy, and stays.
    const auto orphans = std::ranges::count_if(unknown, [&](const std::string& file) {
        const bool removable = file.starts_with("data/") || file.starts_with("index/");
        return removable && !store_.backend().size(file, stop_);
    });
    if (orphans > 0) {
        hint(
            fmt::format("{} parity files are of packs or indexes that are gone; tidying up "
                        "removes them: lifeboat place prune",
                        orphans));
    }
    const uint64_t damaged = options_.read_data ? count_damaged(files) : cut;
    findings_.with(
        [&](Findings& f) { f.report.parity_wanting = static_cast<uint64_t>(without) + damaged; });
}

// Those that are cut are among them.
uint64_t Checker::count_damaged(const std::vector<std::string>& files) {
    uint64_t damaged = 0;
    for (const std::string& file : files) {
        if (stop_.stop_requested()) throw Cancelled{};
        if (!parity_is_whole(store_.backend(), file, stop_)) ++damaged;
    }
    if (damaged > 0) hint(fmt::format("{} parity files are damaged", damaged));
    return damaged;
}

}  // namespace lifeboat::repository
