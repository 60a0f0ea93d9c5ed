#include "app/recent_trees.h"

namespace lifeboat::app {

// What is compared is two of them.
static constexpr size_t most_open = 2;

void RecentTrees::keep_at_most(size_t most) {
    Trees gone;  // freed outside of the lock
    trees_.with([&](Trees& all) {
        while (all.size() > most) gone.splice(gone.begin(), all, std::prev(all.end()));
    });
}

void RecentTrees::make_room() {
    keep_at_most(most_open - 1);
}

void RecentTrees::used(const std::shared_ptr<const FileTree>& tree) {
    trees_.with([&](Trees& all) {
        all.remove(tree);
        all.push_front(tree);
    });
    keep_at_most(most_open);
}

}  // namespace lifeboat::app
