#include "phone/android/personal/content_rows.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace lifeboat::phone::android {
namespace {

[[noreturn]] void throw_garbled(size_t row) {
    throw Garbled(fmt::format("row {} of a table is not what the phone was asked for", row));
}

bool is_word(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != ','; });
}

// "a=1, b=2" by the columns' names; the values are words.
std::vector<std::string_view> words_of_row(std::string_view line, size_t row,
                                           std::span<const std::string> columns) {
    std::vector<std::string_view> words;
    words.reserve(columns.size());
    for (size_t i = 0; i < columns.size(); ++i) {
        const bool last = i + 1 == columns.size();
        if (!line.starts_with(columns[i]) || line.substr(columns[i].size(), 1) != "=")
            throw_garbled(row);
        line.remove_prefix(columns[i].size() + 1);
        const size_t end = last ? line.size() : line.find(", ");
        if (end == std::string_view::npos || !is_word(line.substr(0, end))) throw_garbled(row);
        words.push_back(line.substr(0, end));
        line.remove_prefix(last ? end : end + 2);
    }
    return words;
}

template <class Each>
void each_word_row(std::string_view text, std::span<const std::string> columns, Each each) {
    if (text.empty() || is_no_result(text)) return;
    if (text.back() != '\n') throw Garbled("the phone's answer ends in the middle of a row");
    size_t row = 0;
    for (std::string_view line : lines(text)) {
        const std::string begin = fmt::format("Row: {} ", row);
        if (!line.starts_with(begin)) throw_garbled(row);
        each(row, words_of_row(line.substr(begin.size()), row, columns));
        ++row;
    }
}

Number number_of(std::string_view word, size_t row) {
    if (word == "NULL") return std::nullopt;
    const auto value = parse_i64(word);
    if (!value) throw_garbled(row);
    return value;
}

// Where the rows of a text may begin: every place that looks like the right one for its number.
class TextPage {
public:
    TextPage(std::string_view text, std::span<const ExpectedRow> expected,
             const TextColumns& columns)
        : text_(text), expected_(expected), columns_(columns) {}

    TextRows read() {
        find_ends();
        TextRows page;
        page.seen = count_ = count_seen();
        for (size_t i = 0; i < count_; ++i) page.rows.push_back(values(i));
        return page;
    }

private:
    struct Place {
        size_t at = 0;     // where the row before it ends
        size_t count = 0;  // how many look alike
    };

    std::string beginning(size_t row) const {
        return fmt::format("Row: {} _id={}, {}=", row, expected_[row].id, columns_.names.front());
    }
    std::string seal(size_t row) const {
        return columns_.seal.empty() ? std::string()
                                     : fmt::format(", {}={}", columns_.seal, expected_[row].seal);
    }

    // The end of row N is its seal, a line end, and the beginning of row N+1.
    void find_ends() {
        ends_.resize(expected_.size());
        constexpr std::string_view mark = "\nRow: ";
        for (size_t at = text_.find(mark); at != std::string_view::npos;
             at = text_.find(mark, at + 1)) {
            const auto digits = text_.substr(at + mark.size(), 20);
            const auto row = parse_u64(digits.substr(0, digits.find(' ')));
            if (!row || *row == 0 || *row >= expected_.size()) continue;
            const std::string before = seal(*row - 1);
            if (!text_.substr(0, at).ends_with(before) ||
                !text_.substr(at + 1).starts_with(beginning(*row)))
                continue;
            Place& place = ends_[*row - 1];
            if (place.count++ == 0) place.at = at - before.size();
        }
    }

    // Rows are seen up to the last one that has a beginning; it must end as its seal says.
    size_t count_seen() const {
        if (text_.empty() || is_no_result(text_)) return 0;
        if (!text_.starts_with(beginning(0))) throw_garbled(0);
        size_t seen = 1;
        while (seen < expected_.size() && ends_[seen - 1].count > 0) ++seen;
        if (!text_.ends_with(seal(seen - 1) + "\n")) throw_garbled(seen - 1);
        size_t before = 0;
        for (size_t i = 0; i + 1 < seen; ++i) {
            if (ends_[i].count > 1) continue;
            if (ends_[i].at < before) throw_garbled(i);
            before = ends_[i].at;
        }
        for (size_t i = seen; i < ends_.size(); ++i) {
            if (ends_[i].count > 0) throw_garbled(i);
        }
        return seen;
    }

    // The row's text from behind "first column=" to before its seal, when both are certain.
    std::optional<std::string_view> body(size_t row) const {
        size_t begin = 0;
        if (row > 0) {
            if (ends_[row - 1].count != 1) return std::nullopt;
            begin = ends_[row - 1].at + seal(row - 1).size() + 1;
        }
        begin += beginning(row).size();
        size_t end = text_.size() - 1 - seal(row).size();
        if (row + 1 < count_) {
            if (ends_[row].count != 1) return std::nullopt;
            end = ends_[row].at;
        }
        if (end < begin) throw_garbled(row);
        return text_.substr(begin, end - begin);
    }

    std::optional<std::vector<std::string>> values(size_t row) const {
        auto rest = body(row);
        if (!rest) return std::nullopt;
        std::vector<std::string> out;
        out.reserve(columns_.names.size());
        for (size_t i = 1; i < columns_.names.size(); ++i) {
            const std::string next = fmt::format(", {}=", columns_.names[i]);
            const size_t at = rest->find(next);
            if (at == std::string_view::npos) throw_garbled(row);
            if (rest->find(next, at + 1) != std::string_view::npos) return std::nullopt;
            out.emplace_back(rest->substr(0, at));
            rest = rest->substr(at + next.size());
        }
        out.emplace_back(*rest);
        return out;
    }

    std::string_view text_;
    std::span<const ExpectedRow> expected_;
    const TextColumns& columns_;
    std::vector<Place> ends_{};
    size_t count_ = 0;  // rows seen
};

}  // namespace

bool is_no_result(std::string_view text) {
    return trim(text) == "No result found.";
}

bool has_returns(std::string_view numbers) {
    bool any = false;
    for (size_t at = numbers.find('\n'); at != std::string_view::npos;
         at = numbers.find('\n', at + 1)) {
        if (at == 0 || numbers[at - 1] != '\r') return false;
        any = true;
    }
    return any;
}

std::string without_returns(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r' && text.substr(i + 1, 1) == "\n") continue;
        out += text[i];
    }
    return out;
}

std::vector<std::vector<Number>> parse_number_rows(std::string_view text,
                                                   std::span<const std::string> columns) {
    std::vector<std::vector<Number>> rows;
    each_word_row(text, columns, [&](size_t row, const std::vector<std::string_view>& words) {
        auto& numbers = rows.emplace_back();
        numbers.reserve(words.size());
        for (const std::string_view word : words) numbers.push_back(number_of(word, row));
    });
    return rows;
}

std::vector<std::vector<std::string>> parse_word_rows(std::string_view text,
                                                      std::span<const std::string> columns) {
    std::vector<std::vector<std::string>> rows;
    each_word_row(text, columns, [&](size_t, const std::vector<std::string_view>& words) {
        rows.emplace_back(words.begin(), words.end());
    });
    return rows;
}

TextRows parse_text_rows(std::string_view text, std::span<const ExpectedRow> expected,
                         const TextColumns& columns) {
    if (expected.empty() || columns.names.empty()) return {};
    return TextPage(text, expected, columns).read();
}

std::optional<std::string> parse_lone_text(std::string_view text, const ExpectedRow& expected,
                                           const std::string& column, const std::string& seal) {
    const std::string begin = fmt::format("Row: 0 _id={}, {}=", expected.id, column);
    const std::string end =
        seal.empty() ? std::string("\n") : fmt::format(", {}={}\n", seal, expected.seal);
    if (text.size() < begin.size() + end.size() || !text.starts_with(begin) || !text.ends_with(end))
        return std::nullopt;
    return std::string(text.substr(begin.size(), text.size() - begin.size() - end.size()));
}

}  // namespace lifeboat::phone::android
