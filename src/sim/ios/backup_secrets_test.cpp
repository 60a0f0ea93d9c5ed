#include "sim/ios/backup_secrets.h"

#include "base/error.h"
#include "sim/ios/computer_test.h"

#include <gtest/gtest.h>

namespace lifeboat::sim::ios {
namespace {

constexpr KeybagCost few{.iterations = 10, .double_iterations = 20};

TEST(BackupSecrets, KeepTheKeyAndNotThePassword) {
    const testing_parts::TemporaryFolder folder;
    BackupSecrets secrets(folder.path());
    EXPECT_FALSE(secrets.has_password());
    EXPECT_FALSE(secrets.keybag());
    EXPECT_FALSE(secrets.is_password(SecretText("")));
    secrets.set_password(SecretText("a long password"), few);
    EXPECT_TRUE(secrets.has_password());
    EXPECT_TRUE(secrets.is_password(SecretText("a long password")));
    EXPECT_FALSE(secrets.is_password(SecretText("a long passwore")));
    const std::string file = folder.path() + "/secrets.plist";
    std::ifstream in(file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    EXPECT_EQ(text.find("long"), std::string::npos);
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(file).permissions(), perms::owner_read | perms::owner_write);
    secrets.remove_password();
    EXPECT_FALSE(secrets.has_password());
}

TEST(BackupSecrets, RenewedKeysAreOthersUnderTheSamePassword) {
    const testing_parts::TemporaryFolder folder;
    BackupSecrets secrets(folder.path());
    secrets.set_password(SecretText("p"), few);
    const Bytes key(32, std::byte{7});
    const auto before = secrets.keybag();
    const Bytes wrapped = before->wrap(3, key);
    secrets.renew();
    const auto after = secrets.keybag();
    EXPECT_NE(before->bytes(), after->bytes());
    EXPECT_TRUE(secrets.is_password(SecretText("p")));
    EXPECT_TRUE(std::ranges::equal(before->unwrap(wrapped).reveal(), key));
    EXPECT_THROW(after->unwrap(wrapped), Corrupt);
}

TEST(BackupKeybag, OpensWithTheKeyOfItsPasswordOnly) {
    sys::SeededRandom random(1);
    const BackupKeybag made(SecretText("right"), few, random);
    const PasswordRecipe recipe = BackupKeybag::recipe_of(made.bytes());
    EXPECT_EQ(recipe.cost.iterations, 10u);
    EXPECT_EQ(recipe.cost.double_iterations, 20u);
    const Bytes key(32, std::byte{9});
    const auto opened = BackupKeybag::open(made.bytes(), recipe.key(SecretText("right")).reveal());
    for (const uint32_t number : {1u, 2u, 3u, 4u, 11u}) {
        EXPECT_TRUE(std::ranges::equal(opened.unwrap(made.wrap(number, key)).reveal(), key));
    }
    EXPECT_THROW(BackupKeybag::open(made.bytes(), recipe.key(SecretText("wrong")).reveal()),
                 Denied);
    EXPECT_THROW(opened.unwrap(Bytes(44)), Corrupt);
    EXPECT_THROW(opened.unwrap(Bytes(3)), Corrupt);
}

TEST(BackupKeybag, HostileOnesAreRefused) {
    sys::SeededRandom random(1);
    const Bytes good = BackupKeybag(SecretText("p"), few, random).bytes();
    const Bytes key(32);
    for (size_t size = 1; size < good.size(); size += 7) {
        const ByteView cut = ByteView(good).first(size);
        EXPECT_ANY_THROW(BackupKeybag::open(cut, key)) << size;
    }
    Bytes busy = good;
    const auto iter = as_text(good).find("DPIC");
    ASSERT_NE(iter, std::string_view::npos);
    busy[iter + 8] = std::byte{0x7f};  // two thousand million rounds
    EXPECT_THROW(BackupKeybag::recipe_of(busy), Corrupt);
    EXPECT_THROW(BackupKeybag::recipe_of({}), Corrupt);
}

}  // namespace
}  // namespace lifeboat::sim::ios
