#include "base/error.h"
#include "base/task_group.h"
#include "repository/repairer.h"
#include "repository/steady_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace lifeboat::repository {

void Repairer::list_packs() {
    store_.backend().list(
        "data/",
        [&](const std::string& name, uint64_t size) {
            const auto id = PackId::parse(
                std::string_view(name).substr(std::min(name.size(), name.rfind('/') + 1)));
            if (!id || name != pack_name(*id)) return;
            const auto [at, added] = pack_numbers_.try_emplace(*id, packs_.size());
            if (added) packs_.push_back({.id = *id});
            packs_[at->second].size = size;
            bytes_total_ += size;
        },
        stop_);
    report_.packs = packs_.size();
}

std::vector<PackedBlob> Repairer::claim_of(const Pack& pack) const {
    std::vector<PackedBlob> blobs;
    blobs.reserve(pack.claimed.count);
    for (size_t i = 0; i < pack.claimed.count; ++i) {
        blobs.push_back(claims_.stored(pack.claimed.first + i).blob);
    }
    return blobs;
}

std::vector<PackedBlob> Repairer::contents_of(const Pack& pack) const {
    if (pack.claim_right) return claim_of(pack);
    std::vector<PackedBlob> blobs;
    blobs.reserve(pack.found.count);
    for (size_t i = 0; i < pack.found.count; ++i) {
        blobs.push_back(found_.stored(pack.found.first + i).blob);
    }
    return blobs;
}

void Repairer::survey_packs() {
    PackSurvey survey(store_, options_.read_data ? ReadDepth::all : ReadDepth::ends);
    Guarded<bool> merging;
    std::atomic<size_t> next = 0;
    const unsigned wanted = store_.options().workers;
    const size_t workers = wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
    TaskGroup group(stop_);
    for (size_t i = 0; i < std::min(workers, packs_.size()); ++i) {
        group.run([&](const std::stop_token& stop) {
            for (size_t at = next++; at < packs_.size() && !stop.stop_requested(); at = next++) {
                const auto claim = merging.with([&](bool) { return claim_of(packs_[at]); });
                auto found = survey.look(packs_[at].id, packs_[at].size, claim, stop);
                merging.with([&](bool) { take_in(at, std::move(found)); });
            }
        });
    }
    group.join();
}

void Repairer::take_in(size_t number, SurveyedPack&& survey) {
    Pack& pack = packs_[number];
    const uint64_t read = survey.bytes_read;
    if (survey.state == PackState::whole) {
        pack.whole = true;
        auto claim = claim_of(pack);
        std::sort(claim.begin(), claim.end(),
                  [](const PackedBlob& a, const PackedBlob& b) { return a.offset < b.offset; });
        pack.claim_right = claim == survey.blobs;
    }
    if (!pack.claim_right) {
        std::fill_n(bad_.begin() + static_cast<ptrdiff_t>(pack.claimed.first), pack.claimed.count,
                    true);
        pack.found = {found_.entry_count(), survey.blobs.size()};
        // Of a damaged pack too: its readable blobs are there until the end of the run.
        found_.add_pack(pack.id, survey.blobs);
    }
    if (pack.whole && !pack.in_index) ++report_.packs_taken_in;
    if (survey.state != PackState::whole) {
        ++report_.packs_damaged;
        damaged_.push_back({.number = number, .survey = std::move(survey)});
    }
    tell_progress(read);
}

void Repairer::tell_progress(uint64_t bytes) {
    report_.bytes_read += bytes;
    events_.on(Progress{.phase = "repair",
                        .place = store_.backend().where(),
                        .bytes_done = report_.bytes_read,
                        .bytes_total = options_.read_data ? bytes_total_ : 0});
}

void Repairer::mend_damaged_packs() {
    // By name, so that two runs do the same.
    std::sort(damaged_.begin(), damaged_.end(), [&](const DamagedPack& a, const DamagedPack& b) {
        return packs_[a.number].id < packs_[b.number].id;
    });
    std::erase_if(damaged_, [&](DamagedPack& damaged) { return fetch_pack(damaged); });
    for (DamagedPack& damaged : damaged_) save_blobs(damaged);
}

// The whole file under its old name: then neither the index nor anything else changes.
bool Repairer::fetch_pack(DamagedPack& damaged) {
    if (stop_.stop_requested()) throw Cancelled{};
    Pack& pack = packs_[damaged.number];
    const std::string name = pack_name(pack.id);
    const auto file = sources_.file(name, pack.id.bytes(), stop_);
    if (!file) return false;
    try {
        const auto blobs = PackSurvey::header_of(*store_.codecs().lend(), file->bytes);
        replace(name, *file, damaged.survey.problem);
        pack.whole = true;
        pack.found = {found_.entry_count(), blobs.size()};
        // Under no pack's name that is known already: a damaged pack's blobs are there.
        found_.resolve(pack.id, blobs);
        return true;
    } catch (const Corrupt&) {
        return false;  // it is damaged in the same way over there: it was written like that
    }
}

// What can still be read goes, sealed as it is, into new packs.
void Repairer::save_blobs(DamagedPack& damaged) {
    const Pack& pack = packs_[damaged.number];
    for (const PackedBlob& blob : damaged.survey.blobs) {
        if (stop_.stop_requested()) throw Cancelled{};
        if (is_available(blob.id, blob.type)) continue;
        const auto box =
            load_steadily(store_.backend(), pack_name(pack.id), {blob.offset, blob.length}, stop_);
        LoadedBlob opened;
        if (!box || !Store::open_blob(*store_.codecs().lend(), blob, *box, opened).empty()) {
            damaged.survey.lost.push_back(blob);  // it could be read a moment ago
            continue;
        }
        writer_.add(blob, *box, stop_);
        note_written(blob.id, blob.type);
        ++report_.blobs_saved;
    }
}

// Now that everything else is durable. A pack whose every blob is somewhere else can go; one that
// held what nobody has is set aside.
void Repairer::drop_damaged_packs() {
    for (const DamagedPack& damaged : damaged_) {
        const Pack& pack = packs_[damaged.number];
        const SurveyedPack& survey = damaged.survey;
        const std::string name = pack_name(pack.id);
        const auto nowhere = [&](const PackedBlob& blob) {
            return !is_available(blob.id, blob.type);
        };
        const bool needed = std::any_of(survey.lost.begin(), survey.lost.end(),
                                        [&](const auto& b) { return is_lost(b.id, b.type); });
        const bool unknown = !survey.contents_known && pack.claimed.count == 0;
        if (unknown) {
            report_.hints.push_back(
                fmt::format("pack {} is in no index and cannot be read; it was left where it is",
                            pack.id.hex()));
            continue;
        }
        if (needed && !options_.leave_out_lost) {
            report_.remaining.push_back({name, survey.problem});
        } else {
            std::string remedy = fmt::format("{} readable blobs saved", survey.blobs.size());
            if (needed) {
                remedy += "; the files that need the others were left out of the backups";
            } else if (!survey.lost.empty()) {
                remedy += fmt::format("; {} others fetched one by one or not needed by any backup",
                                      survey.lost.size());
            }
            report_.mended.push_back({name, survey.problem, remedy});
        }
        if (survey.state == PackState::missing) continue;
        if (survey.contents_known &&
            std::none_of(survey.lost.begin(), survey.lost.end(), nowhere)) {
            remove(name);
        } else {
            set_aside(name);
        }
    }
}

}  // namespace lifeboat::repository
