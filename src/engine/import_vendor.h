// A maker's own backup (Samsung Smart Switch, Clone Phone), taken into the repository: every file,
// with its hash, under the model it is of. What nobody here can open is only told, never proven.
#pragma once

#include "content/vendor_backup/vendor_backup.h"
#include "engine/engine.h"

namespace lifeboat::engine {

struct VendorImport {
    BackupReport backup{};
    content::VendorBackup what{};
    content::VendorLook look{};
    bool all_opened() const;
};

// With the date it says it has; without one, that of its newest file. Throws Missing when it has no
// file.
VendorImport import_vendor(const FileTree& folder, const content::VendorBackup& what,
                           repository::Repository& repository, const OperationContext& context);

}  // namespace lifeboat::engine
