#include "sim/android/providers/table_query.h"

#include <fmt/format.h>

#include <array>
#include <cctype>

namespace lifeboat::sim::android {

namespace {

bool is_word_byte(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$' ||
           (static_cast<unsigned char>(c) & 0x80) != 0;
}

bool same_letters(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
    });
}

void refuse_grammar(std::string_view sql) {
    static constexpr std::array<std::string_view, 9> words{
        "SELECT", "FROM", "WHERE", "GROUP", "HAVING", "WINDOW", "VALUES", "ORDER", "LIMIT"};
    for (const std::string_view word : words) {
        if (has_word(sql, word)) throw illegal_argument(fmt::format("Invalid token {}", word));
    }
}

std::string columns_of(const TableQuery& table, const QueryRequest& request) {
    if (!request.projection) {
        return table.columns.empty() ? "*" : fmt::format("{}", fmt::join(table.columns, ", "));
    }
    const auto& wanted = *request.projection;
    if (table.counts && wanted.size() == 1 && wanted.front() == "_count") {
        return "COUNT(*) AS _count";
    }
    for (const std::string& name : wanted) {
        const bool known =
            table.columns.empty() || std::ranges::find(table.columns, name) != table.columns.end();
        if (!known) throw illegal_argument("Invalid column " + name);
    }
    return fmt::format("{}", fmt::join(wanted, ", "));
}

}  // namespace

bool has_word(std::string_view sql, std::string_view word) {
    for (size_t at = 0; at < sql.size();) {
        const char c = sql[at];
        if (c == '\'' || c == '"' || c == '`' || c == '[') {
            const size_t end = sql.find(c == '[' ? ']' : c, at + 1);
            if (end == std::string_view::npos) return false;
            at = end + 1;
        } else if (is_word_byte(c)) {
            size_t end = at;
            while (end < sql.size() && is_word_byte(sql[end])) ++end;
            if (same_letters(sql.substr(at, end - at), word)) return true;
            at = end;
        } else {
            ++at;
        }
    }
    return false;
}

std::string sql_of(const TableQuery& table, const QueryRequest& request) {
    if (table.strict_grammar) {
        refuse_grammar(request.where);
        refuse_grammar(request.sort);
    }
    std::string sql = fmt::format("SELECT {} FROM {}", columns_of(table, request), table.from);
    const std::string where = both(table.restriction, request.where);
    if (!where.empty()) sql += " WHERE (" + where + ")";
    const std::string& sort = request.sort.empty() ? table.sort : request.sort;
    if (!sort.empty()) sql += " ORDER BY " + sort;
    if (table.limit) sql += fmt::format(" LIMIT {},{}", table.offset, *table.limit);
    return sql;
}

}  // namespace lifeboat::sim::android
