#include "repository/prune_mark.h"

#include "base/error.h"
#include "base/task_group.h"

#include <fmt/format.h>

#include <thread>

namespace lifeboat::repository {

namespace {

[[noreturn]] void throw_lost(BlobType type, const BlobId& id) {
    throw Corrupt(
        fmt::format("No index of the repository knows the {} {}",
                    type == BlobType::tree ? "folder" : "piece", id.hex()),
        "Nothing was deleted. Check the repository to learn what is lost, and mend it with "
        "`lifeboat place repair` before you tidy up.");
}

class Marker {
public:
    Marker(Store& store, const std::vector<MarkRoot>& roots, EntryBits& used,
           const std::function<void()>& each_root)
        : store_(store), roots_(roots), used_(used), each_root_(each_root) {
        todo_.with([&](Todo& todo) { todo.trees_left.resize(roots.size()); });
    }

    void run(const std::stop_token& stop) {
        for (size_t root = 0; root < roots_.size(); ++root) {
            while_doing("looking through " + roots_[root].name, [&] {
                // A second backup of the same files has nothing to walk.
                if (add_trees({roots_[root].tree}, root, stop) == 0) each_root_();
            });
        }
        const unsigned wanted = store_.options().workers;
        const unsigned workers = wanted != 0 ? wanted : std::thread::hardware_concurrency();
        TaskGroup group(stop);
        for (unsigned i = 0; i < std::max(1u, workers); ++i) {
            group.run([this](const std::stop_token& own) { work(own); });
        }
        group.join();
    }

private:
    struct Step {
        BlobId tree{};
        size_t root = 0;
    };
    // The last found is walked first: what waits is then about as long as the trees are deep and
    // wide at one place, not as long as all of them.
    struct Todo {
        std::vector<Step> steps{};
        std::vector<size_t> trees_left{};  // of each root, waiting or being read
        size_t unfinished = 0;             // of all roots
    };

    void work(const std::stop_token& stop) {
        while (true) {
            std::optional<Step> step;
            const bool woken = todo_.wait(
                stop, [](const Todo& todo) { return !todo.steps.empty() || todo.unfinished == 0; },
                [&](Todo& todo) {
                    if (todo.steps.empty()) return;
                    step = todo.steps.back();
                    todo.steps.pop_back();
                });
            if (!woken || !step) return;
            while_doing("looking through " + roots_[step->root].name, [&] { walk(*step, stop); });
        }
    }

    void walk(const Step& step, const std::stop_token& stop) {
        const auto tree = store_.load_tree(step.tree, stop);
        std::vector<BlobId> folders;
        store_.with_index(stop, [&](const Index& index) {
            for (const Node& node : *tree) {
                for (const BlobId& piece : node.content) mark(index, piece, BlobType::data);
                if (node.type == NodeType::dir) folders.push_back(node.subtree);
            }
        });
        add_trees(folders, step.root, stop);
        const bool root_done = todo_.update([&](Todo& todo) {
            --todo.unfinished;
            return --todo.trees_left[step.root] == 0;
        });
        if (root_done) each_root_();
    }

    bool mark(const Index& index, const BlobId& id, BlobType type) {
        const auto entry = index.first_entry(id, type);
        if (!entry) throw_lost(type, id);
        return used_.set(*entry);
    }

    // Those that no other walk has found already; their number.
    size_t add_trees(const std::vector<BlobId>& trees, size_t root, const std::stop_token& stop) {
        std::vector<Step> fresh;
        store_.with_index(stop, [&](const Index& index) {
            for (const BlobId& tree : trees) {
                if (mark(index, tree, BlobType::tree)) fresh.push_back({tree, root});
            }
        });
        todo_.update([&](Todo& todo) {
            todo.steps.insert(todo.steps.end(), fresh.begin(), fresh.end());
            todo.trees_left[root] += fresh.size();
            todo.unfinished += fresh.size();
        });
        return fresh.size();
    }

    Store& store_;
    const std::vector<MarkRoot>& roots_;
    EntryBits& used_;
    const std::function<void()>& each_root_;
    Guarded<Todo> todo_;
};

}  // namespace

void mark_used(Store& store, const std::vector<MarkRoot>& roots, EntryBits& used,
               const std::function<void()>& each_root, const std::stop_token& stop) {
    Marker(store, roots, used, each_root).run(stop);
}

}  // namespace lifeboat::repository
