// Puts a host's words together with a provider's table to one SELECT, as Android does.
#pragma once

#include "sim/android/providers/provider.h"
#include "sim/android/providers/provider_database.h"

namespace lifeboat::sim::android {

struct TableQuery {
    std::string from{};
    std::string restriction{};
    std::string sort{};  // where the host names no order
    // The only names a projection may hold; empty: any expression.
    std::vector<std::string> columns{};
    bool counts = false;  // "_count" is one, alone
    // No words of SQL's grammar in conditions and order: not even LIMIT.
    bool strict_grammar = false;
    std::optional<int64_t> limit{};
    int64_t offset = 0;
};

// Throws JavaException for what the table does not allow.
std::string sql_of(const TableQuery& table, const QueryRequest& request);

// Whether the word stands in the SQL, outside of its texts and names in quotes.
bool has_word(std::string_view sql, std::string_view word);

}  // namespace lifeboat::sim::android
