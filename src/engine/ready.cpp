#include "base/text.h"
#include "checklist/facts.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/evidence_writer.h"
#include "engine/meter.h"
#include "storage/replicate.h"

#include <algorithm>
#include <map>

namespace lifeboat::engine {

namespace {

namespace facts = checklist::facts;

// One run of `ready`, step by step; each step leaves its result in the report and its evidence in
// the book.
class ReadyRun {
public:
    ReadyRun(phone::Phone& phone, std::span<Place> places, const ReadyOptions& options,
             const OperationContext& context)
        : phone_(phone), places_(places), options_(options), context_(context) {}

    ReadyReport run() {
        look_before();
        copy();
        replicate();
        read_back();
        prove();
        look_after();
        judge();
        return std::move(report_);
    }

private:
    EvidenceWriter evidence() { return EvidenceWriter(report_.evidence, context_.clock); }

    void look_before() {
        report_.facts = phone_.facts(context_.stop);
        report_.evidence = inspect(report_.facts, context_);
        const auto inventory = phone_.inventory(context_.stop);
        std::vector<HeldByPlace> held;
        for (const Place& place : places_) held.push_back(held_before(place));
        report_.before = coverage(inventory, held);
        if (options_.before_copy) options_.before_copy(report_.before, report_.evidence);
    }

    // What the newest backup in a place holds; a place that cannot be read holds nothing that
    // counts.
    HeldByPlace held_before(const Place& place) {
        HeldByPlace held{.place = place.name, .manifest = {}, .wrong = {}};
        if (place.repository == nullptr) {
            report_.place_problems.push_back({ItemPath{}, place.name + ": " + place.problem});
            return held;
        }
        try {
            const auto snapshots = place.repository->snapshots(context_.stop);
            const auto newest = newest_backup(snapshots, report_.facts.device_key);
            if (!newest) return held;
            auto manifest = load_manifest(*place.repository->read(*newest, context_.stop));
            if (manifest) held.manifest = std::move(*manifest);
        } catch (const Error& error) {
            context_.events.on(Noted{Severity::warning, place.name + ": " + error.full_text()});
        }
        return held;
    }

    // The first place that takes the backup is the one the others are copied from.
    void copy() {
        for (Place& place : places_) {
            if (place.repository == nullptr) continue;
            try {
                report_.backup = backup(phone_, report_.facts, *place.repository, context_);
                primary_ = &place;
                return;
            } catch (const storage::Unreachable& error) {
                give_up(place, error);
            } catch (const NoSpace& error) {
                give_up(place, error);
            }
        }
        throw storage::Unreachable(
            "no place could take the backup: " + problems(),
            "Earlier backups are untouched. Plug the disk in, or add another place with "
            "'lifeboat place add'.");
    }

    void give_up(Place& place, const Error& error) {
        place.repository = nullptr;
        place.problem = error.full_text();
        report_.place_problems.push_back({ItemPath{}, place.name + ": " + place.problem});
        context_.events.on(Noted{Severity::warning, place.name + ": " + place.problem});
    }

    std::string problems() const {
        std::string text;
        for (const PathNote& note : report_.place_problems)
            text += (text.empty() ? "" : "; ") + note.note;
        return text.empty() ? "there is none" : text;
    }

    void replicate() {
        for (Place& place : places_) {
            if (place.repository == nullptr || &place == primary_) continue;
            try {
                replicate_to(place);
            } catch (const Corrupt& error) {
                give_up(place, error);
            } catch (const Denied& error) {
                give_up(place, error);
            } catch (const Temporary& error) {
                give_up(place, error);
            } catch (const NoSpace& error) {
                give_up(place, error);
            }
        }
    }

    void replicate_to(Place& place);

    void read_back() {
        const auto& snapshot_id = report_.backup->receipt.snapshot;
        for (Place& place : places_) {
            if (place.repository == nullptr) continue;
            try {
                const auto snapshots = place.repository->snapshots(context_.stop);
                const auto snapshot =
                    choose_snapshot(snapshots, snapshot_id.hex(), report_.facts.device_key);
                report_.verified.push_back(
                    verify(place.name, *place.repository, snapshot, Depth::files, context_));
            } catch (const Missing& error) {
                give_up(place, error);
            } catch (const Temporary& error) {
                give_up(place, error);
            }
        }
    }

    // The phone computes the hash itself: what it reads and what the places gave back must be the
    // same bytes.
    void prove() {
        const auto& files = report_.backup->manifest.files;
        std::vector<ItemPath> paths;
        for (const auto& [path, entry] : files) paths.push_back(path);
        uint64_t matched = 0, mismatched = 0, unhashed = 0;
        {
            Meter meter(context_.events, context_.clock, "prove", "phone");
            meter.expect(paths.size(), report_.backup->manifest.bytes());
            const auto each = [&](const ItemPath& path, const std::optional<Digest>& digest,
                                  const std::string& why_not) {
                const auto& entry = files.at(path);
                meter.add_items(1);
                meter.add_bytes(entry.size);
                if (!digest) {
                    ++unhashed;
                    report_.proof_mismatches.push_back(
                        {path, "not hashed by the phone: " + why_not});
                } else if (*digest != entry.sha256) {
                    ++mismatched;
                    report_.proof_mismatches.push_back(
                        {path, "the phone has other content than the copy"});
                } else {
                    ++matched;
                }
            };
            phone_.digests(paths, each, context_.stop);
        }
        auto writer = evidence();
        writer.proven(facts::proof_total, "", paths.size(), "sha256sum on the phone");
        writer.proven(facts::proof_matched, "", matched, "sha256sum on the phone");
        writer.proven(facts::proof_mismatched, "", mismatched, "sha256sum on the phone");
        writer.proven(facts::proof_unhashed, "", unhashed, "sha256sum on the phone");
    }

    // A photo taken during the copy, a battery that fell: the verdict is about now.
    void look_after() {
        const auto now = inspect(phone_.facts(context_.stop), context_);
        for (const auto& entry : now.entries()) report_.evidence.add(entry);
        const auto inventory = phone_.inventory(context_.stop);
        std::vector<HeldByPlace> held;
        for (const Place& place : places_) held.push_back(held_after(place));
        report_.after = coverage(inventory, held);
        const uint64_t fresh = count_new(inventory, report_.backup->manifest);
        evidence().proven(facts::new_since_copy, "", fresh, "inventory after the copy");
    }

    HeldByPlace held_after(const Place& place) const {
        HeldByPlace held{.place = place.name, .manifest = {}, .wrong = {}};
        for (const VerifyReport& verified : report_.verified) {
            if (verified.place != place.name) continue;
            held.manifest = report_.backup->manifest;
            for (const PathNote& note : verified.wrong) held.wrong.insert(note.path);
        }
        return held;
    }

    void judge();

    phone::Phone& phone_;
    std::span<Place> places_;
    const ReadyOptions& options_;
    const OperationContext& context_;
    ReadyReport report_{};
    Place* primary_ = nullptr;
};

}  // namespace

ReadyReport ready(phone::Phone& phone, std::span<Place> places, const ReadyOptions& options,
                  const OperationContext& context) {
    return ReadyRun(phone, places, options, context).run();
}

}  // namespace lifeboat::engine
