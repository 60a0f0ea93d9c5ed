// Files written onto a simulated phone that refuses some of them, or is unplugged, out of copies
// that are damaged: over an adb server and over a connection of our own, plain and packed.
#include "phone/android/android_phone.h"
#include "phone/android/contract_world_test.h"
#include "phone/android/direct/direct_transport.h"
#include "phone/android/replacing.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view folder = "/storage/emulated/0/Documents/";

struct Way {
    bool direct = false;
    bool packed = false;
};

std::string noise(size_t size, uint32_t seed) {
    std::string out(size, '\0');
    for (char& c : out) {
        seed = seed * 1'664'525 + 1'013'904'223;
        c = static_cast<char>(seed >> 24);
    }
    return out;
}

// Told of what happens in the middle.
struct Listening final : EventSink {
    void on(const Event& event) noexcept override {
        if (const auto* failed = std::get_if<ItemFailed>(&event)) {
            ++named[failed->path];
        } else if (const auto* done = std::get_if<ItemDone>(&event)) {
            ++written[done->path];
            if (on_done) on_done(done->path);
        }
    }
    std::map<std::string, int> named{}, written{};
    std::function<void(const std::string&)> on_done{};
};

// Bytes of a file, with something that happens once so many were read.
class EventfulSource final : public ByteSource {
public:
    EventfulSource(std::unique_ptr<ByteSource> source, uint64_t at, std::function<void()> happens)
        : source_(std::move(source)), at_(at), happens_(std::move(happens)) {}
    size_t read(MutableByteView out) override {
        if (given_ >= at_ && happens_) std::exchange(happens_, {})();
        const size_t got = source_->read(out.first(std::min<size_t>(out.size(), 65536)));
        given_ += got;
        return got;
    }

private:
    std::unique_ptr<ByteSource> source_;
    uint64_t at_;
    uint64_t given_ = 0;
    std::function<void()> happens_;
};

class EventfulTree final : public FileTree {
public:
    using Happens = std::function<void(const std::string& name)>;
    EventfulTree(const MemoryTree& tree, uint64_t at, Happens happens)
        : tree_(tree), at_(at), happens_(std::move(happens)) {}
    std::optional<Item> find(const ItemPath& path) const override { return tree_.find(path); }
    void list(const ItemPath& in, const Each& each) const override { tree_.list(in, each); }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        return std::make_unique<EventfulSource>(
            tree_.open(path), at_, [this, name = std::string(path.name())] { happens_(name); });
    }

private:
    const MemoryTree& tree_;
    uint64_t at_;
    Happens happens_;
};

class PushContract : public AndroidContract, public testing::WithParamInterface<Way> {
protected:
    std::unique_ptr<Phone> over_its_way() {
        const AndroidOptions options{.pack_pushed = GetParam().packed};
        if (!GetParam().direct) return connected(options);
        transport_ = std::make_unique<DirectTransport>(
            DirectSettings{.key = [] { return crypto::AndroidKey(key().pem().duplicate()); },
                           .owner = "ada@laptop",
                           .patience = std::chrono::milliseconds(3000)},
            clock_);
        return std::make_unique<AndroidPhone>(*transport_, phone_->address(), clock_, options,
                                              std::stop_token{});
    }
    static const crypto::AndroidKey& key() {
        static const crypto::AndroidKey made = crypto::AndroidKey::make();
        return made;
    }

    void add(const std::string& name, const std::string& content) {
        const auto date = TimePoint(std::chrono::seconds(1'600'000'000) +
                                    std::chrono::nanoseconds(123'000'000 + content.size()));
        tree_.add_file(path_of(name), to_bytes(content), date);
        content_[name] = content;
    }
    void refuse(const std::string& path, int error) {
        phone_->faults().with([&](sim::FaultPlan& plan) { plan.refuse[path] = error; });
    }
    void plan_refusal(const std::string& name) { refuse(std::string(folder) + name, EACCES); }

    static ItemPath path_of(const std::string& name) {
        return ItemPath("sdcard/Documents/" + name);
    }
    std::string on_phone(const std::string& name) const { return sdcard("Documents/" + name); }
    static timespec date_of(const std::string& file) {
        struct stat info {};
        EXPECT_EQ(::lstat(file.c_str(), &info), 0) << file;
        return info.st_mtim;
    }

    // Those names and no others are named as failed, once each, and every other file is there.
    void expect_all_but(const RestoreOutcome& outcome,
                        const std::map<std::string, std::string>& why) {
        std::map<std::string, std::string> failed;
        for (const auto& one : outcome.failed) {
            EXPECT_TRUE(failed.emplace(one.path.text(), one.reason).second) << one.path.text();
        }
        EXPECT_EQ(failed.size(), why.size());
        EXPECT_EQ(listening_.named.size(), why.size());
        for (const auto& [name, words] : why) {
            EXPECT_THAT(failed[path_of(name).text()], HasSubstr(words)) << name;
            EXPECT_EQ(listening_.named[path_of(name).text()], 1) << name;
        }
        EXPECT_EQ(outcome.files, content_.size() - why.size());
        for (const auto& [name, content] : content_) {
            if (why.contains(name)) continue;
            EXPECT_TRUE(std::filesystem::exists(on_phone(name)) &&
                        read_file(on_phone(name)) == content)
                << name;
            EXPECT_EQ(date_of(on_phone(name)).tv_sec, 1'600'000'000) << name;
            EXPECT_EQ(date_of(on_phone(name)).tv_nsec, 123'000'000 + content.size()) << name;
            EXPECT_EQ(listening_.written[path_of(name).text()], 1) << name;
        }
    }
    // Nothing of ours is left in the folder.
    std::vector<std::string> names_of_ours() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(sdcard("Documents"))) {
            const std::string name = entry.path().filename();
            if (name.starts_with(".")) found.push_back(name);
        }
        return found;
    }

    MemoryTree tree_{};
    std::map<std::string, std::string> content_{};
    Listening listening_{};
    std::unique_ptr<DirectTransport> transport_{};
};

TEST_P(PushContract, ThreeOfTenAreRefused) {
    simulated();
    std::map<std::string, std::string> why;
    for (int i = 0; i < 10; ++i) {
        const std::string name = fmt::format("{}.txt", i);
        add(name, noise(static_cast<size_t>(i) * 30'000, 7));
        if (i % 4 != 1) continue;
        plan_refusal(name);
        why[name] = "couldn't create file: Permission denied";
    }
    expect_all_but(over_its_way()->restore(tree_, {}, listening_, {}), why);
}

TEST_P(PushContract, FortyOfTwoHundredAreRefused) {
    simulated();
    std::map<std::string, std::string> why;
    for (int i = 0; i < 200; ++i) {
        const std::string name = fmt::format("{:03}.txt", i);
        add(name, noise(static_cast<size_t>(i % 7) * 20'000, static_cast<uint32_t>(i)));
        if (i % 5 != 0) continue;
        plan_refusal(name);
        why[name] = "couldn't create file: Permission denied";
    }
    expect_all_but(over_its_way()->restore(tree_, {}, listening_, {}), why);
}

TEST_P(PushContract, LargeFilesAreRefused) {
    simulated();
    for (int i = 0; i < 30; ++i) {
        add(fmt::format("{:02}.db", i), noise(5'000'000, static_cast<uint32_t>(i)));
    }
    plan_refusal("00.db");
    plan_refusal("11.db");
    plan_refusal("29.db");
    const std::string words = "Permission denied";
    expect_all_but(over_its_way()->restore(tree_, {}, listening_, {}),
                   {{"00.db", words}, {"11.db", words}, {"29.db", words}});
}

// More of a file than anybody would send for nothing.
class VeryLongSource final : public ByteSource {
public:
    static constexpr uint64_t end = uint64_t{4} << 30;
    explicit VeryLongSource(uint64_t& given) : given_(given) {}
    size_t read(MutableByteView out) override {
        if (given_ >= end) return 0;
        const auto bytes = noise(out.size(), static_cast<uint32_t>(given_));
        std::ranges::copy(as_bytes(bytes), out.begin());
        given_ += out.size();
        return out.size();
    }

private:
    uint64_t& given_;
};

class VeryLongTree final : public FileTree {
public:
    VeryLongTree(const MemoryTree& tree, uint64_t& given) : tree_(tree), given_(given) {}
    std::optional<Item> find(const ItemPath& path) const override { return tree_.find(path); }
    void list(const ItemPath& in, const Each& each) const override { tree_.list(in, each); }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        if (path.name() != "long.db") return tree_.open(path);
        return std::make_unique<VeryLongSource>(given_);
    }

private:
    const MemoryTree& tree_;
    uint64_t& given_;
};

TEST_P(PushContract, ARefusalIsHeardInTheMiddleOfALargeFile) {
    simulated();
    for (const char* name : {"a.db", "long.db", "z.db"}) add(name, noise(200'000, 4));
    plan_refusal("long.db");
    uint64_t given = 0;
    expect_all_but(over_its_way()->restore(VeryLongTree(tree_, given), {}, listening_, {}),
                   {{"long.db", "couldn't create file: Permission denied"}});
    EXPECT_LT(given, VeryLongSource::end);
}

TEST_P(PushContract, AnOldFileOutlivesTheRefusalOfItsNewOne) {
    const timespec old_date{1'500'000'000, 5};
    write_file(on_phone("a.txt"), "old a", old_date);
    write_file(on_phone("b.txt"), "old b", old_date);
    write_file(on_phone("c.txt"), "old c", old_date);
    simulated();
    for (const char* name : {"a.txt", "b.txt", "c.txt"}) add(name, noise(300'000, 1));
    const std::string beside = name_beside("/sdcard/Documents/a.txt");
    refuse(std::string(folder) + beside.substr(beside.rfind('/') + 1), EPERM);
    plan_refusal("b.txt");  // lets itself be written beside, and not be moved over the old one
    expect_all_but(over_its_way()->restore(tree_, {}, listening_, {}),
                   {{"a.txt", "couldn't create file: Operation not permitted"},
                    {"b.txt", "in the place of the file that is there: Permission denied"}});
    for (const std::string name : {"a", "b"}) {
        EXPECT_EQ(read_file(on_phone(name + ".txt")), "old " + name);
        EXPECT_EQ(date_of(on_phone(name + ".txt")).tv_sec, old_date.tv_sec);
        EXPECT_EQ(date_of(on_phone(name + ".txt")).tv_nsec, old_date.tv_nsec);
    }
    EXPECT_THAT(names_of_ours(), IsEmpty());
}

TEST_P(PushContract, AnOldFileOutlivesAFullPhone) {
    write_file(on_phone("b.db"), "what was there");
    simulated();
    add("a.db", noise(100'000, 1));
    add("b.db", noise(60'000'000, 2));
    // The first answer is waited for before the next file is sent.
    listening_.on_done = [&](const std::string&) { phone_->set_free_bytes(3'000'000); };
    const auto outcome = over_its_way()->restore(tree_, {}, listening_, {});
    expect_all_but(outcome, {{"b.db", "write failed: No space left on device"}});
    EXPECT_EQ(read_file(on_phone("b.db")), "what was there");
}

TEST_P(PushContract, AnOldFileOutlivesDamageInTheCopy) {
    for (const char* name : {"a.db", "damaged.db", "z.jpg"}) {
        write_file(on_phone(name), std::string("old ") + name);
    }
    simulated();
    for (const char* name : {"a.db", "damaged.db", "new.db", "z.jpg"}) {
        add(name, noise(3'000'000, 3));
    }
    const EventfulTree damaged(tree_, 1'000'000, [](const std::string& name) {
        if (name == "damaged.db") throw Corrupt("a block of this copy is damaged");
    });
    expect_all_but(over_its_way()->restore(damaged, {}, listening_, {}),
                   {{"damaged.db", "a block of this copy is damaged"}});
    EXPECT_EQ(read_file(on_phone("damaged.db")), "old damaged.db");
    EXPECT_THAT(names_of_ours(), IsEmpty());
    EXPECT_THAT(phone_->device().gallery(), testing::Contains(std::string(folder) + "z.jpg"));
}

// The cable is pulled, and comes back in time or only after the run has given up.
TEST_P(PushContract, AnOldFileOutlivesAPulledCable) {
    for (const char* name : {"a.db", "b.db", "c.db"}) write_file(on_phone(name), "old");
    simulated();
    for (const char* name : {"a.db", "b.db", "c.db"}) add(name, noise(3'000'000, 3));
    bool pulled = false;
    const EventfulTree pulling(tree_, 1'000'000, [&](const std::string& name) {
        if (name == "b.db" && !std::exchange(pulled, true)) phone_->disappear();
    });
    EXPECT_THROW(over_its_way()->restore(pulling, {}, listening_, {}), Gone);
    EXPECT_TRUE(pulled);
    EXPECT_EQ(read_file(on_phone("b.db")), "old");
    EXPECT_EQ(read_file(on_phone("c.db")), "old");

    phone_->come_back();
    plug_in_again();
    listening_.written.clear();
    const auto phone = over_its_way();
    for (const Item& item : phone->inventory({}).items) {
        EXPECT_FALSE(is_name_beside(item.path.name())) << item.path.text();
    }
    expect_all_but(phone->restore(tree_, {}, listening_, {}), {});
    EXPECT_THAT(names_of_ours(), IsEmpty());
}

TEST_P(PushContract, WhatACutRunLeftIsNoFileOfThePhonesAndGoes) {
    const std::string left = name_beside("/sdcard/Documents/x.jpg").substr(18);
    write_file(on_phone(left), "half a photo");
    write_file(on_phone(".lifeboat-notes"), "the person's own");
    simulated();
    const auto phone = over_its_way();
    WatchedSink saved;
    phone->backup(nullptr, saved, events_, {});
    EXPECT_FALSE(saved.tree.find(path_of(left)));
    EXPECT_TRUE(saved.tree.find(path_of(".lifeboat-notes")));
    add("new.txt", "new");
    phone->restore(tree_, {}, listening_, {});
    EXPECT_THAT(names_of_ours(), testing::ElementsAre(".lifeboat-notes"));
}

INSTANTIATE_TEST_SUITE_P(Ways, PushContract,
                         testing::Values(Way{false, false}, Way{false, true}, Way{true, false},
                                         Way{true, true}),
                         [](const auto& way) {
                             return std::string(way.param.direct ? "Direct" : "Server") +
                                    (way.param.packed ? "Packed" : "Plain");
                         });

// An adb server is slow to see that a phone is back: here it is only the phone that counts.
class PushOverBrokenWires : public PushContract {};

TEST_P(PushOverBrokenWires, GoesOnAsLongAsItGetsAnywhere) {
    for (int i = 0; i < 40; i += 4) write_file(on_phone(fmt::format("{:02}.db", i)), "old");
    simulated();
    for (int i = 0; i < 40; ++i) {
        add(fmt::format("{:02}.db", i), noise(400'000, static_cast<uint32_t>(i)));
    }
    std::map<std::string, int> cuts;
    const EventfulTree pulling(tree_, 200'000, [&](const std::string& name) {
        if (name.ends_with("5.db") || name.ends_with("8.db")) {
            if (cuts[name]++ < 2) phone_->drop_connections();
        }
    });
    expect_all_but(over_its_way()->restore(pulling, {}, listening_, {}), {});
    EXPECT_EQ(cuts.size(), 8U);
    for (const auto& [name, count] : cuts) EXPECT_EQ(count, 3) << name;
    EXPECT_THAT(names_of_ours(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Ways, PushOverBrokenWires,
                         testing::Values(Way{true, false}, Way{true, true}), [](const auto& way) {
                             return std::string(way.param.packed ? "Packed" : "Plain");
                         });

}  // namespace
}  // namespace lifeboat::phone::android
