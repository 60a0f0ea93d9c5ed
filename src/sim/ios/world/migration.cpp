#include "sim/ios/world/migration.h"

#include "sim/ios/world/app_content_maker.h"
#include "sim/ios/world/messages_maker.h"
#include "sim/ios/world/phone_database.h"
#include "sim/ios/world/photo_library.h"
#include "sim/ios/world/planner_maker.h"
#include "sim/ios/world/settings_maker.h"

#include <fmt/format.h>

#include <filesystem>
#include <span>
#include <vector>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;

// Some of what each version brought; enough that a reader meets every kind of change.
struct Step {
    int major = 0;
    std::string_view domain{};
    std::string_view path{};
    const char* sql = "";
};

const std::vector<Step>& steps() {
    static const std::vector<Step> all{
        {16, home_domain, messages_database,
         "ALTER TABLE message ADD COLUMN part_count INTEGER DEFAULT 0;"
         "ALTER TABLE message ADD COLUMN date_retracted INTEGER DEFAULT 0;"
         "ALTER TABLE message ADD COLUMN date_edited INTEGER DEFAULT 0;"
         "CREATE TABLE chat_recoverable_message_join (chat_id INTEGER REFERENCES chat (ROWID), "
         "message_id INTEGER, delete_date INTEGER, PRIMARY KEY (chat_id, message_id));"
         "UPDATE message SET part_count=1;"
         "UPDATE _SqliteDatabaseProperties SET value='16100' WHERE key='_ClientVersion';"},
        {16, camera_domain, photos_database,
         "ALTER TABLE ZASSET ADD COLUMN ZLIBRARYSCOPE INTEGER;"
         "ALTER TABLE ZASSET ADD COLUMN ZLIBRARYSCOPESHARESTATE INTEGER DEFAULT 0;"
         "CREATE TABLE ZSHARE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZTITLE "
         "VARCHAR, ZUUID VARCHAR);"
         "UPDATE Z_METADATA SET Z_VERSION=16;"},
        {16, health_domain, "Health/healthdb_secure.sqlite",
         "CREATE TABLE workout_activities (ROWID INTEGER PRIMARY KEY AUTOINCREMENT, uuid BLOB, "
         "owner_id INTEGER, is_primary_activity INTEGER, activity_type INTEGER, duration REAL);"
         "INSERT INTO workout_activities (owner_id, is_primary_activity, activity_type, duration) "
         "SELECT data_id, 1, activity_type, duration FROM workouts;"},
        {17, home_domain, messages_database,
         "ALTER TABLE message ADD COLUMN fallback_hash TEXT;"
         "ALTER TABLE message ADD COLUMN is_stewie INTEGER DEFAULT 0;"
         "UPDATE _SqliteDatabaseProperties SET value='17000' WHERE key='_ClientVersion';"},
        {17, camera_domain, photos_database,
         "ALTER TABLE ZASSET ADD COLUMN ZICONICSCORE FLOAT;"
         "ALTER TABLE ZADDITIONALASSETATTRIBUTES ADD COLUMN ZSYNDICATIONIDENTIFIER VARCHAR;"
         "CREATE TABLE ZDETECTIONTRAIT (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, "
         "ZTYPE INTEGER, ZDETECTION INTEGER);"
         "UPDATE Z_METADATA SET Z_VERSION=17;"},
        {17, home_domain, "Library/CallHistoryDB/CallHistory.storedata",
         "ALTER TABLE ZCALLRECORD ADD COLUMN ZJUNKCONFIDENCE INTEGER DEFAULT 0;"
         "ALTER TABLE ZCALLRECORD ADD COLUMN ZVERIFICATIONSTATUS INTEGER DEFAULT 0;"},
        {17, notes_domain, "NoteStore.sqlite",
         "ALTER TABLE ZICCLOUDSYNCINGOBJECT ADD COLUMN ZISSYSTEMPAPER INTEGER DEFAULT 0;"},
        {26, home_domain, messages_database,
         "ALTER TABLE message ADD COLUMN schedule_type INTEGER DEFAULT 0;"
         "ALTER TABLE message ADD COLUMN schedule_state INTEGER DEFAULT 0;"
         "ALTER TABLE message ADD COLUMN associated_message_emoji TEXT;"
         "ALTER TABLE chat ADD COLUMN is_pending_review INTEGER DEFAULT 0;"
         "UPDATE _SqliteDatabaseProperties SET value='26000' WHERE key='_ClientVersion';"},
        {26, camera_domain, photos_database,
         "ALTER TABLE ZASSET ADD COLUMN ZSTICKERCONFIDENCESCORE FLOAT DEFAULT 0;"
         "DROP TABLE ZSHARE;"
         "UPDATE Z_METADATA SET Z_VERSION=26;"},
        {26, home_domain, "Library/Calendar/Calendar.sqlitedb",
         "ALTER TABLE CalendarItem ADD COLUMN junk_status INTEGER DEFAULT 0;"},
        {26, home_domain, "Library/AddressBook/AddressBook.sqlitedb",
         "ALTER TABLE ABPerson ADD COLUMN Pronouns TEXT;"},
    };
    return all;
}

void run(const Place& place, const Step& step) {
    const std::string path = place.path(step.domain, step.path);
    if (!fs::exists(path)) return;
    PhoneDatabase database(path);
    database.run(step.sql);
    database.run(fmt::format("PRAGMA user_version={}", step.major));
    database.commit();
}

void move_safari(const Place& place, int from, int to) {
    const auto old_home = safari_domain(from), new_home = safari_domain(to);
    const fs::path old_folder = place.path(old_home, "Library/Safari");
    if (old_home == new_home || !fs::exists(old_folder)) return;
    const fs::path new_folder = place.path(new_home, "Library/Safari");
    fs::create_directories(new_folder.parent_path());
    fs::rename(old_folder, new_folder);
}

}  // namespace

void migrate(const Place& place, int from, int to) {
    for (const Step& step : steps()) {
        if (step.major > from && step.major <= to) run(place, step);
    }
    if (from < 16 && to >= 16) move_networks(place);
    if (to > from) move_safari(place, from, to);
}

}  // namespace lifeboat::sim::ios
