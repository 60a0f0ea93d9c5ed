// Items in memory: a stream over bytes, a tree and a sink over a map. For small contents and for
// tests.
#pragma once

#include "base/guarded.h"
#include "item/item.h"

#include <map>

namespace lifeboat {

// A stream over bytes it owns.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(Bytes bytes) : bytes_(std::move(bytes)) {}
    size_t read(MutableByteView out) override;

private:
    Bytes bytes_;
    size_t at_ = 0;
};

// A tree that is also a sink: what was put is what it gives. `keep` takes from the tree given as
// previous, if any.
class MemoryTree final : public FileTree, public ItemSink {
public:
    explicit MemoryTree(const FileTree* previous = nullptr) : previous_(previous) {}

    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

    void put(const Item& item, ByteSource& content) override;
    bool keep(const Item& item) override;
    void keep_all() override;
    void unreadable(const ItemPath& path, const std::string& reason) override;
    void move(const ItemPath& from, const ItemPath& to) override;
    void remove(const ItemPath& path) override;
    const FileTree& so_far() const override { return *this; }

    void add_file(const ItemPath& path, Bytes content, TimePoint modified = {});
    std::map<ItemPath, std::string> refused() const;

private:
    struct Entry {
        Item item{};
        Bytes content{};
    };
    struct Content {
        std::map<ItemPath, Entry> entries{};
        std::map<ItemPath, std::string> unreadable{};
    };

    void store(const Item& item, Bytes content);

    const FileTree* previous_;
    Guarded<Content> content_;
};

}  // namespace lifeboat
