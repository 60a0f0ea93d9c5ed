#include "engine/free_space.h"

#include "base/text.h"
#include "checklist/facts.h"
#include "content/media_class.h"
#include "crypto/sha256.h"
#include "engine/manifest.h"
#include "engine/meter.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace lifeboat::engine {
namespace {

constexpr size_t part_size = 256 * 1024;
constexpr size_t places_needed = 2;

// What a place holds of this phone, open to be read.
struct Shelf {
    Place* place = nullptr;
    std::unique_ptr<FileTree> tree{};
    Manifest manifest{};
};

struct Candidate {
    const Item* item = nullptr;
    SpaceReason reason = SpaceReason::duplicate;
    ItemPath twin{};
    Digest sha256{};
    std::set<std::string> given_back{};  // locations
    std::string why{};
};

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return out;
}

// "sdcard/Android/media/...": files that an app keeps and misses when they go.
bool belongs_to_an_app(const ItemPath& path) {
    const auto parts = path.parts();
    return parts.size() > 1 && lowered(parts[1]) == "android";
}

bool is_screenshot(const ItemPath& path) {
    const ItemPath folder = path.parent();  // its parts look into it
    const auto parts = folder.parts();
    return std::any_of(parts.begin(), parts.end(),
                       [](std::string_view part) { return lowered(part) == "screenshots"; });
}

bool is_download(const ItemPath& path) {
    const ItemPath folder = path.parent();
    const auto parts = folder.parts();
    return parts.size() > 1 && lowered(parts[1]).starts_with("download");
}

const ManifestEntry* entry_of(const Manifest& manifest, const Item& item) {
    const auto found = manifest.files.find(item.path);
    if (found == manifest.files.end()) return nullptr;
    const bool same =
        found->second.size == item.size && same_date(found->second.modified, item.modified);
    return same ? &found->second : nullptr;
}

// The one of equal files that stays: the camera's before others, then the oldest.
auto rank(const Item& item) {
    const bool camera = lowered(item.path.text()).find("/dcim/") != std::string::npos;
    return std::make_tuple(!camera, item.modified, item.path);
}

class SpaceRun {
public:
    SpaceRun(phone::Phone& phone, std::span<Place> places, const SpaceWishes& wishes,
             const OperationContext& context)
        : phone_(phone), places_(places), wishes_(wishes), context_(context) {}

    SpaceReport run() {
        report_.facts = phone_.facts(context_.stop);
        if (report_.facts.id.platform == phone::Platform::ios) {
            throw Unsupported("an iPhone's photos are removed in its Photos app",
                              "On the iPhone: Settings, General, iPhone Storage. After 'lifeboat "
                              "ready' says that they are in two places.");
        }
        tell_space();
        inventory_ = phone_.inventory(context_.stop);
        open_shelves();
        choose();
        read_back();
        ask_phone();
        sort_out();
        return std::move(report_);
    }

private:
    void tell_space() {
        for (const phone::Reading& reading : report_.facts.readings) {
            const auto number = parse_u64(reading.value.value_or(""));
            if (reading.fact == checklist::facts::storage_free_bytes) report_.free_bytes = number;
            if (reading.fact == checklist::facts::storage_total_bytes) report_.total_bytes = number;
        }
    }

    // What goes wrong at a place is that place's problem: it gives nothing back.
    template <class Work>
    void attempt(const Place& place, Work work) {
        try {
            work();
        } catch (const Cancelled&) {
            throw;
        } catch (const Error& error) {
            report_.place_problems.push_back({ItemPath{}, place.name + ": " + error.full_text()});
        }
    }

    void open_shelves() {
        for (Place& place : places_) {
            if (place.repository == nullptr) {
                report_.place_problems.push_back({ItemPath{}, place.name + ": " + place.problem});
                continue;
            }
            attempt(place, [&] {
                const auto newest = newest_backup(place.repository->snapshots(context_.stop),
                                                  report_.facts.device_key);
                if (!newest) return;
                Shelf shelf{.place = &place,
                            .tree = place.repository->read(*newest, context_.stop)};
                auto manifest = load_manifest(*shelf.tree);
                if (!manifest) return;
                shelf.manifest = std::move(*manifest);
                report_.places.push_back(place.name);
                shelves_.push_back(std::move(shelf));
            });
        }
    }

    // The hash that any place knows of this very file.
    const ManifestEntry* known(const Item& item) const {
        for (const Shelf& shelf : shelves_) {
            if (const ManifestEntry* entry = entry_of(shelf.manifest, item)) return entry;
        }
        return nullptr;
    }

    void choose() {
        choose_duplicates();
        const TimePoint before = context_.clock.now() - wishes_.age;
        for (const Item& item : inventory_.items) {
            if (!may_go(item) || chosen_.contains(item.path)) continue;
            const bool video = content::classify(item.path.text()) == content::MediaClass::videos;
            const bool old = item.modified < before;
            if (video && item.size >= wishes_.video_bytes)
                add(item, SpaceReason::large_video);
            else if (old && is_screenshot(item.path))
                add(item, SpaceReason::old_screenshot);
            else if (old && is_download(item.path))
                add(item, SpaceReason::old_download);
        }
    }

    static bool may_go(const Item& item) {
        return item.kind == ItemKind::file && item.size > 0 && !belongs_to_an_app(item.path);
    }

    void choose_duplicates() {
        std::map<Digest, std::vector<const Item*>> equal;
        for (const Item& item : inventory_.items) {
            if (!may_go(item)) continue;
            if (const ManifestEntry* entry = known(item)) equal[entry->sha256].push_back(&item);
        }
        for (auto& [digest, items] : equal) {
            if (items.size() < 2) continue;
            const auto keep = std::min_element(
                items.begin(), items.end(), [](auto* a, auto* b) { return rank(*a) < rank(*b); });
            const ItemPath twin = (*keep)->path;
            for (const Item* item : items) {
                if (item != *keep) add(*item, SpaceReason::duplicate, twin);
            }
            kept_.emplace(twin, digest);
        }
    }

    void add(const Item& item, SpaceReason reason, const ItemPath& twin = {}) {
        Candidate one{.item = &item, .reason = reason, .twin = twin};
        if (const ManifestEntry* entry = known(item))
            one.sha256 = entry->sha256;
        else
            one.why = "no place has it as it is now";
        chosen_.emplace(item.path, std::move(one));
    }

    void read_back() {
        for (Shelf& shelf : shelves_) {
            Meter meter(context_.events, context_.clock, "read back", shelf.place->name);
            attempt(*shelf.place, [&] { read_back(shelf, meter); });
        }
    }

    void read_back(const Shelf& shelf, Meter& meter) {
        // Two names for one folder are one place.
        const std::string where =
            shelf.place->location.empty() ? shelf.place->name : shelf.place->location;
        for (auto& [path, one] : chosen_) {
            if (context_.stop.stop_requested()) throw Cancelled();
            const ManifestEntry* entry = entry_of(shelf.manifest, *one.item);
            if (entry == nullptr || entry->sha256 != one.sha256) continue;
            if (hash_of(*shelf.tree, path, meter) == one.sha256) one.given_back.insert(where);
        }
    }

    // Nothing when the place cannot give it back.
    static std::optional<Digest> hash_of(const FileTree& tree, const ItemPath& path, Meter& meter) {
        try {
            Bytes buffer(part_size);
            crypto::Sha256 hash;
            const auto source = tree.open(path);
            while (const size_t size = source->read(buffer)) {
                hash.update(MutableByteView(buffer).first(size));
                meter.add_bytes(size);
            }
            meter.add_items(1);
            return Digest{hash.finish()};
        } catch (const Corrupt&) {
            return std::nullopt;
        } catch (const Missing&) {
            return std::nullopt;
        }
    }

    // The phone hashes what is proposed, and what stays in its place.
    void ask_phone() {
        std::vector<ItemPath> paths;
        for (auto& [path, one] : chosen_) {
            if (one.why.empty() && one.given_back.size() < places_needed)
                one.why = "not given back by two places";
            if (one.why.empty()) paths.push_back(path);
        }
        for (const auto& [path, digest] : kept_) paths.push_back(path);
        std::set<ItemPath> same;
        phone_.digests(
            paths,
            [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string&) {
                const auto kept = kept_.find(path);
                const auto one = chosen_.find(path);
                const bool equal = (kept != kept_.end() && digest == kept->second) ||
                                   (one != chosen_.end() && digest == one->second.sha256);
                if (equal) same.insert(path);
            },
            context_.stop);
        for (auto& [path, one] : chosen_) {
            if (one.why.empty() && !same.contains(path))
                one.why = "the phone has other content than the copies";
            if (one.why.empty() && !one.twin.is_root() && !same.contains(one.twin))
                one.why = "the one to keep has other content";
        }
    }

    void sort_out() {
        for (const SpaceReason reason : {SpaceReason::duplicate, SpaceReason::large_video,
                                         SpaceReason::old_screenshot, SpaceReason::old_download}) {
            SpaceGroup group{.reason = reason};
            for (const auto& [path, one] : chosen_) {
                if (one.reason != reason) continue;
                (one.why.empty() ? group.proposed : group.not_proven)
                    .push_back({path, one.item->size, one.item->modified, one.twin, one.why});
            }
            for (auto* files : {&group.proposed, &group.not_proven}) {
                std::stable_sort(files->begin(), files->end(),
                                 [](const auto& a, const auto& b) { return a.size > b.size; });
            }
            if (!group.proposed.empty() || !group.not_proven.empty())
                report_.groups.push_back(std::move(group));
        }
    }

    phone::Phone& phone_;
    std::span<Place> places_;
    const SpaceWishes& wishes_;
    const OperationContext& context_;
    SpaceReport report_{};
    phone::Inventory inventory_{};
    std::vector<Shelf> shelves_{};
    std::map<ItemPath, Candidate> chosen_{};
    std::map<ItemPath, Digest> kept_{};
};

}  // namespace

std::string_view to_text(SpaceReason reason) {
    switch (reason) {
        case SpaceReason::duplicate:
            return "duplicate";
        case SpaceReason::large_video:
            return "large_video";
        case SpaceReason::old_screenshot:
            return "old_screenshot";
        case SpaceReason::old_download:
            return "old_download";
    }
    return "duplicate";
}

uint64_t SpaceGroup::bytes() const {
    uint64_t sum = 0;
    for (const SpaceFile& file : proposed) sum += file.size;
    return sum;
}

uint64_t SpaceReport::bytes() const {
    uint64_t sum = 0;
    for (const SpaceGroup& group : groups) sum += group.bytes();
    return sum;
}

SpaceReport free_space(phone::Phone& phone, std::span<Place> places, const SpaceWishes& wishes,
                       const OperationContext& context) {
    return SpaceRun(phone, places, wishes, context).run();
}

}  // namespace lifeboat::engine
