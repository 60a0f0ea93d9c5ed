// Info.plist, the one file of an iPhone's backup that the computer writes: whose backup it is, and
// what is needed to fetch its apps again.
#pragma once

#include "phone/ios/device.h"
#include "plist/plist.h"
#include "sys/random.h"

namespace lifeboat::phone::ios {

// What the phone does not have or not tell is left out. Throws Gone, Silent, Garbled, Waiting,
// Cancelled; a small service that refuses costs only what it would have told.
plist::Dict make_info_plist(Device& device, sys::Random& random, TimePoint now);

}  // namespace lifeboat::phone::ios
