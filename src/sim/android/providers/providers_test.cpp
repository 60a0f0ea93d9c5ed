#include "sim/android/shell_phone_test.h"

namespace lifeboat::sim {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ContentTool : public ShellPhone {
protected:
    // Everything goes right or is told on stderr, and the tool ends with 0.
    Done content(std::string_view rest, std::string_view input = "") {
        Done done = run(fmt::format("content {}", rest), input);
        EXPECT_EQ(done.code, 0) << rest;
        return done;
    }
    void add_message(std::string_view body, int type = 1) {
        content(
            fmt::format("insert --uri content://sms --bind address:s:+447700900001 --bind "
                        "'body:s:{}' --bind date:l:1700000000123 --bind type:i:{}",
                        body, type));
    }
    int64_t count(std::string_view uri) {
        int64_t rows = 0;
        const std::string out = query(fmt::format("{} --projection _id", uri));
        while (out.find(fmt::format("Row: {} _id=", rows)) != std::string::npos) ++rows;
        return rows;
    }
};

TEST_F(ContentTool, RowsAreNotEscaped) {
    EXPECT_EQ(query("sms"), "No result found.\n");
    allow_messages();
    add_message("a, b=c");
    add_message("x\nRow\\: 8 _id=9, body=");
    EXPECT_EQ(query("sms --projection _id:address:body:subject:date --sort _id"),
              "Row: 0 _id=1, address=+447700900001, body=a, b=c, subject=NULL, "
              "date=1700000000123\n"
              "Row: 1 _id=2, address=+447700900001, body=x\nRow: 8 _id=9, body=, subject=NULL, "
              "date=1700000000123\n");
    EXPECT_EQ(query("sms --projection 'hex(body):count(*)' --where _id=1"),
              "Row: 0 hex(body)=612C20623D63, count(*)=1\n");
    EXPECT_EQ(query("sms --projection \"1.5:0.1+0.2:1e10:1e-5:x'41'\" --where _id=1"),
              "Row: 0 1.5=1.5, 0.1+0.2=0.3, 1e10=1.0E10, 1e-5=1.0E-5, x'41'=BLOB\n");
}

TEST_F(ContentTool, NumbersLookAsJavaPrintsThem) {
    using android::java_float;
    EXPECT_EQ(java_float(0), "0.0");
    EXPECT_EQ(java_float(100), "100.0");
    EXPECT_EQ(java_float(0.001F), "0.001");
    EXPECT_EQ(java_float(9999999), "9999999.0");
    EXPECT_EQ(java_float(1e7F), "1.0E7");
    EXPECT_EQ(java_float(-1.25e-7F), "-1.25E-7");
    EXPECT_EQ(android::java_text("a\xed\xa0\xbd"
                                 "b\xff"),
              "a?b\xef\xbf\xbd");
}

TEST_F(ContentTool, WhatItDoesNotUnderstandGoesToStandardOutput) {
    for (const std::string_view words :
         {"", "look", "query", "query --uri", "query --uri content://sms --bind a:s:b",
          "insert --uri content://sms", "insert --uri content://sms --bind body",
          "insert --uri content://sms --bind body:z:1", "insert --uri content://sms --bind a:i:1x",
          "call --uri content://media", "query --uri content://sms --where ''"}) {
        const Done done = content(words);
        EXPECT_THAT(done.out, HasSubstr("[ERROR] ")) << words;
        EXPECT_EQ(done.err, "") << words;
    }
}

TEST_F(ContentTool, BoundValuesHaveTheirTypes) {
    allow_messages();
    content(
        "insert --uri content://sms --bind 'address:s:+44\\:7' --bind 'body:s:a\\\\b\\:c' "
        "--bind read:b:true --bind protocol:n: --bind date:l:9000000000 --bind error_code:i:-4");
    EXPECT_EQ(query("sms --projection address:body:read:protocol:date:error_code"),
              "Row: 0 address=+44:7, body=a\\b:c, read=1, protocol=NULL, date=9000000000, "
              "error_code=-4\n");
    EXPECT_THAT(content("insert --uri content://sms --bind body:s:a:b").out,
                HasSubstr("[ERROR] Binding not well formed: body:s:a:b"));
    become("a10");
    allow_messages();
    EXPECT_THAT(content("insert --uri content://sms --bind 'body:s:a\\:b'").out,
                HasSubstr("[ERROR] Binding not well formed"));
    content("insert --uri content://sms --bind 'body:s:a\\b'");
    EXPECT_EQ(query("sms --projection body"), "Row: 0 body=a\\b\n");
}

TEST_F(ContentTool, AWordHasALongestLength) {
    allow_messages();
    const auto insert = [&](size_t size) {
        const std::string binding = "body:s:" + std::string(size - 7, 'x');
        return run("content insert --uri content://sms --bind " + binding);
    };
    EXPECT_EQ(insert(131'071).code, 0);
    const Done done = insert(131'072);
    EXPECT_EQ(done.code, 126);
    EXPECT_THAT(done.err, HasSubstr("Argument list too long"));
    EXPECT_EQ(count("sms"), 1);
}

TEST_F(ContentTool, RefusalsLookLikeTheRecordedOne) {
    become("a12-samsung");
    const Done done = content("query --uri content://call_log/calls");
    EXPECT_EQ(done.out, "");
    EXPECT_THAT(done.err,
                StartsWith("Error while accessing provider:call_log\n"
                           "java.lang.SecurityException: Permission Denial: opening provider "
                           "com.android.providers.contacts.CallLogProvider from (null) (pid="));
    EXPECT_THAT(done.err, HasSubstr(", uid=2000) requires android.permission.READ_CALL_LOG or "
                                    "android.permission.WRITE_CALL_LOG\n\tat "));
    for (const std::string_view who : {"a10", "a11"}) {
        become(who);
        EXPECT_THAT(content("query --uri content://call_log/calls").err,
                    HasSubstr("READ_CALL_LOG"));
    }
    become("a16");
    EXPECT_EQ(query("call_log/calls"), "No result found.\n");
    EXPECT_THAT(content("query --uri content://nobody/x").err,
                HasSubstr("IllegalStateException: Could not find provider: nobody\n"));
    EXPECT_THAT(content("query --uri content://sms --user 10").err,
                HasSubstr("Could not find provider: sms\n"));
    EXPECT_EQ(query("sms --user 0"), "No result found.\n");
    become("locked");
    EXPECT_THAT(content("query --uri content://com.android.contacts/contacts").err,
                HasSubstr("Could not find provider: com.android.contacts\n"));
    EXPECT_EQ(query("sms"), "No result found.\n");
}

TEST_F(ContentTool, ProjectionsAreRuledByEachProvider) {
    for (const std::string_view uri :
         {"com.android.contacts/contacts", "com.android.contacts/data", "call_log/calls",
          "com.android.calendar/events", "user_dictionary/words"}) {
        const Done done =
            content(fmt::format("query --uri content://{} --projection '_id:hex(_id)'", uri));
        EXPECT_EQ(done.out, "") << uri;
        EXPECT_THAT(done.err, HasSubstr("IllegalArgumentException: Invalid column hex(_id)\n"));
    }
    fill({.messages = 3});
    EXPECT_EQ(query("sms --projection '(SELECT 1)'"), "No result found.\n");
    EXPECT_EQ(query("sms --projection _id --where '_id IN (select 1)'"), "No result found.\n");
    EXPECT_EQ(query("sms --projection \"count(*):'SELECT'\""),
              "Row: 0 count(*)=3, 'SELECT'=SELECT\n");
    EXPECT_THAT(content("query --uri content://sms --projection nope").err,
                HasSubstr("android.database.sqlite.SQLiteException: no such column: nope "
                          "(code 1 SQLITE_ERROR): , while compiling: SELECT nope FROM"));
    EXPECT_THAT(content("query --uri content://call_log/calls --sort '_id LIMIT 5'").err,
                HasSubstr("Invalid token LIMIT"));
    EXPECT_EQ(query("sms --projection _id --sort '_id ASC LIMIT 1'"), "Row: 0 _id=1\n");
}

TEST_F(ContentTool, ARowLargerThanAWindowEndsTheQuery) {
    fill({.messages = 60});
    const std::string rest = " --sort _id";
    const Done plain = content("query --uri content://sms --projection _id:body" + rest);
    EXPECT_THAT(plain.out, HasSubstr("Row: 37 _id="));
    EXPECT_THAT(plain.out, Not(HasSubstr("Row: 38 ")));
    EXPECT_THAT(plain.err, HasSubstr("Row too big to fit into CursorWindow requiredPos=38"));
    const Done hex = content("query --uri content://sms --projection '_id:hex(body)'" + rest);
    EXPECT_THAT(hex.err, HasSubstr("requiredPos=37"));
    EXPECT_THAT(query("sms --projection '_id:length(body)' --where 'length(body)>1000000'"),
                HasSubstr("length(body)=1200000\n"));
}

TEST_F(ContentTool, TheShellSeesOnlyReceivedAndSentMessages) {
    fill({.messages = 200, .mms = 12});
    EXPECT_EQ(query("sms --projection 'count(*)'"), "Row: 0 count(*)=200\n");
    EXPECT_EQ(query("sms --projection 'count(*)' --where 'type>2'"), "Row: 0 count(*)=0\n");
    EXPECT_EQ(query("mms --projection 'count(*)'"), "Row: 0 count(*)=12\n");
    phone_->personal().with([](android::PersonalData& data) {
        EXPECT_EQ(data.messages().sql().number("SELECT count(*) FROM sms"), 205);
        EXPECT_GT(data.messages().sql().number("SELECT count(*) FROM pdu"), 12);
    });
}

TEST_F(ContentTool, MessagesAreSwallowedUntilTheOperationIsAllowed) {
    add_message("lost");
    EXPECT_EQ(query("sms"), "No result found.\n");
    EXPECT_THAT(run("appops get com.android.shell WRITE_SMS").out,
                StartsWith("WRITE_SMS: ignore; rejectTime=+"));
    become("a13");
    EXPECT_EQ(run("appops get com.android.shell WRITE_SMS").out,
              "No operations.\nDefault mode: ignore\n");
    EXPECT_EQ(run("cmd appops set --user 0 com.android.shell WRITE_SMS allow").code, 0);
    EXPECT_EQ(run("appops get com.android.shell WRITE_SMS").out, "WRITE_SMS: allow\n");
    add_message("kept");
    add_message("a draft", 3);
    EXPECT_EQ(query("sms --projection body:thread_id:creator:read"),
              "Row: 0 body=kept, thread_id=1, creator=com.android.shell, read=0\n");
    run("appops set com.android.shell WRITE_SMS default");
    add_message("lost again");
    content("delete --uri content://sms");
    EXPECT_EQ(count("sms"), 1);
    EXPECT_NE(run("appops set com.android.shell WRITE_SMS maybe").code, 0);
    EXPECT_NE(run("appops set com.android.shell NO_SUCH_OP allow").code, 0);
}

TEST_F(ContentTool, WhatHoldsForAnAppsUserGoesFirst) {
    EXPECT_EQ(run("appops set com.whatsapp CAMERA ignore").code, 0);
    EXPECT_EQ(run("appops set --uid com.whatsapp SCHEDULE_EXACT_ALARM deny").code, 0);
    EXPECT_EQ(run("cmd appops set --uid com.whatsapp WRITE_SETTINGS allow").code, 0);
    const std::string of_user = "Uid mode: WRITE_SETTINGS: allow\nSCHEDULE_EXACT_ALARM: deny\n";
    EXPECT_EQ(run("appops get com.whatsapp").out, of_user + "CAMERA: ignore\n");
    EXPECT_EQ(run("appops get 10234").out, of_user);
    EXPECT_EQ(run("appops get com.beemdevelopment.aegis").out, "No operations.\n");
    EXPECT_EQ(run("appops get org.example.none").err,
              "Error: No UID for org.example.none in user 0\n");
    run("appops set --uid com.whatsapp WRITE_SETTINGS default");
    run("appops set --uid com.whatsapp SCHEDULE_EXACT_ALARM default");
    run("appops set com.whatsapp CAMERA default");
    EXPECT_EQ(run("appops get com.whatsapp").out, "No operations.\n");
}

TEST_F(ContentTool, ThreadsAreMadeForTheirPeople) {
    allow_messages();
    content("insert --uri content://sms/sent --bind address:s:+447700900001 --bind body:s:one");
    content("insert --uri content://sms/sent --bind 'address:s:07700 900001' --bind body:s:two");
    content("insert --uri content://sms/inbox --bind address:s:SHORE --bind body:s:three");
    EXPECT_EQ(query("sms --projection thread_id:type:read --sort _id"),
              "Row: 0 thread_id=1, type=2, read=1\nRow: 1 thread_id=1, type=2, read=1\n"
              "Row: 2 thread_id=2, type=1, read=0\n");
    EXPECT_EQ(query("'mms-sms/conversations?simple=true' --projection "
                    "_id:message_count:recipient_ids --sort _id"),
              "Row: 0 _id=1, message_count=2, recipient_ids=1\n"
              "Row: 1 _id=2, message_count=1, recipient_ids=2\n");
    EXPECT_EQ(query("mms-sms/canonical-addresses"),
              "Row: 0 _id=1, address=+447700900001\nRow: 1 _id=2, address=SHORE\n");
    EXPECT_EQ(query("'mms-sms/threadID?recipient=SHORE&recipient=%2B447700900001'"),
              "Row: 0 _id=3\n");
}

TEST_F(ContentTool, PicturesComeBackAsTheyWere) {
    allow_messages();
    content(
        "insert --uri content://mms --bind thread_id:i:1 --bind date:l:1700000000 --bind "
        "msg_box:i:1 --bind m_type:i:132 --bind sub:s:hello");
    content(
        "insert --uri content://mms/1/addr --bind address:s:+447700900001 --bind type:i:137 "
        "--bind charset:i:106");
    content("insert --uri content://mms/1/part --bind ct:s:text/plain --bind 'text:s:a, b'");
    content("insert --uri content://mms/1/part --bind ct:s:image/jpeg --bind name:s:a.jpg");
    EXPECT_EQ(query("mms/part --projection '_id:mid:ct:name:hex(text)'"),
              "Row: 0 _id=1, mid=1, ct=text/plain, name=NULL, hex(text)=612C2062\n"
              "Row: 1 _id=2, mid=1, ct=image/jpeg, name=a.jpg, hex(text)=\n");
    const std::string bytes("\xff\xd8\0\n\r\x80", 6);
    EXPECT_EQ(content("write --uri content://mms/part/2", bytes).err, "");
    EXPECT_EQ(content("read --uri content://mms/part/2").out, bytes);
    EXPECT_EQ(query("mms/1/addr --projection address:type"),
              "Row: 0 address=+447700900001, type=137\n");
    EXPECT_THAT(content("read --uri content://mms/part/77").err,
                HasSubstr("java.io.FileNotFoundException"));
    run("appops set com.android.shell WRITE_SMS default");
    EXPECT_THAT(content("write --uri content://mms/part/2", "x").err, HasSubstr("App op"));
    EXPECT_EQ(content("read --uri content://mms/part/2").out, bytes);
}

TEST_F(ContentTool, PartsOfOneMillisecondAndNameShareAFile) {
    allow_messages();
    content("insert --uri content://mms --bind date:l:1700000000 --bind m_type:i:132");
    const auto add = [&](std::string_view location) {
        content(fmt::format(
            "insert --uri content://mms/1/part --bind ct:s:image/jpeg --bind cl:s:{}", location));
    };
    const auto read = [&](int part) {
        return content(fmt::format("read --uri content://mms/part/{}", part));
    };
    add("a.jpg");
    add("b.jpg");
    add("sd/a.jpg");
    EXPECT_EQ(read(3).out, "");
    EXPECT_EQ(read(3).err, "");
    content("write --uri content://mms/part/1", "one");
    content("write --uri content://mms/part/2", "two");
    EXPECT_EQ(read(1).out, "one");
    EXPECT_EQ(read(2).out, "two");
    EXPECT_EQ(read(3).out, "one");
    content("write --uri content://mms/part/3", "three");
    EXPECT_EQ(read(1).out, "three");
    content("delete --uri content://mms/part/3");
    EXPECT_THAT(read(1).err, HasSubstr("ENOENT"));
    content("write --uri content://mms/part/1", "one");
    EXPECT_EQ(read(1).out, "one");
    clock_.advance(std::chrono::milliseconds(1));
    add("a.jpg");
    EXPECT_EQ(read(4).out, "");
    phone_->state().with([](DeviceState& s) { s.names_part_files = false; });
    add("c.jpg");
    add("d.jpg");
    content("write --uri content://mms/part/6", "six");
    EXPECT_EQ(read(5).out, "six");
}

TEST_F(ContentTool, AToolThatIsKilledSaysSoByItsCode) {
    allow_messages();
    const auto kill = [&](std::string verb, uint64_t after) {
        phone_->faults().with([&](FaultPlan& plan) {
            plan.content.killed = KilledTool{.verb = std::move(verb), .after = after};
        });
    };
    content("insert --uri content://mms --bind date:l:1700000000 --bind m_type:i:132");
    content("insert --uri content://mms/1/part --bind ct:s:image/jpeg");
    kill("write", 3);
    Done done = run("content write --uri content://mms/part/1", "picture");
    EXPECT_EQ(done.code, 137);
    EXPECT_EQ(done.err, "Killed\n");
    EXPECT_EQ(content("read --uri content://mms/part/1").out, "pic");
    kill("read", 2);
    done = run("content read --uri content://mms/part/1");
    EXPECT_EQ(done.code, 137);
    EXPECT_EQ(done.out, "pi");
    kill("insert", 0);
    EXPECT_EQ(run("content insert --uri content://mms --bind date:l:1 --bind m_type:i:132").code,
              137);
    EXPECT_EQ(count("mms"), 1);
    phone_->faults().with([](FaultPlan& plan) { plan.content.busy_thread_each = 2; });
    const std::string_view ask = "query --uri 'content://mms-sms/threadID?recipient=SHORE'";
    EXPECT_EQ(content(ask).err, "");
    EXPECT_THAT(content(ask).err, HasSubstr("database is locked"));
    EXPECT_EQ(content(ask).out, "Row: 0 _id=1\n");
}

TEST_F(ContentTool, NumbersBeginAnewAfterAWipeOnly) {
    allow_messages();
    add_message("one");
    add_message("two");
    content("delete --uri content://sms --where _id=2");
    add_message("three");
    EXPECT_EQ(query("sms --projection _id --sort _id"), "Row: 0 _id=1\nRow: 1 _id=3\n");
    phone_->personal().with([](android::PersonalData& data) { data.wipe(); });
    EXPECT_EQ(query("sms"), "No result found.\n");
    allow_messages();
    add_message("anew");
    EXPECT_EQ(query("sms --projection _id:thread_id"), "Row: 0 _id=1, thread_id=1\n");
}

TEST_F(ContentTool, AQueryCanFailInManyWays) {
    fill({.messages = 10});
    const auto plan = [&](auto change) {
        phone_->faults().clear();
        phone_->faults().with([&](FaultPlan& p) { change(p.content); });
    };
    plan([](ContentFaults& f) { f.fail_after_rows = 3; });
    const Done failed = content("query --uri content://sms --projection _id");
    EXPECT_THAT(failed.out, HasSubstr("Row: 2 "));
    EXPECT_THAT(failed.out, Not(HasSubstr("Row: 3 ")));
    EXPECT_THAT(failed.err, StartsWith("Error while accessing provider:sms\n"));
    plan([](ContentFaults& f) { f.cut_after = 11; });
    EXPECT_EQ(content("query --uri content://sms --projection _id").out, "Row: 0 _id=");
    plan([](ContentFaults& f) { f.returns = true; });
    EXPECT_EQ(query("sms --projection _id --where _id=1"), "Row: 0 _id=1\r\n");
    allow_messages();
    plan([](ContentFaults& f) { f.swallow_after = 1; });
    add_message("stored");
    add_message("not stored");
    plan([](ContentFaults& f) { f.full_after = 0; });
    EXPECT_THAT(content("insert --uri content://sms --bind body:s:x").err,
                HasSubstr("SQLiteFullException: database or disk is full (code 13 SQLITE_FULL)"));
    phone_->faults().clear();
    EXPECT_EQ(count("sms"), 11);
    phone_->storage().set_free_bytes(0);
    EXPECT_THAT(content("insert --uri content://sms --bind body:s:x").err,
                HasSubstr("SQLiteFullException"));
}

TEST_F(ContentTool, XiaomiWantsOneMoreSetting) {
    become("miui");
    fill({.messages = 2, .contacts = 2});
    EXPECT_EQ(query("sms --projection 'count(*)'"), "Row: 0 count(*)=2\n");
    EXPECT_THAT(content("insert --uri content://com.android.contacts/raw_contacts --bind "
                        "sourceid:s:x")
                    .err,
                HasSubstr("Permission Denial: writing "
                          "com.android.providers.contacts.ContactsProvider2 uri "
                          "content://com.android.contacts/raw_contacts from pid="));
    const Done refused = run("appops set com.android.shell WRITE_SMS allow");
    EXPECT_EQ(refused.code, 255);
    EXPECT_THAT(refused.err, HasSubstr("MANAGE_APP_OPS_MODES"));
    phone_->state().with([](DeviceState& s) { s.usb_may_write = true; });
    content("insert --uri content://com.android.contacts/raw_contacts --bind sourceid:s:x");
    EXPECT_EQ(count("com.android.contacts/raw_contacts"), 4);  // one person stands in two accounts
}

TEST_F(ContentTool, HostileConditionsStayInTheirQuery) {
    fill({.messages = 5, .contacts = 5});
    for (const std::string_view where : {"1); DROP TABLE sms; --", "1; DELETE FROM sms",
                                         "1) UNION ALL SELECT 1 --", "load_extension('x')", "'"}) {
        content(fmt::format("query --uri content://sms --where \"{}\"", where));
        content(
            fmt::format("query --uri content://com.android.contacts/data --where \"{}\"", where));
        content(fmt::format("delete --uri content://call_log/calls --where \"{}\"", where));
    }
    EXPECT_EQ(query("sms --projection 'count(*)'"), "Row: 0 count(*)=5\n");
    EXPECT_EQ(count("com.android.contacts/contacts"), 5);
}

}  // namespace
}  // namespace lifeboat::sim
