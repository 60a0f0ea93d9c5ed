#include "engine/whole_phone.h"

namespace lifeboat::engine {

bool is_encrypted_iphone(repository::Repository& repository, const repository::Snapshot& snapshot,
                         const std::stop_token& stop) {
    return phone::ios::find_restorable(*repository.read(snapshot, stop)).encrypted;
}

WholePhoneReport restore_whole_phone(repository::Repository& repository,
                                     const repository::Snapshot& snapshot,
                                     phone::ios::IosPhone& phone,
                                     const phone::ios::WholeRestoreWishes& wishes, bool dry_run,
                                     const OperationContext& context) {
    const auto tree = repository.read(snapshot, context.stop);
    WholePhoneReport report{.backup = phone.check_whole(*tree, wishes, context.stop)};
    if (dry_run) return report;
    phone.restore_whole(*tree, wishes, context.events, context.stop);
    report.done = true;
    return report;
}

}  // namespace lifeboat::engine
