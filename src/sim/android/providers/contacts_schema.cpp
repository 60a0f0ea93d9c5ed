#include "sim/android/providers/contacts_schema.h"

namespace lifeboat::sim::android {

const char* const contacts_schema = R"(
CREATE TABLE accounts (_id INTEGER PRIMARY KEY AUTOINCREMENT, account_name TEXT,
  account_type TEXT, data_set TEXT);
CREATE TABLE contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT, name_raw_contact_id INTEGER,
  photo_id INTEGER, photo_file_id INTEGER, custom_ringtone TEXT,
  send_to_voicemail INTEGER NOT NULL DEFAULT 0, starred INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0, has_phone_number INTEGER NOT NULL DEFAULT 0, lookup TEXT,
  contact_last_updated_timestamp INTEGER);
CREATE INDEX contacts_lookup ON contacts (lookup);
CREATE TABLE raw_contacts (_id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER,
  sourceid TEXT, backup_id TEXT, raw_contact_is_read_only INTEGER NOT NULL DEFAULT 0,
  version INTEGER NOT NULL DEFAULT 1, dirty INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0, metadata_dirty INTEGER NOT NULL DEFAULT 0,
  contact_id INTEGER, aggregation_mode INTEGER NOT NULL DEFAULT 0, custom_ringtone TEXT,
  send_to_voicemail INTEGER NOT NULL DEFAULT 0, starred INTEGER NOT NULL DEFAULT 0,
  pinned INTEGER NOT NULL DEFAULT 0, display_name TEXT, display_name_alt TEXT,
  display_name_source INTEGER NOT NULL DEFAULT 0, phonetic_name TEXT, phonetic_name_style TEXT,
  sort_key TEXT, sort_key_alt TEXT, sync1 TEXT, sync2 TEXT, sync3 TEXT, sync4 TEXT);
CREATE INDEX raw_contacts_contact ON raw_contacts (contact_id);
CREATE INDEX raw_contacts_name ON raw_contacts (display_name COLLATE NOCASE);
CREATE TABLE data (_id INTEGER PRIMARY KEY AUTOINCREMENT, res_package TEXT, mimetype TEXT,
  raw_contact_id INTEGER NOT NULL, hash_id TEXT, is_read_only INTEGER NOT NULL DEFAULT 0,
  is_primary INTEGER NOT NULL DEFAULT 0, is_super_primary INTEGER NOT NULL DEFAULT 0,
  data_version INTEGER NOT NULL DEFAULT 0, data1 TEXT, data2 TEXT, data3 TEXT, data4 TEXT,
  data5 TEXT, data6 TEXT, data7 TEXT, data8 TEXT, data9 TEXT, data10 TEXT, data11 TEXT,
  data12 TEXT, data13 TEXT, data14 TEXT, data15 TEXT, data_sync1 TEXT, data_sync2 TEXT,
  data_sync3 TEXT, data_sync4 TEXT, carrier_presence INTEGER NOT NULL DEFAULT 0,
  preferred_phone_account_component_name TEXT, preferred_phone_account_id TEXT);
CREATE INDEX data_raw_contact ON data (raw_contact_id);
CREATE TABLE groups (_id INTEGER PRIMARY KEY AUTOINCREMENT, account_id INTEGER, sourceid TEXT,
  version INTEGER NOT NULL DEFAULT 1, dirty INTEGER NOT NULL DEFAULT 0, title TEXT,
  title_res INTEGER, res_package TEXT, notes TEXT, system_id TEXT,
  deleted INTEGER NOT NULL DEFAULT 0, group_visible INTEGER NOT NULL DEFAULT 0,
  should_sync INTEGER NOT NULL DEFAULT 1, auto_add INTEGER NOT NULL DEFAULT 0,
  favorites INTEGER NOT NULL DEFAULT 0, group_is_read_only INTEGER NOT NULL DEFAULT 0,
  sync1 TEXT, sync2 TEXT, sync3 TEXT, sync4 TEXT);
CREATE TABLE default_account (account_id INTEGER);
CREATE TABLE photo_files (_id INTEGER PRIMARY KEY AUTOINCREMENT, bytes BLOB);
CREATE TRIGGER raw_contact_cleanup AFTER DELETE ON raw_contacts BEGIN
  DELETE FROM data WHERE raw_contact_id=OLD._id; END;
CREATE VIEW view_raw_contacts AS SELECT r._id AS _id, r.contact_id, r.aggregation_mode,
  r.raw_contact_is_read_only, r.deleted, r.display_name_source, r.display_name,
  r.display_name_alt, r.phonetic_name, r.phonetic_name_style, r.sort_key, r.sort_key_alt,
  r.custom_ringtone, r.send_to_voicemail, r.starred, r.pinned, a.account_name, a.account_type,
  a.data_set, coalesce(a.account_type || '/' || a.data_set, a.account_type)
    AS account_type_and_data_set, r.sourceid, r.backup_id, r.version, r.dirty, r.sync1, r.sync2,
  r.sync3, r.sync4, 0 AS times_contacted, 0 AS last_time_contacted, 0 AS raw_contact_is_user_profile
  FROM raw_contacts r JOIN accounts a ON r.account_id=a._id;
CREATE VIEW view_contacts AS SELECT c._id AS _id, r.display_name, r.display_name_alt,
  r.display_name_source, r.phonetic_name, r.phonetic_name_style, r.sort_key, r.sort_key_alt,
  c.lookup, c.photo_id, c.photo_file_id,
  CASE WHEN c.photo_file_id IS NOT NULL
    THEN 'content://com.android.contacts/display_photo/' || c.photo_file_id
    WHEN c.photo_id IS NOT NULL
    THEN 'content://com.android.contacts/contacts/' || c._id || '/photo' END AS photo_uri,
  CASE WHEN c.photo_id IS NOT NULL
    THEN 'content://com.android.contacts/contacts/' || c._id || '/photo' END AS photo_thumb_uri,
  c.custom_ringtone, c.send_to_voicemail, c.starred, c.pinned, c.has_phone_number,
  c.name_raw_contact_id, c.contact_last_updated_timestamp, 1 AS in_visible_group,
  1 AS in_default_directory, 0 AS times_contacted, 0 AS last_time_contacted,
  0 AS is_user_profile
  FROM contacts c JOIN raw_contacts r ON c.name_raw_contact_id=r._id;
CREATE VIEW view_data AS SELECT d._id AS _id, d.raw_contact_id, d.mimetype, d.res_package,
  d.hash_id, d.is_read_only, d.is_primary, d.is_super_primary, d.data_version, d.data1, d.data2,
  d.data3, d.data4, d.data5, d.data6, d.data7, d.data8, d.data9, d.data10, d.data11, d.data12,
  d.data13, d.data14, d.data15, d.data_sync1, d.data_sync2, d.data_sync3, d.data_sync4,
  d.carrier_presence, r.contact_id, r.sourceid, r.version, r.dirty, a.account_name,
  a.account_type, a.data_set, c.display_name, c.display_name_alt, c.display_name_source, c.lookup,
  c.photo_id, c.photo_file_id, c.photo_uri, c.photo_thumb_uri, c.starred, c.pinned,
  c.has_phone_number, c.custom_ringtone, c.send_to_voicemail, c.sort_key, c.in_visible_group,
  c.contact_last_updated_timestamp, c.name_raw_contact_id,
  CASE WHEN d.mimetype='vnd.android.cursor.item/group_membership'
    THEN (SELECT g.sourceid FROM groups g WHERE g._id=d.data1) END AS group_sourceid,
  0 AS times_used, 0 AS last_time_used
  FROM data d JOIN raw_contacts r ON d.raw_contact_id=r._id
  JOIN accounts a ON r.account_id=a._id JOIN view_contacts c ON r.contact_id=c._id;
CREATE VIEW view_groups AS SELECT g._id AS _id, a.account_name, a.account_type, a.data_set,
  g.sourceid, g.version, g.dirty, g.title, g.title_res, g.res_package, g.notes, g.system_id,
  g.deleted, g.group_visible, g.should_sync, g.auto_add, g.favorites, g.group_is_read_only,
  g.sync1, g.sync2, g.sync3, g.sync4
  FROM groups g JOIN accounts a ON g.account_id=a._id;
)";

}  // namespace lifeboat::sim::android
