#include "engine/keys.h"

#include "base/error.h"
#include "storage/faulty_backend.h"
#include "storage/memory_backend.h"
#include "sys/random.h"

#include <gtest/gtest.h>

namespace lifeboat::engine {
namespace {

using repository::WrongPassword;
using storage::Fault;
using storage::FaultyBackend;
using storage::MemoryBackend;
using storage::Operation;

struct Silence final : EventSink {
    void on(const Event&) noexcept override {}
};

// Two places of one repository behind backends that fail as told.
struct KeysTest : testing::Test {
    sys::ManualClock clock{TimePoint{std::chrono::seconds{1'790'000'000}}};
    sys::SeededRandom random{7};
    Silence events{};
    repository::Options options{.clock = clock, .random = random, .hostname = "here"};
    OperationContext context{.events = events, .clock = clock};
    MemoryBackend memory_one{}, memory_two{};
    FaultyBackend one{memory_one}, two{memory_two};
    SecretText old_words{"old"}, new_words{"new"};

    void SetUp() override {
        repository::create(one, old_words, options, {});
        repository::create_copy(two, one, {});
    }
    std::vector<KeyPlace> places() {
        return {{.name = "one", .backend = &one}, {.name = "two", .backend = &two}};
    }
    bool opens(storage::Backend& backend, const SecretText& words) {
        try {
            repository::open(backend, words, options, {});
            return true;
        } catch (const WrongPassword&) {
            return false;
        }
    }
    KeyReport change() {
        return change_password(places(), {old_words, new_words}, options, context);
    }
    void expect_changed() {
        for (storage::Backend* backend : {static_cast<storage::Backend*>(&memory_one),
                                          static_cast<storage::Backend*>(&memory_two)}) {
            EXPECT_TRUE(opens(*backend, new_words));
            EXPECT_FALSE(opens(*backend, old_words));
        }
    }
};

TEST_F(KeysTest, aChangeReachesEveryPlace) {
    const KeyReport report = change();
    EXPECT_TRUE(report.complete());
    EXPECT_FALSE(report.was_there);
    expect_changed();
    const auto opened = repository::open(one, new_words, options, {});
    // The places share the key file itself: one key derivation opens both.
    EXPECT_NO_THROW(repository::open_copy(two, *opened, options, {}));
}

TEST_F(KeysTest, aPlaceThatIsAwayIsNamedAndCatchesUp) {
    const std::vector<KeyPlace> without{{.name = "one", .backend = &one},
                                        {.name = "two", .problem = "unplugged"}};
    const KeyReport report = change_password(without, {old_words, new_words}, options, context);
    EXPECT_FALSE(report.complete());
    EXPECT_EQ(report.places.at(0).state, KeyState::done);
    EXPECT_EQ(report.places.at(1).state, KeyState::behind);
    EXPECT_EQ(report.places.at(1).problem, "unplugged");
    EXPECT_TRUE(opens(memory_two, old_words));
    const KeyReport later = change();
    EXPECT_TRUE(later.complete());
    EXPECT_TRUE(later.was_there);
    EXPECT_EQ(later.key, report.key);
    expect_changed();
}

TEST_F(KeysTest, wrongWordsChangeNothing) {
    const SecretText wrong{"wrong"};
    const SecretText more{"more"};
    const auto before = memory_one.files();
    EXPECT_THROW(change_password(places(), {wrong, more}, options, context), WrongPassword);
    EXPECT_THROW(change_password(places(), {old_words, old_words}, options, context), Misuse);
    const std::vector<KeyPlace> nowhere{{.name = "one", .problem = "unplugged"}};
    EXPECT_THROW(change_password(nowhere, {old_words, new_words}, options, context), Temporary);
    EXPECT_EQ(memory_one.files(), before);
}

TEST_F(KeysTest, theKeyOfAnotherRepositoryStaysOut) {
    MemoryBackend stranger;
    repository::create(stranger, old_words, options, {});
    const std::vector<KeyPlace> mixed{{.name = "one", .backend = &one},
                                      {.name = "stranger", .backend = &stranger}};
    const KeyReport report = change_password(mixed, {old_words, new_words}, options, context);
    EXPECT_EQ(report.places.at(1).state, KeyState::behind);
    EXPECT_FALSE(opens(stranger, new_words));
    EXPECT_TRUE(opens(stranger, old_words));
}

// At each change of a key file, in each place, by each way of failing.
struct Break {
    bool second_place = false;
    Operation operation = Operation::save;
    Fault::Kind kind = Fault::Kind::temporary;
};
struct KeysBroken : KeysTest, testing::WithParamInterface<Break> {};

TEST_P(KeysBroken, onePasswordAlwaysOpensAndTheNextRunCompletes) {
    const Break& broken = GetParam();
    FaultyBackend& place = broken.second_place ? two : one;
    place.inject({.kind = broken.kind,
                  .operations = static_cast<uint32_t>(broken.operation),
                  .prefix = "keys/"});
    try {
        EXPECT_FALSE(change().complete());
    } catch (const Temporary&) {
        // The very first save: nothing is changed anywhere.
        EXPECT_FALSE(broken.second_place);
    }
    EXPECT_TRUE(opens(memory_one, old_words) || opens(memory_one, new_words));
    EXPECT_TRUE(opens(memory_two, old_words) || opens(memory_two, new_words));
    one.heal();
    two.heal();
    EXPECT_TRUE(change().complete());
    expect_changed();
}

INSTANTIATE_TEST_SUITE_P(EachStep, KeysBroken,
                         testing::Values(Break{false, Operation::save, Fault::Kind::temporary},
                                         Break{true, Operation::save, Fault::Kind::temporary},
                                         Break{false, Operation::remove, Fault::Kind::temporary},
                                         Break{true, Operation::remove, Fault::Kind::temporary},
                                         Break{true, Operation::save, Fault::Kind::lost_answer},
                                         Break{true, Operation::remove, Fault::Kind::lost_answer}));

}  // namespace
}  // namespace lifeboat::engine
