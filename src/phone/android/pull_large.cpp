// Large files, one after another, each in ranges.
#include "phone/android/pull.h"
#include "phone/android/ranged_file.h"

namespace lifeboat::phone::android {

// Whatever ends it, the file that is not done goes back.
class Pull::Large {
public:
    Large(Pull& pull, ItemSink& sink, const std::stop_token& stop)
        : pull_(pull),
          sink_(sink),
          link_{pull.server_, pull.serial_, pull.dialect_},
          looks_(pull.server_, pull.serial_, SyncConnection::Reading::direct, stop),
          stop_(stop) {}
    ~Large() {
        if (!job_) return;
        pull_.shared_.with(
            [&](Shared& shared) { shared.left.not_read.push_back(std::move(*job_)); });
    }
    Large(const Large&) = delete;
    Large& operator=(const Large&) = delete;

    void run() {
        while (take_next()) {
            RangedFile file(
                link_, *job_, pull_.options_.ranges,
                [&] { return stat_all(looks_, pull_.dialect_, {job_->remote}).front(); }, stop_);
            put(file);
            settle(file);
        }
    }

private:
    bool take_next() {
        return pull_.shared_.with([&](Shared& shared) {
            job_.reset();
            if (shared.large.empty()) return false;
            job_ = std::move(shared.large.front());
            shared.large.pop_front();
            return true;
        });
    }

    void put(RangedFile& file) {
        try {
            sink_.put(job_->item, file);
            file.finish();
        } catch (const Error& error) {
            if (file.state() == PulledFile::State::changed) return;
            const bool broken = file.state() == PulledFile::State::broken;
            if (broken) ++pull_.broken_ranges_;
            pull_.shared_.with([&](Shared& shared) {
                if (broken && shared.left.broken.empty()) shared.left.broken = error.message();
                if (!broken) shared.sink_failed = true;
            });
            throw;
        }
    }

    void settle(const RangedFile& file) {
        PullJob job = std::move(*job_);
        job_.reset();
        pull_.shared_.with([&](Shared& shared) {
            if (file.state() == PulledFile::State::complete) {
                ++shared.left.done;
                return;
            }
            ++job.attempts;
            job.reason = file.reason();
            shared.left.again.push_back(std::move(job));
        });
    }

    Pull& pull_;
    ItemSink& sink_;
    PhoneLink link_;
    SyncConnection looks_;
    std::stop_token stop_;
    std::optional<PullJob> job_{};
};

void Pull::read_large(ItemSink& sink, const std::stop_token& stop) {
    Large(*this, sink, stop).run();
}

}  // namespace lifeboat::phone::android
