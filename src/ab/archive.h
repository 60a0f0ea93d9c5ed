// An .ab file as what it stands for: apps with their files, each in a domain of the app's folder.
#pragma once

#include "ab/payload.h"
#include "ab/tar_reader.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::ab {

// Where an entry belongs: "apps/PKG/DOMAIN/rest", or "shared/0/rest" with no app.
struct Place {
    std::string app{};     // "com.android.providers.telephony"
    std::string domain{};  // "f", "db", "d_f" ...; "_manifest" and "_meta" for those files
    std::string rest{};
};
// Nothing for a name that is none of these, or of an app that cannot be one.
std::optional<Place> place_of(const ItemPath& path);
// As Android lets an app be called: words parted by dots. Its own package is "android".
bool is_app_name(std::string_view name);

// What "_manifest" says of an app.
struct AppManifest {
    std::string package{};
    uint64_t version_code = 0;
    uint32_t sdk = 0;         // of the phone that wrote it
    std::string installer{};  // empty: none known
    bool has_apk = false;
    std::vector<std::string> certificates{};  // hexadecimal
};
// Throws Corrupt.
AppManifest read_manifest(std::string_view text);
std::string manifest_text(const AppManifest& manifest);

struct Entry {
    std::optional<ItemPath> path{};  // nothing: the name would lead out of any folder
    TarEntry tar{};
};

// Whether it is a folder that only holds the places of others: "apps", "apps/PKG", "shared".
bool is_frame(const Entry& entry);

// Reads a file entry by entry; nothing is kept in memory. One thread.
class ArchiveReader {
public:
    // `raw` outlives it. Throws what Payload throws.
    ArchiveReader(ByteSource& raw, const SecretText& password, Ending ending = Ending::whole)
        : payload_(raw, password, ending), tar_(payload_, ending == Ending::whole) {}

    const Header& header() const { return payload_.header(); }
    // Nothing at the end. A file without any entry has an end, too: Android writes one when no app
    // allowed anything. Throws Corrupt.
    std::optional<Entry> next();
    // The bytes of the entry that next() gave.
    ByteSource& content() { return tar_.content(); }

private:
    Payload payload_;
    TarReader tar_;
};

// What is kept of a manifest: a file may have very many, and long ones.
struct AppVersion {
    uint64_t version_code = 0;
    uint32_t sdk = 0;
};

struct AppContent {
    std::optional<AppVersion> manifest{};
    uint64_t files = 0;  // without the app's manifest
    uint64_t bytes = 0;
    std::map<std::string, uint64_t> bytes_of_domain{};
};

struct Listing {
    Header header{};
    std::map<std::string, AppContent> apps{};  // by package
    uint64_t shared_files = 0, shared_bytes = 0;
    uint64_t left_out = 0;  // links, devices, names that lead out, unknown folders
    bool has_nothing() const { return apps.empty() && shared_files == 0; }
};

// What a listing may take for names, in bytes: some 100,000 apps, and a phone has some hundreds.
inline constexpr uint64_t most_for_listing = uint64_t{64} << 20;

// Reads the whole file: what comes back is whole. Throws what ArchiveReader throws.
Listing read_listing(ByteSource& raw, const SecretText& password);

// Pushes every file and folder into the sink, under its path below `below`; what is of no app, or
// cannot be taken out safely, is told as unreadable. Throws what ArchiveReader and the sink throw.
void push_archive(ByteSource& raw, const SecretText& password, const ItemPath& below,
                  ItemSink& sink);

}  // namespace lifeboat::ab
