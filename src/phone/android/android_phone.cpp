#include "phone/android/android_phone.h"

#include "base/hex.h"
#include "base/task_group.h"
#include "base/text.h"
#include "item/memory_items.h"
#include "phone/android/adb_backup.h"
#include "phone/android/app_obstacle.h"
#include "phone/android/backup_request.h"
#include "phone/android/digests.h"
#include "phone/android/facts.h"
#include "phone/android/getprop.h"
#include "phone/android/lock_state.h"
#include "phone/android/personal/writing_progress.h"
#include "phone/android/push.h"
#include "phone/android/replacing.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_attempts = 3;
constexpr size_t classes_at_a_time = 4;
constexpr size_t most_broken_rounds = 100;
constexpr size_t most_fruitless_rounds = 4;
constexpr std::chrono::milliseconds time_step{1100};  // more than one second of the file service

// Several streams hide a phone's slow acknowledgements. Each is two threads here and work for the
// one thread of the adb server: on two cores, four of them were measured at half the speed of two.
size_t useful_streams() {
    return std::max<size_t>(2, std::thread::hardware_concurrency());
}

std::string new_mark() {
    Bytes random(12);
    sys::SystemRandom().fill(random);
    return to_hex(random);
}

bool is_unchanged(const Item& item, const FileTree* previous) {
    if (previous == nullptr) return false;
    const auto before = previous->find(item.path);
    return before && before->kind == ItemKind::file && before->size == item.size &&
           same_date(before->modified, item.modified);
}

void throw_locked() {
    throw NotReady("the phone shows no files: it is locked",
                   "Unlock the phone with its PIN, pattern or password, keep it unlocked for a "
                   "moment, and run this again. Nothing was changed.");
}

}  // namespace

void throw_phone_lost(const std::string& what) {
    throw Gone(fmt::format("the phone is gone: {}", what),
               "What was copied so far is safe. Plug the phone in again, unlock it, and run "
               "the same command: it goes on where it stopped.");
}

AndroidPhone::AndroidPhone(Transport& server, std::string serial, sys::Clock& clock,
                           AndroidOptions options, const std::stop_token& stop)
    : link_{server, std::move(serial)}, clock_(clock), options_(options), mark_(new_mark()) {
    const auto features = server.features(link_.serial, stop);
    if (!features.contains("shell_v2")) {
        throw Unsupported("this phone's Android is older than version 7",
                          "Lifeboat cannot read it over adb; copy its files by hand.");
    }
    link_.dialect = SyncDialect::of(features);
    delayed_acks_ = features.contains("delayed_ack");
}

bool AndroidPhone::wait_for_phone(const std::stop_token& stop) {
    const auto deadline = clock_.monotonic() + link_.server.patience();
    constexpr std::chrono::milliseconds between_looks{200};
    do {
        if (!clock_.sleep(between_looks, stop)) throw Cancelled();
        if (link_.server.is_ready(link_.serial, stop)) return true;
    } while (clock_.monotonic() < deadline);
    return false;
}

// For work that goes on where it was: as long as it gets anywhere, the connection may break as
// often as it likes.
template <class Work, class Progress>
auto AndroidPhone::with_patience(const std::stop_token& stop, Work work, Progress progress) {
    size_t reached = progress();
    for (size_t attempt = 1;; ++attempt) {
        std::string broken;
        try {
            return work();
        } catch (const Temporary& error) {
            broken = error.message();
        } catch (const NotReady& error) {
            broken = error.message();
        }
        const size_t before = std::exchange(reached, progress());
        if (reached != before) attempt = 0;
        if (attempt == most_attempts || !wait_for_phone(stop)) throw_phone_lost(broken);
    }
}

// For short work that can be done again from its start when the connection breaks.
template <class Work>
auto AndroidPhone::with_patience(const std::stop_token& stop, Work work) {
    return with_patience(stop, work, [] { return size_t{0}; });
}

StorageScan AndroidPhone::scan(const std::stop_token& stop) {
    auto found =
        with_patience(stop, [&] { return scan_storage(link_, options_.walk, mark_, stop); });
    leftovers_.clear();
    std::erase_if(found.inventory.items, [&](const Item& item) {
        if (item.kind != ItemKind::file || !is_name_beside(item.path.name())) return false;
        leftovers_.push_back(*remote_path(found.volumes, item.path));
        return true;
    });
    if (found.storage_seen) return found;
    if (!found.storage_listed || !with_patience(stop, [&] { return is_unlocked(stop); }))
        throw_locked();
    return found;
}

// Only what the phone says in words: storage without a file looks the same on a locked phone.
bool AndroidPhone::is_unlocked(const std::stop_token& stop) {
    Shell shell(link_.server, link_.serial);
    const auto properties = parse_getprop(shell.run({.text = "getprop"}, stop).output);
    const auto readable = properties.find("sys.user.0.ce_available");
    if (readable != properties.end() && readable->second == "false") return false;
    const auto locked = parse_device_locked(shell.run({.text = "dumpsys trust"}, stop).output);
    return locked.value == false;
}

Facts AndroidPhone::facts(const std::stop_token& stop) {
    return with_patience(stop, [&] { return read_facts(link_, stop); });
}

Inventory AndroidPhone::inventory(const std::stop_token& stop) {
    return scan(stop).inventory;
}

void AndroidPhone::digests(std::span<const ItemPath> files, const EachDigest& each,
                           const std::stop_token& stop) {
    const auto volumes = with_patience(stop, [&] { return find_volumes(link_, stop); });
    size_t told = 0;
    const EachDigest counted = [&](const ItemPath& path, const std::optional<Digest>& digest,
                                   const std::string& why_not) {
        ++told;
        each(path, digest, why_not);
    };
    DigestRun run(link_, volumes, files, counted);
    with_patience(
        stop, [&] { run.go_on(stop); }, [&] { return told; });
}

RestoreOutcome AndroidPhone::restore(const FileTree& tree, std::span<const ItemPath> only,
                                     EventSink& events, const std::stop_token& stop) {
    const auto volumes = with_patience(stop, [&] { return find_volumes(link_, stop); });
    PushRun run(link_, volumes, tree, events);
    run.plan(only);
    with_patience(stop, [&] { remove_files(link_, leftovers_, stop); });
    leftovers_.clear();
    with_patience(stop, [&] { run.prepare(stop); });
    run.pack_with(packing_to_push(run, stop));
    with_patience(
        stop, [&] { run.go_on(stop); }, [&] { return run.progress(); });
    with_patience(stop, [&] { run.set_exact_times(stop); });
    with_patience(stop, [&] { run.show_written(stop); });
    return run.outcome();
}

void AndroidPhone::backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                          const std::stop_token& stop) {
    const StorageScan found = scan(stop);
    for (const Unreadable& one : found.inventory.unreadable) {
        sink.unreadable(one.path, one.reason);
    }
    pull_all(take_over(found, previous, sink, stop), sink, events, stop);
    const PersonalTarget target{&sink, previous};
    const auto collections = read_personal(target, events, stop);
    if (!collections.empty())
        put_file(target, personal::inventory_path(), personal::encode(collections));
}

namespace {

// What one class costs nobody but that class: everything but a lost connection, a full place, and
// what a person must do first. Nothing then; those are thrown on.
template <class Work>
std::optional<std::string> class_trouble(Work work) {
    try {
        work();
        return std::nullopt;
    } catch (const Temporary&) {
        throw;
    } catch (const NoSpace&) {
        throw;
    } catch (const NeedsPerson&) {
        throw;
    } catch (const Error& error) {
        return error.full_text();
    }
}

}  // namespace

namespace {

// From its making to its end; one without a name is not told.
class Phase {
public:
    Phase(EventSink& events, std::string name, std::string place)
        : events_(events), name_(std::move(name)), place_(std::move(place)) {
        if (!name_.empty()) events_.on(PhaseStarted{name_, place_});
    }
    ~Phase() {
        if (!name_.empty()) events_.on(PhaseEnded{name_, place_});
    }
    Phase(const Phase&) = delete;
    Phase& operator=(const Phase&) = delete;

private:
    EventSink& events_;
    std::string name_;
    std::string place_;
};

}  // namespace

// Reading records is asking and waiting: several classes at a time cost one class's waiting. Each
// class has a source, and with it commands, of its own.
std::vector<personal::Collection> AndroidPhone::read_personal(const PersonalTarget& target,
                                                              EventSink& events,
                                                              const std::stop_token& stop) {
    const auto sources = personal_sources(link_);
    std::vector<personal::Collection> all(sources.size());
    const std::string phase("read records");
    const Phase shown(events, phase, "phone");
    std::atomic<size_t> next{0};
    std::atomic<size_t> done{0};
    TaskGroup group(stop);
    for (size_t i = 0; i < std::min(classes_at_a_time, sources.size()); ++i) {
        group.run([&](const std::stop_token& stopped) {
            for (size_t at = next++; at < sources.size(); at = next++) {
                all[at] = read_class(*sources[at], target, events, stopped);
                events.on(Progress{.phase = phase,
                                   .place = "phone",
                                   .items_done = ++done,
                                   .items_total = sources.size()});
            }
        });
    }
    group.join();
    return all;
}

personal::Collection AndroidPhone::read_class(PersonalSource& source, const PersonalTarget& target,
                                              EventSink& events, const std::stop_token& stop) {
    personal::Collection collection;
    const auto trouble = class_trouble([&] {
        collection = with_patience(stop, [&] { return source.read(target, events, stop); });
    });
    if (!trouble) return collection;
    return {.id = std::string(source.id()), .reading = personal::Reading::refused, .why = *trouble};
}

std::vector<personal::Collection> AndroidPhone::personal(EventSink& events,
                                                         const std::stop_token& stop) {
    return read_personal({}, events, stop);
}

std::vector<personal::RestoreOutcome> AndroidPhone::restore_personal(
    const FileTree& snapshot, const personal::RestoreRequest& request, EventSink& events,
    const std::stop_token& stop) {
    std::vector<personal::RestoreOutcome> outcomes;
    for (const auto& source : personal_sources(link_, request)) {
        const auto& wanted = request.classes;
        const bool is_wanted =
            wanted.empty() || std::find(wanted.begin(), wanted.end(), source->id()) != wanted.end();
        if (!is_wanted) continue;
        const std::string phase(request.dry_run ? "" : writing_records);
        const Phase shown(events, phase, std::string(source->id()));
        const auto trouble = class_trouble([&] {
            outcomes.push_back(with_patience(
                stop, [&] { return source->restore(snapshot, request.dry_run, events, stop); }));
        });
        if (!trouble) continue;
        outcomes.push_back({.id = std::string(source->id())});
        outcomes.back().failed.push_back({.label = "all of them", .reason = *trouble});
    }
    return outcomes;
}

AppBackup AndroidPhone::app_backup(const std::vector<std::string>& apps,
                                   const std::stop_token& stop) {
    const auto asked =
        apps.empty() ? with_patience(stop, [&] { return packages_to_ask(link_, stop); }) : apps;
    return {.asked = asked, .archive = open_adb_backup(link_, apps, stop)};
}

AppObstacle AndroidPhone::obstacle_to(const std::string& app, uint64_t version_code,
                                      const std::stop_token& stop) {
    return with_patience(stop, [&] { return obstacle_on(link_, app, version_code, stop); });
}

// Not tried again when the connection breaks: the person has tapped, and the phone may be at it.
OfferEnd AndroidPhone::offer_app_backup(const std::function<void(const Write&)>& write,
                                        const std::stop_token& stop) {
    return offer_adb_restore(link_, write, stop);
}

// Not tried again when the connection breaks: the phone may still be at it.
CloudBackupReport AndroidPhone::ask_cloud_backup(const std::stop_token& stop) {
    return request_backup(link_, stop);
}

// Puts what has no content, keeps what did not change, and gives what must be read.
std::vector<PullJob> AndroidPhone::take_over(const StorageScan& scan, const FileTree* previous,
                                             ItemSink& sink, const std::stop_token& stop) {
    std::vector<PullJob> jobs;
    std::vector<const Item*> unchanged;
    ItemSink::Totals totals;
    for (const Item& item : scan.inventory.items) {
        ++totals.items;
        if (item.kind != ItemKind::file) continue;
        if (is_unchanged(item, previous)) {
            unchanged.push_back(&item);
            continue;
        }
        totals.bytes += item.size;
        jobs.push_back({.item = item, .remote = *remote_path(scan.volumes, item.path)});
    }
    sink.expect(totals);
    for (const Item& item : scan.inventory.items) {
        if (stop.stop_requested()) throw Cancelled();
        if (item.kind == ItemKind::file) continue;
        MemorySource nothing({});
        sink.put(item, nothing);
    }
    for (const Item* item : unchanged) {
        if (stop.stop_requested()) throw Cancelled();
        if (sink.keep(*item)) continue;
        jobs.push_back({.item = *item, .remote = *remote_path(scan.volumes, item->path)});
    }
    return jobs;
}

void AndroidPhone::pull_all(std::vector<PullJob> jobs, ItemSink& sink, EventSink& events,
                            const std::stop_token& stop) {
    std::erase_if(jobs, [&](const PullJob& job) {
        if (job.remote.size() <= longest_sync_path) return false;
        sink.unreadable(job.item.path, "its path is too long for the phone's file service");
        return true;
    });
    settle(jobs, stop);
    Pull pull(link_.server, link_.serial, link_.dialect, pull_options(jobs.size(), stop));
    std::vector<PullJob> again;
    size_t broken_rounds = 0;
    size_t fruitless_rounds = 0;
    while (!jobs.empty() || !again.empty()) {
        if (jobs.empty()) jobs = look_again(std::exchange(again, {}), sink, stop);
        auto left = pull.run(std::move(jobs), sink, stop);
        for (const PullJob& job : left.refused) sink.unreadable(job.item.path, job.reason);
        std::move(left.again.begin(), left.again.end(), std::back_inserter(again));
        jobs = std::move(left.not_read);
        if (left.broken.empty()) continue;

        const bool fruitless = left.done == 0 && left.again.size() == left.silent;
        fruitless_rounds = fruitless ? fruitless_rounds + 1 : 0;
        if (++broken_rounds > most_broken_rounds || fruitless_rounds >= most_fruitless_rounds) {
            throw_phone_lost(left.broken);
        }
        const PersonNeeded gone{.code = "phone.gone",
                                .instruction = "Plug the phone in again and unlock it."};
        if (link_.server.is_ready(link_.serial, stop))
            continue;  // only the server or one stream broke
        events.on(gone);
        if (!wait_for_phone(stop)) throw_phone_lost(left.broken);
        events.on(PersonNeeded{gone.code, gone.instruction, true});
    }
}

// A near phone on a fast wire is the rule, and for a few files it does not matter. A window of
// delayed acks hides the way to a far one; else each packet waits for an answer, and only more
// streams help.
PullOptions AndroidPhone::pull_options(size_t files, const std::stop_token& stop) {
    constexpr size_t few = 32;
    constexpr size_t range_streams = 3;
    PullOptions options = options_.pull;
    if (!delayed_acks_) options.ranges.streams = range_streams;
    const size_t near_streams = std::min(options.streams, useful_streams());
    if (files <= few) {
        options.streams = near_streams;
        return options;
    }
    const LinkSpeed speed = with_patience(stop, [&] { return measure_link(link_, clock_, stop); });
    options.streams = speed.is_far() && !delayed_acks_ ? options.far_streams : near_streams;
    options.pack = options.pack || speed.is_slow();
    return options;
}

// The wire is measured from the phone to here: the other way is about as fast.
Packing AndroidPhone::packing_to_push(const PushRun& run, const std::stop_token& stop) {
    constexpr uint64_t worth_a_look = 4'000'000;  // what measuring costs, twice
    const Packing best = link_.dialect.packing();
    if (options_.pack_pushed || best == Packing::none) return best;
    if (run.bytes_that_pack() < worth_a_look) return Packing::none;
    const LinkSpeed speed = with_patience(stop, [&] { return measure_link(link_, clock_, stop); });
    return speed.is_slow() ? best : Packing::none;
}

// The file service tells whole seconds: a file that was written in the very second of the look at
// it can be written again unseen. So that second has to be over before such files are read.
void AndroidPhone::settle(const std::vector<PullJob>& jobs, const std::stop_token& stop) {
    const TimePoint recent = clock_.now() - 2 * time_step;
    const bool fresh = std::any_of(jobs.begin(), jobs.end(),
                                   [&](const PullJob& job) { return job.item.modified > recent; });
    if (fresh && !clock_.sleep(time_step, stop)) throw Cancelled();
}

// A second and a third try for files that changed while they were read, from a fresh look at them.
std::vector<PullJob> AndroidPhone::look_again(std::vector<PullJob> jobs, ItemSink& sink,
                                              const std::stop_token& stop) {
    std::erase_if(jobs, [&](const PullJob& job) {
        if (job.attempts < most_attempts) return false;
        sink.unreadable(job.item.path, job.reason);
        return true;
    });
    std::vector<std::string> paths;
    for (const PullJob& job : jobs) paths.push_back(job.remote);
    std::vector<StatReply> looks;
    ExactTimes times;
    with_patience(stop, [&] {
        SyncConnection connection(link_.server, link_.serial, SyncConnection::Reading::direct,
                                  stop);
        looks = stat_all(connection, link_.dialect, paths);
        Shell shell(link_.server, link_.serial);
        if (!paths.empty()) times = exact_times_of(shell, paths, mark_, stop);
    });
    if (!clock_.sleep(time_step, stop)) throw Cancelled();
    std::vector<PullJob> out;
    for (size_t i = 0; i < jobs.size(); ++i) {
        PullJob& job = jobs[i];
        const Item fresh = item_of(job.item.path, looks[i]);
        if (looks[i].error != 0 || fresh.kind != ItemKind::file) {
            sink.unreadable(job.item.path, looks[i].error == 2 ? "it vanished while it was read"
                                                               : text_of_errno(looks[i].error));
            continue;
        }
        job.item = fresh;
        make_exact(job.item, times, job.remote);
        out.push_back(std::move(job));
    }
    return out;
}

}  // namespace lifeboat::phone::android
