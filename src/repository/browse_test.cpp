#include "repository/browse.h"

#include "base/error.h"
#include "repository/open_file.h"
#include "repository/test_world.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

namespace lifeboat::repository {
namespace {

using testing_world::some_contents;
using testing_world::World;

class BrowseTest : public testing::Test {
protected:
    void SetUp() override {
        repository_ = world_.open(place_);
        testing_world::back_up(*repository_, files_, nullptr, TimePoint{std::chrono::hours{1}});
        browser_ = browse(*repository_, {});
        root_ = browser_->open(repository_->snapshots({}).at(0));
    }

    std::unique_ptr<OpenFile> open(const std::string& path) {
        auto listing = root_->listing({});
        std::string_view rest = path;
        for (;;) {
            const std::string_view part = rest.substr(0, rest.find('/'));
            const auto number = listing->find(part);
            if (!number) throw Missing("no " + path);
            if (part.size() == rest.size()) return listing->file(*number, {});
            listing = listing->folder(*number)->listing({});
            rest.remove_prefix(part.size() + 1);
        }
    }
    static Bytes read(const OpenFile& file, uint64_t offset, size_t size) {
        Bytes bytes;
        for (const Piece& piece : file.read_at(offset, size, {})) append(bytes, piece.bytes);
        return bytes;
    }
    static Bytes part(const Bytes& all, uint64_t offset, size_t size) {
        const size_t from = std::min<size_t>(offset, all.size());
        const size_t to = std::min(from + size, all.size());
        return {all.begin() + static_cast<ptrdiff_t>(from),
                all.begin() + static_cast<ptrdiff_t>(to)};
    }
    std::vector<std::string> packs() {
        std::vector<std::string> names;
        place_.list("data/", [&](const std::string& name, uint64_t) { names.push_back(name); }, {});
        return names;
    }

    World world_;
    storage::MemoryBackend place_;
    testing_world::Contents files_ = some_contents();
    std::unique_ptr<OpenRepository> repository_;
    std::unique_ptr<Browser> browser_;
    std::shared_ptr<const OpenFolder> root_;
};

TEST_F(BrowseTest, everyOffsetOfEveryFileIsRight) {
    sys::SeededRandom random(3);
    for (const auto& [path, content] : files_) {
        const auto file = open(path);
        ASSERT_EQ(file->size(), content.size()) << path;
        EXPECT_EQ(read(*file, 0, content.size() + 5), content) << path;
        EXPECT_TRUE(read(*file, content.size(), 10).empty());
        EXPECT_TRUE(read(*file, UINT64_MAX - 5, 10).empty());
        for (int i = 0; i < 50 && !content.empty(); ++i) {
            const uint64_t offset = random.number() % (content.size() + 3);
            const size_t size = random.number() % 400'000;
            ASSERT_EQ(read(*file, offset, size), part(content, offset, size)) << path << offset;
        }
    }
}

TEST_F(BrowseTest, aListingIsWhatTheTreeSays) {
    const auto listing = root_->listing({});
    std::vector<std::string> names;
    for (size_t i = 0; i < listing->size(); ++i) {
        names.emplace_back(listing->entry(i).name);
        EXPECT_TRUE(listing->can_be_shown(i));
        EXPECT_EQ(listing->find(names.back()), i);
    }
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_EQ(std::set(names.begin(), names.end()),
              (std::set<std::string>{"a", "bad-\xff-name \"\\\n", "chat.db", "empty", "text.txt"}));
    const OpenEntry database = listing->entry(*listing->find("chat.db"));
    EXPECT_EQ(database.mode, static_cast<uint32_t>(S_IFREG | 0640));
    EXPECT_EQ(database.size, 300'000u);
    EXPECT_EQ(database.modified,
              TimePoint{std::chrono::seconds{1'700'000'000}} + nanoseconds{120'000'000});
    EXPECT_TRUE(S_ISDIR(listing->entry(*listing->find("a")).mode));
    EXPECT_FALSE(listing->find("nothing"));
}

TEST_F(BrowseTest, aFlippedByteIsAnErrorAndNoOtherFileSuffers) {
    for (const std::string& name : packs()) {
        Bytes pack = place_.load(name, {}, {});
        pack[pack.size() / 2] ^= std::byte{1};
        place_.remove(name, {});
        place_.save(name, pack, {});
    }
    size_t errors = 0;
    for (const auto& [path, content] : files_) {
        try {
            EXPECT_EQ(read(*open(path), 0, content.size()), content) << path;
        } catch (const Corrupt&) {
            ++errors;
        }
    }
    EXPECT_GT(errors, 0u);
    EXPECT_LT(errors, files_.size());
}

TEST_F(BrowseTest, aFileOfSizesThatNobodyKnowsGivesWhatIsBeforeAndBehind) {
    // A copy of the file's node with one piece that no index has.
    Store& store = repository_->store();
    const auto tree = store.load_tree(repository_->snapshots({}).at(0).tree, {});
    const auto inside = store.load_tree(find_node(*tree, "a")->subtree, {});
    const auto below = store.load_tree(find_node(*inside, "b")->subtree, {});
    Node node = *find_node(*below, "random");
    ASSERT_GE(node.content.size(), 2u);
    const uint64_t first = store.load_blob(node.content[0], BlobType::data, {})->size;
    const uint64_t second = store.load_blob(node.content[1], BlobType::data, {})->size;
    node.content[1].value[0] ^= std::byte{1};
    auto changed = std::make_shared<const Tree>(Tree{node});
    BlobReader reader(store, size_t{1} << 20, 1);
    const SnapshotFile file(store, reader, changed, changed->at(0), {});
    const Bytes& whole = files_.at("a/b/random");
    EXPECT_EQ(read(file, 0, first), part(whole, 0, first));
    EXPECT_THROW(read(file, first, 1), Corrupt);
    EXPECT_THROW(read(file, first + second - 1, 1), Corrupt);
    EXPECT_EQ(read(file, first + second, whole.size()), part(whole, first + second, whole.size()));
    EXPECT_THROW(read(file, 0, whole.size()), Corrupt);
}

TEST_F(BrowseTest, aFolderThatLiesAboutASizeGetsNoBytesThatAreNotThere) {
    Store& store = repository_->store();
    const auto tree = store.load_tree(repository_->snapshots({}).at(0).tree, {});
    BlobReader reader(store, size_t{1} << 20, 1);
    Node node = *find_node(*tree, "text.txt");
    const Bytes& whole = files_.at("text.txt");
    node.size += 10;
    auto longer = std::make_shared<const Tree>(Tree{node});
    const SnapshotFile too_long(store, reader, longer, longer->at(0), {});
    EXPECT_EQ(read(too_long, 0, whole.size()), whole);
    EXPECT_THROW(read(too_long, whole.size(), 1), Corrupt);
    node.content.clear();
    auto hollow = std::make_shared<const Tree>(Tree{node});
    EXPECT_THROW(read(SnapshotFile(store, reader, hollow, hollow->at(0), {}), 0, 1), Corrupt);
}

TEST_F(BrowseTest, manyReadersLoadEachPieceOnce) {
    const auto file = open("a/b/random");
    const Bytes& whole = files_.at("a/b/random");
    TaskGroup group(std::stop_token{});
    for (uint64_t thread = 0; thread < 4; ++thread) {
        group.run([&, thread](const std::stop_token& stop) {
            sys::SeededRandom random(thread);
            for (int i = 0; i < 40 && !stop.stop_requested(); ++i) {
                const uint64_t offset = random.number() % whole.size();
                if (read(*file, offset, 100'000) != part(whole, offset, 100'000)) {
                    throw Corrupt("other bytes");
                }
            }
        });
    }
    EXPECT_NO_THROW(group.join());
}

TEST_F(BrowseTest, aStopEndsAReader) {
    std::stop_source stopped;
    stopped.request_stop();
    BlobReader reader(repository_->store(), size_t{1} << 20, 1);
    const auto tree = repository_->store().load_tree(repository_->snapshots({}).at(0).tree, {});
    const BlobId id = find_node(*tree, "text.txt")->content.at(0);
    const size_t size = reader.get(id, {})->size;
    EXPECT_EQ(reader.get(id, stopped.get_token())->size, size);  // what is here needs no waiting
}

}  // namespace
}  // namespace lifeboat::repository
