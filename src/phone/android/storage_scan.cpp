#include "phone/android/storage_scan.h"

#include "base/text.h"
#include "phone/android/shell_quote.h"

#include <algorithm>
#include <map>

namespace lifeboat::phone::android {
namespace {

// "public:179,1 mounted 1234-ABCD": cards that a folder listing of /storage may not show.
void add_listed_cards(std::string_view output, std::map<std::string, Volume>& cards) {
    for (const auto line : lines(output)) {
        const auto words = split(trim(line), ' ');
        if (words.size() != 3 || words[1] != "mounted") continue;
        if (const auto card = card_volume(words[2])) cards.emplace(card->remote, *card);
    }
}

void add_visible_cards(const PhoneLink& link, std::map<std::string, Volume>& cards,
                       const std::stop_token& stop) {
    constexpr size_t most_entries = 1000;
    SyncConnection connection(link.server, link.serial, SyncConnection::Reading::direct, stop);
    Bytes request;
    append_list(request, link.dialect, "/storage/");
    connection.send(request);
    for (size_t i = 0; i < most_entries; ++i) {
        const auto entry = read_entry(connection.input(), link.dialect);
        if (!entry) return;
        if (const auto card = card_volume(entry->name)) cards.emplace(card->remote, *card);
    }
}

// Why a folder without any entry, not even "." and "..", is empty: the phone's own `ls` says.
void explain_empty_folders(Shell& shell, const Volume& volume, WalkResult& walk,
                           const std::stop_token& stop) {
    constexpr size_t most = 2000;
    size_t asked = 0;
    for (const ItemPath& path : walk.without_dots) {
        if (path == volume.root || ++asked > most) continue;
        const std::string remote = remote_path(volume, path);
        const auto result = shell.run({.text = "ls " + shell_quote(remote)}, stop);
        if (result.exit_code == 0) continue;
        const auto words = trim(result.errors);
        const size_t colon = words.rfind(": ");
        walk.unreadable.push_back(
            {.path = path,
             .reason =
                 printable(colon == std::string_view::npos ? words : words.substr(colon + 2))});
    }
}

void resolve_links(Shell& shell, const Volume& volume, WalkResult& walk,
                   const std::stop_token& stop) {
    constexpr size_t most = 10'000;
    size_t asked = 0;
    for (Item& item : walk.items) {
        if (item.kind != ItemKind::symlink) continue;
        const std::string remote = remote_path(volume, item.path);
        ShellResult result{.exit_code = 1};
        if (++asked <= most) result = shell.run({.text = "readlink " + shell_quote(remote)}, stop);
        if (result.output.ends_with('\n')) result.output.pop_back();
        item.link_target = result.output;
        if (result.exit_code == 0 && !result.output.empty()) continue;
        walk.unreadable.push_back(
            {.path = item.path, .reason = "the phone does not tell where this link leads"});
    }
    std::erase_if(walk.items, [](const Item& item) {
        return item.kind == ItemKind::symlink && item.link_target.empty();
    });
}

}  // namespace

std::vector<Volume> find_volumes(const PhoneLink& link, const std::stop_token& stop) {
    std::map<std::string, Volume> cards;
    add_visible_cards(link, cards, stop);
    Shell shell(link.server, link.serial);
    add_listed_cards(shell.run({.text = "sm list-volumes public"}, stop).output, cards);
    std::vector<Volume> out{primary_volume()};
    for (const auto& [remote, volume] : cards) out.push_back(volume);
    return out;
}

void make_exact(Item& item, const ExactTimes& times, const std::string& remote) {
    const auto found = times.find(remote);
    if (found == times.end()) return;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(item.modified);
    const ExactTime& exact = found->second;
    if (exact.seconds != seconds.time_since_epoch().count()) return;
    // A size of version 1 of the protocol is what is left of it in 32 bits.
    if (static_cast<uint32_t>(exact.size) != static_cast<uint32_t>(item.size) &&
        item.kind == ItemKind::file) {
        return;
    }
    item.modified = seconds + nanoseconds(exact.nanoseconds);
    if (item.kind == ItemKind::file) item.size = exact.size;
}

StorageScan scan_storage(const PhoneLink& link, const WalkLimits& limits, const std::string& mark,
                         const std::stop_token& stop) {
    StorageScan out{.volumes = find_volumes(link, stop)};
    Shell shell(link.server, link.serial);
    for (const Volume& volume : out.volumes) {
        auto walk = Walk(link.server, link.serial, link.dialect, limits).run(volume, stop);
        if (!walk.root_found) continue;
        if (!walk.items.empty()) out.storage_seen = true;
        if (volume.remote == primary_volume().remote) out.storage_listed = true;
        explain_empty_folders(shell, volume, walk, stop);
        resolve_links(shell, volume, walk, stop);
        const ExactTimes times = exact_times_below(shell, volume.remote, mark, stop);
        auto& inventory = out.inventory;
        inventory.items.push_back({.path = volume.root, .kind = ItemKind::folder, .mode = 0775});
        for (Item& item : walk.items) {
            make_exact(item, times, remote_path(volume, item.path));
            inventory.items.push_back(std::move(item));
        }
        std::move(walk.unreadable.begin(), walk.unreadable.end(),
                  std::back_inserter(inventory.unreadable));
    }
    return out;
}

}  // namespace lifeboat::phone::android
