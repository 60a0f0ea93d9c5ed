// Files of a backup written into an iPhone's media folder, each read back and compared.
#pragma once

#include "base/event.h"
#include "phone/ios/media.h"

#include <string>

namespace lifeboat::phone::ios {

// Writes the files of `tree` below "Media" (all of them, or those at or below `only`), with their
// dates. Each is written under a name of its own, read back, and only then takes the place of what
// was there. A file that cannot be written, and one outside of the media folder, is in `failed`.
// Throws NoSpace before anything is written, Missing when `only` names nothing, and Gone, Silent,
// Garbled, Cancelled: what was written by then stays.
//
// The Photos app lists what is in its library, not what lies in the folder: photos that come back
// this way are there for every computer, and on the phone's screen only once it has built its
// library anew. The events say so. A restore of the whole phone does not have this limit.
RestoreOutcome restore_media(Afc& afc, const FileTree& tree, std::span<const ItemPath> only,
                             EventSink& events);

}  // namespace lifeboat::phone::ios
