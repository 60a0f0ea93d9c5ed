#include "sim/ios/backup_maker.h"

#include "base/error.h"
#include "crypto/aes_cbc.h"
#include "crypto/sha1.h"
#include "item/memory_items.h"
#include "plist/plist.h"

#include <sqlite3.h>

#include <memory>

namespace lifeboat::sim {
namespace {

constexpr size_t key_size = 32;
constexpr uint32_t manifest_class = 3;
constexpr int flag_file = 1;
constexpr int flag_folder = 2;
constexpr int flag_link = 4;

// The schema of a real Manifest.db.
constexpr const char* schema =
    "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, "
    "file BLOB);"
    "CREATE INDEX FilesDomainIdx ON Files(domain);"
    "CREATE INDEX FilesRelativePathIdx ON Files(relativePath);"
    "CREATE INDEX FilesFlagsIdx ON Files(flags);"
    "CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);"
    "BEGIN;";

SecretBytes fresh_key(sys::Random& random) {
    SecretBytes key(key_size);
    random.fill(key.storage());
    return key;
}

}  // namespace

BackupMaker::BackupMaker(ItemSink& sink, MadeBackup backup,
                         const std::optional<SecretText>& password, sys::Random& random)
    : sink_(sink), backup_(std::move(backup)), random_(random) {
    if (password) keybag_.emplace(*password, backup_.cost, random);
    manifest_.run(schema);
}

void BackupMaker::put(const std::string& name, ByteView content) {
    const std::string path = backup_.folder.empty() ? name : backup_.folder + "/" + name;
    MemorySource source({content.begin(), content.end()});
    sink_.put({.path = ItemPath(path), .size = content.size(), .mode = 0644}, source);
}

void BackupMaker::add_row(const std::string& id, const PhonePath& path, int flags, ByteView file) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(manifest_.handle(), "INSERT INTO Files VALUES (?,?,?,?,?)", -1, &statement,
                       nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
    const auto bind = [&](int place, std::string_view text) {
        sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC);
    };
    bind(1, id);
    bind(2, path.domain);
    bind(3, path.relative);
    sqlite3_bind_int(statement, 4, flags);
    sqlite3_bind_blob(statement, 5, file.data(), static_cast<int>(file.size()), SQLITE_STATIC);
    if (sqlite3_step(statement) != SQLITE_DONE) {
        throw Misuse(std::string("Manifest.db refuses a row: ") +
                     sqlite3_errmsg(manifest_.handle()));
    }
}

void BackupMaker::add_described(const PhonePath& path, int flags, BackupFileFacts facts) {
    facts.relative_path = path.relative;
    facts.inode = next_inode_++;
    facts.changed = facts.born = facts.modified;
    add_row(backup_file_id(path.domain, path.relative), path, flags, mb_file_archive(facts));
}

void BackupMaker::add_folder(const PhonePath& path, int64_t modified) {
    add_described(path, flag_folder, {.mode = 040755, .modified = modified});
}

void BackupMaker::add_link(const PhonePath& path, const std::string& target) {
    add_described(path, flag_link, {.mode = 0120755, .link_target = target});
}

void BackupMaker::add_file(const PhonePath& path, ByteView content, int64_t modified,
                           uint32_t protection_class) {
    BackupFileFacts facts{
        .size = content.size(), .modified = modified, .protection_class = protection_class};
    if (backup_.with_digests) {
        const auto digest = crypto::sha1(content);
        facts.digest.assign(digest.begin(), digest.end());
    }
    const std::string id = backup_file_id(path.domain, path.relative);
    const std::string stored = id.substr(0, 2) + "/" + id;
    if (keybag_) {
        const SecretBytes key = fresh_key(random_);
        facts.encryption_key = keybag_->wrap(protection_class, key.reveal());
        put(stored, encrypt_backup_file(key.reveal(), content));
    } else {
        put(stored, content);
    }
    add_described(path, flag_file, std::move(facts));
}

void BackupMaker::finish() {
    manifest_.run("COMMIT");
    put_lists();
}

void BackupMaker::put_lists() {
    using plist::Dict;
    Dict manifest{{"IsEncrypted", keybag_.has_value()},
                  {"Version", "10.0"},
                  {"Date", plist::Date{760'000'000}},
                  {"SystemDomainsVersion", "24.0"},
                  {"WasPasscodeSet", true},
                  {"Lockdown", Dict{{"DeviceName", backup_.device_name},
                                    {"ProductType", backup_.product_type},
                                    {"ProductVersion", backup_.product_version},
                                    {"UniqueDeviceID", backup_.udid}}},
                  {"Applications", Dict{}}};
    Bytes database = manifest_.bytes();
    if (keybag_) {
        const SecretBytes key = fresh_key(random_);
        crypto::AesCbc(key.reveal(), crypto::CbcDirection::encrypt).crypt(database);
        manifest.set("BackupKeyBag", keybag_->bytes());
        manifest.set("ManifestKey", keybag_->wrap(manifest_class, key.reveal()));
    }
    put("Manifest.db", database);
    put("Manifest.plist", plist::write_binary(manifest));
    put("Status.plist", plist::write_binary(Dict{{"UUID", "6A1E2A3C-0000-4000-8000-000000000001"},
                                                 {"IsFullBackup", true},
                                                 {"Version", "3.3"},
                                                 {"BackupState", "new"},
                                                 {"Date", plist::Date{760'000'100}},
                                                 {"SnapshotState", backup_.snapshot_state}}));
    put("Info.plist", as_bytes(plist::write_xml(Dict{
                          {"Device Name", backup_.device_name},
                          {"Product Type", backup_.product_type},
                          {"Product Version", backup_.product_version},
                          {"Last Backup Date", plist::Date{760'000'000}},
                          {"Target Identifier", backup_.udid},
                          {"Installed Applications", plist::Array{"net.whatsapp.WhatsApp"}}})));
}

}  // namespace lifeboat::sim
