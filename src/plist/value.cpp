#include "plist/value.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lifeboat::plist {
namespace {

// 2001-01-01T00:00:00Z in seconds since 1970.
constexpr int64_t apple_epoch = 978'307'200;

}  // namespace

Date Date::from(TimePoint time) {
    const auto since = time.time_since_epoch() - std::chrono::seconds(apple_epoch);
    const auto whole = std::chrono::floor<std::chrono::seconds>(since);
    const auto rest = static_cast<double>((since - whole).count());
    return {static_cast<double>(whole.count()) + rest / 1e9};
}

std::optional<TimePoint> Date::time() const {
    // Whole seconds and the fraction apart: a double has too few digits for nanoseconds of today.
    const double whole = std::floor(seconds);
    constexpr double limit = 9.2e9;  // seconds around 1970 that nanoseconds in 64 bits can count
    const double since_1970 = whole + static_cast<double>(apple_epoch);
    if (!(since_1970 > -limit && since_1970 < limit)) return std::nullopt;
    const auto fraction = static_cast<int64_t>((seconds - whole) * 1e9);
    return TimePoint(std::chrono::seconds(static_cast<int64_t>(since_1970)) +
                     nanoseconds(fraction));
}

Dict::Dict() = default;
Dict::Dict(std::initializer_list<Entry> entries) : entries_(entries) {}
Dict::Dict(const Dict&) = default;
Dict::Dict(Dict&&) noexcept = default;
Dict& Dict::operator=(const Dict&) = default;
Dict& Dict::operator=(Dict&&) noexcept = default;
Dict::~Dict() = default;
bool Dict::operator==(const Dict&) const = default;

Dict Dict::from_entries(std::vector<Entry> entries) {
    // Sorted positions instead of a search per key: a hostile list may have a million keys.
    std::vector<size_t> order(entries.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, {},
                             [&](size_t i) -> std::string_view { return entries[i].key; });
    std::vector<bool> superseded(entries.size());
    bool any = false;
    for (size_t i = 1, first = 0; i < order.size(); ++i) {
        if (entries[order[i]].key != entries[order[first]].key) {
            first = i;
            continue;
        }
        entries[order[first]].value = std::move(entries[order[i]].value);
        superseded[order[i]] = true;
        any = true;
    }
    if (any) {
        size_t at = 0;
        std::erase_if(entries, [&](const Entry&) { return superseded[at++]; });
    }
    Dict out;
    out.entries_ = std::move(entries);
    return out;
}

const Value* Dict::find(std::string_view key) const {
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    return found == entries_.end() ? nullptr : &found->value;
}

Value* Dict::find(std::string_view key) {
    const auto found = std::ranges::find(entries_, key, &Entry::key);
    return found == entries_.end() ? nullptr : &found->value;
}

const Value& Dict::at(std::string_view key) const {
    const Value* value = find(key);
    if (value == nullptr) {
        throw Malformed(fmt::format("the property list has no \"{}\"", printable(key)));
    }
    return *value;
}

const std::string* Dict::text(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? nullptr : value->text();
}

const Bytes* Dict::data(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? nullptr : value->data();
}

const Array* Dict::array(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? nullptr : value->array();
}

const Dict* Dict::dict(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? nullptr : value->dict();
}

std::optional<bool> Dict::boolean(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? std::nullopt : value->boolean();
}

std::optional<int64_t> Dict::i64(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? std::nullopt : value->i64();
}

std::optional<uint64_t> Dict::u64(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? std::nullopt : value->u64();
}

std::optional<double> Dict::number(std::string_view key) const {
    const Value* value = find(key);
    return value == nullptr ? std::nullopt : value->number();
}

void Dict::set(std::string_view key, Value value) {
    if (Value* found = find(key)) {
        *found = std::move(value);
        return;
    }
    entries_.push_back({.key = std::string(key), .value = std::move(value)});
}

bool Dict::erase(std::string_view key) {
    return std::erase_if(entries_, [&](const Entry& entry) { return entry.key == key; }) > 0;
}

size_t Dict::size() const {
    return entries_.size();
}

bool Dict::empty() const {
    return entries_.empty();
}

const Dict::Entry* Dict::begin() const {
    return entries_.data();
}

const Dict::Entry* Dict::end() const {
    return entries_.data() + entries_.size();
}

Value::Value() = default;
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;
bool Value::operator==(const Value&) const = default;

std::string_view Value::kind() const {
    struct Name {
        std::string_view operator()(const Dict&) const { return "dictionary"; }
        std::string_view operator()(const Array&) const { return "array"; }
        std::string_view operator()(const std::string&) const { return "string"; }
        std::string_view operator()(int64_t) const { return "integer"; }
        std::string_view operator()(uint64_t) const { return "integer"; }
        std::string_view operator()(bool) const { return "boolean"; }
        std::string_view operator()(double) const { return "real"; }
        std::string_view operator()(const Bytes&) const { return "data"; }
        std::string_view operator()(const Date&) const { return "date"; }
        std::string_view operator()(const Uid&) const { return "uid"; }
    };
    return std::visit(Name{}, variant_);
}

std::optional<bool> Value::boolean() const {
    const bool* value = std::get_if<bool>(&variant_);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<int64_t> Value::i64() const {
    const int64_t* value = std::get_if<int64_t>(&variant_);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<uint64_t> Value::u64() const {
    if (const uint64_t* value = std::get_if<uint64_t>(&variant_)) return *value;
    const auto value = i64();
    if (!value || *value < 0) return std::nullopt;
    return static_cast<uint64_t>(*value);
}

std::optional<double> Value::number() const {
    if (const double* value = std::get_if<double>(&variant_)) return *value;
    if (const uint64_t* value = std::get_if<uint64_t>(&variant_))
        return static_cast<double>(*value);
    const auto value = i64();
    return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

}  // namespace lifeboat::plist
