#include "phone/android/personal/content_table.h"

#include "base/guarded.h"
#include "base/hex.h"
#include "base/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_looks = 3;
constexpr size_t piece_of_text = 150'000;  // characters; four bytes and two digits each
constexpr size_t ids_in_a_condition = 1000;
constexpr size_t longest_text = size_t{64} << 20;  // in pieces

// The provider answered with an error of its own, which may be over in a moment.
struct Failed {
    ContentError error;
};

[[noreturn]] void throw_changed() {
    throw Garbled("a table of the phone is not what it was a moment ago");
}

std::string range_condition(std::span<const ContentRow> rows) {
    return fmt::format("_id>={} AND _id<={}", rows.front().id, rows.back().id);
}

std::string printed(const Number& number) {
    return number ? std::to_string(*number) : std::string("NULL");
}

// One look at a table, in the columns that the phone turned out to have.
class Look {
public:
    Look(ContentCommands& content, const ContentQuery& query, const std::stop_token& stop)
        : content_(content), query_(query), stop_(stop) {
        for (size_t i = 0; i < query.numbers.size(); ++i) numbers_.push_back(i);
        for (size_t i = 0; i < query.texts.size(); ++i) texts_.push_back(i);
        functions_ = query.functions;
    }

    ContentTable read() {
        for (size_t look = 1;; ++look) {
            table_ = {};
            try {
                read_once();
                table_.drifted = !same_rows(table_.rows, rows_with_numbers());
                if (!table_.drifted || look == most_looks) return std::move(table_);
            } catch (const Garbled&) {
                if (look == most_looks) throw;
            } catch (const Failed& failed) {
                if (look == most_looks) throw ContentRefused(failed.error);
            }
        }
    }

private:
    using Rows = std::span<ContentRow>;

    void read_once() {
        table_.rows = rows_with_numbers();
        odd_.clear();
        unread_.with([](auto& all) { all.clear(); });
        const Rows all(table_.rows);
        if (texts_.empty()) return;
        for (size_t at = 0; at < all.size(); at += query_.page) {
            if (stop_.stop_requested()) throw Cancelled();
            read_page(all.subspan(at, std::min(query_.page, all.size() - at)));
        }
        read_odd();
        if (!functions_) tell_nulls();
    }

    // A question for each row, and perhaps for each of its columns: that is many, so several at a
    // time.
    void read_odd() {
        side_by_side(
            odd_.size(),
            [this](size_t i, const std::stop_token&) {
                if (!read_alone(*odd_[i])) read_columns(*odd_[i]);
            },
            stop_);
        table_.unread = unread_.with([](auto& all) { return std::exchange(all, {}); });
        std::sort(table_.unread.begin(), table_.unread.end(), [](const auto& a, const auto& b) {
            return std::tie(a.id, a.column) < std::tie(b.id, b.column);
        });
    }

    static bool same_rows(const std::vector<ContentRow>& before,
                          const std::vector<ContentRow>& after) {
        return std::equal(before.begin(), before.end(), after.begin(), after.end(),
                          [](const ContentRow& a, const ContentRow& b) {
                              return a.id == b.id && a.numbers == b.numbers;
                          });
    }

    // Every row with its numbers: one question, as numbers are short.
    std::vector<ContentRow> rows_with_numbers() {
        std::vector<std::string> columns{"_id"};
        for (const size_t i : numbers_) columns.push_back(query_.numbers[i]);
        const auto answer = ask(
            {.uri = query_.uri, .projection = columns, .where = query_.where, .sort = "_id ASC"});
        if (!answer) return rows_with_numbers();
        returns_ = has_returns(*answer);
        std::vector<ContentRow> rows;
        for (auto& values : parse_number_rows(*answer, columns)) {
            ContentRow row{.id = values.front().value_or(0),
                           .numbers = std::vector<Number>(query_.numbers.size()),
                           .texts = std::vector<Text>(query_.texts.size())};
            if (!values.front() || (!rows.empty() && row.id <= rows.back().id)) {
                throw Garbled("the rows of a table have no ids in order");
            }
            for (size_t i = 0; i < numbers_.size(); ++i) row.numbers[numbers_[i]] = values[i + 1];
            rows.push_back(std::move(row));
        }
        return rows;
    }

    // Nothing when a column turned out to be missing: the question has to be asked anew.
    std::optional<std::string> ask(const ContentSelect& select) {
        auto answer = content_.ask(select, stop_);
        if (!answer.error) return std::move(answer.text);
        if (leave_out(*answer.error)) return std::nullopt;
        if (answer.error->problem == ContentProblem::other) throw Failed{*answer.error};
        throw ContentRefused(*answer.error);
    }

    bool leave_out(const ContentError& error) {
        if (error.problem != ContentProblem::column) return false;
        if (functions_ && error.detail.find('(') != std::string::npos) {
            functions_ = false;
            return true;
        }
        if (!query_.optional.contains(error.detail)) return false;
        const auto drop = [&](std::vector<size_t>& from, const std::vector<std::string>& names) {
            return std::erase_if(from, [&](size_t i) { return names[i] == error.detail; }) > 0;
        };
        const bool number = drop(numbers_, query_.numbers);
        return drop(texts_, query_.texts) || number;
    }

    std::string seal() const { return numbers_.empty() ? "" : query_.numbers[numbers_.front()]; }
    ExpectedRow expected(const ContentRow& row) const {
        return {.id = row.id,
                .seal = numbers_.empty() ? "" : printed(row.numbers[numbers_.front()])};
    }
    std::vector<std::string> text_names() const {
        std::vector<std::string> names;
        for (const size_t i : texts_) names.push_back(query_.texts[i]);
        return names;
    }

    void read_page(Rows rows) {
        if (rows.empty()) return;
        if (functions_)
            read_words(rows);
        else
            read_texts(rows);
    }

    TextColumns columns_of_texts() const { return {.names = text_names(), .seal = seal()}; }
    static std::vector<std::string> with_id(const TextColumns& texts) {
        std::vector<std::string> columns{"_id"};
        columns.insert(columns.end(), texts.names.begin(), texts.names.end());
        if (!texts.seal.empty()) columns.push_back(texts.seal);
        return columns;
    }

    // What is asked with one page, in both ways of asking.
    struct Page {
        std::string text{};
        bool broken = false;  // a row is too large for the phone
    };
    std::optional<Page> ask_page(Rows rows, std::vector<std::string> columns) {
        auto answer = answer_to(rows, std::move(columns));
        if (answer.error && leave_out(*answer.error)) return std::nullopt;
        return page_of(std::move(answer));
    }
    Page ask_one(ContentRow& row, std::vector<std::string> columns) const {
        return page_of(answer_to(Rows(&row, 1), std::move(columns)));
    }
    ContentCommands::Answer answer_to(Rows rows, std::vector<std::string> columns) const {
        return content_.ask({.uri = query_.uri,
                             .projection = std::move(columns),
                             .where = both_conditions(range_condition(rows), query_.where),
                             .sort = "_id ASC"},
                            stop_);
    }
    Page page_of(ContentCommands::Answer answer) const {
        const bool broken = answer.error.has_value();
        if (broken && answer.error->problem == ContentProblem::other) throw Failed{*answer.error};
        if (broken && answer.error->problem != ContentProblem::too_large)
            throw ContentRefused(*answer.error);
        if (returns_) answer.text = without_returns(answer.text);
        return Page{std::move(answer.text), broken};
    }

    // Somewhere in these rows is one that the phone cannot pass on: the parts around it are read
    // alone. `seen` rows came before the error.
    void read_parts(Rows rows, size_t seen) {
        const size_t at = seen > 0 && seen < rows.size() ? seen : rows.size() / 2;
        read_page(rows.first(at));
        if (seen == at && at < rows.size()) {
            read_page(rows.subspan(at, 1));
            ++seen;
        }
        read_page(rows.subspan(std::min(rows.size(), std::max(at, seen))));
    }

    void read_texts(Rows rows) {
        const TextColumns names = columns_of_texts();
        const auto page = ask_page(rows, with_id(names));
        if (!page) return read_page(rows);
        std::vector<ExpectedRow> wanted;
        for (const ContentRow& row : rows) wanted.push_back(expected(row));
        TextRows found = parse_text_rows(page->text, wanted, names);
        if (page->broken) {
            if (rows.size() > 1) return read_parts(rows, found.seen);
            odd_.push_back(&rows.front());
            return;
        }
        if (found.seen != rows.size()) throw_changed();
        for (size_t i = 0; i < rows.size(); ++i) {
            if (found.rows[i])
                take(rows[i], *found.rows[i]);
            else
                odd_.push_back(&rows[i]);
        }
    }

    // What can be read in two ways between other rows may have one way when it stands alone.
    // Several threads are here: the columns that this phone has are known by now.
    bool read_alone(ContentRow& row) {
        const TextColumns names = columns_of_texts();
        const auto page = ask_one(row, with_id(names));
        if (page.broken) return false;
        const ExpectedRow wanted = expected(row);
        TextRows found = parse_text_rows(page.text, std::span(&wanted, 1), names);
        if (found.seen != 1) throw_changed();
        if (found.rows.front()) take(row, *found.rows.front());
        return found.rows.front().has_value();
    }

    void take(ContentRow& row, std::vector<std::string>& values) {
        for (size_t i = 0; i < texts_.size(); ++i) row.texts[texts_[i]] = std::move(values[i]);
    }

    void read_columns(ContentRow& row) {
        for (const size_t i : texts_) {
            const std::string& name = query_.texts[i];
            const auto page = ask_one(row, with_id({.names = {name}, .seal = seal()}));
            if (page.broken) {
                not_passed_on(row, name);
                continue;
            }
            row.texts[i] = parse_lone_text(page.text, expected(row), name, seal());
            if (!row.texts[i]) throw_changed();
        }
    }

    void not_passed_on(const ContentRow& row, const std::string& column) {
        unread_.with([&](auto& all) {
            all.push_back({.id = row.id,
                           .column = column,
                           .why = "it is too large for the phone to pass on"});
        });
    }

    // "NULL" is printed for nothing and for the four letters; only the latter equal them.
    void tell_nulls() {
        std::vector<std::string> conditions;
        for (const std::string& name : text_names()) conditions.push_back(name + "='NULL'");
        const auto spelling = ids_where(fmt::format("{}", fmt::join(conditions, " OR ")));
        const std::set<int64_t> suspects(spelling.begin(), spelling.end());
        std::set<std::pair<int64_t, size_t>> spelled;
        for (const size_t i : texts_) {
            for (const int64_t id : spelled_in(i, suspects)) spelled.emplace(id, i);
        }
        for (ContentRow& row : table_.rows) {
            for (const size_t i : texts_) {
                if (row.texts[i] == "NULL" && !spelled.contains({row.id, i})) row.texts[i].reset();
            }
        }
    }

    // Of the rows that hold the four letters somewhere, those that hold them in this column.
    std::vector<int64_t> spelled_in(size_t column, const std::set<int64_t>& suspects) {
        std::vector<int64_t> asked;
        for (const ContentRow& row : table_.rows) {
            if (row.texts[column] == "NULL" && suspects.contains(row.id)) asked.push_back(row.id);
        }
        std::vector<int64_t> found;
        for (size_t at = 0; at < asked.size(); at += ids_in_a_condition) {
            const auto some =
                std::span(asked).subspan(at, std::min(ids_in_a_condition, asked.size() - at));
            const auto ids = ids_where(fmt::format("{}='NULL' AND _id IN ({})",
                                                   query_.texts[column], fmt::join(some, ",")));
            found.insert(found.end(), ids.begin(), ids.end());
        }
        return found;
    }

    std::vector<int64_t> ids_where(const std::string& condition) {
        return read_ids(content_, query_.uri, both_conditions(condition, query_.where), stop_);
    }

    void read_words(Rows rows) {
        std::vector<std::string> columns{"_id"};
        for (const std::string& name : text_names()) {
            columns.push_back("hex(" + name + ")");
            columns.push_back("typeof(" + name + ")");
        }
        const auto page = ask_page(rows, columns);
        if (!page) return read_page(rows);
        if (page->broken) {
            if (rows.size() == 1) return read_pieces(rows.front());
            return read_parts(rows, lines(page->text).size());
        }
        const auto found = parse_word_rows(page->text, columns);
        if (found.size() != rows.size()) throw_changed();
        for (size_t i = 0; i < rows.size(); ++i) {
            if (found[i].front() != std::to_string(rows[i].id)) throw_changed();
            for (size_t k = 0; k < texts_.size(); ++k) {
                rows[i].texts[texts_[k]] = text_of(found[i][2 * k + 1], found[i][2 * k + 2]);
            }
        }
    }

    static Text text_of(const std::string& hex, const std::string& type) {
        if (type == "null") return std::nullopt;
        const auto bytes = from_hex(hex);
        if (!bytes) throw_changed();
        return to_text(*bytes);
    }

    // A row too large to come whole comes in pieces, column by column.
    void read_pieces(ContentRow& row) {
        for (const size_t i : texts_) {
            std::string value;
            if (!read_pieces_of(row, query_.texts[i], value)) continue;
            row.texts[i] = std::move(value);
        }
    }

    bool read_pieces_of(ContentRow& row, const std::string& name, std::string& value) {
        for (size_t from = 1;; from += piece_of_text) {
            std::vector<std::string> columns{
                "_id", fmt::format("hex(substr({},{},{}))", name, from, piece_of_text),
                fmt::format("typeof({})", name)};
            const auto page = ask_page(Rows(&row, 1), columns);
            if (!page) throw_changed();
            if (page->broken || value.size() > longest_text) {
                not_passed_on(row, name);
                return false;
            }
            const auto found = parse_word_rows(page->text, columns);
            if (found.size() != 1) throw_changed();
            const Text piece = text_of(found.front()[1], found.front()[2]);
            if (!piece) return false;
            if (piece->empty()) return true;
            value += *piece;
        }
    }

    ContentCommands& content_;
    const ContentQuery& query_;
    const std::stop_token& stop_;
    std::vector<size_t> numbers_{}, texts_{};  // the columns this phone has
    bool functions_ = false;
    bool returns_ = false;
    ContentTable table_{};
    std::vector<ContentRow*> odd_{};  // rows that could not be told among others
    Guarded<std::vector<UnreadValue>> unread_{};
};

}  // namespace

ContentTable read_table(ContentCommands& content, const ContentQuery& query,
                        const std::stop_token& stop) {
    return Look(content, query, stop).read();
}

std::vector<int64_t> read_ids(ContentCommands& content, const std::string& uri,
                              const std::string& where, const std::stop_token& stop) {
    const std::vector<std::string> columns{"_id"};
    const auto answer =
        content.ask({.uri = uri, .projection = columns, .where = where, .sort = "_id ASC"}, stop);
    if (answer.error) throw ContentRefused(*answer.error);
    std::vector<int64_t> ids;
    for (const auto& row : parse_number_rows(answer.text, columns)) {
        if (!row.front()) throw Garbled("a row of a table has no id");
        ids.push_back(*row.front());
    }
    return ids;
}

}  // namespace lifeboat::phone::android
