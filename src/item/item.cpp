#include "item/item.h"

#include "base/error.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace lifeboat {

bool same_date(TimePoint a, TimePoint b) {
    if (a == b) return true;
    const auto a_seconds = std::chrono::floor<std::chrono::seconds>(a);
    const auto b_seconds = std::chrono::floor<std::chrono::seconds>(b);
    return a_seconds == b_seconds && (a == a_seconds || b == b_seconds);
}

void walk(const FileTree& tree, const ItemPath& folder, const FileTree::Each& each) {
    // A stack of our own: the depth of a hostile tree must not become the depth of ours.
    std::vector<Item> waiting;
    const auto push_children = [&](const ItemPath& of) {
        const size_t first = waiting.size();
        tree.list(of, [&](const Item& item) { waiting.push_back(item); });
        std::reverse(waiting.begin() + static_cast<std::ptrdiff_t>(first), waiting.end());
    };
    push_children(folder);
    while (!waiting.empty()) {
        const Item item = std::move(waiting.back());
        waiting.pop_back();
        each(item);
        if (item.kind == ItemKind::folder) push_children(item.path);
    }
}

Bytes read_all(ByteSource& source, uint64_t limit) {
    Bytes all;
    std::array<std::byte, 16384> part{};
    while (const size_t size = source.read(part)) {
        if (all.size() + size > limit) throw Corrupt("a file is larger than it may be");
        append(all, ByteView(part).first(size));
    }
    return all;
}

}  // namespace lifeboat
