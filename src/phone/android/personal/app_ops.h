// What a person let an app do, or kept it from doing, on the phone's pages of special access:
// Android's "app operations", which stand beside the permissions.
//
// Of some hundred operations only those are of interest that such a page changes: the others follow
// the permissions, or are the phone's own business.
#pragma once

#include "personal/app.h"

#include <span>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

struct KnownOp {
    std::string_view name;   // as `appops` has it
    std::string_view usual;  // its mode while nobody has changed it
    std::string_view words;  // "show over other apps"
};
std::span<const KnownOp> known_ops();
// Null for what is none of them.
const KnownOp* find_known_op(std::string_view name);

// The known ones whose mode is not the usual one: of `appops get PACKAGE`, which names first what
// holds for the app's whole user and wins, then what holds for the package; and of `appops get
// UID`, which names the former alone. Lines of another form are left out.
personal::AppOps parse_app_ops(std::string_view of_package, std::string_view of_user);

}  // namespace lifeboat::phone::android
