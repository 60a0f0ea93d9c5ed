// The part of the check that reads packs and proves every byte of them.
#include "base/error.h"
#include "base/task_group.h"
#include "repository/check.h"
#include "repository/pack_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace lifeboat::repository {

namespace {

// Two of them keep all lanes of the hash busy.
constexpr size_t proven_at_once = 2;

}  // namespace

Checker::ExpectedPack Checker::expected(size_t pack) {
    const PackSum& sum = packs_[pack];
    return store_.with_index(stop_, [&](const Index& index) {
        ExpectedPack in_full{.id = index.pack_id(pack), .size = sum.size};
        in_full.blobs.reserve(sum.blobs);
        for (size_t i = 0; i < sum.blobs; ++i) {
            in_full.blobs.emplace_back(sum.first_entry + i, index.stored(sum.first_entry + i).blob);
        }
        return in_full;
    });
}

void Checker::read_packs() {
    std::vector<size_t> chosen;
    uint64_t total = 0;
    for (size_t pack = 0; pack < packs_.size(); ++pack) {
        const PackId id =
            store_.with_index(stop_, [&](const Index& index) { return index.pack_id(pack); });
        const auto first = std::to_integer<uint32_t>(id.value[0]);
        const uint32_t of = std::max(1u, options_.subset_of);
        if (options_.subset_part != 0 && first % of != (options_.subset_part - 1) % of) continue;
        chosen.push_back(pack);
    }
    if (part_ != nullptr) chosen = part_of(std::move(chosen));
    for (const size_t pack : chosen) total += packs_[pack].size;
    packs_read_ = chosen.size();
    findings_.with([&](Findings& f) { f.bytes_total = total; });
    std::atomic<size_t> next = 0;
    const unsigned wanted = store_.options().workers;
    const size_t workers = wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
    TaskGroup group(stop_);
    for (size_t i = 0; i < std::min(workers, chosen.size()); ++i) {
        group.run([&](const std::stop_token& stop) {
            for (size_t at = next.fetch_add(proven_at_once);
                 at < chosen.size() && !stop.stop_requested();
                 at = next.fetch_add(proven_at_once)) {
                const auto numbers = std::span(chosen).subspan(at);
                read_some(numbers.first(std::min(proven_at_once, numbers.size())));
            }
        });
    }
    group.join();
}

void Checker::read_some(std::span<const size_t> numbers) {
    std::vector<PackRead> reads;
    {
        auto codec = store_.codecs().lend();
        for (size_t i = 0; i < numbers.size(); ++i) {
            reads.push_back({.pack = expected(numbers[i])});
            load(reads.back(), i == 0 ? codec->pack : codec->second_pack);
        }
        prove(*codec, reads);
    }
    for (PackRead& read : reads) {
        if (!read.problem.empty()) read_again(read);
        if (!read.missing) report_read(read);
    }
}

void Checker::load(PackRead& read, Buffer& memory) {
    try {
        const MutableByteView room = memory.room(std::min<uint64_t>(read.pack.size, UINT32_MAX));
        read.bytes = room.first(store_.backend().read(pack_name(read.pack.id), 0, room, stop_));
        read.size = read.bytes.size();
    } catch (const Missing&) {
        read.missing = true;  // said already
    } catch (const Corrupt& unreadable) {
        // Its sectors do not come back: as bad as wrong bytes.
        read.unreadable = true;
        read.problem = unreadable.message();
        read.size = read.pack.size;
        for (const auto& [entry, blob] : read.pack.blobs) read.bad.push_back(entry);
    }
}

void Checker::prove(Codec& codec, std::span<PackRead> reads) {
    std::vector<std::vector<PackedBlob>> blobs(reads.size());
    std::vector<PackToProve> packs;
    std::vector<PackRead*> proven;
    for (size_t i = 0; i < reads.size(); ++i) {
        if (reads[i].missing || reads[i].unreadable) continue;
        for (const auto& [entry, blob] : reads[i].pack.blobs) blobs[i].push_back(blob);
        packs.push_back({.bytes = reads[i].bytes, .blobs = blobs[i]});
        proven.push_back(&reads[i]);
    }
    std::vector<PackProof> proofs = prove_packs(codec, packs);
    for (size_t i = 0; i < proven.size(); ++i) judge(codec, std::move(proofs[i]), *proven[i]);
}

void Checker::judge(Codec& codec, PackProof proof, PackRead& read) {
    for (const size_t number : proof.bad) read.bad.push_back(read.pack.blobs[number].first);
    read.problem = std::move(proof.problem);
    if (read.problem.empty()) read.problem = header_problem(codec, read.pack, read.bytes);
    if (read.problem.empty() && proof.hash != read.pack.id.value) {
        read.problem = "its bytes do not match its name";
    }
}

// A disk or a cable may err once.
void Checker::read_again(PackRead& read) {
    auto codec = store_.codecs().lend();
    read = {.pack = std::move(read.pack)};
    load(read, codec->pack);
    prove(*codec, {&read, 1});
}

void Checker::report_read(const PackRead& read) {
    if (!read.problem.empty() && read.size == read.pack.size) {
        damaged_pack(read.pack.id, read.problem);
    }
    const Progress progress = findings_.with([&](Findings& f) {
        f.report.bytes_read += read.size;
        const bool lost = !f.repairable.contains(read.pack.id);
        for (const size_t entry : read.bad) f.bad[entry] = lost;
        return Progress{.phase = check_phase,
                        .place = store_.backend().where(),
                        .bytes_done = f.report.bytes_read,
                        .bytes_total = f.bytes_total};
    });
    events_.on(progress);
}

std::string Checker::header_problem(Codec& codec, const ExpectedPack& pack, ByteView bytes) {
    try {
        const HeaderPlace place =
            find_pack_header(bytes.size(), bytes.last(std::min<size_t>(4, bytes.size())));
        Bytes plain(place.length - crypto::SealedBox::overhead);
        if (!codec.box.open(bytes.subspan(place.offset, place.length), plain)) {
            return "its header's seal is broken";
        }
        std::vector<PackedBlob> indexed;
        for (const auto& [entry, blob] : pack.blobs) indexed.push_back(blob);
        std::ranges::sort(indexed, {}, &PackedBlob::offset);
        const bool same = decode_pack_header(plain) == indexed;
        return same ? "" : "its header and the index differ";
    } catch (const Corrupt& problem) {
        return problem.message();
    }
}

}  // namespace lifeboat::repository
