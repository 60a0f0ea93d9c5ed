#include "phone/android/ranged_file.h"

#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::phone::android {
namespace {

// Without a word of `dd` itself, which would pass for content.
std::string range_service(const std::string& remote, uint64_t first_block, uint64_t blocks) {
    return fmt::format("exec:dd if={} bs={} skip={} count={} 2>/dev/null", shell_quote(remote),
                       range_block, first_block, blocks);
}

}  // namespace

RangedFile::RangedFile(const PhoneLink& link, PullJob job, const RangeOptions& options, Look look,
                       const std::stop_token& stop)
    : link_(link),
      job_(std::move(job)),
      options_(options),
      look_(std::move(look)),
      before_(look_()),
      fetchers_(stop) {
    for (uint64_t i = 0; i < std::min<uint64_t>(options_.streams, ranges()); ++i)
        fetchers_.run([this](const std::stop_token& group_stop) { fetch_all(group_stop); });
}

// One range more than there are streams, so that none of them rests while one is given away.
void RangedFile::fetch_all(const std::stop_token& stop) {
    const auto may_go_on = [&](const Shared& s) {
        return s.next == ranges() || s.next < s.taken + options_.streams + 1;
    };
    for (;;) {
        Range range;
        uint64_t number = ranges();
        const bool go_on = shared_.wait(stop, may_go_on, [&](Shared& s) {
            if (s.next == ranges()) return;
            number = s.next++;
            if (s.spare.empty()) return;
            range = std::move(s.spare.back());
            s.spare.pop_back();
        });
        if (!go_on || number == ranges()) return;
        fetch(number, range, stop);
        shared_.update([&](Shared& s) { s.ready.emplace(number, std::move(range)); });
    }
}

void RangedFile::fetch(uint64_t number, Range& range, const std::stop_token& stop) {
    const uint64_t begin = number * range_bytes();
    const auto expected = static_cast<size_t>(std::min(range_bytes(), job_.item.size - begin));
    range.bytes.resize(expected);
    const auto stream = link_.server.open(
        link_.serial, range_service(job_.remote, number * options_.blocks, options_.blocks), stop);
    size_t got = 0;
    size_t more = 1;
    while (got < expected && more > 0) {
        more = stream->read(MutableByteView(range.bytes).subspan(got));
        got += more;
    }
    std::array<std::byte, 1> behind{};
    range.size = got;
    range.whole = got == expected && stream->read(behind) == 0;
}

size_t RangedFile::read(MutableByteView out) {
    using State = PulledFile::State;
    if (state_ != State::reading || out.empty()) return 0;
    state_ = State::broken;  // unless what follows goes well
    const size_t got = read_some(out);
    if (state_ == State::broken) state_ = State::reading;
    if (state_ == State::changed) throw Temporary(reason_);
    return got;
}

size_t RangedFile::read_some(MutableByteView out) {
    if ((!current_ || given_ == current_->size) && !take_next()) return 0;
    const size_t size = std::min(out.size(), current_->size - given_);
    std::copy_n(current_->bytes.begin() + static_cast<ptrdiff_t>(given_), size, out.begin());
    given_ += size;
    return size;
}

// False when none is left, or the file is not what it was.
bool RangedFile::take_next() {
    const uint64_t number = shared_.with([](const Shared& s) { return s.taken; });
    if (number == ranges()) {
        end_of_file();
        return false;
    }
    const auto is_there = [&](const Shared& s) { return s.ready.contains(number); };
    const auto take = [&](Shared& s) {
        if (current_) s.spare.push_back(std::move(*current_));
        current_ = std::move(s.ready.extract(number).mapped());
    };
    if (!shared_.wait(fetchers_.stop(), is_there, take)) {
        fetchers_.join();  // throws what ended the reading
        throw Cancelled();
    }
    shared_.update([](Shared& s) { ++s.taken; });
    given_ = 0;
    if (!current_->whole) changed("it changed while it was read");
    return current_->whole;
}

void RangedFile::end_of_file() {
    const StatReply after = look_();
    changed(difference(job_.item, after, job_.item.size, !link_.dialect.stat_v2));
    const bool same_file = after.device == before_.device && after.inode == before_.inode;
    if (reason_.empty() && !same_file) changed("it was replaced while it was read");
    if (reason_.empty()) state_ = PulledFile::State::complete;
}

// Nothing when there is no reason.
void RangedFile::changed(std::string reason) {
    if (reason.empty()) return;
    reason_ = std::move(reason);
    state_ = PulledFile::State::changed;
}

void RangedFile::finish() {
    using State = PulledFile::State;
    std::array<std::byte, 16384> rest{};
    while (state_ == State::reading) {
        state_ = State::broken;
        read_some(rest);
        if (state_ == State::broken) state_ = State::reading;
    }
}

}  // namespace lifeboat::phone::android
