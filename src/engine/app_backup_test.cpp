#include "engine/app_backup.h"

#include "ab/writer.h"
#include "engine/engine_fakes.h"
#include "engine/engine_world.h"

#include <gmock/gmock.h>

namespace lifeboat::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Bytes notes(const SecretText* password = nullptr) {
    Bytes file;
    ab::Writer writer([&](ByteView part) { append(file, part); },
                      {.password = password, .rounds = 10, .random = [](MutableByteView out) {
                           std::ranges::fill(out, std::byte{0x9c});
                       }});
    writer.add_app({.package = "com.example.notes", .version_code = 1, .sdk = 33});
    writer.add({.app = "com.example.notes", .domain = "f", .name = "a"}, as_bytes("milk"));
    writer.finish();
    return file;
}

AppBackupReport read(const Bytes& file, const std::string& password = "") {
    MemorySource source(file);
    return read_app_backup(source, SecretText(password));
}

TEST(AppBackup, EveryEndHasItsName) {
    const SecretText password("harbour");
    EXPECT_EQ(read(notes()).state, AppBackupState::saved);
    EXPECT_EQ(read({}).state, AppBackupState::not_confirmed);
    EXPECT_EQ(read(notes(&password)).state, AppBackupState::no_password);
    EXPECT_EQ(read(notes(&password), "x").state, AppBackupState::wrong_password);
    EXPECT_EQ(read(notes(&password), "harbour").state, AppBackupState::saved);
    Bytes cut = notes();
    cut.pop_back();
    EXPECT_EQ(read(cut).state, AppBackupState::damaged);
    EXPECT_THAT(read(to_bytes("ANDROID BACKUP\n9\n1\nnone\n")).why, HasSubstr("version 9"));
    Bytes empty;
    ab::Writer([&](ByteView part) { append(empty, part); }, {}).finish();
    EXPECT_EQ(read(empty).state, AppBackupState::none_allowed);
}

TEST(AppBackup, AppsThatAllowedNothingAreNamed) {
    AppBackupReport report = read(notes());
    report.asked = {"com.example.bank", "com.example.notes"};
    EXPECT_THAT(report.allowed_nothing(), ElementsAre("com.example.bank"));
}

TEST(AppBackup, APhoneWithoutItSaysSo) {
    MemoryPhone phone;
    sys::SystemClock clock;
    EXPECT_THROW(WithAppBackup(phone, {}, clock), Unsupported);
}

}  // namespace
}  // namespace lifeboat::engine
