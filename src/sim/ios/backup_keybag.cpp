#include "sim/ios/backup_keybag.h"

#include "base/error.h"
#include "base/hex.h"
#include "crypto/aes_cbc.h"
#include "crypto/key_wrap.h"
#include "crypto/pbkdf2.h"
#include "crypto/sha1.h"
#include "plist/plist.h"

#include <array>
#include <utility>

namespace lifeboat::sim {
namespace {

constexpr size_t key_size = 32;
constexpr size_t salt_size = 20;
constexpr size_t uuid_size = 16;
constexpr uint32_t keybag_version = 5;
constexpr uint32_t type_backup = 1;
constexpr uint32_t under_password = 2;
constexpr uint32_t key_type_aes = 0;
// Files have 1 to 4 (5 is free), the keychain 6 to 11. The last three (ThisDeviceOnly) are also
// under the phone's own key.
constexpr std::array<uint32_t, 10> class_numbers = {1, 2, 3, 4, 6, 7, 8, 9, 10, 11};
constexpr uint32_t first_of_this_device_only = 9;
// Ten times what phones ask for: a hostile keybag must not keep one busy for hours.
constexpr uint32_t most_iterations = 100'000'000;

Bytes be32(uint32_t value) {
    Bytes bytes;
    for (int shift = 24; shift >= 0; shift -= 8) {
        bytes.push_back(static_cast<std::byte>(value >> shift));
    }
    return bytes;
}

uint32_t load_be32(ByteView bytes) {
    uint32_t value = 0;
    for (const std::byte b : bytes.first(4)) value = value << 8 | std::to_integer<uint32_t>(b);
    return value;
}

void add(Bytes& bag, std::string_view tag, ByteView value) {
    append(bag, as_bytes(tag));
    append(bag, be32(static_cast<uint32_t>(value.size())));
    append(bag, value);
}

Bytes random_bytes(sys::Random& random, size_t size) {
    Bytes bytes(size);
    random.fill(bytes);
    return bytes;
}

// The tags of a keybag, in their order. Throws Corrupt.
template <class Each>
void walk_keybag(ByteView bytes, const Each& each) {
    constexpr size_t head = 8;
    while (!bytes.empty()) {
        if (bytes.size() < head) throw Corrupt("a keybag is cut");
        const std::string_view tag = as_text(bytes.first(4));
        const auto size = load_be32(bytes.subspan(4));
        if (size > bytes.size() - head) throw Corrupt("a keybag is cut");
        each(tag, bytes.subspan(head, size));
        bytes = bytes.subspan(head + size);
    }
}

uint32_t number_of(ByteView value) {
    if (value.size() != 4) throw Corrupt("a number of a keybag has not four bytes");
    return load_be32(value);
}

}  // namespace

PasswordRecipe PasswordRecipe::make(const KeybagCost& cost, sys::Random& random) {
    return {.cost = cost,
            .salt = random_bytes(random, salt_size),
            .double_salt = cost.double_iterations > 0 ? random_bytes(random, salt_size) : Bytes()};
}

SecretBytes PasswordRecipe::key(const SecretText& password) const {
    using crypto::Pbkdf2Hash;
    const ByteView text = as_bytes(password.reveal());
    if (cost.double_iterations == 0) {
        return crypto::pbkdf2(Pbkdf2Hash::sha1, text, salt, cost.iterations, key_size);
    }
    const SecretBytes first =
        crypto::pbkdf2(Pbkdf2Hash::sha256, text, double_salt, cost.double_iterations, key_size);
    return crypto::pbkdf2(Pbkdf2Hash::sha1, first.reveal(), salt, cost.iterations, key_size);
}

BackupKeybag::BackupKeybag(const SecretText& password, const KeybagCost& cost,
                           sys::Random& random) {
    const PasswordRecipe recipe = PasswordRecipe::make(cost, random);
    make(recipe, recipe.key(password).reveal(), random);
}

BackupKeybag::BackupKeybag(const PasswordRecipe& recipe, ByteView password_key,
                           sys::Random& random) {
    make(recipe, password_key, random);
}

void BackupKeybag::make(const PasswordRecipe& recipe, ByteView password_key, sys::Random& random) {
    add(bytes_, "VERS", be32(keybag_version));
    add(bytes_, "TYPE", be32(type_backup));
    add(bytes_, "UUID", random_bytes(random, uuid_size));
    add(bytes_, "HMCK", random_bytes(random, key_size + crypto::key_wrap_overhead));
    add(bytes_, "WRAP", be32(under_password));
    add(bytes_, "SALT", recipe.salt);
    add(bytes_, "ITER", be32(recipe.cost.iterations));
    if (recipe.cost.double_iterations > 0) {
        add(bytes_, "DPWT", be32(0));
        add(bytes_, "DPIC", be32(recipe.cost.double_iterations));
        add(bytes_, "DPSL", recipe.double_salt);
    }
    for (const uint32_t number : class_numbers) {
        SecretBytes class_key(random_bytes(random, key_size));
        add(bytes_, "UUID", random_bytes(random, uuid_size));
        add(bytes_, "CLAS", be32(number));
        add(bytes_, "WRAP", be32(number < first_of_this_device_only ? 2 : 3));
        add(bytes_, "KTYP", be32(key_type_aes));
        add(bytes_, "WPKY", crypto::wrap_key(password_key, class_key.reveal()));
        keys_.emplace(number, std::move(class_key));
    }
}

BackupKeybag BackupKeybag::open(ByteView bytes, ByteView password_key) {
    BackupKeybag keybag;
    keybag.bytes_.assign(bytes.begin(), bytes.end());
    uint32_t number = 0;
    walk_keybag(bytes, [&](std::string_view tag, ByteView value) {
        if (tag == "CLAS") number = number_of(value);
        if (tag != "WPKY") return;
        auto key = crypto::unwrap_key(password_key, value);
        if (!key) throw Denied("the password of the backup is wrong");
        keybag.keys_.insert_or_assign(number, std::move(*key));
    });
    if (keybag.keys_.empty()) throw Corrupt("a keybag holds no keys");
    return keybag;
}

PasswordRecipe BackupKeybag::recipe_of(ByteView bytes) {
    PasswordRecipe recipe{.cost = {.iterations = 0, .double_iterations = 0}};
    walk_keybag(bytes, [&](std::string_view tag, ByteView value) {
        if (tag == "SALT") recipe.salt.assign(value.begin(), value.end());
        if (tag == "DPSL") recipe.double_salt.assign(value.begin(), value.end());
        if (tag == "ITER") recipe.cost.iterations = number_of(value);
        if (tag == "DPIC") recipe.cost.double_iterations = number_of(value);
    });
    if (recipe.cost.iterations == 0 || recipe.cost.iterations > most_iterations ||
        recipe.cost.double_iterations > most_iterations) {
        throw Corrupt("a keybag asks for an impossible number of rounds");
    }
    return recipe;
}

Bytes BackupKeybag::wrap(uint32_t protection_class, ByteView key) const {
    Bytes wrapped;
    append_le(wrapped, protection_class);
    append(wrapped, crypto::wrap_key(keys_.at(protection_class).reveal(), key));
    return wrapped;
}

SecretBytes BackupKeybag::unwrap(ByteView class_and_key) const {
    constexpr size_t class_size = 4;
    if (class_and_key.size() <= class_size) throw Corrupt("a wrapped key is too short");
    const auto found = keys_.find(load_le<uint32_t>(class_and_key));
    if (found == keys_.end()) throw Corrupt("a key is wrapped for a class that is not there");
    auto key = crypto::unwrap_key(found->second.reveal(), class_and_key.subspan(class_size));
    if (!key) throw Corrupt("a wrapped key is damaged");
    return std::move(*key);
}

Bytes encrypt_backup_file(ByteView key, ByteView plain) {
    const size_t padding = crypto::aes_block - plain.size() % crypto::aes_block;
    Bytes bytes(plain.begin(), plain.end());
    bytes.resize(plain.size() + padding, static_cast<std::byte>(padding));
    crypto::AesCbc(key, crypto::CbcDirection::encrypt).crypt(bytes);
    return bytes;
}

std::string backup_file_id(std::string_view domain, std::string_view relative_path) {
    std::string text(domain);
    text += '-';
    text += relative_path;
    return to_hex(crypto::sha1(as_bytes(text)));
}

namespace {

using plist::Array;
using plist::Dict;
using plist::Uid;
using plist::Value;

plist::Dict class_of(const char* name) {
    return {{"$classname", name}, {"$classes", Array{name, "NSObject"}}};
}

Uid push(Array& objects, Value value) {
    objects.push_back(std::move(value));
    return {objects.size() - 1};
}

}  // namespace

Bytes mb_file_archive(const BackupFileFacts& facts) {
    // 0 stands for nothing, 1 is the root: as the phone has it.
    Array objects{"$null", Dict{}};
    Dict root{{"LastModified", facts.modified},
              {"Flags", 0},
              {"GroupID", 501},
              {"LastStatusChange", facts.changed},
              {"RelativePath", push(objects, facts.relative_path)},
              {"Birth", facts.born},
              {"Size", facts.size},
              {"InodeNumber", facts.inode},
              {"Mode", facts.mode},
              {"UserID", 501},
              {"ProtectionClass", facts.protection_class}};
    if (!facts.link_target.empty()) root.set("Target", push(objects, facts.link_target));
    if (!facts.digest.empty()) root.set("Digest", push(objects, facts.digest));
    if (!facts.encryption_key.empty()) {
        const Uid data = push(objects, Dict{{"NS.data", facts.encryption_key}});
        root.set("EncryptionKey", data);
        const Uid type = push(objects, class_of("NSMutableData"));
        objects[static_cast<size_t>(data.number)].dict()->set("$class", type);
    }
    root.set("$class", push(objects, class_of("MBFile")));
    objects[1] = std::move(root);
    return plist::write_binary(Dict{{"$version", 100000},
                                    {"$archiver", "NSKeyedArchiver"},
                                    {"$top", Dict{{"root", Uid{1}}}},
                                    {"$objects", std::move(objects)}});
}

}  // namespace lifeboat::sim
