#include "content/ios_backup/keybag.h"

#include "crypto/key_wrap.h"
#include "crypto/pbkdf2.h"

#include <fmt/core.h>

#include <string_view>

namespace lifeboat::content {
namespace {

constexpr size_t most_bytes = 64 * 1024;  // real ones have about 1.5 kB
constexpr size_t most_classes = 64;       // real ones have 10 to 20
// Phones write 10,000 and 10,000,000. Ten times that is a minute or two, and a later phone may want
// more; beyond it a hostile bag would only keep the machine busy.
constexpr uint32_t most_iterations = 10'000'000;
constexpr uint32_t most_double_iterations = 100'000'000;
constexpr size_t most_salt = 1024;
constexpr size_t wrapped_key_size = 40;
constexpr size_t key_size = 32;
constexpr uint32_t under_password = 2;

struct Part {
    std::string_view tag{};
    ByteView value{};
};

uint32_t load_be32(ByteView bytes) {
    uint32_t value = 0;
    for (const std::byte b : bytes.first(4)) value = value << 8 | std::to_integer<uint32_t>(b);
    return value;
}

[[noreturn]] void broken(const std::string& how) {
    throw Corrupt("the keybag of this backup is damaged: " + how);
}

Part take_part(ByteView& rest) {
    if (rest.size() < 8) broken("it ends inside of a header");
    const std::string_view tag = as_text(rest.first(4));
    const uint32_t size = load_be32(rest.subspan(4));
    rest = rest.subspan(8);
    if (size > rest.size()) broken("a value is longer than the bag");
    const Part part{.tag = tag, .value = rest.first(size)};
    rest = rest.subspan(size);
    return part;
}

uint32_t number_of(const Part& part) {
    if (part.value.size() != 4) broken(fmt::format("{} is no number", part.tag));
    return load_be32(part.value);
}

Bytes salt_of(const Part& part) {
    if (part.value.size() > most_salt) broken(fmt::format("{} is too long", part.tag));
    return {part.value.begin(), part.value.end()};
}

void set_header(Keybag& bag, const Part& part) {
    if (part.tag == "VERS") bag.version = number_of(part);
    if (part.tag == "TYPE") bag.type = number_of(part);
    if (part.tag == "SALT") bag.salt = salt_of(part);
    if (part.tag == "ITER") bag.iterations = number_of(part);
    if (part.tag == "DPSL") bag.double_salt = salt_of(part);
    if (part.tag == "DPIC") bag.double_iterations = number_of(part);
}

void set_class(KeybagClass& one, const Part& part) {
    if (part.tag == "CLAS") one.number = number_of(part);
    if (part.tag == "WRAP") one.wrap = number_of(part);
    if (part.tag == "KTYP") one.key_type = number_of(part);
    if (part.tag == "WPKY") one.wrapped_key.assign(part.value.begin(), part.value.end());
}

void check(const Keybag& bag) {
    if (bag.salt.empty() || bag.iterations == 0) broken("it lacks salt or rounds");
    if (bag.iterations > most_iterations || bag.double_iterations > most_double_iterations) {
        broken(fmt::format("it asks for {} and {} rounds, more than any phone", bag.iterations,
                           bag.double_iterations));
    }
    if (bag.double_iterations > 0 && bag.double_salt.empty()) broken("it lacks the second salt");
    if (bag.classes.empty()) broken("it has no class");
}

// iOS 10.2 put an expensive round before the old one; older bags have only the old one.
SecretBytes password_key(const Keybag& bag, const SecretText& password) {
    using crypto::Pbkdf2Hash;
    const ByteView text = as_bytes(password.reveal());
    if (bag.double_iterations == 0) {
        return crypto::pbkdf2(Pbkdf2Hash::sha1, text, bag.salt, bag.iterations, key_size);
    }
    const SecretBytes first =
        crypto::pbkdf2(Pbkdf2Hash::sha256, text, bag.double_salt, bag.double_iterations, key_size);
    return crypto::pbkdf2(Pbkdf2Hash::sha1, first.reveal(), bag.salt, bag.iterations, key_size);
}

bool opened_by_password(const KeybagClass& one) {
    return (one.wrap & under_password) != 0 && one.wrapped_key.size() == wrapped_key_size;
}

}  // namespace

Keybag parse_keybag(ByteView bytes) {
    if (bytes.size() > most_bytes) broken("it is too large");
    Keybag bag;
    ByteView rest = bytes;
    bool has_uuid = false;
    while (!rest.empty()) {
        const Part part = take_part(rest);
        if (part.tag == "UUID") {
            if (has_uuid) {
                bag.classes.emplace_back();
            } else {
                bag.uuid.assign(part.value.begin(), part.value.end());
            }
            has_uuid = true;
            if (bag.classes.size() > most_classes) broken("it has too many classes");
        } else if (bag.classes.empty()) {
            set_header(bag, part);
        } else {
            set_class(bag.classes.back(), part);
        }
    }
    check(bag);
    return bag;
}

std::vector<uint32_t> OpenKeybag::classes() const {
    std::vector<uint32_t> numbers;
    for (const auto& [number, key] : keys_) numbers.push_back(number);
    return numbers;
}

SecretBytes OpenKeybag::unwrap(uint32_t protection_class, ByteView wrapped) const {
    const auto key = keys_.find(protection_class);
    if (key == keys_.end()) {
        throw Corrupt(
            fmt::format("the keybag has no key for protection class {}", protection_class));
    }
    auto found = crypto::unwrap_key(key->second.reveal(), wrapped);
    if (!found || found->reveal().size() != key_size) {
        throw Corrupt(fmt::format("a key of protection class {} is damaged", protection_class));
    }
    return std::move(*found);
}

SecretBytes OpenKeybag::unwrap_with_class(ByteView class_and_key) const {
    if (class_and_key.size() != 4 + wrapped_key_size) {
        throw Corrupt(fmt::format("a wrapped key has {} bytes and not 44", class_and_key.size()));
    }
    return unwrap(load_le<uint32_t>(class_and_key), class_and_key.subspan(4));
}

OpenKeybag open_keybag(const Keybag& keybag, const SecretText& password) {
    const SecretBytes key = password_key(keybag, password);
    std::map<uint32_t, SecretBytes> keys;
    size_t tried = 0;
    for (const KeybagClass& one : keybag.classes) {
        if (!opened_by_password(one)) continue;
        ++tried;
        if (auto found = crypto::unwrap_key(key.reveal(), one.wrapped_key)) {
            keys.insert_or_assign(one.number, std::move(*found));
        }
    }
    if (tried == 0) broken("no class is under the password");
    if (keys.empty()) {
        throw WrongBackupPassword(
            "this is not the password of the backup",
            "The backup itself is untouched. It is the password that the iPhone's backups had when "
            "this one was made, not the phone's passcode: one that was changed since opens only "
            "later backups.");
    }
    // One wrong class beside right ones cannot be the password.
    if (keys.size() < tried) broken("some classes open with this password and others do not");
    return OpenKeybag(std::move(keys));
}

}  // namespace lifeboat::content
