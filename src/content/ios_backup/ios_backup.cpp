#include "content/ios_backup/ios_backup.h"

#include "base/hex.h"
#include "base/text.h"
#include "content/ios_backup/decrypt_source.h"

#include <array>
#include <set>

namespace lifeboat::content {
namespace {

constexpr uint64_t most_manifest_bytes = uint64_t{16} << 30;

bool is_file(const FileTree& raw, const ItemPath& path) {
    const auto item = raw.find(path);
    return item && item->kind == ItemKind::file;
}

// The folder that holds Manifest.plist: the root, or the only folder below it that does.
std::optional<ItemPath> root_of(const FileTree& raw) {
    if (is_file(raw, ItemPath("Manifest.plist"))) return ItemPath();
    std::vector<ItemPath> folders;
    raw.list(ItemPath(), [&](const Item& item) {
        if (item.kind == ItemKind::folder) folders.push_back(item.path);
    });
    std::optional<ItemPath> found;
    for (const ItemPath& folder : folders) {
        if (!is_file(raw, folder.child("Manifest.plist"))) continue;
        if (found) {
            throw Misuse("here are backups of more than one iPhone: name the folder of one");
        }
        found = folder;
    }
    return found;
}

Bytes read_small(const FileTree& raw, const ItemPath& path) {
    return while_doing("reading " + std::string(path.name()),
                       [&] { return read_all(*raw.open(path), most_plist_bytes); });
}

constexpr std::array media_domains{"CameraRollDomain", "MediaDomain"};

[[noreturn]] void no_backup(const FileTree& raw) {
    if (is_file(raw, ItemPath("Manifest.mbdb"))) {
        throw Unsupported("this backup is older than iOS 10: its format is another one");
    }
    throw NoIosBackup("there is no backup of an iPhone here: Manifest.plist is missing");
}

OpenKeybag open_keys(const ManifestPlist& manifest, const SecretText& password) {
    if (password.empty()) {
        throw WrongBackupPassword("this backup is encrypted: it needs its password");
    }
    return open_keybag(parse_keybag(manifest.keybag), password);
}

}  // namespace

IosBackup::IosBackup(const FileTree& raw, const SecretText& password, const std::stop_token& stop)
    : raw_(raw) {
    const auto root = root_of(raw);
    if (!root) no_backup(raw);
    root_ = *root;
    manifest_ = read_manifest_plist(read_small(raw, root_.child("Manifest.plist")));
    if (is_file(raw, root_.child("Info.plist"))) {
        info_ = read_info_plist(read_small(raw, root_.child("Info.plist")));
    }
    if (is_file(raw, root_.child("Status.plist"))) {
        status_ = read_status_plist(read_small(raw, root_.child("Status.plist")));
    }
    if (manifest_.encrypted) keys_.emplace(open_keys(manifest_, password));
    auto database = while_doing("opening Manifest.db", [&] { return open_manifest(stop); });
    index_ =
        while_doing("reading Manifest.db", [&] { return ManifestIndex::read(*database, stop); });
    rows_.with([&](std::unique_ptr<Database>& rows) { rows = std::move(database); });
}

std::unique_ptr<Database> IosBackup::open_manifest(const std::stop_token& stop) const {
    const ItemPath path = root_.child("Manifest.db");
    const auto item = raw_.find(path);
    if (!item || item->kind != ItemKind::file) {
        throw Corrupt("this backup has no Manifest.db: nothing says which files belong to it");
    }
    if (item->size == 0 || item->size > most_manifest_bytes) {
        throw Corrupt("Manifest.db has an impossible size: " + human_bytes(item->size));
    }
    auto content = raw_.open(path);
    // Encrypted as a whole, and by SQLite's pages always whole blocks: no padding.
    if (keys_ && !manifest_.manifest_key.empty()) {
        const SecretBytes key = keys_->unwrap_with_class(manifest_.manifest_key);
        content = std::make_unique<DecryptSource>(std::move(content), key, item->size);
    }
    return std::make_unique<Database>(*content, item->size, stop);
}

std::vector<IosBackup::ShortName> IosBackup::short_names() {
    return {{"DCIM", "CameraRollDomain/Media/DCIM"},
            {"Attachments", "MediaDomain/Library/SMS/Attachments"},
            {"Voicemail", "HomeDomain/Library/Voicemail"},
            {"WhatsApp", "AppDomainGroup-group.net.whatsapp.WhatsApp.shared"},
            {"Notes", "AppDomainGroup-group.com.apple.notes"}};
}

ItemPath IosBackup::real_path(const ItemPath& path) const {
    if (path.is_root()) return path;
    const std::string_view first = path.parts().front();
    if (first == "Media" && index_.find(ItemPath(first)) == nullptr) {
        for (const char* domain : media_domains) {
            const ItemPath there(std::string(domain) + "/" + path.text());
            if (index_.find(there) != nullptr) return there;
        }
    }
    for (const ShortName& name : short_names()) {
        // A domain of that name would be the real one.
        if (first != name.name || index_.find(ItemPath(first)) != nullptr) continue;
        return ItemPath(std::string(name.path) + path.text().substr(first.size()));
    }
    return path;
}

std::optional<Item> IosBackup::find(const ItemPath& path) const {
    if (path.is_root()) return Item{.kind = ItemKind::folder, .mode = 0755};
    const ManifestEntry* entry = index_.find(real_path(path));
    if (entry == nullptr) return std::nullopt;
    return index_.item(*entry, path);
}

// One, but for "Media/...": that may be in both domains.
std::vector<ItemPath> IosBackup::real_folders(const ItemPath& path) const {
    const ItemPath real = real_path(path);
    std::vector<ItemPath> all{real};
    const ItemPath other(std::string(media_domains.back()) + "/" + path.text());
    const bool is_media = !path.is_root() && path.parts().front() == "Media" && real != path;
    if (is_media && real != other && index_.find(other) != nullptr) all.push_back(other);
    return all;
}

void IosBackup::list(const ItemPath& folder, const Each& each) const {
    const auto folders = folder.is_root() ? std::vector{folder} : real_folders(folder);
    std::set<std::string, std::less<>> told;
    for (const ItemPath& real : folders) {
        uint32_t number = 0;
        if (!real.is_root()) {
            const ManifestEntry* entry = index_.find(real);
            if (entry == nullptr || entry->folder == 0) {
                throw Missing("there is no folder '" + printable(folder.text()) + "'");
            }
            number = entry->folder;
        }
        for (const ManifestEntry& child : index_.children(number)) {
            const std::string_view name = index_.name(child);
            if (folders.size() > 1 && !told.emplace(name).second) continue;
            each(index_.item(child, folder.child(name)));
        }
    }
}

std::unique_ptr<ByteSource> IosBackup::open(const ItemPath& path) const {
    const ManifestEntry* entry = index_.find(real_path(path));
    if (entry == nullptr || entry->kind != ItemKind::file) {
        throw Missing("there is no file '" + printable(path.text()) + "'");
    }
    return while_doing("opening " + printable(path.text()),
                       [&] { return decrypt(open_stored(*entry), row(*entry)); });
}

MbFile IosBackup::row(const ManifestEntry& entry) const {
    const std::string id = to_hex(entry.id);
    // One database, many readers: they take turns for the microseconds of one row.
    return rows_.with([&](const std::unique_ptr<Database>& database) {
        Rows rows = database->query("SELECT file FROM Files WHERE fileID = ?1");
        rows.bind(1, id);
        if (!rows.next()) throw Corrupt("Manifest.db lost the row of " + id);
        return read_mb_file(rows.blob(0));
    });
}

ItemPath IosBackup::stored_path(const ManifestEntry& entry) const {
    const std::string id = to_hex(entry.id);
    return root_.child(id.substr(0, 2)).child(id);
}

ItemPath IosBackup::stored_path(const ItemPath& path) const {
    const ManifestEntry* entry = index_.find(real_path(path));
    if (entry == nullptr) throw Missing("there is no file '" + printable(path.text()) + "'");
    return stored_path(*entry);
}

std::optional<Item> IosBackup::stored(const ManifestEntry& entry) const {
    return raw_.find(stored_path(entry));
}

std::unique_ptr<ByteSource> IosBackup::open_stored(const ManifestEntry& entry) const {
    return raw_.open(stored_path(entry));
}

std::unique_ptr<ByteSource> IosBackup::decrypt(std::unique_ptr<ByteSource> stored,
                                               const MbFile& row) const {
    if (row.encryption_key.empty()) {
        return std::make_unique<SizedSource>(std::move(stored), row.size);
    }
    if (!keys_) throw Corrupt("a file is encrypted in a backup that says it is not");
    const SecretBytes key = keys_->unwrap_with_class(row.encryption_key);
    return std::make_unique<DecryptSource>(std::move(stored), key, row.size);
}

std::optional<IosBackupKind> recognise_ios_backup(const FileTree& raw) {
    const auto root = root_of(raw);
    if (!root) return std::nullopt;
    const ManifestPlist list = read_manifest_plist(read_small(raw, root->child("Manifest.plist")));
    IosBackupKind kind{.encrypted = list.encrypted,
                       .udid = list.udid,
                       .device_name = list.device_name,
                       .product_type = list.product_type,
                       .product_version = list.product_version,
                       .date = list.date,
                       .root = *root};
    const ItemPath status_path = root->child("Status.plist");
    if (is_file(raw, status_path)) {
        const StatusPlist status = read_status_plist(read_small(raw, status_path));
        kind.finished = status.finished();
        if (status.date) kind.date = status.date;
    }
    return kind;
}

void require_backup_password(const FileTree& raw, const SecretText& password) {
    const auto root = root_of(raw);
    if (!root) no_backup(raw);
    open_keys(read_manifest_plist(read_small(raw, root->child("Manifest.plist"))), password);
}

std::unique_ptr<FileTree> open_ios_backup(const FileTree& raw, SecretText password) {
    return std::make_unique<IosBackup>(raw, password);
}

}  // namespace lifeboat::content
