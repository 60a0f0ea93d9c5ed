// One value of a property list: what Apple's formats and protocols are made of.
//
// Plain values, copied freely and shared by nobody. A dictionary keeps the order in which its keys
// were written, so that what is read and written again looks the same.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"

#include <compare>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lifeboat::plist {

// Bytes that are no property list, or one beyond the limits, or one that lacks what must be there.
struct Malformed : Corrupt {
    using Corrupt::Corrupt;
};

// Seconds since 2001-01-01T00:00:00Z, as Apple counts. A double and not a TimePoint: "distant
// future" (the year 4001) is in daily use and does not fit nanoseconds since 1970.
struct Date {
    double seconds = 0;
    bool operator==(const Date&) const = default;

    static Date from(TimePoint time);
    // Nothing when it is no instant between 1678 and 2262.
    std::optional<TimePoint> time() const;
};

// A reference into the object table of an NSKeyedArchiver.
struct Uid {
    uint64_t number = 0;
    bool operator==(const Uid&) const = default;
};

class Value;
using Array = std::vector<Value>;

// Few keys are looked up in small dictionaries: a linear search is the fastest. Who needs many keys
// of a large one walks over it.
class Dict {
public:
    struct Entry;

    Dict();
    Dict(std::initializer_list<Entry> entries);
    Dict(const Dict&);
    Dict(Dict&&) noexcept;
    Dict& operator=(const Dict&);
    Dict& operator=(Dict&&) noexcept;
    ~Dict();

    // Of a key that stands there twice the last value counts, at the place of the first.
    static Dict from_entries(std::vector<Entry> entries);

    const Value* find(std::string_view key) const;
    Value* find(std::string_view key);
    // Throws Malformed, with the key in the message.
    const Value& at(std::string_view key) const;

    // What stands under the key, if it is there and of that kind.
    const std::string* text(std::string_view key) const;
    const Bytes* data(std::string_view key) const;
    const Array* array(std::string_view key) const;
    const Dict* dict(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    std::optional<int64_t> i64(std::string_view key) const;
    std::optional<uint64_t> u64(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;

    // Replaces the value in its place, or appends.
    void set(std::string_view key, Value value);
    bool erase(std::string_view key);

    size_t size() const;
    bool empty() const;
    const Entry* begin() const;
    const Entry* end() const;

    // Equal only when the keys come in the same order.
    bool operator==(const Dict&) const;

private:
    std::vector<Entry> entries_;
};

class Value {
public:
    // An integer is an int64_t where it fits; uint64_t holds only what is larger. So equal numbers
    // are equal values, whatever they were made from.
    using Variant =
        std::variant<Dict, Array, std::string, int64_t, uint64_t, bool, double, Bytes, Date, Uid>;

    Value();  // an empty dictionary
    // Not inline: ten alternatives times every use would be much code, in which GCC 12 sees
    // uninitialized memory that is not there.
    Value(const Value&);
    Value(Value&&) noexcept;
    Value& operator=(const Value&);
    Value& operator=(Value&&) noexcept;
    ~Value();
    template <std::integral T>
    Value(T value) : variant_(from_integral(value)) {}
    Value(double value) : variant_(value) {}
    Value(const char* value) : variant_(std::string(value)) {}
    Value(std::string_view value) : variant_(std::string(value)) {}
    Value(std::string value) : variant_(std::move(value)) {}
    Value(Bytes value) : variant_(std::move(value)) {}
    Value(Date value) : variant_(value) {}
    Value(Uid value) : variant_(value) {}
    Value(Array value) : variant_(std::move(value)) {}
    Value(Dict value) : variant_(std::move(value)) {}

    const Variant& variant() const { return variant_; }
    // "integer", "dictionary": for messages.
    std::string_view kind() const;

    const std::string* text() const { return std::get_if<std::string>(&variant_); }
    const Bytes* data() const { return std::get_if<Bytes>(&variant_); }
    const Array* array() const { return std::get_if<Array>(&variant_); }
    const Dict* dict() const { return std::get_if<Dict>(&variant_); }
    Dict* dict() { return std::get_if<Dict>(&variant_); }
    Array* array() { return std::get_if<Array>(&variant_); }
    const Date* date() const { return std::get_if<Date>(&variant_); }
    const Uid* uid() const { return std::get_if<Uid>(&variant_); }
    std::optional<bool> boolean() const;
    // Integers that fit; nothing for reals.
    std::optional<int64_t> i64() const;
    std::optional<uint64_t> u64() const;
    // A real, or an integer as one.
    std::optional<double> number() const;

    bool operator==(const Value&) const;

private:
    template <std::integral T>
    static Variant from_integral(T value) {
        if constexpr (std::same_as<T, bool>) {
            return value;
        } else {
            if (std::cmp_less_equal(value, std::numeric_limits<int64_t>::max())) {
                return static_cast<int64_t>(value);
            }
            return static_cast<uint64_t>(value);
        }
    }

    Variant variant_;
};

struct Dict::Entry {
    std::string key{};
    Value value{};
    bool operator==(const Entry&) const = default;
};

}  // namespace lifeboat::plist
