#include "phone/android/pulled_file.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

// A file may grow while it is read (a film that is being recorded, by a third of it over a slow
// wire), but it has an end.
constexpr uint64_t least_growth = uint64_t{64} << 20;
// Version 1 tells what is left of a size in 32 bits. No phone of its time holds a larger file.
constexpr uint64_t largest_of_version_one = uint64_t{1} << 40;

uint64_t most_bytes(const Item& item, const SyncDialect& dialect) {
    const bool unknown = !dialect.stat_v2 && item.size <= UINT32_MAX;
    const uint64_t size = unknown ? largest_of_version_one : item.size;
    const uint64_t growth = std::max(size, least_growth);
    return std::min(size, UINT64_MAX - growth) + growth;
}

}  // namespace

std::string difference(const Item& before, const StatReply& after, uint64_t got, bool wraps) {
    const auto same_size = [&](uint64_t a, uint64_t b) {
        return wraps ? static_cast<uint32_t>(a) == static_cast<uint32_t>(b) : a == b;
    };
    if (after.error != 0) return "it vanished while it was read";
    const auto seconds = std::chrono::floor<std::chrono::seconds>(before.modified);
    if (!same_size(after.size, before.size) ||
        after.modified != seconds.time_since_epoch().count()) {
        return "it changed while it was read";
    }
    if (!same_size(got, after.size)) {
        return fmt::format("the phone announces {} bytes but gives {}", after.size, got);
    }
    return {};
}

PulledFile::PulledFile(SyncInput& input, const SyncDialect& dialect, const PullJob& job,
                       Unpacker& unpacker)
    : input_(input), dialect_(dialect), job_(job), unpacker_(unpacker) {
    if (job.packing == Packing::none) return;
    packed_.resize(longest_data_frame);
    unpacker_.begin(job.packing);
}

size_t PulledFile::read(MutableByteView out) {
    if (state_ != State::reading || out.empty()) return 0;
    state_ = State::broken;  // unless what follows goes well
    const size_t got = read_some(out);
    if (state_ == State::broken) state_ = State::reading;
    if (state_ == State::changed) throw Temporary(reason_);
    if (state_ == State::refused) throw Denied(reason_);
    return got;
}

size_t PulledFile::read_some(MutableByteView out) {
    const size_t got = is_packed() ? read_packed(out) : read_frames(out);
    got_ += got;
    expect_at_most(got_);
    return got;
}

void PulledFile::expect_at_most(uint64_t bytes) const {
    if (bytes <= most_bytes(job_.item, dialect_)) return;
    throw Garbled(
        fmt::format("the phone announces {} bytes and gives without end", job_.item.size));
}

size_t PulledFile::read_packed(MutableByteView out) {
    for (;;) {
        if (const size_t got = unpacker_.unpack(out)) return got;
        const size_t more = read_frames(packed_);
        if (more == 0) return 0;
        unpacker_.feed(ByteView(packed_).first(more));
    }
}

size_t PulledFile::read_frames(MutableByteView out) {
    while (left_ == 0) {
        const Frame frame = read_frame(input_);
        if (frame.kind == FrameKind::done) {
            end_of_file();
            return 0;
        }
        if (frame.kind == FrameKind::fail) {
            refuse(frame);
            return 0;
        }
        if (frame.kind != FrameKind::data) throw Garbled("the phone sent no file content");
        left_ = frame.length;
        came_ += std::max<uint32_t>(left_, 1);  // frames of nothing have an end, too
        expect_at_most(came_);
    }
    const size_t got = input_.read(out.first(std::min<size_t>(out.size(), left_)));
    left_ -= static_cast<uint32_t>(got);
    return got;
}

void PulledFile::end_of_file() {
    const StatReply after = read_stat(input_, dialect_);
    if (is_packed() && !unpacker_.is_complete()) throw Garbled("the phone packed half a file");
    reason_ = difference(job_.item, after, got_, !dialect_.stat_v2);
    state_ = reason_.empty() ? State::complete : State::changed;
}

void PulledFile::refuse(const Frame& frame) {
    const std::string words = read_failure(input_, frame);
    std::string_view shown = words;
    for (const std::string_view prefix : {"open failed: ", "read failed: "}) {
        if (shown.starts_with(prefix)) shown.remove_prefix(prefix.size());
    }
    reason_ = printable(trim(shown));
    state_ = State::refused;
}

void PulledFile::finish() {
    std::array<std::byte, 16384> rest{};
    while (state_ == State::reading) {
        state_ = State::broken;
        read_some(rest);
        if (state_ == State::broken) state_ = State::reading;
    }
}

}  // namespace lifeboat::phone::android
