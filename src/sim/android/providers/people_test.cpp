// Contacts, calls, calendars, words and settings through the content tool.
#include "crypto/base64.h"
#include "sim/android/shell_phone_test.h"

namespace lifeboat::sim {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view people = "com.android.contacts";

class People : public ShellPhone {
protected:
    void insert(std::string_view rest) {
        const Done done = run(fmt::format("content insert --uri content://{}", rest));
        EXPECT_EQ(done.err, "") << rest;
        EXPECT_EQ(done.out, "") << rest;
    }
    void add_contact(int64_t id, std::string_view account, std::string_view name) {
        insert(fmt::format("{}/raw_contacts --bind sourceid:s:src{} {}", people, id,
                           account.empty() ? "--bind account_type:n:"
                                           : fmt::format("--bind account_name:s:{} --bind "
                                                         "account_type:s:com.google",
                                                         account)));
        insert(
            fmt::format("{}/data --bind raw_contact_id:i:{} --bind "
                        "mimetype:s:vnd.android.cursor.item/name --bind 'data1:s:{}'",
                        people, id, name));
    }
    std::string contacts(std::string_view rest) {
        return query(fmt::format("{}/contacts {}", people, rest));
    }
    std::string error(std::string_view rest) { return run(fmt::format("content {}", rest)).err; }
};

TEST_F(People, OfOneNameInTwoAccountsAreOneContact) {
    add_contact(1, "", "Robin Field");
    add_contact(2, "ada@example.com", "robin field");
    add_contact(3, "ada@example.com", "Alex Lake");
    add_contact(4, "ada@example.com", "Robin Field");  // the same account: somebody else
    EXPECT_EQ(query("com.android.contacts/raw_contacts --projection _id:contact_id:account_type"),
              "Row: 0 _id=1, contact_id=1, account_type=NULL\n"
              "Row: 1 _id=2, contact_id=1, account_type=com.google\n"
              "Row: 2 _id=3, contact_id=3, account_type=com.google\n"
              "Row: 3 _id=4, contact_id=4, account_type=com.google\n");
    EXPECT_EQ(contacts("--projection _id:display_name:display_name_alt:has_phone_number"),
              "Row: 0 _id=1, display_name=Robin Field, display_name_alt=Field, Robin, "
              "has_phone_number=0\n"
              "Row: 1 _id=3, display_name=Alex Lake, display_name_alt=Lake, Alex, "
              "has_phone_number=0\n"
              "Row: 2 _id=4, display_name=Robin Field, display_name_alt=Field, Robin, "
              "has_phone_number=0\n");
    EXPECT_EQ(contacts("--projection _count"), "Row: 0 _count=3\n");
    run("content delete --uri content://com.android.contacts/raw_contacts --where _id=1");
    run("content delete --uri content://com.android.contacts/raw_contacts/3");
    EXPECT_EQ(query("com.android.contacts/raw_contacts --projection _id:deleted:contact_id"),
              "Row: 0 _id=2, deleted=0, contact_id=1\nRow: 1 _id=3, deleted=1, contact_id=NULL\n"
              "Row: 2 _id=4, deleted=0, contact_id=4\n");
    EXPECT_THAT(error("insert --uri content://com.android.contacts/raw_contacts --bind "
                      "account_name:s:x"),
                HasSubstr("Must specify both or neither of ACCOUNT_NAME and ACCOUNT_TYPE"));
}

TEST_F(People, AsVcardsWithTheirPictures) {
    add_contact(1, "", "Zoë Grün");
    add_contact(2, "", "Kim Hill");
    insert(
        "com.android.contacts/data --bind raw_contact_id:i:2 --bind "
        "mimetype:s:vnd.android.cursor.item/phone_v2 --bind 'data1:s:+44 7700 900001' "
        "--bind data2:i:2");
    const std::string jpeg(
        "\xff\xd8\xff\xe0 not much of a picture, but one that is long enough to "
        "need a second line",
        90);
    EXPECT_EQ(
        run("content write --uri content://com.android.contacts/raw_contacts/2/display_photo", jpeg)
            .err,
        "");
    EXPECT_EQ(query("com.android.contacts/data --projection data4:mimetype:data15 --where "
                    "'raw_contact_id=2 AND data2 IS NOT 0' --sort _id"),
              "Row: 0 data4=NULL, mimetype=vnd.android.cursor.item/name, data15=NULL\n"
              "Row: 1 data4=+447700900001, mimetype=vnd.android.cursor.item/phone_v2, "
              "data15=NULL\n"
              "Row: 2 data4=NULL, mimetype=vnd.android.cursor.item/photo, data15=BLOB\n");
    EXPECT_EQ(contacts("--projection photo_uri --where _id=2"),
              "Row: 0 photo_uri=content://com.android.contacts/display_photo/1\n");
    EXPECT_EQ(run("content read --uri content://com.android.contacts/display_photo/1").out, jpeg);
    const auto key = [&](int id) {
        const std::string row = contacts(fmt::format("--projection lookup --where _id={}", id));
        return row.substr(row.find('=') + 1, row.size() - row.find('=') - 2);
    };
    const std::string cards =
        run(fmt::format("content read --uri 'content://com.android.contacts/contacts/"
                        "as_multi_vcard/{}%3A{}%3Anobody'",
                        key(1), key(2)))
            .out;
    const std::string photo = crypto::to_base64(as_bytes(jpeg));
    EXPECT_EQ(cards,
              "BEGIN:VCARD\r\nVERSION:2.1\r\n"
              "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=47=72=C3=BC=6E;=5A=6F=C3=AB;;;\r\n"
              "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=5A=6F=C3=AB=20=47=72=C3=BC=6E\r\n"
              "END:VCARD\r\n"
              "BEGIN:VCARD\r\nVERSION:2.1\r\nN:Hill;Kim;;;\r\nFN:Kim Hill\r\n"
              "TEL;CELL:+44 7700 900001\r\nPHOTO;ENCODING=BASE64;JPEG:" +
                  photo.substr(0, 45) + "\r\n " + photo.substr(45, 73) + "\r\n " +
                  photo.substr(118) + "\r\n\r\nEND:VCARD\r\n");
    EXPECT_EQ(photo.size(), 120u);
}

TEST_F(People, GroupsHoldTheirMembers) {
    insert(
        "com.android.contacts/groups --bind title:s:Crew --bind sourceid:s:g7 --bind "
        "account_name:s:ada@example.com --bind account_type:s:com.google");
    add_contact(1, "ada@example.com", "Sam Moor");
    insert(
        "com.android.contacts/data --bind raw_contact_id:i:1 --bind "
        "mimetype:s:vnd.android.cursor.item/group_membership --bind group_sourceid:s:g7");
    EXPECT_EQ(query("com.android.contacts/data --projection data1:group_sourceid --where "
                    "\"mimetype LIKE '%group_membership'\""),
              "Row: 0 data1=1, group_sourceid=g7\n");
    EXPECT_EQ(query("com.android.contacts/groups --projection _id:title:account_name"),
              "Row: 0 _id=1, title=Crew, account_name=ada@example.com\n");
}

TEST_F(People, CallsAreInsertedAndPaged) {
    for (int i = 0; i < 3; ++i) {
        insert(
            fmt::format("call_log/calls --bind number:s:+44770090000{} --bind date:l:{} --bind "
                        "duration:l:7 --bind type:i:2",
                        i, 1700000000000 + i));
    }
    EXPECT_EQ(query("'call_log/calls?limit=1&offset=1' --projection _id:number --sort '_id DESC'"),
              "Row: 0 _id=2, number=+447700900001\n");
    EXPECT_THAT(error("insert --uri content://call_log/calls --bind type:i:4"),
                HasSubstr("WRITE_VOICEMAIL"));
    run("content update --uri content://call_log/calls --bind name:s:Sam --where _id=3");
    run("content delete --uri content://call_log/calls --where '_id<3'");
    EXPECT_EQ(query("call_log/calls --projection _id:name:last_modified"),
              "Row: 0 _id=3, name=Sam, last_modified=1750000000000\n");
}

TEST_F(People, CalendarsAreMadeBySyncAdaptersOnly) {
    const std::string values =
        " --bind account_name:s:Phone --bind account_type:s:LOCAL --bind name:s:Mine --bind "
        "calendar_access_level:i:700 --bind ownerAccount:s:Phone";
    EXPECT_THAT(error("insert --uri content://com.android.calendar/calendars" + values),
                HasSubstr("Only sync adapters may write to account_name"));
    EXPECT_THAT(error("insert --uri 'content://com.android.calendar/calendars?"
                      "caller_is_syncadapter=true'" +
                      values),
                HasSubstr("Sync adapters must specify an account and account type: content://"));
    const std::string adapter =
        "?caller_is_syncadapter=true&account_name=Phone&account_type=LOCAL'";
    insert("'com.android.calendar/calendars" + adapter + values);
    EXPECT_THAT(error("insert --uri content://com.android.calendar/events --bind title:s:x"),
                HasSubstr("Event values must include a calendar_id"));
    EXPECT_THAT(error("insert --uri content://com.android.calendar/events --bind calendar_id:i:1 "
                      "--bind eventTimezone:s:UTC --bind dtstart:l:1"),
                HasSubstr("DTEND and DURATION cannot both be null for an event."));
    insert(
        "com.android.calendar/events --bind calendar_id:i:1 --bind eventTimezone:s:UTC --bind "
        "dtstart:l:1700000000000 --bind dtend:l:1700003600000 --bind 'title:s:a, b'");
    insert(
        "com.android.calendar/reminders --bind event_id:i:1 --bind minutes:i:10 --bind "
        "method:i:1");
    EXPECT_THAT(error("insert --uri content://com.android.calendar/extendedproperties --bind "
                      "event_id:i:1 --bind name:s:a --bind value:s:b"),
                HasSubstr("Only sync adapters may write using content://"));
    insert("'com.android.calendar/extendedproperties" + adapter +
           " --bind event_id:i:1 --bind name:s:a --bind value:s:b");
    EXPECT_EQ(query("com.android.calendar/events --projection _id:title:hasAlarm:account_type"),
              "Row: 0 _id=1, title=a, b, hasAlarm=1, account_type=LOCAL\n");
    EXPECT_THAT(error("delete --uri content://com.android.calendar/events"),
                HasSubstr("Selection must be specified"));
    run("content delete --uri content://com.android.calendar/events/1");
    EXPECT_EQ(query("com.android.calendar/reminders"), "No result found.\n");
}

TEST_F(People, OnePersonHasOneDefaultNumber) {
    add_contact(1, "", "Robin Field");
    add_contact(2, "ada@example.com", "Robin Field");
    const auto number = [&](int raw, const char* text, std::string_view flags) {
        insert(
            fmt::format("com.android.contacts/data --bind raw_contact_id:i:{} --bind "
                        "mimetype:s:vnd.android.cursor.item/phone_v2 --bind data1:s:{} {}",
                        raw, text, flags));
    };
    const auto flags = [&] {
        return query(
            "com.android.contacts/data --projection data1:is_primary:is_super_primary --where "
            "\"mimetype='vnd.android.cursor.item/phone_v2'\" --sort _id");
    };
    number(1, "11", "--bind is_super_primary:i:1");
    number(1, "12", "--bind is_primary:i:0 --bind is_super_primary:i:0");
    EXPECT_EQ(flags(),
              "Row: 0 data1=11, is_primary=1, is_super_primary=1\n"
              "Row: 1 data1=12, is_primary=0, is_super_primary=0\n");
    // What is primary and says that it is no default takes the default from the whole person.
    number(2, "21", "--bind is_primary:i:1 --bind is_super_primary:i:0");
    EXPECT_EQ(flags(),
              "Row: 0 data1=11, is_primary=1, is_super_primary=0\n"
              "Row: 1 data1=12, is_primary=0, is_super_primary=0\n"
              "Row: 2 data1=21, is_primary=1, is_super_primary=0\n");
    run("content update --uri content://com.android.contacts/data --bind is_super_primary:i:1 "
        "--where \"data1='12'\"");
    number(2, "22", "--bind is_super_primary:i:1");
    EXPECT_EQ(flags(),
              "Row: 0 data1=11, is_primary=0, is_super_primary=0\n"
              "Row: 1 data1=12, is_primary=1, is_super_primary=0\n"
              "Row: 2 data1=21, is_primary=0, is_super_primary=0\n"
              "Row: 3 data1=22, is_primary=1, is_super_primary=1\n");
}

TEST_F(People, ANewContactJoinsTheGroupThatTakesEveryone) {
    const std::string account =
        "--bind account_name:s:ada@example.com --bind account_type:s:com.google ";
    insert("com.android.contacts/groups --bind title:s:All --bind auto_add:i:1 " + account);
    insert("com.android.contacts/groups --bind title:s:Best --bind favorites:i:1 " + account);
    insert("com.android.contacts/raw_contacts --bind starred:i:1 " + account);
    insert("com.android.contacts/raw_contacts --bind sourceid:s:x " + account);
    insert(
        "com.android.contacts/data --bind raw_contact_id:i:2 --bind data1:i:2 --bind "
        "mimetype:s:vnd.android.cursor.item/group_membership");
    insert("'com.android.contacts/raw_contacts?caller_is_syncadapter=true' " + account);
    EXPECT_EQ(query("com.android.contacts/data --projection raw_contact_id:data1 --sort _id"),
              "Row: 0 raw_contact_id=1, data1=1\nRow: 1 raw_contact_id=1, data1=2\n"
              "Row: 2 raw_contact_id=2, data1=1\nRow: 3 raw_contact_id=2, data1=2\n");
    EXPECT_EQ(query("com.android.contacts/raw_contacts --projection _id:starred"),
              "Row: 0 _id=1, starred=1\nRow: 1 _id=2, starred=1\nRow: 2 _id=3, starred=0\n");
}

TEST_F(People, AnEventThatNamesTheOwnersAnswerGetsTheOwnerAsAGuest) {
    const std::string adapter =
        "?caller_is_syncadapter=true&account_name=Phone&account_type=LOCAL' ";
    insert("'com.android.calendar/calendars" + adapter +
           "--bind name:s:Club --bind ownerAccount:s:ada@example.com");
    const std::string event = "'com.android.calendar/events" + adapter +
                              "--bind calendar_id:i:1 --bind eventTimezone:s:UTC "
                              "--bind dtstart:l:1700000000000 ";
    insert(event + "--bind dtend:l:1700003600000 --bind hasAlarm:i:1 --bind title:s:plain");
    insert(event + "--bind duration:s:P60S --bind selfAttendeeStatus:i:0 --bind title:s:asked");
    EXPECT_EQ(query("com.android.calendar/attendees --projection "
                    "event_id:attendeeEmail:attendeeStatus:attendeeRelationship:attendeeType"),
              "Row: 0 event_id=2, attendeeEmail=ada@example.com, attendeeStatus=0, "
              "attendeeRelationship=1, attendeeType=0\n");
    // Alarms come of reminders, and what is no series has no duration.
    EXPECT_EQ(query("com.android.calendar/events --projection title:hasAlarm:duration"),
              "Row: 0 title=plain, hasAlarm=0, duration=NULL\n"
              "Row: 1 title=asked, hasAlarm=0, duration=NULL\n");
    insert("'com.android.calendar/attendees" + adapter +
           "--bind event_id:i:1 --bind attendeeEmail:s:ada@example.com "
           "--bind attendeeStatus:i:2");
    EXPECT_EQ(query("com.android.calendar/events --projection selfAttendeeStatus --where _id=1"),
              "Row: 0 selfAttendeeStatus=2\n");
    EXPECT_THAT(error("insert --uri 'content://com.android.calendar/events" + adapter +
                      "--bind calendar_id:i:1 --bind title:s:never"),
                HasSubstr("DTSTART field missing from event"));
}

TEST_F(People, AnExceptionFindsItsSeriesByName) {
    const std::string adapter =
        "?caller_is_syncadapter=true&account_name=Phone&account_type=LOCAL' ";
    insert("'com.android.calendar/calendars" + adapter + "--bind name:s:Club");
    const std::string event = "'com.android.calendar/events" + adapter +
                              "--bind calendar_id:i:1 --bind eventTimezone:s:UTC ";
    insert(event +
           "--bind original_sync_id:s:s1 --bind originalInstanceTime:l:1700000000000 "
           "--bind eventStatus:i:2 --bind title:s:off");
    insert(event +
           "--bind dtstart:l:1700000000000 --bind duration:s:P60S --bind rrule:s:FREQ=DAILY "
           "--bind _sync_id:s:s1 --bind title:s:series");
    EXPECT_EQ(query("com.android.calendar/events --projection title:original_id:dtstart"),
              "Row: 0 title=off, original_id=2, dtstart=1700000000000\n"
              "Row: 1 title=series, original_id=NULL, dtstart=1700000000000\n");
}

TEST_F(People, RepeatedEventsHaveInstances) {
    phone_->personal().with([](android::PersonalData& data) {
        data.calendar().insert("Calendars", {{"account_name", "Phone"}, {"account_type", "LOCAL"}});
        const auto add = [&](const char* title, int64_t start, const char* rule) {
            data.calendar().insert("Events", {{"calendar_id", int64_t{1}},
                                              {"title", title},
                                              {"dtstart", start},
                                              {"duration", "PT1H"},
                                              {"eventTimezone", "UTC"},
                                              {"rrule", rule}});
        };
        // 2024-01-29 was a Monday; the 31st is not in every month.
        add("twice a week", 1'706'520'000'000, "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=3");
        add("last day", 1'706'692'800'000, "FREQ=MONTHLY;COUNT=2");
        add("once", 1'706'520'000'000, "");
    });
    EXPECT_EQ(query("com.android.calendar/instances/when/1706400000000/1712000000000 --projection "
                    "begin:title --sort begin,title"),
              "Row: 0 begin=1706520000000, title=once\n"
              "Row: 1 begin=1706520000000, title=twice a week\n"
              "Row: 2 begin=1706692800000, title=last day\n"
              "Row: 3 begin=1706692800000, title=twice a week\n"
              "Row: 4 begin=1707124800000, title=twice a week\n"
              "Row: 5 begin=1711876800000, title=last day\n");
}

TEST_F(People, WordsAreShownByNotEveryPhone) {
    insert("user_dictionary/words --bind word:s:Bodden --bind frequency:i:200");
    EXPECT_EQ(query("user_dictionary/words --projection word:locale"),
              "Row: 0 word=Bodden, locale=NULL\n");
    phone_->state().with([](DeviceState& s) { s.shows_words = false; });
    insert("user_dictionary/words --bind word:s:Ufer");
    EXPECT_EQ(query("user_dictionary/words"), "No result found.\n");
    phone_->state().with([](DeviceState& s) { s.shows_words = true; });
    EXPECT_THAT(query("user_dictionary/words"), Not(HasSubstr("Ufer")));
}

TEST_F(People, SettingsAndRingtone) {
    EXPECT_EQ(query("settings/system --projection name:value --where \"name='ringtone'\""),
              "Row: 0 name=ringtone, value=content://media/internal/audio/media/42\n");
    insert("settings/system --bind name:s:ringtone --bind value:s:none");
    EXPECT_EQ(run("settings get system ringtone").out, "none\n");
    EXPECT_THAT(error("read --uri content://settings/system/ringtone_cache"),
                HasSubstr("FileNotFoundException"));
    EXPECT_EQ(error("query --uri content://settings/nowhere").empty(), false);
    run("content write --uri content://settings/system/ringtone_cache", "OggS\x01");
    EXPECT_EQ(run("content read --uri content://settings/system/ringtone_cache").out, "OggS\x01");
}

TEST_F(People, TheWorldIsTheSameForTheSameSeed) {
    const android::PersonalCounts small = android::personal_counts("small");
    const auto all = [&] {
        std::string text;
        for (const std::string_view uri :
             {"com.android.contacts/data", "com.android.contacts/contacts", "call_log/calls",
              "com.android.calendar/events", "com.android.calendar/attendees", "mms", "mms/part",
              "user_dictionary/words", "'mms-sms/conversations?simple=true'"}) {
            text += query(uri);
        }
        return text + query("sms --where 'length(body)<1000'");
    };
    fill(small);
    const std::string first = all();
    become("a13");
    fill(small);
    EXPECT_EQ(all(), first);
    become("a13");
    android::PersonalCounts other = small;
    other.seed = 8;
    fill(other);
    EXPECT_NE(all(), first);
    EXPECT_EQ(contacts("--projection _count"), "Row: 0 _count=60\n");
    EXPECT_EQ(query("com.android.calendar/events --projection _count"), "Row: 0 _count=40\n");
    EXPECT_THAT(query("call_log/calls --projection _id"), HasSubstr("Row: 79 "));
    EXPECT_THAT(query("call_log/calls --projection _id"), Not(HasSubstr("Row: 80 ")));
    EXPECT_THAT(query("user_dictionary/words"), HasSubstr("Row: 14 "));
}

TEST_F(People, CountsAreExact) {
    fill({.messages = 300, .mms = 30, .contacts = 700, .calls = 120, .events = 61, .words = 20});
    EXPECT_EQ(contacts("--projection _count"), "Row: 0 _count=700\n");
    EXPECT_EQ(query("sms --projection 'count(*)'"), "Row: 0 count(*)=300\n");
    EXPECT_EQ(query("mms --projection 'count(*)'"), "Row: 0 count(*)=30\n");
    EXPECT_EQ(query("com.android.calendar/events --projection _count"), "Row: 0 _count=61\n");
    EXPECT_THAT(query("call_log/calls --projection _id"), HasSubstr("Row: 119 "));
    EXPECT_THAT(query("call_log/calls --projection _id"), Not(HasSubstr("Row: 120 ")));
    EXPECT_THAT(query("user_dictionary/words --projection _id"), HasSubstr("Row: 19 "));
}

TEST_F(People, SurviveRenumberingAndLosses) {
    fill(android::personal_counts("small"));
    const std::string names = contacts("--projection display_name --sort display_name");
    phone_->personal().with([](android::PersonalData& data) { data.renumber(); });
    EXPECT_EQ(contacts("--projection display_name --sort display_name"), names);
    EXPECT_THAT(contacts("--projection _id"), StartsWith("Row: 0 _id=1000001\n"));
    EXPECT_THAT(query("mms/1000001/part --projection mid:ct"),
                StartsWith("Row: 0 mid=1000001, ct=application/smil\n"));
    phone_->personal().with([](android::PersonalData& data) {
        data.lose_contacts(3, 0);
        data.lose_messages(5);
        data.lose_calls(4);
        data.lose_events(2);
    });
    EXPECT_EQ(contacts("--projection _count"), "Row: 0 _count=57\n");
    EXPECT_EQ(query("sms --projection 'count(*)'"), "Row: 0 count(*)=195\n");
    EXPECT_EQ(query("com.android.calendar/events --projection _count"), "Row: 0 _count=38\n");
    EXPECT_THAT(query("call_log/calls --projection _id"), Not(HasSubstr("Row: 76 ")));
}

}  // namespace
}  // namespace lifeboat::sim
