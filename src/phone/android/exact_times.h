// Modification times to the nanosecond, from the phone's own `stat`: the file service tells whole
// seconds only.
#pragma once

#include "phone/android/shell.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lifeboat::phone::android {

struct ExactTime {
    uint64_t size = 0;
    int64_t seconds = 0;
    uint32_t nanoseconds = 0;
    bool operator==(const ExactTime&) const = default;
};

using ExactTimes = std::unordered_map<std::string, ExactTime>;  // by path on the phone

// Takes the output of `stat -c 'MARK %s %Y %y|%n'` in pieces. MARK is a word nobody could guess:
// a file name with a line break in it cannot pass for another file.
class ExactTimesReader {
public:
    explicit ExactTimesReader(std::string mark) : mark_(std::move(mark)) {}
    void feed(std::string_view text);
    ExactTimes finish();

private:
    void take_record();

    std::string mark_;
    std::string line_{};    // the line under way
    std::string record_{};  // complete lines of the record under way
    ExactTimes times_{};
};

// "2024-05-01 12:00:00.123456789 +0200": the digits behind the point, as nanoseconds.
std::optional<uint32_t> nanoseconds_in(std::string_view text);

// All below a folder of the phone. Empty where the phone has no such command.
ExactTimes exact_times_below(Shell& shell, const std::string& folder, const std::string& mark,
                             const std::stop_token& stop);
ExactTimes exact_times_of(Shell& shell, const std::vector<std::string>& paths,
                          const std::string& mark, const std::stop_token& stop);

}  // namespace lifeboat::phone::android
