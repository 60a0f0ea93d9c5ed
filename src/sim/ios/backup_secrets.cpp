#include "sim/ios/backup_secrets.h"

#include "base/error.h"
#include "sim/ios/state_file.h"

#include <algorithm>
#include <filesystem>

namespace lifeboat::sim::ios {

bool BackupSecrets::has_password() const {
    return std::filesystem::exists(path_);
}

std::optional<BackupSecrets::Kept> BackupSecrets::read() const {
    const auto file = read_state_file(path_);
    if (!file) return std::nullopt;
    const Bytes* keybag = file->data("Keybag");
    const Bytes* key = file->data("Key");
    if (keybag == nullptr || key == nullptr) {
        throw Corrupt("the simulated phone lost its backup keys: " + path_);
    }
    return Kept{.keybag = *keybag, .key = SecretBytes(*key)};
}

// State files are written under a draft's name that only its owner may read, and keep that.
void BackupSecrets::write(const Kept& kept) const {
    const ByteView key = kept.key.reveal();
    write_state_file(path_, {{"Keybag", kept.keybag}, {"Key", Bytes(key.begin(), key.end())}});
}

std::optional<BackupKeybag> BackupSecrets::keybag() const {
    const auto kept = read();
    if (!kept) return std::nullopt;
    return BackupKeybag::open(kept->keybag, kept->key.reveal());
}

bool BackupSecrets::is_password(const SecretText& password) const {
    const auto kept = read();
    if (!kept) return false;
    const SecretBytes key = BackupKeybag::recipe_of(kept->keybag).key(password);
    return std::ranges::equal(key.reveal(), kept->key.reveal());
}

void BackupSecrets::set_password(const SecretText& password, const KeybagCost& cost) {
    sys::SystemRandom random;
    const PasswordRecipe recipe = PasswordRecipe::make(cost, random);
    SecretBytes key = recipe.key(password);
    const BackupKeybag keybag(recipe, key.reveal(), random);
    write({.keybag = keybag.bytes(), .key = std::move(key)});
}

void BackupSecrets::remove_password() {
    std::filesystem::remove(path_);
}

void BackupSecrets::renew() {
    auto kept = read();
    if (!kept) return;
    sys::SystemRandom random;
    const BackupKeybag fresh(BackupKeybag::recipe_of(kept->keybag), kept->key.reveal(), random);
    write({.keybag = fresh.bytes(), .key = std::move(kept->key)});
}

}  // namespace lifeboat::sim::ios
