// What every Backend promises, as tests: each implementation and each decorator runs all of them.
//
// A `Place` for INSTANTIATE_TYPED_TEST_SUITE_P is default-constructible, starts empty, and gives
// its backend by `Backend& backend()`.
#pragma once

#include "base/error.h"
#include "base/task_group.h"
#include "storage/backend.h"
#include "sys/random.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace lifeboat::storage {

template <class Place>
class BackendContract : public testing::Test {
protected:
    Backend& backend() { return place_.backend(); }

    static Bytes content(uint64_t seed, size_t size) {
        Bytes bytes(size);
        sys::SeededRandom(seed).fill(bytes);
        return bytes;
    }
    Bytes load(const std::string& name, Range range = {}) {
        return backend().load(name, range, stop_);
    }
    void save(const std::string& name, ByteView bytes) { backend().save(name, bytes, stop_); }
    std::map<std::string, uint64_t> list(const std::string& prefix) {
        std::map<std::string, uint64_t> all;
        const auto each = [&](const std::string& name, uint64_t size) {
            EXPECT_TRUE(all.emplace(name, size).second) << name << " came twice";
        };
        backend().list(prefix, each, stop_);
        return all;
    }
    static std::string id(char digit) { return std::string(64, digit); }

    Place place_;
    std::stop_token stop_;
};
TYPED_TEST_SUITE_P(BackendContract);

TYPED_TEST_P(BackendContract, GivesBackWhatWasSaved) {
    for (const size_t size : {0, 1, 4095, 4096, 4097, 1 << 20, (1 << 20) + 1, 5'000'001}) {
        const Bytes saved = this->content(size, size);
        this->save("data/ab/" + this->id('a'), saved);
        EXPECT_EQ(this->load("data/ab/" + this->id('a')), saved) << size;
        EXPECT_EQ(this->backend().size("data/ab/" + this->id('a'), {}), size);
    }
}

TYPED_TEST_P(BackendContract, SavesFromAnyAddress) {
    const Bytes all = this->content(1, 3'000'000);
    for (const size_t from : {1, 7, 4096}) {
        this->save("config", ByteView(all).subspan(from));
        const Bytes back = this->load("config");
        EXPECT_TRUE(std::equal(back.begin(), back.end(), all.begin() + from, all.end())) << from;
    }
}

TYPED_TEST_P(BackendContract, GivesRanges) {
    const Bytes saved = this->content(2, 10'000);
    this->save("index/" + this->id('1'), saved);
    const auto part = [&](Range range) { return this->load("index/" + this->id('1'), range); };
    const auto of = [&](size_t from, size_t to) {
        return Bytes(saved.begin() + static_cast<long>(from),
                     saved.begin() + static_cast<long>(to));
    };
    EXPECT_EQ(part({0, 10}), of(0, 10));
    EXPECT_EQ(part({5000, 3}), of(5000, 5003));
    EXPECT_EQ(part({9990, 100}), of(9990, 10'000));
    EXPECT_EQ(part({9990, UINT64_MAX}), of(9990, 10'000));
    EXPECT_EQ(part({10'000, 1}), Bytes{});
    EXPECT_EQ(part({UINT64_MAX, UINT64_MAX}), Bytes{});
    EXPECT_EQ(part({10, 0}), Bytes{});
}

TYPED_TEST_P(BackendContract, SaysWhatIsMissing) {
    EXPECT_THROW(this->load("config"), Missing);
    EXPECT_THROW(this->load("data/ab/" + this->id('a')), Missing);
    EXPECT_EQ(this->backend().size("config", {}), std::nullopt);
    EXPECT_EQ(this->backend().size("data/ab/" + this->id('a'), {}), std::nullopt);
    EXPECT_TRUE(this->list("data/").empty());
    EXPECT_TRUE(this->list("").empty());
    this->save("config", to_bytes("x"));
    EXPECT_THROW(this->load("config/inside"), Missing);
    EXPECT_EQ(this->backend().size("config/inside", {}), std::nullopt);
}

TYPED_TEST_P(BackendContract, ReplacesAFile) {
    this->save("config", to_bytes("old and longer"));
    this->save("config", to_bytes("new"));
    EXPECT_EQ(to_text(this->load("config")), "new");
    EXPECT_EQ(this->list("").size(), 1U);
}

TYPED_TEST_P(BackendContract, ListsByTheStartOfTheName) {
    const std::string a = "data/aa/" + this->id('a');
    const std::string b = "data/bb/" + this->id('b');
    const std::string s = "snapshots/" + this->id('5');
    for (const std::string& name : {a, b, s}) this->save(name, to_bytes(name.substr(0, 6)));
    using Names = std::map<std::string, uint64_t>;
    EXPECT_EQ(this->list(""), (Names{{a, 6}, {b, 6}, {s, 6}}));
    EXPECT_EQ(this->list("data/"), (Names{{a, 6}, {b, 6}}));
    EXPECT_EQ(this->list("data/b"), (Names{{b, 6}}));
    EXPECT_EQ(this->list("snapshots/555"), (Names{{s, 6}}));
    EXPECT_EQ(this->list("snap"), (Names{{s, 6}}));
    EXPECT_EQ(this->list("snapshots/6"), Names{});
    EXPECT_EQ(this->list("locks/"), Names{});
}

TYPED_TEST_P(BackendContract, MayBeAskedWhileItLists) {
    this->save("keys/" + this->id('1'), to_bytes("one"));
    this->save("keys/" + this->id('2'), to_bytes("two"));
    uint64_t bytes = 0;
    const auto each = [&](const std::string& name, uint64_t) { bytes += this->load(name).size(); };
    this->backend().list("keys/", each, {});
    EXPECT_EQ(bytes, 6U);
}

TYPED_TEST_P(BackendContract, Removes) {
    const std::string name = "locks/" + this->id('9');
    this->save(name, to_bytes("held"));
    this->backend().remove(name, {});
    EXPECT_EQ(this->backend().size(name, {}), std::nullopt);
    EXPECT_TRUE(this->list("").empty());
    EXPECT_NO_THROW(this->backend().remove(name, {}));
    EXPECT_NO_THROW(this->backend().remove("data/zz/" + this->id('9'), {}));
}

TYPED_TEST_P(BackendContract, RefusesHostileNames) {
    const std::string nul("config\0x", 8);
    for (const std::string& name :
         {std::string(), std::string("/etc/passwd"), std::string("../outside"),
          std::string("data/../../outside"), std::string("data//x"), std::string("data/"),
          std::string("."), std::string("data/."), std::string("a b"), std::string("a\\b"),
          std::string("a\nb"), nul, std::string("caf\xc3\xa9"), std::string(300, 'a'),
          std::string("config-tmp-0123"), std::string("a/b/c/d/e/f/g/h/i")}) {
        EXPECT_THROW(this->save(name, to_bytes("x")), Misuse) << name;
        EXPECT_THROW(this->load(name), Misuse) << name;
        EXPECT_THROW(this->backend().size(name, {}), Misuse) << name;
        EXPECT_THROW(this->backend().remove(name, {}), Misuse) << name;
    }
    for (const char* prefix : {"/", "../", "data/../", "data//", "a b", "data/x-tmp-"}) {
        EXPECT_THROW(this->list(prefix), Misuse) << prefix;
    }
    EXPECT_TRUE(this->list("").empty());
}

TYPED_TEST_P(BackendContract, StopsWhenAsked) {
    this->save("config", to_bytes("x"));
    std::stop_source source;
    source.request_stop();
    const std::stop_token stop = source.get_token();
    Backend& backend = this->backend();
    EXPECT_THROW(backend.save("config", to_bytes("y"), stop), Cancelled);
    EXPECT_THROW(backend.load("config", {}, stop), Cancelled);
    EXPECT_THROW(backend.size("config", stop), Cancelled);
    EXPECT_THROW(backend.list(
                     "", [](const std::string&, uint64_t) {}, stop),
                 Cancelled);
    EXPECT_THROW(backend.remove("config", stop), Cancelled);
    EXPECT_THROW(backend.space(stop), Cancelled);
    EXPECT_EQ(to_text(this->load("config")), "x");
}

// Whoever wins, the file is one of theirs and whole; nothing else is left.
TYPED_TEST_P(BackendContract, KeepsOneOfSeveralWritersOfAName) {
    const std::string name = "data/cc/" + this->id('c');
    TaskGroup writers({});
    for (uint64_t writer = 0; writer < 4; ++writer) {
        writers.run([&, writer](const std::stop_token& stop) {
            const Bytes mine = this->content(writer, 1'200'000 + writer);
            for (int round = 0; round < 4; ++round) {
                this->backend().save(name, mine, stop);
                const Bytes seen = this->backend().load(name, {}, stop);
                EXPECT_EQ(seen, this->content(seen.size() - 1'200'000, seen.size()));
            }
        });
    }
    writers.join();
    EXPECT_EQ(this->list("").size(), 1U);
}

TYPED_TEST_P(BackendContract, TellsWhereItIs) {
    EXPECT_FALSE(this->backend().where().empty());
    const auto space = this->backend().space({});
    EXPECT_TRUE(!space || space->free <= space->total);
}

REGISTER_TYPED_TEST_SUITE_P(BackendContract, GivesBackWhatWasSaved, SavesFromAnyAddress,
                            GivesRanges, SaysWhatIsMissing, ReplacesAFile, ListsByTheStartOfTheName,
                            MayBeAskedWhileItLists, Removes, RefusesHostileNames, StopsWhenAsked,
                            KeepsOneOfSeveralWritersOfAName, TellsWhereItIs);

}  // namespace lifeboat::storage
