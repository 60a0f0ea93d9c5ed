#include "phone/ios/media.h"

#include "base/text.h"
#include "crypto/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::ios {
namespace {

constexpr std::string_view top = "Media";
constexpr size_t read_size = size_t{1} << 20;
// Ten times as many as the largest iPhone known: a listing without an end is no listing.
constexpr size_t most_items = 10'000'000;

// A break of the wire ends the whole work; what the phone says about one path ends only that path.
template <class Work>
std::optional<std::string> reason_of(Work&& work) {
    try {
        work();
        return std::nullopt;
    } catch (const Gone&) {
        throw;
    } catch (const Silent&) {
        throw;
    } catch (const Garbled&) {
        throw;
    } catch (const Error& error) {
        return error.message();
    }
}

class Scan {
public:
    explicit Scan(Afc& afc) : afc_(afc) {}

    Inventory run() {
        const ItemPath root{top};
        found_.items.push_back({.path = root, .kind = ItemKind::folder});
        scan(root);
        return std::move(found_);
    }

private:
    void scan(const ItemPath& folder) {
        std::vector<std::string> names;
        const auto why = reason_of([&] {
            auto listed = afc_.list(*afc_path_of(folder));
            if (listed) names = std::move(*listed);  // else it went since it was seen
        });
        if (why) return refuse(folder, *why);
        std::ranges::sort(names);
        for (const std::string& name : names) look(folder, name);
    }

    void look(const ItemPath& folder, const std::string& name) {
        const auto path = ItemPath::parse(folder.text() + "/" + name);
        if (!path) {
            return refuse(folder, fmt::format("it holds \"{}\", which no path can name",
                                              printable(name.substr(0, 100))));
        }
        if (is_phones_own(*path)) return;
        std::optional<AfcInfo> info;
        const auto why = reason_of([&] { info = afc_.info(*afc_path_of(*path)); });
        if (why) return refuse(*path, *why);
        if (!info) return;
        if (found_.items.size() >= most_items) {
            throw Garbled("the iPhone's media folder has no end");
        }
        const bool is_file = info->kind == ItemKind::file;
        found_.items.push_back({.path = *path,
                                .kind = info->kind,
                                .size = is_file ? info->size : 0,
                                .modified = info->modified,
                                .link_target = info->link_target});
        if (info->kind == ItemKind::folder) scan(*path);
    }

    void refuse(const ItemPath& path, std::string reason) {
        found_.unreadable.push_back({path, std::move(reason)});
    }

    Afc& afc_;
    Inventory found_{};
};

}  // namespace

std::optional<std::string> afc_path_of(const ItemPath& path) {
    if (!path.is_within(ItemPath{top})) return std::nullopt;
    const std::string below = path.text().substr(top.size());
    return below.empty() ? "/" : below;
}

bool is_phones_own(const ItemPath& path) {
    // Edits of photos are a person's work, and the only thing there that is.
    static const ItemPath edits{"Media/PhotoData/Mutations"};
    static const ItemPath library{"Media/PhotoData"};
    static const std::array others{
        ItemPath{"Media/iTunes_Control"},
        ItemPath{"Media/iTunesRestore"},
        ItemPath{"Media/com.apple.itunes.lock_sync"},
    };
    if (path.is_within(library)) return path != library && !path.is_within(edits);
    return std::ranges::any_of(others, [&](const ItemPath& one) { return path.is_within(one); });
}

Inventory scan_media(Afc& afc) {
    return Scan(afc).run();
}

AfcSource::AfcSource(Afc& afc, const ItemPath& path) : afc_(afc) {
    if (const auto remote = afc_path_of(path)) handle_ = afc_.open(*remote, AfcMode::read);
    if (!handle_) throw Missing("the iPhone has no such file");
}

AfcSource::~AfcSource() {
    try {
        if (handle_) afc_.close(*handle_);
    } catch (const std::exception&) {
        handle_.reset();  // the phone closes it with the connection
    }
}

size_t AfcSource::read(MutableByteView out) {
    return out.empty() ? 0 : afc_.read(*handle_, out);
}

void hash_media(Afc& afc, std::span<const ItemPath> files, const Phone::EachDigest& each) {
    crypto::Sha256 hash;
    Bytes buffer(read_size);
    for (const ItemPath& path : files) {
        Digest digest{};
        const auto why = reason_of([&] {
            AfcSource content(afc, path);
            hash.finish();  // of a file that broke off
            while (const size_t got = content.read(buffer)) {
                hash.update(ByteView(buffer).first(got));
            }
            digest = Digest{hash.finish()};
        });
        each(path, why ? std::nullopt : std::optional(digest), why.value_or(""));
    }
}

}  // namespace lifeboat::phone::ios
