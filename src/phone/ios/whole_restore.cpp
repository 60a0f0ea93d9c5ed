#include "phone/ios/whole_restore.h"

#include "base/text.h"
#include "phone/ios/afc.h"
#include "phone/ios/tree_folder.h"
#include "phone/ios/waiting.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;

constexpr uint64_t largest_list = uint64_t{256} << 20;  // Info.plist has an icon for each app
constexpr std::string_view apps_folder = "/iTunesRestore";
constexpr std::string_view apps_file = "/iTunesRestore/RestoreApplications.plist";

Dict read_list(const FileTree& tree, const ItemPath& folder, std::string_view name) {
    const ItemPath path = folder.child(name);
    if (!tree.find(path)) {
        throw Corrupt(fmt::format("the backup of the iPhone has no {}", name),
                      "It cannot be restored. Choose another backup.");
    }
    return while_doing(fmt::format("reading {}", path.text()), [&] {
        plist::Value value = plist::read(read_all(*tree.open(path), largest_list));
        if (value.dict() == nullptr) throw Corrupt("it is no dictionary");
        return std::move(*value.dict());
    });
}

std::string text_under(const Dict& list, std::string_view key) {
    const std::string* text = list.text(key);
    return text == nullptr ? std::string() : *text;
}

ItemPath folder_in(const FileTree& tree) {
    std::vector<ItemPath> found;
    tree.list(ItemPath{}, [&](const Item& item) {
        if (item.kind != ItemKind::folder || !normal_udid(item.path.name())) return;
        if (tree.find(item.path.child("Manifest.plist"))) found.push_back(item.path);
    });
    if (found.empty()) {
        throw Missing("there is no backup of an iPhone in it",
                      "`lifeboat snapshot list` shows which backups are of which phone.");
    }
    if (found.size() > 1) throw Misuse("there are backups of several iPhones in it");
    return found.front();
}

uint64_t size_of(const FileTree& tree, const ItemPath& folder) {
    uint64_t bytes = 0;
    walk(tree, folder, [&](const Item& item) { bytes += item.size; });
    return bytes;
}

// "17.6.1" as numbers; what is none counts as 0.
std::vector<uint64_t> version_of(std::string_view text) {
    std::vector<uint64_t> numbers;
    for (const auto part : split(text, '.')) numbers.push_back(parse_u64(part).value_or(0));
    return numbers;
}

std::optional<uint64_t> free_on(Device& device) {
    const auto answer = device.look_up("com.apple.disk_usage", "AmountDataAvailable");
    return answer.value ? answer.value->u64() : std::nullopt;
}

// The list of apps the phone fetches from the App Store; taken away again unless it was used.
class AppsToFetch {
public:
    AppsToFetch(Device& device, const Dict& applications) : device_(device) {
        if (applications.empty()) return;
        Afc afc(device_.open(afc_service, device_.best_escrow()));
        if (!afc.info(apps_folder)) afc.make_folder(apps_folder);
        const auto handle = afc.open(apps_file, AfcMode::write_new);
        if (!handle) throw Missing("the iPhone does not take the list of apps");
        placed_ = true;
        afc.write(*handle, as_bytes(plist::write_xml(applications)));
        afc.close(*handle);
    }
    ~AppsToFetch() {
        if (!placed_) return;
        try {
            Afc(device_.open(afc_service, device_.best_escrow())).remove(apps_file);
        } catch (const std::exception&) {
            placed_ = false;  // the phone is gone; the next restore writes a new one
        }
    }
    AppsToFetch(const AppsToFetch&) = delete;
    AppsToFetch& operator=(const AppsToFetch&) = delete;

    void used() { placed_ = false; }

private:
    Device& device_;
    bool placed_ = false;
};

}  // namespace

RestorableBackup find_restorable(const FileTree& tree) {
    const ItemPath folder = folder_in(tree);
    const Dict status = read_list(tree, folder, "Status.plist");
    if (text_under(status, "SnapshotState") != "finished") {
        throw Corrupt("the iPhone never finished this backup",
                      "Nothing was done on the phone. Choose another backup.");
    }
    const Dict info = read_list(tree, folder, "Info.plist");
    const Dict manifest = read_list(tree, folder, "Manifest.plist");
    RestorableBackup out{.folder = folder.text(),
                         .product_version = text_under(info, "Product Version"),
                         .encrypted = manifest.boolean("IsEncrypted").value_or(false),
                         .bytes = size_of(tree, folder)};
    if (const Dict* applications = info.dict("Applications")) out.applications = *applications;
    return out;
}

void check_restorable(Device& device, const RestorableBackup& backup,
                      const WholeRestoreWishes& wishes) {
    if (backup.encrypted && wishes.password.empty()) {
        throw Misuse("this backup is encrypted: the password of the iPhone's backups is needed",
                     "It is the one that was set for encrypted backups, not the passcode.");
    }
    const auto find_my = device.look_up("com.apple.fmip", "IsAssociated");
    if (find_my.value && find_my.value->boolean().value_or(false)) {
        throw Waiting(Hand::find_my_off);
    }
    const auto version = device.look_up({}, "ProductVersion");
    const std::string* own = version.value ? version.value->text() : nullptr;
    if (own != nullptr && version_of(*own) < version_of(backup.product_version)) {
        throw Unsupported(fmt::format("the backup is of iOS {}, and the iPhone has the older {}",
                                      printable(backup.product_version), printable(*own)),
                          "Update the iPhone first, then restore. Nothing was changed on it.");
    }
    const auto free = free_on(device);
    if (free && *free < backup.bytes) {
        throw NoSpace(fmt::format("the backup needs {}, and the iPhone has {} free",
                                  human_bytes(backup.bytes), human_bytes(*free)),
                      "Nothing was changed on it. Make room on the iPhone, or erase it first.");
    }
}

void restore_whole_phone(const RestoreTools& tools, const FileTree& tree,
                         const WholeRestoreWishes& wishes) {
    const RestorableBackup backup = find_restorable(tree);
    check_restorable(tools.device, backup, wishes);
    if (backup.folder != tools.device.where().udid) {
        tools.events.on(Noted{.severity = Severity::warning,
                              .text = "The backup is of another iPhone: passwords and codes that "
                                      "are bound to that one do not come back."});
    }
    TreeFolder folder(tree, [&](double percent) {
        tools.events.on(
            Progress{.phase = "iphone",
                     .place = {},
                     .items_done = static_cast<uint64_t>(std::clamp(percent, 0.0, 100.0)),
                     .items_total = 100});
    });
    AppsToFetch apps(tools.device, backup.applications);
    tools.session.run(SyncLocking::locked, [&](MobileBackup& service) {
        service.restore({.source = backup.folder,
                         .preserve_settings = wishes.preserve_settings,
                         .remove_others = wishes.remove_others,
                         .password = wishes.password.duplicate()},
                        folder, tools.events);
        apps.used();
    });
}

}  // namespace lifeboat::phone::ios
