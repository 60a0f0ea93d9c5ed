// An .ab file as a tree of files, under the names they have in it: "apps/PACKAGE/f/notes.txt",
// "shared/0/DCIM/a.jpg". The file is a stream without an index: it is read once to make one.
#pragma once

#include "ab/archive.h"
#include "base/guarded.h"
#include "base/id.h"

#include <functional>
#include <map>
#include <stop_token>

namespace lifeboat::ab {

// Any thread.
class ArchiveTree final : public FileTree {
public:
    // Gives the file from its start, as often as it is asked.
    using OpenArchive = std::function<std::unique_ptr<ByteSource>()>;

    // What it may take for names, in bytes: some 500,000 files. What is behind is not shown, and
    // named as damage. Small files stay in memory, up to the other limit.
    static constexpr uint64_t most_for_names = uint64_t{256} << 20;
    static constexpr uint64_t most_for_contents = uint64_t{16} << 20;
    // What is taken along.
    static constexpr uint64_t most_along = uint64_t{32} << 20;

    // Reads the file to its end. A damaged or cut one is shown up to there. Paths below "shared"
    // leave room for "apps/" before them. Throws Cancelled, and what Payload throws: NothingSaved,
    // WrongPassword, Unsupported, Corrupt for a wrong header.
    ArchiveTree(OpenArchive open, const SecretText& password, std::stop_token stop = {});
    ~ArchiveTree() override;

    std::optional<Item> find(const ItemPath& path) const override;
    void list(const ItemPath& folder, const Each& each) const override;
    // Reads on from the last opened file where this one is behind it, and from the start where not:
    // best opened in the order of position(). Who comes back takes the next ones of its folder, by
    // name, along into memory: a folder that is read in the order of its names is not read from
    // the start for each of them.
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override;

    // Of a file; throws Missing. What the bytes were when the index was made, and where they stand.
    Digest digest(const ItemPath& path) const;
    uint64_t position(const ItemPath& path) const;

    const std::string& damage() const { return damage_; }  // empty: all of it is shown
    // Whether the bytes of the files are what they were. What is packed or encrypted is only known
    // to be right at its end: of a stream that did not come there, any file may be wrong. A plain
    // one that is cut is as good as ever up to there.
    bool is_proven() const { return proven_; }
    // For names, in bytes.
    uint64_t memory() const { return for_names_ + for_contents_; }
    // Links, devices, names that lead out, are of no app or stand for two things.
    uint64_t left_out() const { return left_out_; }

private:
    struct Node {
        Item item{};
        uint64_t position = 0;  // among the entries of the file
        Digest digest{};
        std::shared_ptr<const Bytes> small{};  // null: to be read from the file
    };
    using Contents = std::map<ItemPath, std::shared_ptr<const Bytes>>;
    struct Reading;
    struct Shared;
    class Content;

    std::unique_ptr<Reading> begin() const;
    std::shared_ptr<const Bytes> kept(const ItemPath& path) const;
    std::shared_ptr<const Bytes> take_along(const Node& wanted) const;
    Contents read_along(const Node& wanted) const;
    void read_all_entries();
    void take_entries(Reading& reading);
    void take(const Entry& entry, uint64_t position, ByteSource& content);
    void take_file(Node node, ByteSource& content);
    bool make_folders(const ItemPath& path);
    void put(Node node);
    const Node* node(const ItemPath& path) const;
    const Node& file(const ItemPath& path) const;

    OpenArchive open_;
    SecretText password_;
    std::stop_token stop_;
    std::map<ItemPath, std::map<std::string, Node>> folders_{};  // children by name
    uint64_t for_names_ = 0, for_contents_ = 0;
    std::string damage_{};
    bool proven_ = true;
    uint64_t left_out_ = 0;
    std::shared_ptr<Shared> shared_;
};

}  // namespace lifeboat::ab
