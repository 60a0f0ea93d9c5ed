#include "app/verify_part.h"

#include "app/files.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lifeboat::app {
namespace {

constexpr size_t cursor_limit = 256;

// One small file a place and repository: a name may come to mean another folder.
std::string cursor_file(World& world, const engine::Place& place) {
    return fmt::format("{}/sample-{}-{}", world.paths().state, place.name,
                       place.repository->id().substr(0, 16));
}

void take_over(engine::VerifyReport& report, const repository::CheckReport& check) {
    report.damages.insert(report.damages.end(), check.damages.begin(), check.damages.end());
    report.hints.insert(report.hints.end(), check.hints.begin(), check.hints.end());
    for (const repository::AffectedFile& affected : check.affected) {
        if (affected.snapshot != report.snapshot) {
            report.elsewhere.push_back(affected);
        } else if (std::ranges::count(report.wrong, affected.path, &engine::PathNote::path) == 0) {
            report.wrong.push_back({affected.path, affected.problem});
        }
    }
}

}  // namespace

double parse_share(std::string_view text) {
    if (text.ends_with('%')) text.remove_suffix(1);
    double percent = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
    const bool number = error == std::errc{} && end == text.data() + text.size();
    if (!number || !(percent > 0) || percent > 100) {
        throw Misuse(fmt::format("\"{}\" is no share", printable(text)),
                     "Give a percentage above 0 and up to 100: --sample 5%");
    }
    return percent / 100;
}

void verify_snapshot_alone(World& world, const engine::Place& place, bool deep,
                           engine::VerifyReport& report, const std::stop_token& stop) {
    const auto part = repository::check_part(
        *place.repository, {.snapshot = report.snapshot, .read_data = deep}, world.events(), stop);
    take_over(report, part.check);
}

uint64_t verify_sample(World& world, const engine::Place& place, double share,
                       engine::VerifyReport& report, const std::stop_token& stop) {
    const std::string file = cursor_file(world, place);
    repository::CheckPart part{.read_data = true, .share = share};
    if (const auto text = read_file_if_there(file, cursor_limit)) {
        part.after = repository::PackId::parse(trim(*text));
    }
    const auto done = repository::check_part(*place.repository, part, world.events(), stop);
    take_over(report, done.check);
    if (done.last) write_file_atomically(file, done.last->hex() + "\n");
    return done.packs_read;
}

}  // namespace lifeboat::app
