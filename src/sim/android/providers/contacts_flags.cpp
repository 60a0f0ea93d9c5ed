#include "sim/android/providers/contacts_flags.h"

#include "sim/android/providers/contacts_database.h"

#include <fmt/format.h>

namespace lifeboat::sim::android {

namespace {

// Rows of the same kind as `row`, of its contact or of its person.
std::string kin_of_contact(int64_t row) {
    return fmt::format(
        "raw_contact_id=(SELECT raw_contact_id FROM data WHERE _id={0}) AND "
        "mimetype=(SELECT mimetype FROM data WHERE _id={0})",
        row);
}
std::string kin_of_person(int64_t row) {
    return fmt::format(
        "raw_contact_id IN (SELECT b._id FROM raw_contacts a JOIN raw_contacts b ON "
        "a._id=b._id OR a.contact_id=b.contact_id WHERE a._id=(SELECT raw_contact_id FROM data "
        "WHERE _id={0})) AND mimetype=(SELECT mimetype FROM data WHERE _id={0})",
        row);
}

void set_primary(ProviderDatabase& database, int64_t row) {
    database.run(
        fmt::format("UPDATE data SET is_primary=(_id={}) WHERE {}", row, kin_of_contact(row)));
}
void set_super_primary(ProviderDatabase& database, int64_t row) {
    database.run(
        fmt::format("UPDATE data SET is_super_primary=(_id={}) WHERE {}", row, kin_of_person(row)));
}
void clear_super_primary(ProviderDatabase& database, int64_t row) {
    database.run(fmt::format("UPDATE data SET is_super_primary=0 WHERE {}", kin_of_person(row)));
}
bool contact_has_super_primary(ProviderDatabase& database, int64_t row) {
    return database.number(fmt::format("SELECT count(*) FROM data WHERE is_super_primary=1 AND {}",
                                       kin_of_contact(row))) > 0;
}

void join_group(ProviderDatabase& database, int64_t raw_contact, const char* flag) {
    const int64_t group = database.number(
        fmt::format("SELECT g._id FROM groups g JOIN raw_contacts r ON g.account_id=r.account_id "
                    "WHERE r._id={} AND g.{}!=0 AND g.deleted=0 ORDER BY g._id LIMIT 1",
                    raw_contact, flag));
    if (group == 0) return;
    database.insert("data", {{"raw_contact_id", raw_contact},
                             {"mimetype", std::string(mimetype::group)},
                             {"data1", fmt::to_string(group)}});
}

}  // namespace

void insert_flags(ProviderDatabase& database, int64_t row, const ContentValues& values) {
    const bool primary = values.number("is_primary").value_or(0) != 0;
    const auto super_primary = values.number("is_super_primary");
    if (!primary && super_primary.value_or(0) == 0) return;
    set_primary(database, row);
    if (!super_primary) {
        if (contact_has_super_primary(database, row)) set_super_primary(database, row);
    } else if (*super_primary != 0) {
        set_super_primary(database, row);
    } else {
        clear_super_primary(database, row);
    }
}

void update_flags(ProviderDatabase& database, int64_t row, ContentValues& values) {
    const auto primary = values.number("is_primary");
    const auto super_primary = values.number("is_super_primary");
    for (const char* flag : {"is_primary", "is_super_primary"}) values.erase(flag);
    const auto is_set = [&](const char* flag) {
        return database.number(fmt::format("SELECT {} FROM data WHERE _id={}", flag, row)) != 0;
    };
    if (primary == 0 || super_primary == 0) {
        const bool was_primary = is_set("is_primary");
        if (is_set("is_super_primary")) clear_super_primary(database, row);
        if (primary == 0 && was_primary)
            database.run(fmt::format("UPDATE data SET is_primary=0 WHERE {}", kin_of_contact(row)));
    } else if (super_primary) {
        set_super_primary(database, row);
        set_primary(database, row);
    } else if (primary) {
        if (contact_has_super_primary(database, row)) set_super_primary(database, row);
        set_primary(database, row);
    }
}

void join_flags(ProviderDatabase& database, int64_t raw_contact, int64_t contact) {
    const std::string mine = fmt::format("raw_contact_id={}", raw_contact);
    const std::string theirs = fmt::format(
        "raw_contact_id IN (SELECT _id FROM raw_contacts WHERE contact_id={})", contact);
    const std::string kinds = "SELECT mimetype FROM data WHERE is_super_primary=1 AND ";
    database.run(
        fmt::format("UPDATE data SET is_super_primary=0 WHERE ({0} OR {1}) AND mimetype IN ({2}{0} "
                    "INTERSECT {2}{1})",
                    mine, theirs, kinds));
}

void join_own_groups(ProviderDatabase& database, int64_t raw_contact, bool starred) {
    join_group(database, raw_contact, "auto_add");
    if (starred) join_group(database, raw_contact, "favorites");
}

void star_favourites(ProviderDatabase& database, int64_t raw_contact) {
    database.run(
        fmt::format("UPDATE raw_contacts SET starred=1 WHERE _id={0} AND EXISTS (SELECT 1 FROM "
                    "data d JOIN groups g ON d.data1=g._id WHERE d.raw_contact_id={0} AND "
                    "d.mimetype='{1}' AND g.favorites!=0)",
                    raw_contact, mimetype::group));
}

}  // namespace lifeboat::sim::android
