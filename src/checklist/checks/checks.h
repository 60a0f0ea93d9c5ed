// The checks that exist, one function each; catalogue() puts them into the order of the table.
#pragma once

#include "checklist/verdict.h"

#include <string_view>
#include <vector>

namespace lifeboat::checklist {

Check battery_for_update();
Check battery_to_start();
Check charger();
Check wifi();
Check phone_space();

// R-305 photos and videos, R-306 documents, R-505 audio and other files: one check a class.
Check class_covered(std::string_view media_class);
Check pinned_covered();
Check unreadable();       // what blocks
Check unreadable_rest();  // what only warns
Check private_areas();    // what Android closes to everybody
Check phone_hashes();

// a class of an Android phone's databases ("messages") is in the copy.
Check records_copied(std::string_view record_class, std::string_view title, Gate gate);

Check final_copy();
Check places_enough();
Check places_read_back();
Check places_apart();
Check size_steady();
Check password_sufficient();

Check iphone_encryption();
Check iphone_wifi();
Check icloud_backup();
Check icloud_backup_date();
Check icloud_storage();
Check activation();
Check find_my();
Check iphone_rehearsal();
Check originals_on_phone();
Check photos_uploaded();
Check whatsapp_on_iphone();

Check contacts_sync();   // blocks where the account has the only copy
Check calendar_sync();
Check other_sync();
Check google_backup();
Check google_photos();
Check smart_switch();
Check clone_phone();
Check apps_at_risk();
Check app_backup();
Check firmware();
Check update_waiting();
Check wifi_password();
Check find_my_device();
Check phone_at_rest();

Check messengers();
Check authenticators();

}  // namespace lifeboat::checklist
