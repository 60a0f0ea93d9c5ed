#include "phone/ios/media.h"

#include "crypto/sha256.h"
#include "item/memory_items.h"
#include "phone/ios/ios_world_test.h"

#include <gmock/gmock.h>

#include <set>

namespace lifeboat::phone::ios {
namespace {

class IosMedia : public IosWorld {
protected:
    static std::set<std::string> files_of(const Inventory& inventory) {
        std::set<std::string> out;
        for (const Item& item : inventory.items) {
            if (item.kind == ItemKind::file) out.insert(item.path.text());
        }
        return out;
    }
    std::map<std::string, std::string> hashed(Phone& phone, const std::vector<ItemPath>& paths) {
        std::map<std::string, std::string> out;
        phone.digests(
            paths,
            [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string& why) {
                out[path.text()] = digest ? digest->hex() : "? " + why;
            },
            {});
        return out;
    }
};

std::string sha256_of(std::string_view content) {
    return to_hex(crypto::sha256(as_bytes(content)));
}

TEST_F(IosMedia, InventoryIsWhatAPersonHas) {
    simulated();
    write_media("DCIM/100APPLE/IMG_0001.HEIC", "photo", 1'700'000'000);
    write_media("DCIM/100APPLE/\xc3\xbc 2.JPG", "", 1'700'000'001);
    write_media("Books/a.epub", "book", 1'700'000'002);
    write_media("PhotoData/Mutations/DCIM/100APPLE/IMG_0001/Adjustments/FullSizeRender.jpg",
                "edited", 1'700'000'003);
    write_media("PhotoData/Photos.sqlite", "library", 1'700'000'004);
    write_media("PhotoData/Thumbnails/V2/DCIM/100APPLE/IMG_0001.HEIC/5005.JPG", "small", 1);
    write_media("iTunes_Control/Music/F00/ABCD.m4a", "synced", 1);
    std::filesystem::create_symlink("/etc", media("DCIM/link"));
    const Inventory inventory = paired()->inventory({});
    EXPECT_TRUE(inventory.unreadable.empty());
    EXPECT_THAT(
        files_of(inventory),
        ::testing::ElementsAre(
            "Media/Books/a.epub", "Media/DCIM/100APPLE/IMG_0001.HEIC",
            "Media/DCIM/100APPLE/\xc3\xbc 2.JPG",
            "Media/PhotoData/Mutations/DCIM/100APPLE/IMG_0001/Adjustments/FullSizeRender.jpg"));
    std::set<ItemPath> seen;
    for (const Item& item : inventory.items) {
        EXPECT_TRUE(item.path.parent().is_root() || seen.contains(item.path.parent()))
            << item.path.text();
        seen.insert(item.path);
        if (item.path.name() == "IMG_0001.HEIC") {
            EXPECT_EQ(item.size, 5u);
            EXPECT_EQ(item.modified, TimePoint(nanoseconds(1'700'000'000'123'456'789)));
        }
        if (item.path.name() == "link") {
            EXPECT_EQ(item.kind, ItemKind::symlink);
        }
    }
}

TEST_F(IosMedia, DigestsAreOfTheBytesOnThePhone) {
    simulated();
    const std::string large(5'000'000, 'x');
    write_media("DCIM/100APPLE/A.MOV", large, 1);
    write_media("DCIM/100APPLE/B.JPG", "", 1);
    const auto phone = paired();
    const auto found = hashed(
        *phone, {ItemPath("Media/DCIM/100APPLE/A.MOV"), ItemPath("Media/DCIM/100APPLE/none"),
                 ItemPath("HomeDomain/Library/SMS/sms.db"), ItemPath("Media/DCIM/100APPLE/B.JPG")});
    EXPECT_EQ(found.at("Media/DCIM/100APPLE/A.MOV"), sha256_of(large));
    EXPECT_EQ(found.at("Media/DCIM/100APPLE/B.JPG"), sha256_of(""));
    EXPECT_EQ(found.at("Media/DCIM/100APPLE/none"), "? the iPhone has no such file");
    EXPECT_EQ(found.at("HomeDomain/Library/SMS/sms.db"), "? the iPhone has no such file");
}

TEST_F(IosMedia, RestoreWritesWithDatesAndReplaces) {
    simulated();
    write_media("DCIM/100APPLE/IMG_2.JPG", "something else", 5);
    MemoryTree tree;
    const std::string large(3'000'000, 'l');
    const TimePoint when(nanoseconds(1'600'000'000'250'000'000));
    tree.add_file(ItemPath("Media/DCIM/100APPLE/IMG_2.JPG"), to_bytes("right"), when);
    tree.add_file(ItemPath("Media/DCIM/101APPLE/it's.MOV"), to_bytes(large), when);
    tree.add_file(ItemPath("Media/Books/empty"), {}, when);
    tree.add_file(ItemPath("HomeDomain/Library/SMS/sms.db"), to_bytes("db"), when);
    const auto phone = paired();
    const RestoreOutcome outcome = phone->restore(tree, {}, told_, {});
    EXPECT_EQ(outcome.files, 3u);
    EXPECT_EQ(outcome.bytes, 3'000'005u);
    ASSERT_EQ(outcome.failed.size(), 1u);
    EXPECT_EQ(outcome.failed[0].path.text(), "HomeDomain/Library/SMS/sms.db");
    EXPECT_EQ(content_of(media("DCIM/100APPLE/IMG_2.JPG")), "right");
    EXPECT_EQ(content_of(media("DCIM/101APPLE/it's.MOV")), large);
    EXPECT_EQ(content_of(media("Books/empty")), "");
    struct stat info {};
    ASSERT_EQ(::stat(media("DCIM/101APPLE/it's.MOV").c_str(), &info), 0);
    EXPECT_EQ(info.st_mtim.tv_sec, 1'600'000'000);
    EXPECT_EQ(info.st_mtim.tv_nsec, 250'000'000);
    EXPECT_EQ(told_.items_done, 3u);
    // No drafts are left.
    EXPECT_EQ(files_of(phone->inventory({})).size(), 3u);
}

TEST_F(IosMedia, RestoreOfAPart) {
    MemoryTree tree;
    tree.add_file(ItemPath("Media/DCIM/100APPLE/A.JPG"), to_bytes("a"));
    tree.add_file(ItemPath("Media/Books/b"), to_bytes("b"));
    const auto phone = paired();
    const std::vector<ItemPath> only{ItemPath("Media/Books")};
    EXPECT_EQ(phone->restore(tree, only, told_, {}).files, 1u);
    EXPECT_FALSE(std::filesystem::exists(media("DCIM/100APPLE/A.JPG")));
    const std::vector<ItemPath> none{ItemPath("Media/nothing")};
    EXPECT_THROW(phone->restore(tree, none, told_, {}), Missing);
}

TEST_F(IosMedia, RestoreLooksAtTheRoomFirst) {
    MemoryTree tree;
    tree.add_file(ItemPath("Media/DCIM/big.MOV"), Bytes(2'000'000));
    const auto phone = paired();
    change([](sim::ios::DeviceState& s) { s.disk_free = 1'000'000; });
    EXPECT_THROW(phone->restore(tree, {}, told_, {}), NoSpace);
    EXPECT_FALSE(std::filesystem::exists(media("DCIM/big.MOV")));
}

// Gives a file whose second half is damaged.
class DamagedTree final : public FileTree {
public:
    explicit DamagedTree(const MemoryTree& tree) : tree_(tree) {}
    std::optional<Item> find(const ItemPath& path) const override { return tree_.find(path); }
    void list(const ItemPath& folder, const Each& each) const override { tree_.list(folder, each); }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        struct Half final : ByteSource {
            size_t read(MutableByteView out) override {
                if (std::exchange(given, true)) throw Corrupt("a block of this copy is damaged");
                return out.size();
            }
            bool given = false;
        };
        if (path.name() == "damaged") return std::make_unique<Half>();
        return tree_.open(path);
    }

private:
    const MemoryTree& tree_;
};

TEST_F(IosMedia, ADamagedFileIsNamedAndTheRestComesBack) {
    simulated();
    write_media("DCIM/damaged", "what was there", 1);
    MemoryTree tree;
    for (const char* name : {"a", "damaged", "z"}) {
        tree.add_file(ItemPath(std::string("Media/DCIM/") + name), to_bytes("0123456789"));
    }
    const auto outcome = paired()->restore(DamagedTree(tree), {}, told_, {});
    EXPECT_EQ(outcome.files, 2u);
    ASSERT_EQ(outcome.failed.size(), 1u);
    EXPECT_EQ(outcome.failed[0].reason, "a block of this copy is damaged");
    EXPECT_EQ(content_of(media("DCIM/damaged")), "what was there");
    EXPECT_FALSE(std::filesystem::exists(media("DCIM/.lifeboat-part")));
}

// The phone goes away in the middle of each of these.
TEST_F(IosMedia, AVanishedPhoneEndsEverythingWithinTwoSeconds) {
    simulated();
    for (int i = 0; i < 2'000; ++i) {
        write_media(fmt::format("DCIM/100APPLE/IMG_{}.JPG", i), std::string(2'000, 'p'), 1);
    }
    const auto phone = paired();
    const Inventory inventory = phone->inventory({});
    std::vector<ItemPath> paths;
    for (const Item& item : inventory.items) paths.push_back(item.path);
    nanoseconds gone{};
    const auto vanish = [&] {
        gone = clock_.monotonic();
        phone_->disappear();
    };
    const auto expect_gone = [&](const char* what, auto work) {
        EXPECT_THROW(work(), Gone) << what;
        EXPECT_LT(clock_.monotonic() - gone, std::chrono::seconds(2)) << what;
        phone_->come_back();
    };
    expect_gone("digests", [&] {
        size_t count = 0;
        phone->digests(paths,
                       [&](const ItemPath&, const std::optional<Digest>&, const std::string&) {
                           if (++count == 100) vanish();
                       },
                       {});
    });
    MemoryTree tree;
    for (int i = 0; i < 500; ++i) {
        tree.add_file(ItemPath(fmt::format("Media/Books/{}", i)), to_bytes("book"));
    }
    struct Puller final : EventSink {
        explicit Puller(std::function<void()> pull) : pull_(std::move(pull)) {}
        void on(const Event& event) noexcept override {
            if (std::holds_alternative<ItemDone>(event) && ++count == 100) pull_();
        }
        size_t count = 0;
        std::function<void()> pull_;
    } puller(vanish);
    expect_gone("restore", [&] { phone->restore(tree, {}, puller, {}); });
    EXPECT_EQ(phone->restore(tree, {}, told_, {}).files, 500u);
}

}  // namespace
}  // namespace lifeboat::phone::ios
