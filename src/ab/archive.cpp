#include "ab/archive.h"

#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::ab {

namespace {

constexpr uint64_t longest_manifest = 1 << 20;  // certificates
constexpr size_t most_certificates = 1000;
constexpr size_t longest_app_name = 255;
constexpr std::string_view android_itself = "android";
// What an app or a domain takes in a listing beside its name.
constexpr uint64_t for_a_name = 320;
// Of a name that is told.
constexpr size_t longest_told = 200;

uint64_t manifest_number(std::string_view text) {
    const auto value = parse_u64(text);
    if (!value) throw Corrupt("an app's manifest in the Android backup is not readable");
    return *value;
}

std::string_view without_slashes(std::string_view name) {
    while (name.ends_with('/')) name.remove_suffix(1);
    return name;
}

// Counts entries into a listing, whose memory has an end.
class Counter {
public:
    explicit Counter(Listing& listing) : listing_(listing) {}

    void count(const Entry& entry, ArchiveReader& from) {
        const auto place = entry.path ? place_of(*entry.path) : std::nullopt;
        if (is_frame(entry)) return;
        if (!place || entry.tar.kind == TarKind::other) {
            ++listing_.left_out;
        } else if (!place->app.empty()) {
            AppContent& app = at(listing_.apps, place->app);
            if (entry.tar.kind == TarKind::file) count_file(app, *place, from, entry.tar.size);
        } else if (entry.tar.kind == TarKind::file) {
            ++listing_.shared_files;
            listing_.shared_bytes += entry.tar.size;
        }
    }

private:
    template <class Value>
    Value& at(std::map<std::string, Value>& named, const std::string& name) {
        const auto [found, is_new] = named.try_emplace(name);
        if (is_new) for_names_ += for_a_name + name.size();
        if (for_names_ > most_for_listing) throw Corrupt("the Android backup has too many apps");
        return found->second;
    }

    void count_file(AppContent& app, const Place& place, ArchiveReader& from, uint64_t size) {
        if (place.domain == "_manifest") {
            const auto manifest =
                read_manifest(as_text(read_all(from.content(), longest_manifest)));
            app.manifest = {.version_code = manifest.version_code, .sdk = manifest.sdk};
            return;
        }
        ++app.files;
        app.bytes += size;
        at(app.bytes_of_domain, place.domain) += size;
    }

    Listing& listing_;
    uint64_t for_names_ = 0;
};

bool is_word(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

// A hostile name may have 32 KiB.
std::string told(std::string_view name) {
    if (name.size() <= longest_told) return printable(name);
    return printable(name.substr(0, longest_told)) + "...";
}

}  // namespace

bool is_app_name(std::string_view name) {
    if (name == android_itself) return true;
    const auto words = split(name, '.');
    return name.size() <= longest_app_name && words.size() > 1 &&
           std::ranges::all_of(words, is_word);
}

bool is_frame(const Entry& entry) {
    if (!entry.path || entry.tar.kind != TarKind::folder) return false;
    const auto parts = entry.path->parts();
    return (parts.size() == 1 && (parts[0] == "apps" || parts[0] == "shared")) ||
           (parts.size() == 2 && parts[0] == "apps" && is_app_name(parts[1]));
}

std::optional<Place> place_of(const ItemPath& path) {
    const auto parts = path.parts();
    Place place;
    size_t at = path.text().size();
    if (parts.size() >= 3 && parts[0] == "apps" && is_app_name(parts[1])) {
        place.app = std::string(parts[1]);
        place.domain = std::string(parts[2]);
        at = parts[0].size() + parts[1].size() + parts[2].size() + 3;
    } else if (parts.size() >= 2 && parts[0] == "shared") {
        place.domain = std::string(parts[1]);
        at = parts[0].size() + parts[1].size() + 2;
    } else {
        return std::nullopt;
    }
    if (at < path.text().size()) place.rest = path.text().substr(at);
    return place;
}

AppManifest read_manifest(std::string_view text) {
    const auto line = lines(text);
    if (line.size() < 7 || line[0] != "1") {
        throw Corrupt("an app's manifest in the Android backup is not readable");
    }
    AppManifest manifest;
    manifest.package = std::string(line[1]);
    manifest.version_code = manifest_number(line[2]);
    manifest.sdk = static_cast<uint32_t>(manifest_number(line[3]));
    manifest.installer = std::string(line[4]);
    manifest.has_apk = line[5] == "1";
    const uint64_t certificates = manifest_number(line[6]);
    if (certificates > most_certificates || line.size() < 7 + certificates) {
        throw Corrupt("an app's manifest in the Android backup is cut");
    }
    for (uint64_t i = 0; i < certificates; ++i) manifest.certificates.emplace_back(line[7 + i]);
    return manifest;
}

std::string manifest_text(const AppManifest& manifest) {
    std::string text = fmt::format("1\n{}\n{}\n{}\n{}\n{}\n{}\n", manifest.package,
                                   manifest.version_code, manifest.sdk, manifest.installer,
                                   manifest.has_apk ? 1 : 0, manifest.certificates.size());
    for (const std::string& certificate : manifest.certificates) text += certificate + "\n";
    return text;
}

std::optional<Entry> ArchiveReader::next() {
    auto tar = tar_.next();
    if (!tar) return std::nullopt;
    Entry entry;
    const auto path = ItemPath::parse(without_slashes(tar->name));
    if (path && !path->is_root()) entry.path = path;
    entry.tar = std::move(*tar);
    return entry;
}

Listing read_listing(ByteSource& raw, const SecretText& password) {
    ArchiveReader reader(raw, password);
    Listing listing;
    listing.header = reader.header();
    Counter counter(listing);
    while (const auto entry = reader.next()) counter.count(*entry, reader);
    return listing;
}

void push_archive(ByteSource& raw, const SecretText& password, const ItemPath& below,
                  ItemSink& sink) {
    ArchiveReader reader(raw, password);
    const std::string prefix = below.is_root() ? "" : below.text() + "/";
    while (const auto entry = reader.next()) {
        const auto path =
            entry->path ? ItemPath::parse(prefix + entry->path->text()) : std::nullopt;
        if (is_frame(*entry)) continue;
        if (!path) {
            sink.unreadable(below, "a name in the Android backup leads out of its folder: \"" +
                                       told(entry->tar.name) + "\"");
        } else if (!place_of(*entry->path)) {
            sink.unreadable(below, "a name in the Android backup is of no app: \"" +
                                       told(entry->tar.name) + "\"");
        } else if (entry->tar.kind == TarKind::other) {
            sink.unreadable(*path, "it is a link or a device, which no backup of an app has");
        } else {
            const bool file = entry->tar.kind == TarKind::file;
            sink.put({.path = *path,
                      .kind = file ? ItemKind::file : ItemKind::folder,
                      .size = entry->tar.size,
                      .mode = entry->tar.mode,
                      .modified = entry->tar.modified},
                     reader.content());
        }
    }
}

}  // namespace lifeboat::ab
