#include "engine/coverage.h"

#include "checklist/facts.h"
#include "content/media_class.h"

namespace lifeboat::engine {

namespace {

namespace facts = checklist::facts;

std::string class_of(const ItemPath& path) {
    return std::string(content::to_text(content::classify(path.text())));
}

bool holds(const Manifest& manifest, const Item& item) {
    const auto entry = manifest.files.find(item.path);
    return entry != manifest.files.end() && entry->second.size == item.size &&
           same_date(entry->second.modified, item.modified);
}

checklist::PlaceContents contents_of(const HeldByPlace& held, const phone::Inventory& inventory) {
    checklist::PlaceContents contents{.place = held.place, .files = {}};
    for (const Item& item : inventory.items) {
        if (item.kind != ItemKind::file || held.wrong.contains(item.path) ||
            !holds(held.manifest, item))
            continue;
        contents.files.push_back({item.path.text(), item.size});
    }
    return contents;
}

std::string group_of(const ItemPath& path, const std::set<ItemPath>& files) {
    if (content::is_app_private(path.text())) return std::string(facts::group_private);
    return files.contains(path) ? class_of(path) : std::string(facts::group_folders);
}

}  // namespace

checklist::Completeness coverage(const phone::Inventory& inventory,
                                 const Refused& refused_while_reading,
                                 const std::vector<HeldByPlace>& places) {
    std::vector<checklist::PhoneFile> on_phone;
    std::set<ItemPath> files;
    for (const Item& item : inventory.items) {
        if (item.kind != ItemKind::file) continue;
        on_phone.push_back({item.path.text(), item.size, class_of(item.path)});
        files.insert(item.path);
    }
    Refused all = refused_while_reading;
    for (const auto& [path, reason] : inventory.unreadable) all.try_emplace(path, reason);
    std::vector<checklist::RefusedPath> refused;
    for (const auto& [path, reason] : all)
        refused.push_back({path.text(), group_of(path, files), reason});

    std::vector<checklist::PlaceContents> contents;
    for (const HeldByPlace& held : places) contents.push_back(contents_of(held, inventory));
    return checklist::subtract(on_phone, contents, refused);
}

std::set<ItemPath> new_since(const phone::Inventory& inventory, const Manifest& manifest) {
    std::set<ItemPath> fresh;
    for (const Item& item : inventory.items) {
        if (item.kind != ItemKind::file || manifest.unreadable.contains(item.path)) continue;
        if (!holds(manifest, item)) fresh.insert(item.path);
    }
    return fresh;
}

}  // namespace lifeboat::engine
