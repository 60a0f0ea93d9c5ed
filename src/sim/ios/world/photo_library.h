// The photo library of a simulated iPhone: DCIM, Photos.sqlite, and the marks of iCloud Photos.
#pragma once

#include "sim/ios/world/phone_database.h"
#include "sim/ios/world/place.h"

#include <string>
#include <vector>

namespace lifeboat::sim::ios {

inline constexpr std::string_view camera_domain = "CameraRollDomain";
inline constexpr std::string_view photos_database = "Media/PhotoData/Photos.sqlite";

enum class AssetKind {
    photo,  // every fifth a live photo, with its film beside it
    video,
    only_in_cloud,  // a row and a thumbnail; the original is in iCloud
    in_trash,
};

class PhotoLibrary {
public:
    // Opens the library of a phone, or makes an empty one. `place` outlives it.
    explicit PhotoLibrary(const Place& place);

    // Their ZUUIDs, oldest first.
    std::vector<std::string> add(AssetKind kind, uint64_t count);
    // For good: rows and files of the oldest that are not in the trash, as many as there are.
    // Their ZUUIDs.
    std::vector<std::string> remove(uint64_t count);
    // The oldest that iCloud does not have and that are not in the trash: now it has them. Their
    // ZUUIDs.
    std::vector<std::string> upload(uint64_t count);
    // What other programs see of iCloud Photos in the media folder.
    void mark_cloud(bool all_downloaded) const;
    void keep_log() { database_.keep_log(); }
    void commit() { database_.commit(); }

private:
    struct Asset {
        // What its own names and pictures are made from.
        uint64_t seed() const { return static_cast<uint64_t>(number); }

        int64_t number = 0;
        AssetKind kind = AssetKind::photo;
        TimePoint taken{};
        std::string folder{};  // "DCIM/100APPLE"
        std::string name{};    // "IMG_0001.JPG"
        std::string uuid{};
    };

    void make_tables();
    Asset describe(AssetKind kind, TimePoint taken);
    void add_rows(const Asset& asset, ByteView original);
    void add_asset(const Asset& asset);
    // The bytes of an asset in one form, as ZINTERNALRESOURCE tells of them.
    struct Resource {
        int type = 0;
        int version = 0;
        int local = 0;
        bool in_cloud = false;
    };
    void add_resource(const Asset& asset, ByteView content, const Resource& resource);
    Bytes original_of(const Asset& asset) const;
    void write(const std::string& relative, ByteView content, TimePoint time) const;

    const Place& place_;
    PhoneDatabase database_;
};

}  // namespace lifeboat::sim::ios
