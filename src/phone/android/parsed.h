// What a parser of a phone's text answers: values it is sure of, and why there are none otherwise.
#pragma once

#include <optional>
#include <string>
#include <utility>

namespace lifeboat::phone::android {

template <class T>
struct Parsed {
    std::optional<T> value{};
    std::string why_unknown{};

    static Parsed known(T value) { return {.value = std::move(value)}; }
    static Parsed unknown(std::string why) { return {.why_unknown = std::move(why)}; }
};

inline constexpr const char* unknown_form =
    "the phone answers in a form this program does not know";

}  // namespace lifeboat::phone::android
