#include "phone/android/exact_times.h"

#include "base/text.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

constexpr std::chrono::milliseconds patience{120'000};
constexpr size_t longest_record = 65536;

// The next word of the text; the text then starts behind the blank that ended it.
std::string_view next_word(std::string_view& text) {
    const size_t end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::string without_double_slashes(std::string_view path) {
    std::string out;
    for (const char c : path) {
        if (c != '/' || !out.ends_with('/')) out += c;
    }
    return out;
}

std::string format_of(const std::string& mark) {
    return fmt::format("stat -c '{} %s %Y %y|%n'", mark);
}

ExactTimes run(Shell& shell, ShellCommand command, const std::string& mark,
               const std::stop_token& stop) {
    ExactTimesReader reader(mark);
    command.on_output = [&](std::string_view text) { reader.feed(text); };
    command.silence = patience;
    shell.run(command, stop);  // some files may have gone: what it printed counts
    return reader.finish();
}

}  // namespace

std::optional<uint32_t> nanoseconds_in(std::string_view text) {
    const size_t point = text.find('.');
    if (point == std::string_view::npos) return std::nullopt;
    text = text.substr(point + 1);
    std::string digits(text.substr(0, text.find(' ')));
    if (digits.empty() || digits.size() > 9) return std::nullopt;
    digits.resize(9, '0');
    const auto value = parse_u64(digits);
    if (!value) return std::nullopt;
    return static_cast<uint32_t>(*value);
}

void ExactTimesReader::feed(std::string_view text) {
    while (!text.empty()) {
        const size_t end = text.find('\n');
        line_ += text.substr(0, end);
        if (line_.size() > longest_record) line_.resize(longest_record);
        if (end == std::string_view::npos) return;
        text.remove_prefix(end + 1);
        if (line_.starts_with(mark_ + ' ')) {
            take_record();
            record_ = line_;
        } else if (!record_.empty() && record_.size() < longest_record) {
            record_ += '\n' + line_;  // a name with a line break
        }
        line_.clear();
    }
}

ExactTimes ExactTimesReader::finish() {
    take_record();
    return std::move(times_);
}

void ExactTimesReader::take_record() {
    std::string_view rest = record_;
    next_word(rest);
    const auto size = parse_u64(next_word(rest));
    const auto seconds = parse_i64(next_word(rest));
    const size_t bar = rest.find('|');  // not every phone writes a zone before it
    const auto time = rest.substr(0, bar);
    const auto path = bar == std::string_view::npos ? std::string_view{} : rest.substr(bar + 1);
    const auto nanoseconds = nanoseconds_in(time);
    if (size && seconds && nanoseconds && path.starts_with('/')) {
        times_[without_double_slashes(path)] = {
            .size = *size, .seconds = *seconds, .nanoseconds = *nanoseconds};
    }
    record_.clear();
}

ExactTimes exact_times_below(Shell& shell, const std::string& folder, const std::string& mark,
                             const std::stop_token& stop) {
    const std::string text =
        fmt::format("find {} -print0 | xargs -0 {}", shell_quote(folder + '/'), format_of(mark));
    return run(shell, {.text = text}, mark, stop);
}

ExactTimes exact_times_of(Shell& shell, const std::vector<std::string>& paths,
                          const std::string& mark, const std::stop_token& stop) {
    std::string input;
    for (const std::string& path : paths) input += path + '\0';
    return run(shell, {.text = "xargs -0 " + format_of(mark), .input = input}, mark, stop);
}

}  // namespace lifeboat::phone::android
