#include "ab/archive.h"

#include "base/text.h"

#include <fmt/format.h>

namespace lifeboat::ab {

namespace {

constexpr uint64_t longest_manifest = 1 << 20;  // certificates
constexpr size_t most_certificates = 1000;
// Only names of apps are kept while listing: a phone has some hundreds.
constexpr size_t most_apps = 100'000;

uint64_t manifest_number(std::string_view text) {
    const auto value = parse_u64(text);
    if (!value) throw Corrupt("an app's manifest in the Android backup is not readable");
    return *value;
}

std::string_view without_slashes(std::string_view name) {
    while (name.ends_with('/')) name.remove_suffix(1);
    return name;
}

void count_app_file(AppContent& app, const Place& place, ArchiveReader& from, uint64_t size) {
    if (place.domain == "_manifest") {
        app.manifest = read_manifest(as_text(read_all(from.content(), longest_manifest)));
        return;
    }
    ++app.files;
    app.bytes += size;
    app.bytes_of_domain[place.domain] += size;
}

void count(Listing& listing, const Entry& entry, ArchiveReader& from) {
    const auto place = entry.path ? place_of(*entry.path) : std::nullopt;
    if (!place || entry.tar.kind == TarKind::other) {
        ++listing.left_out;
    } else if (place->app.empty()) {
        if (entry.tar.kind != TarKind::file) return;
        ++listing.shared_files;
        listing.shared_bytes += entry.tar.size;
    } else {
        AppContent& app = listing.apps[place->app];
        if (listing.apps.size() > most_apps) throw Corrupt("the Android backup has too many apps");
        if (entry.tar.kind != TarKind::file) return;
        count_app_file(app, *place, from, entry.tar.size);
    }
}

}  // namespace

std::optional<Place> place_of(const ItemPath& path) {
    const auto parts = path.parts();
    Place place;
    size_t at = path.text().size();
    if (parts.size() >= 3 && parts[0] == "apps") {
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
    while (const auto entry = reader.next()) count(listing, *entry, reader);
    return listing;
}

void push_archive(ByteSource& raw, const SecretText& password, const ItemPath& below,
                  ItemSink& sink) {
    ArchiveReader reader(raw, password);
    const std::string prefix = below.is_root() ? "" : below.text() + "/";
    while (const auto entry = reader.next()) {
        const auto path =
            entry->path ? ItemPath::parse(prefix + entry->path->text()) : std::nullopt;
        if (!path) {
            sink.unreadable(below, "a name in the Android backup leads out of its folder: \"" +
                                       printable(entry->tar.name) + "\"");
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
