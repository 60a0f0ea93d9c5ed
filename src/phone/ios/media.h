// The media folder of an iPhone (photos, recordings, books) as items: what is in it, and its files
// read and written over AFC.
//
// Paths are "Media/DCIM/100APPLE/IMG_0001.HEIC": as in the phone's own backups, where "Media/" is
// below the domain CameraRollDomain or MediaDomain.
#pragma once

#include "phone/ios/afc.h"
#include "phone/phone.h"

#include <functional>
#include <optional>
#include <span>
#include <string>

namespace lifeboat::phone::ios {

// "/DCIM/100APPLE" for the file service; nothing for a path outside of the media folder.
std::optional<std::string> afc_path_of(const ItemPath& path);

// Whether the phone made it for itself: thumbnails, the photo library's databases, which change
// while nobody does anything, and music that a computer synced, which is in no iPhone's backup.
// Such paths are not counted among what a person has.
bool is_phones_own(const ItemPath& path);

// Everything else in the media folder; no content is read. What the phone does not list or look at
// is unreadable. Throws Gone, Silent, Garbled, Cancelled.
Inventory scan_media(Afc& afc);

// The content of a file. Throws Missing when there is none.
class AfcSource final : public ByteSource {
public:
    AfcSource(Afc& afc, const ItemPath& path);
    ~AfcSource() override;
    AfcSource(const AfcSource&) = delete;
    AfcSource& operator=(const AfcSource&) = delete;
    size_t read(MutableByteView out) override;

private:
    Afc& afc_;
    std::optional<uint64_t> handle_{};
};

// SHA-256 of files, read over the wire and hashed on this computer: an iPhone hashes nothing for
// us. So this proves that what was read now equals what was read then, not that the wire never
// errs.
void hash_media(Afc& afc, std::span<const ItemPath> files, const Phone::EachDigest& each);

}  // namespace lifeboat::phone::ios
