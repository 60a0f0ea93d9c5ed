#include "app/whole_phone.h"

#include "engine/whole_phone.h"

namespace lifeboat::app {

WholePhoneResult restore_whole_phone(World& world, const std::string& udid,
                                     const FoundSnapshot& found, const WholePhoneWishes& wishes,
                                     const std::stop_token& stop) {
    repository::Repository& repository = *found.place.repository;
    phone::ios::WholeRestoreWishes words{.preserve_settings = wishes.keep_settings,
                                         .remove_others = wishes.remove_others};
    if (engine::is_encrypted_iphone(repository, found.snapshot, stop)) {
        if (const SecretText* known = world.phone_password(stop)) {
            words.password = known->duplicate();
        }
    }
    const auto phone = world.iphones().connect_iphone(udid, stop);
    const engine::WholePhoneReport report = engine::restore_whole_phone(
        repository, found.snapshot, *phone, words, wishes.dry_run, world.context(stop));
    return {.backup_of = report.backup.folder,
            .ios_version = report.backup.product_version,
            .encrypted = report.backup.encrypted,
            .bytes = report.backup.bytes};
}

}  // namespace lifeboat::app
