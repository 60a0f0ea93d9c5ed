// Creating, opening, copying, and every way in which that is refused.
#include "base/error.h"
#include "repository/test_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::repository {
namespace {

using storage::MemoryBackend;
using testing::HasSubstr;
using testing_world::back_up;
using testing_world::World;

struct KeysTest : testing::Test {
    World world{};
    MemoryBackend backend{};
    SecretText right{"right"};

    void SetUp() override { create(backend, right, world.options, {}); }
    std::string only(const std::string& prefix) {
        std::string found;
        backend.list(prefix, [&](const std::string& name, uint64_t) { found = name; }, {});
        return found;
    }
    void flip(const std::string& name) {
        auto files = backend.files();
        files.at(name).at(files.at(name).size() / 2) ^= std::byte{1};
        backend.set_files(files);
    }
    std::unique_ptr<Repository> open_with(const std::string& password) {
        return open(backend, SecretText(password), world.options, {});
    }
};

TEST_F(KeysTest, opensWithItsPasswordOnly) {
    EXPECT_EQ(open_with("right")->id().size(), 64u);
    try {
        open_with("wrong");
        FAIL();
    } catch (const WrongPassword& refusal) {
        EXPECT_FALSE(refusal.guidance().empty());
    }
}

TEST_F(KeysTest, addsAndRemovesKeys) {
    const auto repository = open_with("right");
    const KeyId added = repository->add_key(SecretText("second"), {});
    const auto keys = open_with("second")->keys({});
    ASSERT_EQ(keys.size(), 2u);
    EXPECT_EQ(keys[0].id == added ? keys[0].current : keys[1].current, true);
    EXPECT_EQ(keys[0].scrypt_n, 131072u);
    repository->remove_key(added, {});
    EXPECT_THROW(repository->remove_key(added, {}), Missing);
    EXPECT_THROW(repository->remove_key(repository->keys({})[0].id, {}), Misuse);
    EXPECT_THROW(open_with("second"), WrongPassword);
    EXPECT_THROW(repository->add_key(SecretText(""), {}), Misuse);
}

TEST_F(KeysTest, namesTheDamagedKeyUnlessAnotherOpens) {
    const std::string first = only("keys/");
    flip(first);
    try {
        open_with("right");
        FAIL();
    } catch (const Corrupt& damage) {
        EXPECT_THAT(damage.message(), HasSubstr(first));
    }
    flip(first);
    open_with("right")->add_key(SecretText("second"), {});
    flip(first);
    EXPECT_NO_THROW(open_with("second"));
}

TEST_F(KeysTest, namesADamagedConfig) {
    flip("config");
    try {
        open_with("right");
        FAIL();
    } catch (const Corrupt& damage) {
        EXPECT_THAT(damage.message(), HasSubstr("config"));
    }
}

TEST_F(KeysTest, refusesWhatIsNoRepository) {
    MemoryBackend empty;
    EXPECT_FALSE(exists(empty, {}));
    EXPECT_THROW(open(empty, right, world.options, {}), NoRepository);
    MemoryBackend foreign;
    foreign.save("holiday.jpg", to_bytes("x"), {});
    EXPECT_THROW(create(foreign, right, world.options, {}), Denied);
    EXPECT_EQ(foreign.files().size(), 1u);
    EXPECT_THROW(create(backend, right, world.options, {}), Misuse);
    EXPECT_THROW(create(empty, SecretText(""), world.options, {}), Misuse);
    EXPECT_THROW(create_copy(empty, foreign, {}), NoRepository);
}

TEST_F(KeysTest, finishesACreationThatWasCutOff) {
    auto files = backend.files();
    files.erase("config");
    backend.set_files(files);
    create(backend, SecretText("new"), world.options, {});
    EXPECT_NO_THROW(open_with("new"));
    EXPECT_THROW(open_with("right"), WrongPassword);
}

TEST_F(KeysTest, aCopyIsTheSameRepository) {
    MemoryBackend second;
    create_copy(second, backend, {});
    const auto copy = open(second, right, world.options, {});
    EXPECT_EQ(copy->id(), open_with("right")->id());
    EXPECT_THROW(create_copy(second, backend, {}), Misuse);
    // Files of one are good in the other.
    back_up(*copy, {{"a", to_bytes("x")}}, nullptr, world.clock.now());
    for (const auto& [name, bytes] : second.files()) backend.save(name, bytes, {});
    EXPECT_EQ(open_with("right")->snapshots({}).size(), 1u);
}

TEST(PasswordStrength, tellsGoodFromGuessable) {
    for (const char* weak : {"", "a", "password", "Password123!", "aaaaaaaaaaaaaaaaaaaaaaaa",
                             "abcdefghijklmnopqrst", "12345678901234567890", "qwertyuiopasdfgh",
                             "iloveyou2", "summer2026", "short1!", "abcabcabcabcabcabc",
                             "velvet orbit canyon", "Velvet-Orbit-Canyon", "VELVET_ORBIT_CANYON"}) {
        const auto strength = password_strength(weak);
        EXPECT_FALSE(strength.sufficient) << weak << ' ' << strength.bits;
        EXPECT_FALSE(strength.reason.empty()) << weak;
    }
    for (const char* good : {"correct horse battery staple anchor", "kT9#vQ2m!xZp4w",
                             "velvet-orbit-canyon-mustard-piano-ferry", "gr\u00fcn-7Kx!93-Vbm2",
                             // Random letters between dashes are no words.
                             "MwkVxTqb-pLzHsgJd_QcFvbYtK"}) {
        const auto strength = password_strength(good);
        EXPECT_TRUE(strength.sufficient) << good << ' ' << strength.bits;
        EXPECT_TRUE(strength.reason.empty()) << good;
    }
    EXPECT_EQ(password_strength("password").reason, "common");
    EXPECT_EQ(password_strength("x7").reason, "too-short");
}

}  // namespace
}  // namespace lifeboat::repository
