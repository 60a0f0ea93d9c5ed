#include "app/suggest.h"

#include <algorithm>
#include <vector>

namespace lifeboat::app {
namespace {

// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::vector<size_t>> cost(from.size() + 1, std::vector<size_t>(to.size() + 1));
    for (size_t i = 0; i <= from.size(); ++i) cost[i][0] = i;
    for (size_t j = 0; j <= to.size(); ++j) cost[0][j] = j;
    for (size_t i = 1; i <= from.size(); ++i) {
        for (size_t j = 1; j <= to.size(); ++j) {
            const size_t change = cost[i - 1][j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            cost[i][j] = std::min({change, cost[i - 1][j] + 1, cost[i][j - 1] + 1});
            const bool swapped =
                i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
    }
    return cost[from.size()][to.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known) {
    constexpr size_t longest_word = 64;
    if (typed.empty() || typed.size() > longest_word) return std::nullopt;
    std::optional<std::string> best;
    size_t best_cost = std::max<size_t>(1, typed.size() / 3) + 1;
    for (const std::string& word : known) {
        const size_t cost = edits(typed, word);
        if (cost >= best_cost) continue;
        best_cost = cost;
        best = word;
    }
    return best;
}

}  // namespace lifeboat::app
