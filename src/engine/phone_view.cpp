#include "engine/phone_view.h"

#include "base/hex.h"
#include "crypto/sha1.h"
#include "personal/collection.h"

#include <array>

namespace lifeboat::engine {

namespace {

constexpr std::array media_domains{"CameraRollDomain", "MediaDomain"};

}  // namespace

std::set<ItemPath> PhoneView::as_listed(const std::set<ItemPath>& wrong) const {
    if (stored.empty()) return wrong;
    std::set<ItemPath> listed;
    for (const auto& [path, where] : stored) {
        if (wrong.contains(where)) listed.insert(path);
    }
    return listed;
}

PhoneView view_of(const Manifest& manifest) {
    PhoneView view{.manifest = manifest};
    std::erase_if(view.manifest.files,
                  [](const auto& entry) { return personal::is_personal(entry.first); });
    return view;
}

PhoneView view_of_iphone(const Manifest& manifest, const IphoneContents* contents) {
    static const IphoneContents nothing;
    const IphoneContents& known = contents != nullptr ? *contents : nothing;
    PhoneView view{.manifest = media_manifest(manifest, known)};
    for (const auto& [path, file] : known.media) view.stored[path] = file.stored;
    return view;
}

ItemPath name_in_backup(const ItemPath& listed, const ItemPath& stored) {
    for (const char* domain : media_domains) {
        const auto id = crypto::sha1(as_bytes(std::string(domain) + "-" + listed.text()));
        if (to_hex(id) == stored.name()) return ItemPath(std::string(domain) + "/" + listed.text());
    }
    return listed;
}

ItemPath name_on_phone(const ItemPath& named) {
    if (named.is_within(ItemPath("DCIM"))) return ItemPath("Media/" + named.text());
    for (const char* domain : media_domains) {
        const ItemPath media = ItemPath(domain).child("Media");
        if (!named.is_within(media)) continue;
        return ItemPath(named.text().substr(std::string_view(domain).size() + 1));
    }
    return named;
}

std::optional<PhoneView> load_phone_view(const FileTree& snapshot) {
    const auto manifest = load_manifest(snapshot);
    if (!manifest) return std::nullopt;
    if (!content::recognise_ios_backup(snapshot)) return view_of(*manifest);
    const auto contents = load_iphone_contents(snapshot);
    return view_of_iphone(*manifest, contents ? &*contents : nullptr);
}

HeldByPlace held_by(const Place& place, const std::string& device_key,
                    const std::stop_token& stop) {
    HeldByPlace held{.place = place.name};
    if (place.repository == nullptr) return held;
    const auto newest = newest_backup(place.repository->snapshots(stop), device_key);
    if (!newest) return held;
    const auto tree = place.repository->read(*newest, stop);
    const auto manifest = load_manifest(*tree);
    if (!manifest) return held;
    auto view = load_phone_view(*tree);
    held.wrong = view->as_listed(left_out(*manifest, *tree));
    held.manifest = std::move(view->manifest);
    return held;
}

checklist::Platform platform_of(const phone::Facts& facts) {
    return facts.id.platform == phone::Platform::ios ? checklist::Platform::ios
                                                     : checklist::Platform::android;
}

}  // namespace lifeboat::engine
