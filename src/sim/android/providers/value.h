// What stands in one cell of a content provider's table, and the values an insert brings.
#pragma once

#include "base/bytes.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lifeboat::sim::android {

using Value = std::variant<std::nullptr_t, int64_t, double, std::string, Bytes>;

// Columns and their values, each column once, in the order they were given.
class ContentValues {
public:
    using Pair = std::pair<std::string, Value>;

    ContentValues() = default;
    ContentValues(std::initializer_list<Pair> all) : all_(all) {}

    const std::vector<Pair>& all() const { return all_; }
    bool empty() const { return all_.empty(); }

    const Value* find(std::string_view name) const {
        const auto at = std::ranges::find(all_, name, &Pair::first);
        return at == all_.end() ? nullptr : &at->second;
    }
    // Whether a value is there and is not NULL.
    bool has(std::string_view name) const {
        const Value* value = find(name);
        return value != nullptr && !std::holds_alternative<std::nullptr_t>(*value);
    }
    void put(std::string_view name, Value value) {
        const auto at = std::ranges::find(all_, name, &Pair::first);
        if (at == all_.end())
            all_.emplace_back(name, std::move(value));
        else
            at->second = std::move(value);
    }
    void put_default(std::string_view name, Value value) {
        if (find(name) == nullptr) put(name, std::move(value));
    }
    void erase(std::string_view name) {
        std::erase_if(all_, [&](const Pair& pair) { return pair.first == name; });
    }

    // As Android's getAsString and getAsLong: numbers and their texts stand for each other.
    std::optional<std::string> text(std::string_view name) const;
    std::optional<int64_t> number(std::string_view name) const;

private:
    std::vector<Pair> all_;
};

std::optional<std::string> text_of(const Value& value);
std::optional<int64_t> number_of(const Value& value);

}  // namespace lifeboat::sim::android
