#include "phone/android/pull.h"

#include "phone/android/pulled_file.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace lifeboat::phone::android {
namespace {

constexpr uint32_t no_such_file = 2;

template <class Kind>
bool is_of(const Error& error) {
    return dynamic_cast<const Kind*>(&error) != nullptr;
}

size_t request_size(const PullJob& job) {
    return 2 * (job.remote.size() + 16);
}

}  // namespace

bool packs_well(const Item& item) {
    static constexpr uint64_t least = 4096;  // less is one packet in any case
    static constexpr std::array<std::string_view, 22> endings{
        ".db",   ".sqlite", ".sqlite3", ".txt", ".json", ".jsonl", ".xml", ".csv",
        ".html", ".htm",    ".log",     ".vcf", ".ics",  ".md",    ".srt", ".gpx",
        ".kml",  ".svg",    ".bmp",     ".wav", ".tar",  ".mbox"};
    if (item.size < least) return false;
    const std::string& path = item.path.text();
    return std::ranges::any_of(endings, [&](std::string_view ending) {
        return path.size() > ending.size() &&
               std::ranges::equal(
                   path.substr(path.size() - ending.size()), ending,
                   [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
    });
}

// One connection after another, with the jobs asked for on it. A phone's file service ends with the
// first file that it refuses; what was asked for behind that one nobody answers. Whatever ends it,
// jobs that are not done go back.
class Pull::Stream {
public:
    Stream(Pull& pull, ItemSink& sink, const std::stop_token& stop)
        : pull_(pull), sink_(sink), stop_(stop) {}

    ~Stream() {
        pull_.shared_.with([&](Shared& shared) {
            std::move(asked_.begin(), asked_.end(), std::back_inserter(shared.left.not_read));
        });
    }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    void run() {
        for (;;) {
            while (look_first_) look_at_next();
            ask();
            if (asked_.empty()) return;
            if (stop_.stop_requested()) throw Cancelled();
            take_front();
        }
    }

private:
    // Files seldom vanish alone. A look tells so, too, and does not end the stream.
    void look_at_next() {
        constexpr size_t at_once = 64;
        std::vector<std::string> paths;
        while (paths.size() < at_once) {
            auto job = next();
            if (!job) break;
            paths.push_back(job->remote);
            asked_.push_back(std::move(*job));
        }
        look_first_ = false;
        if (asked_.empty()) return;
        if (!connection_) connect();
        connection_->expect_answers(true);
        const auto looks = stat_all(*connection_, pull_.dialect_, paths);
        std::deque<PullJob> there;
        pull_.shared_.with([&](Shared& shared) {
            for (size_t i = 0; i < looks.size(); ++i) {
                if (looks[i].error != no_such_file) {
                    there.push_back(std::move(asked_[i]));
                    continue;
                }
                asked_[i].reason = text_of_errno(no_such_file);
                shared.left.refused.push_back(std::move(asked_[i]));
                ++shared.left.done;
            }
        });
        look_first_ = there.empty();
        asked_ = std::move(there);
        give_back();
    }

    void ask() {
        const auto& options = pull_.options_;
        if (closed_ || asked_.size() > options.requests * 3 / 4) return;  // few large sends
        Bytes requests;
        while (has_room()) {
            auto job = next();
            if (!job) break;
            job->packing = pull_.packing_of(*job);
            append_receive(requests, pull_.dialect_, job->remote, job->packing);
            append_stat(requests, pull_.dialect_, job->remote);
            queued_ += request_size(*job);
            bytes_ += job->item.size;
            asked_.push_back(std::move(*job));
        }
        if (requests.empty()) return;
        if (!connection_) connect();
        connection_->expect_answers(true);
        // A phone that has ended the stream has said why: that is still to be read.
        closed_ = !connection_->try_send(requests);
    }

    void connect() {
        connection_.emplace(pull_.server_, pull_.serial_, SyncConnection::Reading::ahead, stop_,
                            pull_.options_.silence);
        closed_ = false;
    }

    // What nobody answers any more goes back to where it was: other streams may be sooner.
    void disconnect() {
        connection_.reset();
        give_back();
    }

    void give_back() {
        queued_ = 0;
        bytes_ = 0;
        pull_.shared_.with([&](Shared& shared) {
            shared.waiting.insert(shared.waiting.begin(), std::move_iterator(asked_.begin()),
                                  std::move_iterator(asked_.end()));
        });
        asked_.clear();
    }

    std::optional<PullJob> next() {
        return pull_.shared_.with([&](Shared& shared) -> std::optional<PullJob> {
            if (shared.waiting.empty()) return std::nullopt;
            if (shared.waiting.front().alone && !asked_.empty()) return std::nullopt;
            PullJob first = std::move(shared.waiting.front());
            shared.waiting.pop_front();
            return first;
        });
    }

    bool has_room() const {
        if (asked_.empty()) return true;
        if (asked_.front().alone) return false;
        return asked_.size() < pull_.options_.requests && bytes_ < pull_.options_.bytes &&
               queued_ < SyncConnection::longest_queue - 2 * longest_sync_path;
    }

    void take_front() {
        PulledFile file(connection_->input(), pull_.dialect_, asked_.front(), unpacker_);
        if (!put(file)) return disconnect();
        PullJob job = std::move(asked_.front());
        asked_.pop_front();
        queued_ -= request_size(job);
        bytes_ -= job.item.size;
        connection_->expect_answers(!asked_.empty());
        job.reason = file.reason();
        pull_.shared_.with([&](Shared& shared) {
            if (file.state() == PulledFile::State::changed) {
                ++job.attempts;
                shared.left.again.push_back(std::move(job));
                return;
            }
            ++shared.left.done;
            if (file.state() == PulledFile::State::refused)
                shared.left.refused.push_back(std::move(job));
        });
        if (file.state() != PulledFile::State::refused) return;
        look_first_ = file.reason() == text_of_errno(no_such_file);
        disconnect();
    }

    // The per-item catch: what is wrong with this one file stays with this file. Whatever else went
    // wrong is noted, so that the round's end can tell a broken cable from a sink that failed.
    // False when the file is to be asked for once more.
    bool put(PulledFile& file) {
        try {
            sink_.put(asked_.front().item, file);
            file.finish();
            return true;
        } catch (const Error& error) {
            using State = PulledFile::State;
            if (file.state() == State::changed || file.state() == State::refused) return true;
            const bool broken = file.state() == State::broken;
            if (broken && is_worth_asking_alone(error)) return false;
            note_failure(broken, error);
            throw;
        }
    }

    // Older phones may lose the words of a refusal when requests come in behind it: all that is
    // seen of it is that they hang up. Where the wire broke, there is no next connection.
    bool is_worth_asking_alone(const Error& error) {
        if (!is_of<sys::ConnectionLost>(error)) return false;
        return !std::exchange(asked_.front().alone, true);
    }

    void note_failure(bool broken, const Error& error) {
        if (broken && is_of<sys::TimedOut>(error)) {
            note_silence(error);
        } else if (broken && (is_of<Corrupt>(error) || is_of<sys::ConnectionLost>(error))) {
            // The phone talks nonsense here, or hangs up on it twice: the next round must not begin
            // with the same file.
            PullJob job = std::move(asked_.front());
            asked_.pop_front();
            ++job.attempts;
            job.reason = error.message();
            pull_.shared_.with(
                [&](Shared& shared) { shared.left.again.push_back(std::move(job)); });
        }
        pull_.shared_.with([&](Shared& shared) {
            if (broken && shared.left.broken.empty()) shared.left.broken = error.message();
            if (!broken) shared.sink_failed = true;
        });
    }

    // The phone may stand still, or its memory at this one file: that one is asked for once more
    // when all others were.
    void note_silence(const Error& error) {
        PullJob job = std::move(asked_.front());
        asked_.pop_front();
        ++job.attempts;
        job.reason = error.message();
        pull_.shared_.with([&](Shared& shared) {
            if (std::exchange(job.was_silent, true)) {
                ++shared.left.done;
                shared.left.refused.push_back(std::move(job));
            } else {
                ++shared.left.silent;
                shared.left.again.push_back(std::move(job));
            }
        });
    }

    Pull& pull_;
    ItemSink& sink_;
    std::optional<SyncConnection> connection_{};
    bool closed_ = false;      // by the other side
    bool look_first_ = false;  // the last one that was asked for was not there
    std::stop_token stop_;
    Unpacker unpacker_{};
    std::deque<PullJob> asked_{};
    size_t queued_ = 0;   // bytes of requests without an answer
    uint64_t bytes_ = 0;  // announced bytes of files without an answer
};

Pull::Pull(Transport& server, std::string serial, SyncDialect dialect, PullOptions options)
    : server_(server), serial_(std::move(serial)), dialect_(dialect), options_(options) {}

Packing Pull::packing_of(const PullJob& job) const {
    // What came in vain comes as it is: the packing may be what is wrong.
    const bool pack = options_.pack && job.attempts == 0 && packs_well(job.item);
    return pack ? dialect_.packing() : Packing::none;
}

// Not where sizes are told in 32 bits: nobody knows how many ranges there are. And no more where
// ranges broke the connection twice: then it is the file service's turn, as it is for a file that
// did not come whole.
bool Pull::comes_in_ranges(const PullJob& job) const {
    return options_.ranges.streams > 0 && dialect_.stat_v2 && broken_ranges_ < 2 &&
           job.item.size >= options_.ranges.least && job.attempts == 0 &&
           packing_of(job) == Packing::none;
}

PullLeft Pull::run(std::vector<PullJob> jobs, ItemSink& sink, const std::stop_token& stop) {
    const auto large = std::stable_partition(
        jobs.begin(), jobs.end(), [&](const PullJob& job) { return !comes_in_ranges(job); });
    const size_t streams =
        std::min(options_.streams, static_cast<size_t>(std::distance(jobs.begin(), large)));
    shared_.with([&](Shared& shared) {
        shared = {};
        std::move(jobs.begin(), large, std::back_inserter(shared.waiting));
        std::move(large, jobs.end(), std::back_inserter(shared.large));
    });
    {
        TaskGroup group(stop);
        if (large != jobs.end()) {
            group.run([&](const std::stop_token& group_stop) { read_large(sink, group_stop); });
        }
        for (size_t i = 0; i < streams; ++i) {
            group.run(
                [&](const std::stop_token& group_stop) { Stream(*this, sink, group_stop).run(); });
        }
        join(group);
    }
    return shared_.with([](Shared& shared) {
        for (auto* jobs_left : {&shared.waiting, &shared.large}) {
            std::move(jobs_left->begin(), jobs_left->end(),
                      std::back_inserter(shared.left.not_read));
        }
        return std::move(shared.left);
    });
}

// A broken connection is a result of the round: the caller waits for the phone and goes on.
void Pull::join(TaskGroup& group) {
    try {
        group.join();
    } catch (const Error& error) {
        if (shared_.with([](const Shared& shared) { return shared.sink_failed; })) throw;
        shared_.with([&](Shared& shared) {
            if (shared.left.broken.empty()) shared.left.broken = error.message();
        });
    }
}

std::vector<StatReply> stat_all(SyncConnection& connection, const SyncDialect& dialect,
                                const std::vector<std::string>& paths) {
    std::vector<StatReply> out;
    out.reserve(paths.size());
    // Many in one go: over a far wire each go costs its way there and back.
    constexpr size_t go = SyncConnection::longest_queue - 2 * longest_sync_path;
    while (out.size() < paths.size()) {
        Bytes requests;
        size_t asked = out.size();
        while (asked < paths.size() && requests.size() < go) {
            append_stat(requests, dialect, paths[asked++]);
        }
        connection.send(requests);
        while (out.size() < asked) out.push_back(read_stat(connection.input(), dialect));
    }
    return out;
}

}  // namespace lifeboat::phone::android
