#include "personal/time_zone.h"

#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>

namespace lifeboat::personal {

namespace {

constexpr size_t header_size = 44;
constexpr size_t file_limit = size_t{1} << 20;
constexpr size_t most_entries = 100'000;
constexpr int64_t year_2030 = 1'893'456'000;

uint32_t be32(ByteView from, size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<uint32_t>(from[at + i]);
    return value;
}

int64_t be64(ByteView from, size_t at) {
    return static_cast<int64_t>(uint64_t{be32(from, at)} << 32 | be32(from, at + 4));
}

struct Header {
    size_t utc = 0, standard = 0, leaps = 0, times = 0, kinds = 0, letters = 0;
    size_t body(size_t time_size) const {
        return times * (time_size + 1) + kinds * 6 + letters + leaps * (time_size + 4) + standard +
               utc;
    }
};

std::optional<Header> header_of(ByteView bytes) {
    if (bytes.size() < header_size || as_text(bytes.first(4)) != "TZif") return std::nullopt;
    const Header header{.utc = be32(bytes, 20),
                        .standard = be32(bytes, 24),
                        .leaps = be32(bytes, 28),
                        .times = be32(bytes, 32),
                        .kinds = be32(bytes, 36),
                        .letters = be32(bytes, 40)};
    for (const size_t count :
         {header.utc, header.standard, header.leaps, header.times, header.kinds, header.letters}) {
        if (count > most_entries) return std::nullopt;
    }
    return header;
}

bool is_zone_name(std::string_view name) {
    const bool letters = std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '/' || c == '_' || c == '-' || c == '+';
    });
    return letters && !name.empty() && name.size() < 64 && name.front() != '/';
}

std::string offset_text(int64_t seconds) {
    const int64_t minutes = std::abs(seconds) / 60;
    return fmt::format("{}{:02}{:02}", seconds < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

}  // namespace

std::string basic_time(int64_t seconds) {
    constexpr int64_t latest = std::numeric_limits<int64_t>::max() / 1'000'000'000;
    std::string text =
        to_rfc3339(TimePoint(std::chrono::seconds(std::clamp(seconds, -latest, latest))));
    std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'Z'; });
    return text;
}

std::optional<TimeZone> TimeZone::find(std::string_view name) {
    if (!is_zone_name(name)) return std::nullopt;
    std::ifstream in("/usr/share/zoneinfo/" + std::string(name), std::ios::binary);
    if (!in) return std::nullopt;
    std::string text(file_limit, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(in.gcount()));
    return parse(name, as_bytes(text));
}

std::optional<TimeZone> TimeZone::parse(std::string_view name, ByteView bytes) {
    const auto old = header_of(bytes);
    if (!old || bytes[4] < std::byte{'2'}) return std::nullopt;
    const size_t begin = header_size + old->body(4);
    if (bytes.size() < begin) return std::nullopt;
    const ByteView part = bytes.subspan(begin);
    const auto header = header_of(part);
    if (!header || header->kinds == 0 || part.size() < header_size + header->body(8))
        return std::nullopt;
    const ByteView times = part.subspan(header_size);
    const ByteView indexes = times.subspan(header->times * 8);
    const ByteView kinds = indexes.subspan(header->times);
    TimeZone zone;
    zone.name_ = name;
    for (size_t i = 0; i < header->kinds; ++i) {
        zone.kinds_.push_back(
            {static_cast<int32_t>(be32(kinds, i * 6)), kinds[i * 6 + 4] != std::byte{0}});
    }
    for (size_t i = 0; i < header->times; ++i) {
        const auto kind = std::to_integer<size_t>(indexes[i]);
        if (kind >= zone.kinds_.size()) return std::nullopt;
        zone.changes_.push_back({be64(times, i * 8), kind});
    }
    const auto later = [](const Change& a, const Change& b) { return a.at < b.at; };
    if (!std::is_sorted(zone.changes_.begin(), zone.changes_.end(), later)) return std::nullopt;
    // The rule for the time behind the last change stands in a line of its own. Where it tells of
    // summer times to come that are not listed, this class would be wrong about them.
    const std::string_view rule = as_text(part.subspan(header_size + header->body(8)));
    const bool listed = !zone.changes_.empty() && zone.changes_.back().at > year_2030;
    if (rule.find(',') != std::string_view::npos && !listed) return std::nullopt;
    return zone;
}

const TimeZone::Kind& TimeZone::kind_at(int64_t seconds) const {
    const auto next = std::upper_bound(changes_.begin(), changes_.end(), seconds,
                                       [](int64_t at, const Change& c) { return at < c.at; });
    return next == changes_.begin() ? kinds_.front() : kinds_[std::prev(next)->kind];
}

int64_t TimeZone::offset_at(int64_t seconds) const {
    return kind_at(seconds).offset;
}

std::vector<std::string> TimeZone::component(int64_t from_seconds) const {
    // One part for each way the clock changes, with the dates on which it does.
    struct Part {
        Kind before{}, after{};
        std::vector<std::string> dates{};
    };
    std::map<std::tuple<int64_t, int64_t, bool>, Part> parts;
    const Kind first = kind_at(from_seconds);
    parts[{first.offset, first.offset, first.daylight}] = {
        first, first, {basic_time(from_seconds + first.offset)}};
    Kind before = first;
    for (const Change& change : changes_) {
        if (change.at <= from_seconds) continue;
        const Kind& after = kinds_[change.kind];
        Part& part = parts[{before.offset, after.offset, after.daylight}];
        part.before = before;
        part.after = after;
        part.dates.push_back(basic_time(change.at + before.offset));
        before = after;
    }
    std::vector<std::string> lines{"BEGIN:VTIMEZONE", "TZID:" + name_};
    for (const auto& [key, part] : parts) {
        const char* const kind = part.after.daylight ? "DAYLIGHT" : "STANDARD";
        lines.push_back(fmt::format("BEGIN:{}", kind));
        lines.push_back("DTSTART:" + part.dates.front());
        lines.push_back("TZOFFSETFROM:" + offset_text(part.before.offset));
        lines.push_back("TZOFFSETTO:" + offset_text(part.after.offset));
        for (size_t i = 1; i < part.dates.size(); ++i) lines.push_back("RDATE:" + part.dates[i]);
        lines.push_back(fmt::format("END:{}", kind));
    }
    lines.emplace_back("END:VTIMEZONE");
    return lines;
}

}  // namespace lifeboat::personal
