#include "sim/ios/world/photo_library.h"

#include "base/hex.h"
#include "crypto/sha1.h"
#include "plist/plist.h"
#include "sim/content_maker.h"
#include "sim/document_maker.h"
#include "sim/photo_maker.h"

#include <fmt/format.h>

#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

constexpr std::chrono::minutes between_photos{437};
constexpr int64_t photos_a_folder = 999;
constexpr size_t film_size = 48'000;

// Of ZINTERNALRESOURCE.
constexpr int type_photo = 0, type_video = 1, type_live_film = 3;
constexpr int version_original = 0, version_derivative = 3;
constexpr int is_here = 1, is_not_here = -1;

// Part of what the phone's tables have: what tells photos apart, where they are, when they were
// taken, and where their originals are.
constexpr const char* tables = R"(
CREATE TABLE ZASSET (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZCLOUDLOCALSTATE INTEGER,
  ZFAVORITE INTEGER, ZHIDDEN INTEGER, ZKIND INTEGER, ZKINDSUBTYPE INTEGER, ZSAVEDASSETTYPE INTEGER,
  ZTRASHEDSTATE INTEGER, ZVISIBILITYSTATE INTEGER, ZHEIGHT INTEGER, ZWIDTH INTEGER,
  ZORIENTATION INTEGER,
  ZADDITIONALATTRIBUTES INTEGER, ZMASTER INTEGER, ZADDEDDATE TIMESTAMP, ZDATECREATED TIMESTAMP,
  ZMODIFICATIONDATE TIMESTAMP, ZTRASHEDDATE TIMESTAMP, ZDURATION FLOAT, ZLATITUDE FLOAT,
  ZLONGITUDE FLOAT,
  ZCLOUDASSETGUID VARCHAR, ZDIRECTORY VARCHAR, ZFILENAME VARCHAR, ZUNIFORMTYPEIDENTIFIER VARCHAR,
  ZUUID VARCHAR);
CREATE UNIQUE INDEX Z_Asset_byUuid ON ZASSET (ZUUID);
CREATE TABLE ZADDITIONALASSETATTRIBUTES (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZASSET INTEGER,
  ZORIGINALFILESIZE INTEGER, ZORIGINALHEIGHT INTEGER, ZORIGINALWIDTH INTEGER,
  ZTIMEZONEOFFSET INTEGER,
  ZMASTERFINGERPRINT VARCHAR, ZORIGINALFILENAME VARCHAR, ZTIMEZONENAME VARCHAR);
CREATE TABLE ZINTERNALRESOURCE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZASSET INTEGER,
  ZDATASTORECLASSID INTEGER, ZLOCALAVAILABILITY INTEGER, ZREMOTEAVAILABILITY INTEGER,
  ZRESOURCETYPE INTEGER,
  ZVERSION INTEGER, ZTRASHEDSTATE INTEGER, ZDATALENGTH INTEGER, ZFINGERPRINT VARCHAR);
CREATE INDEX ZInternalResource_ZASSET ON ZINTERNALRESOURCE (ZASSET);
CREATE TABLE ZCLOUDMASTER (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER,
  ZCLOUDLOCALSTATE INTEGER,
  ZCREATIONDATE TIMESTAMP, ZCLOUDMASTERGUID VARCHAR, ZORIGINALFILENAME VARCHAR,
  ZUNIFORMTYPEIDENTIFIER VARCHAR);
CREATE TABLE ZGENERICALBUM (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZKIND INTEGER,
  ZTITLE VARCHAR, ZUUID VARCHAR);
)";

std::string fingerprint(ByteView content) {
    return "01" + to_hex(crypto::sha1(content));
}

bool is_live(int64_t number, AssetKind kind) {
    return kind == AssetKind::photo && number % 5 == 0;
}

std::string film_of(const std::string& photo) {
    return photo.substr(0, photo.rfind('.')) + ".MOV";
}

}  // namespace

PhotoLibrary::PhotoLibrary(const Place& place)
    : place_(place), database_(place.path(camera_domain, photos_database)) {
    if (!database_.has_table("ZASSET")) make_tables();
}

void PhotoLibrary::make_tables() {
    make_core_data_tables(database_, {"AdditionalAssetAttributes", "Asset", "CloudMaster",
                                      "GenericAlbum", "InternalResource"});
    database_.run(tables);
    database_.insert("ZGENERICALBUM",
                     {{"ZKIND", 2}, {"ZTITLE", "Holiday"}, {"ZUUID", place_.uuid("album", 1)}});
}

std::vector<std::string> PhotoLibrary::add(AssetKind kind, uint64_t count) {
    std::vector<std::string> added;
    for (uint64_t i = 0; i < count; ++i) {
        const Asset asset = describe(kind, time_of(place_, i, count, between_photos));
        const Bytes original = original_of(asset);
        add_rows(asset, original);
        added.push_back(asset.uuid);
        if (kind == AssetKind::only_in_cloud) {
            const Bytes small = make_photo({.seed = place_.seed_of("thumbnail", asset.seed()),
                                            .taken = asset.taken,
                                            .width = 120,
                                            .height = 90});
            write(fmt::format("Media/PhotoData/Thumbnails/V2/{}/{}/5005.JPG", asset.folder,
                              asset.name),
                  small, asset.taken);
            continue;
        }
        write(fmt::format("Media/{}/{}", asset.folder, asset.name), original, asset.taken);
    }
    database_.run(
        "UPDATE Z_PRIMARYKEY SET Z_MAX=(SELECT max(Z_PK) FROM ZASSET) WHERE "
        "Z_NAME='Asset'");
    return added;
}

PhotoLibrary::Asset PhotoLibrary::describe(AssetKind kind, TimePoint taken) {
    // Numbers are never used again, as on the phone.
    const int64_t number = 1 + std::max(database_.number("SELECT max(Z_PK) FROM ZASSET"),
                                        database_.number("SELECT Z_MAX FROM Z_PRIMARYKEY WHERE "
                                                         "Z_NAME='Asset'"));
    Asset asset{.number = number, .kind = kind, .taken = taken};
    asset.folder = fmt::format("DCIM/{}APPLE", 100 + (number - 1) / photos_a_folder);
    asset.name = fmt::format("IMG_{:04}.{}", 1 + (number - 1) % 9999,
                             kind == AssetKind::video ? "MOV" : "JPG");
    asset.uuid = place_.uuid("asset", static_cast<uint64_t>(number));
    return asset;
}

Bytes PhotoLibrary::original_of(const Asset& asset) const {
    const uint64_t seed = place_.seed_of("photo", static_cast<uint64_t>(asset.number));
    if (asset.kind == AssetKind::video) return make_mp4(seed, film_size * (1 + seed % 4));
    return make_photo({.seed = seed,
                       .maker = "Apple",
                       .model = place_.model,
                       .taken = asset.taken,
                       .with_place = seed % 4 != 0,
                       .width = 480,
                       .height = 360});
}

void PhotoLibrary::add_rows(const Asset& asset, ByteView original) {
    add_asset(asset);
    database_.insert("ZADDITIONALASSETATTRIBUTES", {{"Z_PK", asset.number},
                                                    {"ZASSET", asset.number},
                                                    {"ZORIGINALFILESIZE", original.size()},
                                                    {"ZORIGINALHEIGHT", 360},
                                                    {"ZORIGINALWIDTH", 480},
                                                    {"ZTIMEZONEOFFSET", 0},
                                                    {"ZMASTERFINGERPRINT", fingerprint(original)},
                                                    {"ZORIGINALFILENAME", asset.name},
                                                    {"ZTIMEZONENAME", "GMT"}});
    const bool is_cloud = asset.kind == AssetKind::only_in_cloud;
    const int type = asset.kind == AssetKind::video ? type_video : type_photo;
    add_resource(asset, original,
                 {.type = type,
                  .version = version_original,
                  .local = is_cloud ? is_not_here : is_here,
                  .in_cloud = is_cloud});
    if (is_cloud) {
        add_resource(
            asset, {},
            {.type = type, .version = version_derivative, .local = is_here, .in_cloud = true});
    }
    if (is_live(asset.number, asset.kind)) {
        const Bytes film = make_mp4(place_.seed_of("live", asset.seed()), film_size / 4);
        write(fmt::format("Media/{}/{}", asset.folder, film_of(asset.name)), film, asset.taken);
        add_resource(asset, film,
                     {.type = type_live_film, .version = version_original, .local = is_here});
    }
}

void PhotoLibrary::add_asset(const Asset& asset) {
    const bool is_video = asset.kind == AssetKind::video;
    const bool in_trash = asset.kind == AssetKind::in_trash;
    const bool is_cloud = asset.kind == AssetKind::only_in_cloud;
    const double taken = apple_seconds(asset.taken);
    const std::string type = is_video ? "com.apple.quicktime-movie" : "public.jpeg";
    const int64_t master =
        database_.insert("ZCLOUDMASTER", {{"ZCLOUDLOCALSTATE", is_cloud ? 3 : 0},
                                          {"ZCREATIONDATE", taken},
                                          {"ZCLOUDMASTERGUID", place_.uuid("master", asset.seed())},
                                          {"ZORIGINALFILENAME", asset.name},
                                          {"ZUNIFORMTYPEIDENTIFIER", type}});
    database_.insert("ZASSET", {{"Z_PK", asset.number},
                                {"Z_ENT", 2},
                                {"Z_OPT", 1},
                                {"ZCLOUDLOCALSTATE", is_cloud},
                                {"ZFAVORITE", asset.number % 7 == 0},
                                {"ZHIDDEN", 0},
                                {"ZKIND", is_video},
                                {"ZKINDSUBTYPE", is_live(asset.number, asset.kind) ? 2 : 0},
                                {"ZSAVEDASSETTYPE", is_cloud ? 6 : 3},
                                {"ZTRASHEDSTATE", in_trash},
                                {"ZVISIBILITYSTATE", 0},
                                {"ZHEIGHT", 360},
                                {"ZWIDTH", 480},
                                {"ZORIENTATION", 1},
                                {"ZADDITIONALATTRIBUTES", asset.number},
                                {"ZMASTER", master},
                                {"ZADDEDDATE", taken},
                                {"ZDATECREATED", taken},
                                {"ZMODIFICATIONDATE", taken},
                                {"ZTRASHEDDATE", in_trash ? Cell(taken + 60) : Cell(nullptr)},
                                {"ZDURATION", is_video ? 4.2 : 0.0},
                                {"ZCLOUDASSETGUID", place_.uuid("cloud asset", asset.seed())},
                                {"ZDIRECTORY", asset.folder},
                                {"ZFILENAME", asset.name},
                                {"ZUNIFORMTYPEIDENTIFIER", type},
                                {"ZUUID", asset.uuid}});
}

void PhotoLibrary::add_resource(const Asset& asset, ByteView content, const Resource& resource) {
    database_.insert("ZINTERNALRESOURCE", {{"ZASSET", asset.number},
                                           {"ZLOCALAVAILABILITY", resource.local},
                                           {"ZREMOTEAVAILABILITY", resource.in_cloud},
                                           {"ZRESOURCETYPE", resource.type},
                                           {"ZVERSION", resource.version},
                                           {"ZTRASHEDSTATE", asset.kind == AssetKind::in_trash},
                                           {"ZDATALENGTH", content.size()},
                                           {"ZFINGERPRINT", fingerprint(content)}});
}

void PhotoLibrary::write(const std::string& relative, ByteView content, TimePoint time) const {
    write_content_file(place_.path(camera_domain, relative), content, time);
}

std::vector<std::string> PhotoLibrary::remove(uint64_t count) {
    const std::string chosen =
        fmt::format("SELECT Z_PK FROM ZASSET WHERE ZTRASHEDSTATE=0 ORDER BY Z_PK LIMIT {}", count);
    const auto gone =
        database_.texts(fmt::format("SELECT ZUUID FROM ZASSET WHERE Z_PK IN ({})", chosen));
    for (const std::string& file : database_.texts(fmt::format(
             "SELECT ZDIRECTORY||'/'||ZFILENAME FROM ZASSET WHERE Z_PK IN ({})", chosen))) {
        const std::string media = place_.path(camera_domain, "Media/");
        std::filesystem::remove(media + file);
        std::filesystem::remove(media + film_of(file));
        std::filesystem::remove_all(media + "PhotoData/Thumbnails/V2/" + file);
    }
    database_.run(fmt::format(
        "DELETE FROM ZINTERNALRESOURCE WHERE ZASSET IN ({0});"
        "DELETE FROM ZADDITIONALASSETATTRIBUTES WHERE ZASSET IN ({0});"
        "DELETE FROM ZCLOUDMASTER WHERE Z_PK IN (SELECT ZMASTER FROM ZASSET WHERE Z_PK IN ({0}));"
        "DELETE FROM ZASSET WHERE Z_PK IN ({0})",
        chosen));
    return gone;
}

std::vector<std::string> PhotoLibrary::upload(uint64_t count) {
    const auto chosen = fmt::format(
        "FROM ZASSET WHERE ZTRASHEDSTATE=0 AND ZCLOUDLOCALSTATE=0 ORDER BY Z_PK LIMIT {}", count);
    auto uploaded = database_.texts("SELECT ZUUID " + chosen);
    database_.run(fmt::format(
        "UPDATE ZINTERNALRESOURCE SET ZREMOTEAVAILABILITY=1 WHERE ZVERSION={0} AND ZASSET IN "
        "(SELECT Z_PK {1});"
        "UPDATE ZCLOUDMASTER SET ZCLOUDLOCALSTATE=3 WHERE Z_PK IN (SELECT ZMASTER {1});"
        "UPDATE ZASSET SET ZCLOUDLOCALSTATE=1 WHERE Z_PK IN (SELECT Z_PK {1})",
        version_original, chosen));
    return uploaded;
}

void PhotoLibrary::mark_cloud(bool all_downloaded) const {
    const auto put = [&](const std::string& name, ByteView content) {
        write("Media/PhotoData/" + name, content, place_.newest);
    };
    put("cpl_enabled_marker", {});
    if (all_downloaded) put("cpl_download_finished_marker", {});
    put("CPL/initialsync_marker", {});
    put("CPL/syncstatus.plist", plist::write_binary(plist::Dict{
                                    {"initialSyncDate", plist::Date{apple_seconds(place_.newest)}},
                                    {"lastSyncDate", plist::Date{apple_seconds(place_.newest)}}}));
    put("private/com.apple.assetsd/cloudServiceEnableLog.plist",
        plist::write_binary(
            plist::Array{plist::Dict{{"enabled", true},
                                     {"reason", "the person turned iCloud Photos on"},
                                     {"date", plist::Date{apple_seconds(place_.newest)}}}}));
}

}  // namespace lifeboat::sim::ios
