// The opened backups that were used last: a person compares two of them. Each takes memory for
// every file in it, and seconds to open.
#pragma once

#include "base/guarded.h"
#include "item/item.h"

#include <list>
#include <memory>

namespace lifeboat::app {

// Any thread. Who reads from a tree that is kept no longer holds it for that long.
class RecentTrees {
public:
    // Before one more is opened, so that never more are there than are kept.
    void make_room();
    void used(const std::shared_ptr<const FileTree>& tree);

private:
    using Trees = std::list<std::shared_ptr<const FileTree>>;
    void keep_at_most(size_t most);

    Guarded<Trees> trees_{};
};

}  // namespace lifeboat::app
