#include "base/text.h"
#include "checklist/facts.h"
#include "engine/app_backup.h"
#include "engine/apps_at_risk.h"
#include "engine/coverage.h"
#include "engine/engine.h"
#include "engine/meter.h"
#include "engine/phone_view.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace lifeboat::engine {

namespace {

namespace facts = checklist::facts;

// Whether a fact that was known before is not known now.
bool tells_less(const phone::Facts& now, const phone::Facts& before) {
    std::set<std::pair<std::string, std::string>> known;
    for (const phone::Reading& reading : now.readings) {
        if (reading.value) known.emplace(reading.fact, reading.subject);
    }
    return std::any_of(before.readings.begin(), before.readings.end(), [&](const auto& reading) {
        return reading.value && !known.contains({reading.fact, reading.subject});
    });
}

// One run of `ready`, step by step; each step leaves its result in the report and its evidence in
// the book.
class ReadyRun {
public:
    ReadyRun(phone::Phone& phone, std::span<Place> places, const ReadyOptions& options,
             const OperationContext& context)
        : phone_(phone), places_(places), options_(options), context_(context) {}

    ReadyReport run() {
        look_before();
        tell_of_places();
        tell_of_person();
        const auto obstacles = obstacles_to_start();
        if (obstacles.empty()) store_and_prove();
        auto& verdict = report_.verdict;
        verdict = checklist::judge(checklist::catalogue(), report_.evidence, circumstances());
        verdict.findings.insert(verdict.findings.begin(), obstacles.begin(), obstacles.end());
        return std::move(report_);
    }

private:
    void store_and_prove();
    void look_before();
    HeldByPlace held_before(const Place& place);
    void copy();
    void replicate();
    void read_back();
    void prove();
    void look_after();
    HeldByPlace held_after(const Place& place) const;
    void tell_of_rehearsal();
    void tell_of_inventory(const content::Inventory& inventory);
    PhoneView view_of_copy() const;
    void tell_of_proof(const std::set<ItemPath>& fresh);
    void tell_of_records();
    void tell_of_apps();
    void tell_of_copy();
    void tell_of_places();
    void tell_of_person();
    void tell_of_read_back();
    void tell_of_pinned();
    // What must be mended before a copy is even begun: a battery that would not last.
    std::vector<checklist::Finding> obstacles_to_start() const;

    // Runs `work` for a place; what goes wrong there is that place's problem, not the run's.
    template <class Work>
    bool attempt(Place& place, Work work);
    void give_up(Place& place, const std::string& problem);
    std::string problems() const;
    checklist::Circumstances circumstances() const;
    void tell(std::string_view fact, const std::string& subject, std::string value,
              std::string_view method, checklist::Grade grade = checklist::Grade::proven);

    phone::Phone& phone_;
    std::span<Place> places_;
    const ReadyOptions& options_;
    const OperationContext& context_;
    ReadyReport report_{};
    Place* primary_ = nullptr;
    PhoneView view_{};  // of the copy that this run made
    std::map<ItemPath, std::string> unproven_{};
    std::map<std::string, TimePoint> read_back_began_{};
};

void ReadyRun::store_and_prove() {
    copy();
    replicate();
    read_back();
    prove();
    look_after();
    tell_of_copy();
    tell_of_records();
    tell_of_apps();
    tell_of_read_back();
    tell_of_pinned();
}

void ReadyRun::tell(std::string_view fact, const std::string& subject, std::string value,
                    std::string_view method, checklist::Grade grade) {
    report_.evidence.add({.fact = std::string(fact),
                          .subject = subject,
                          .value = std::move(value),
                          .grade = grade,
                          .method = std::string(method),
                          .observed = context_.clock.now()});
}

void ReadyRun::give_up(Place& place, const std::string& problem) {
    place.repository = nullptr;
    place.problem = problem;
    report_.place_problems.push_back({ItemPath{}, place.name + ": " + problem});
    context_.events.on(Noted{Severity::warning, place.name + ": " + problem});
}

template <class Work>
bool ReadyRun::attempt(Place& place, Work work) {
    try {
        work();
        return true;
    } catch (const Error& error) {
        give_up(place, error.full_text());
        return false;
    }
}

std::string ReadyRun::problems() const {
    std::string text;
    for (const PathNote& note : report_.place_problems)
        text += (text.empty() ? "" : "; ") + note.note;
    return text.empty() ? "there is none" : text;
}

void ReadyRun::look_before() {
    report_.facts = phone_.facts(context_.stop);
    report_.evidence = inspect(report_.facts, context_);
    const auto inventory = phone_.inventory(context_.stop);
    std::vector<HeldByPlace> held;
    for (const Place& place : places_) held.push_back(held_before(place));
    report_.before = coverage(inventory, {}, held);
    if (options_.before_copy) options_.before_copy(report_.before, report_.evidence);
}

// What the newest backup in a place holds; a place that cannot be read holds nothing that counts.
HeldByPlace ReadyRun::held_before(const Place& place) {
    if (place.repository == nullptr)
        report_.place_problems.push_back({ItemPath{}, place.name + ": " + place.problem});
    try {
        return held_by(place, report_.facts.device_key, context_.stop);
    } catch (const Error& error) {
        context_.events.on(Noted{Severity::warning, place.name + ": " + error.full_text()});
    }
    return {.place = place.name, .manifest = {}, .wrong = {}};
}

// The first place that takes the backup is the one the others are copied from. A phone that
// vanishes ends the run; a place that vanishes or is full only ends that place.
void ReadyRun::copy() {
    for (Place& place : places_) {
        if (place.repository == nullptr) continue;
        try {
            report_.backup =
                backup(phone_, report_.facts, *place.repository, context_, options_.backup);
            primary_ = &place;
            view_ = view_of_copy();
            return;
        } catch (const storage::Unreachable& error) {
            give_up(place, error.full_text());
        } catch (const NoSpace& error) {
            give_up(place, error.full_text());
        }
    }
    throw storage::Unreachable(
        "no place could take the backup: " + problems(),
        "Earlier backups are untouched. Plug the disk in or make room, or add another place "
        "with 'lifeboat place add'.");
}

void ReadyRun::replicate() {
    for (Place& place : places_) {
        if (place.repository == nullptr || &place == primary_) continue;
        attempt(place, [&] { copy_place(*primary_, place, context_); });
    }
}

void ReadyRun::read_back() {
    const std::string snapshot = report_.backup->receipt.snapshot.hex();
    for (Place& place : places_) {
        if (place.repository == nullptr) continue;
        attempt(place, [&] {
            read_back_began_[place.name] = context_.clock.now();
            const auto snapshots = place.repository->snapshots(context_.stop);
            const auto chosen = choose_snapshot(snapshots, snapshot, report_.facts.device_key);
            report_.verified.push_back(
                verify(place.name, *place.repository, chosen, Depth::files, context_));
        });
    }
}

PhoneView ReadyRun::view_of_copy() const {
    const BackupReport& made = *report_.backup;
    if (!made.iphone) return view_of(made.manifest);
    return view_of_iphone(made.manifest, made.iphone->contents ? &*made.iphone->contents : nullptr);
}

// The phone computes the hash itself: what it reads and what the places gave back must be the same
// bytes. An iPhone computes none; its backup was opened and rehearsed instead.
void ReadyRun::prove() {
    if (report_.backup->iphone) return tell_of_rehearsal();
    const Manifest& copied = view_.manifest;
    const auto& files = copied.files;
    std::vector<ItemPath> paths;
    for (const auto& [path, entry] : files) paths.push_back(path);
    Meter meter(context_.events, context_.clock, "prove", "phone");
    meter.expect(paths.size(), copied.bytes());
    phone_.digests(
        paths,
        [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string& why_not) {
            const auto& entry = files.at(path);
            meter.add_items(1);
            meter.add_bytes(entry.size);
            if (!digest) {
                unproven_[path] = "the phone did not hash it: " + why_not;
            } else if (*digest != entry.sha256) {
                unproven_[path] = "the phone has other content than the copy";
            }
        },
        context_.stop);
}

// A photo taken during the copy, a battery that fell: the verdict is about now.
void ReadyRun::look_after() {
    phone::Facts told = phone_.facts(context_.stop);
    // A busy phone swallows an answer now and then: what it told a moment ago it is asked once
    // more.
    if (tells_less(told, report_.facts)) told = phone_.facts(context_.stop);
    const auto now = inspect(told, context_);
    for (const auto& entry : now.entries()) report_.evidence.add(entry);
    const auto inventory = phone_.inventory(context_.stop);
    std::vector<HeldByPlace> held;
    for (const Place& place : places_) held.push_back(held_after(place));
    report_.after = coverage(inventory, view_.manifest.unreadable, held);
    checklist::add_evidence(report_.evidence, report_.after, context_.clock.now(),
                            "inventory of the phone against every place, read back");
    const auto fresh = new_since(inventory, view_.manifest);
    for (const ItemPath& path : fresh)
        report_.new_since_copy.push_back({path, "new or changed since the copy"});
    tell(facts::phone_new_since_copy, "", std::to_string(fresh.size()), "inventory after the copy");
    if (!report_.backup->iphone) tell_of_proof(fresh);
}

HeldByPlace ReadyRun::held_after(const Place& place) const {
    HeldByPlace held{.place = place.name, .manifest = {}, .wrong = {}};
    for (const VerifyReport& verified : report_.verified) {
        if (verified.place != place.name || place.repository == nullptr) continue;
        held.manifest = view_.manifest;
        std::set<ItemPath> wrong;
        for (const PathNote& note : verified.wrong) {
            // A note without a path is about the whole snapshot: then nothing of it counts.
            if (note.path.is_root()) held.manifest.files.clear();
            wrong.insert(note.path);
        }
        held.wrong = view_.as_listed(wrong);
    }
    return held;
}

// A file that changed since the copy is new, not wrongly copied: it counts as phone.new_since_copy.
void ReadyRun::tell_of_proof(const std::set<ItemPath>& fresh) {
    uint64_t mismatched = 0, unhashed = 0;
    for (const auto& [path, reason] : unproven_) {
        if (fresh.contains(path)) continue;
        (reason.starts_with("the phone has") ? mismatched : unhashed) += 1;
        report_.proof_mismatches.push_back({path, reason});
    }
    uint64_t gone = 0;
    for (const auto& [path, reason] : unproven_) gone += fresh.contains(path) ? 1 : 0;
    const uint64_t total = view_.manifest.files.size() - gone;
    constexpr std::string_view method = "sha256sum on the phone against the copies";
    tell(facts::proof_total, "", std::to_string(total), method);
    tell(facts::proof_matched, "", std::to_string(total - mismatched - unhashed), method);
    tell(facts::proof_mismatched, "", std::to_string(mismatched), method);
    tell(facts::proof_unhashed, "", std::to_string(unhashed), method);
}

void ReadyRun::tell_of_rehearsal() {
    const IphoneProof& proof = *report_.backup->iphone;
    constexpr std::string_view method = "the stored backup opened, decrypted and compared";
    tell(facts::rehearsal_encrypted, "", proof.encrypted ? "yes" : "no", "Manifest.plist");
    if (proof.not_opened == NotOpened::no_password) {
        report_.evidence.add({.fact = std::string(facts::rehearsal_opened),
                              .grade = checklist::Grade::unknown,
                              .method = std::string(method),
                              .why_unknown = "nobody gave the password of the iPhone's backups",
                              .observed = context_.clock.now()});
        return;
    }
    const bool opened = proof.not_opened == NotOpened::no;
    tell(facts::rehearsal_opened, "", opened ? "yes" : "no", method, checklist::Grade::restored);
    if (proof.opens_earlier)
        tell(facts::rehearsal_opens_earlier, "", to_rfc3339(*proof.opens_earlier), method);
    if (!opened) return;
    const auto& done = proof.rehearsal;
    const auto count = [&](std::string_view fact, uint64_t number) {
        tell(fact, "", std::to_string(number), method, checklist::Grade::restored);
    };
    count(facts::rehearsal_files, done.files_in_backup);
    count(facts::rehearsal_files_checked, done.files_checked);
    count(facts::rehearsal_databases, done.databases_whole);
    tell_of_inventory(proof.contents->inventory);
}

// What the phone's own databases count; a database that is not there is unknown, not empty.
void ReadyRun::tell_of_inventory(const content::Inventory& inventory) {
    for (const auto& one : inventory.classes) {
        const bool counted = one.state == content::InventoryState::counted;
        report_.evidence.add(
            {.fact = std::string(facts::inventory_count),
             .subject = one.id,
             .value = counted ? std::optional(std::to_string(one.count)) : std::nullopt,
             .grade = counted ? checklist::Grade::restored : checklist::Grade::unknown,
             .method = "counted in the stored backup: " + one.source,
             .why_unknown = one.why,
             .observed = context_.clock.now()});
    }
}

// What the phone's databases showed, and what they refused to show: a gap is never silent.
void ReadyRun::tell_of_records() {
    for (const personal::Collection& one : report_.backup->records) {
        const bool read = one.reading == personal::Reading::complete;
        report_.evidence.add(
            {.fact = std::string(facts::inventory_count),
             .subject = one.id,
             .value = read ? std::optional(std::to_string(one.records.size())) : std::nullopt,
             .grade = read ? checklist::Grade::proven : checklist::Grade::unknown,
             .method = "read from the phone's databases into the copy",
             .why_unknown = read ? "" : one.why,
             .observed = context_.clock.now()});
    }
}

void ReadyRun::tell_of_apps() {
    if (platform_of(report_.facts) != checklist::Platform::android) return;
    for (const Place& place : places_) {
        if (place.repository == nullptr) continue;
        repository::Repository& repository = *place.repository;
        const TimePoint now = context_.clock.now();
        const auto made = choose_snapshot(repository.snapshots(context_.stop),
                                          report_.backup->receipt.snapshot.hex(), {});
        add_apps_at_risk(report_.evidence, *repository.read(made, context_.stop), now);
        add_app_backup(report_.evidence, repository, report_.facts.device_key, now, context_.stop);
        return;
    }
}

void ReadyRun::tell_of_copy() {
    const BackupReport& backup = *report_.backup;
    constexpr std::string_view method = "the snapshot's manifest";
    tell(facts::copy_complete_at, "", to_rfc3339(backup.finished), method);
    tell(facts::copy_files, "", std::to_string(backup.manifest.files.size()), method);
    tell(facts::copy_bytes, "", std::to_string(backup.manifest.bytes()), method);
    const bool first = !backup.has_previous;
    const auto before = [&](uint64_t number) {
        return first ? std::string(facts::none) : std::to_string(number);
    };
    tell(facts::previous_files, "", before(backup.previous_files), method);
    tell(facts::previous_bytes, "", before(backup.previous_bytes), method);
}

void ReadyRun::tell_of_places() {
    for (const Place& place : places_) {
        if (!place.location.empty())
            tell(facts::place_location, place.name, place.location, "the settings");
        if (!place.device.empty())
            tell(facts::place_device, place.name, place.device, "the file system's device");
    }
}

void ReadyRun::tell_of_read_back() {
    for (const VerifyReport& verified : report_.verified) {
        constexpr std::string_view method = "every file read back out of the place and hashed";
        tell(facts::place_read_back_at, verified.place,
             to_rfc3339(read_back_began_.at(verified.place)), method, checklist::Grade::restored);
        tell(facts::place_read_back_ok, verified.place, verified.clean() ? "yes" : "no", method,
             checklist::Grade::restored);
    }
}

void ReadyRun::tell_of_person() {
    if (options_.password) {
        // One password opens them all; each place is only as safe as its own.
        constexpr std::string_view method = "estimate of the password the places are opened with";
        for (const Place& place : places_) {
            if (place.repository == nullptr) continue;
            tell(facts::password_sufficient, place.name,
                 options_.password->sufficient ? "yes" : "no", method);
            tell(facts::password_bits, place.name,
                 std::to_string(static_cast<uint64_t>(options_.password->bits)), method);
        }
    }
    const auto waive = [&](std::string_view fact, const std::string& reason) {
        if (reason.empty()) return;
        tell(fact, "", reason, "the person's reason", checklist::Grade::told);
    };
    waive(facts::waiver_single_place, options_.single_place_waiver);
    waive(facts::waiver_cloud_only, options_.cloud_only_waiver);
    for (const checklist::Evidence& said : options_.told) report_.evidence.add(said);
}

void ReadyRun::tell_of_pinned() {
    std::vector<HeldByPlace> held;
    for (const Place& place : places_) held.push_back(held_after(place));
    const auto missing =
        std::count_if(options_.pinned.begin(), options_.pinned.end(), [&](const ItemPath& path) {
            return !std::all_of(held.begin(), held.end(), [&](const HeldByPlace& place) {
                return place.manifest.files.contains(path) && !place.wrong.contains(path);
            });
        });
    tell(facts::pinned_total, "", std::to_string(options_.pinned.size()), "the settings");
    tell(facts::pinned_missing, "", std::to_string(missing), "every place, read back");
}

std::vector<checklist::Finding> ReadyRun::obstacles_to_start() const {
    auto findings = checklist::ask(checklist::start_checks(), report_.evidence, circumstances());
    std::erase_if(findings,
                  [](const auto& finding) { return finding.outcome != checklist::Outcome::fail; });
    return findings;
}

checklist::Circumstances ReadyRun::circumstances() const {
    checklist::Circumstances now{.now = context_.clock.now(),
                                 .device = report_.facts.device_key,
                                 .places = {},
                                 .platform = report_.facts.id.platform == phone::Platform::ios
                                                 ? checklist::Platform::ios
                                                 : checklist::Platform::android};
    for (const Place& place : places_) now.places.push_back(place.name);
    return now;
}

}  // namespace

ReadyReport ready(phone::Phone& phone, std::span<Place> places, const ReadyOptions& options,
                  const OperationContext& context) {
    return ReadyRun(phone, places, options, context).run();
}

}  // namespace lifeboat::engine
