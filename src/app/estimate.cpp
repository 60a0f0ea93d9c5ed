#include "app/estimate.h"

#include <algorithm>

namespace lifeboat::app {
namespace {

using std::chrono::seconds;

constexpr nanoseconds recent_span = seconds(15);
constexpr nanoseconds enough = seconds(10);
constexpr nanoseconds enough_for_short = seconds(2);
constexpr nanoseconds short_job = seconds(30);
// A rate is never steady: this much room on both sides of what was seen.
constexpr double optimism = 0.9;
constexpr double caution = 1.25;

double in_seconds(nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

nanoseconds from_seconds(double time) {
    constexpr double longest = 1e9;
    return std::chrono::duration_cast<nanoseconds>(
        std::chrono::duration<double>(std::min(time, longest)));
}

}  // namespace

void Estimator::add(nanoseconds at, uint64_t done, uint64_t total) {
    const Sample sample{at, done};
    if (!first_) first_ = sample;
    total_ = total;
    recent_.push_back(sample);
    while (recent_.size() > 2 && at - recent_[1].at >= recent_span) recent_.pop_front();
    constexpr size_t most_samples = 512;
    if (recent_.size() > most_samples) recent_.erase(recent_.begin() + 1);
}

std::optional<double> Estimator::rate() const {
    if (recent_.size() < 2) return std::nullopt;
    const double time = in_seconds(recent_.back().at - recent_.front().at);
    if (time <= 0 || recent_.back().done < recent_.front().done) return std::nullopt;
    return static_cast<double>(recent_.back().done - recent_.front().done) / time;
}

std::optional<Estimate> Estimator::estimate() {
    const auto now_rate = rate();
    if (!now_rate || total_ == 0 || recent_.back().done > total_) return std::nullopt;
    const Sample& last = recent_.back();
    const nanoseconds seen = last.at - first_->at;
    const double overall =
        static_cast<double>(last.done - std::min(first_->done, last.done)) / in_seconds(seen);
    const double slow = std::min(*now_rate, overall);
    const double fast = std::max(*now_rate, overall);
    if (slow <= 0) return std::nullopt;

    const auto left = static_cast<double>(total_ - last.done);
    Estimate result{.least = from_seconds(left / fast * optimism),
                    .most = from_seconds(left / slow * caution)};
    const bool is_short = result.most <= short_job;
    if (seen < (is_short ? enough_for_short : enough)) return std::nullopt;

    const nanoseconds end = last.at + result.most;
    result.grew = promised_ && end > *promised_ + seconds(1);
    if (!promised_ || end < *promised_ || result.grew) promised_ = end;
    return result;
}

}  // namespace lifeboat::app
