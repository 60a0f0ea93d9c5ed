#include "sim/personal_control.h"

#include "base/error.h"
#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace lifeboat::sim {

namespace {

using android::PersonalData;
using android::ProviderDatabase;
using android::Value;
using Json = nlohmann::json;

int64_t now_ms(AndroidPhone& phone) {
    return android::milliseconds(phone.device().clock().now());
}

// Which database holds which tables.
using Tables = std::map<std::string, ProviderDatabase*, std::less<>>;

Tables tables_of(PersonalData& data) {
    Tables all;
    for (const char* name :
         {"sms", "pdu", "addr", "part", "part_files", "threads", "canonical_addresses"}) {
        all[name] = &data.messages().sql();
    }
    for (const char* name :
         {"accounts", "contacts", "raw_contacts", "data", "groups", "photo_files"}) {
        all[name] = &data.contacts().sql();
    }
    for (const char* name :
         {"Calendars", "Events", "Attendees", "Reminders", "ExtendedProperties"}) {
        all[name] = &data.calendar();
    }
    all["calls"] = &data.calls();
    all["words"] = &data.words();
    return all;
}

Json cell_json(const Value& value) {
    struct Convert {
        Json operator()(std::nullptr_t) const { return nullptr; }
        Json operator()(int64_t number) const { return number; }
        Json operator()(double number) const { return number; }
        // JSON holds no half characters.
        Json operator()(const std::string& text) const {
            if (is_valid_utf8(text)) return text;
            return {{"hex", to_hex(as_bytes(text))}};
        }
        Json operator()(const Bytes& bytes) const {
            return {{"size", bytes.size()}, {"sha256", to_hex(crypto::sha256(bytes))}};
        }
    };
    return std::visit(Convert{}, value);
}

Json table_json(ProviderDatabase& sql, const std::string& name) {
    const android::Cursor found = sql.rows(fmt::format("SELECT * FROM {} ORDER BY 1", name));
    Json rows = Json::array();
    for (const auto& row : found.rows) {
        Json object = Json::object();
        for (size_t i = 0; i < row.size(); ++i) object[found.columns[i]] = cell_json(row[i]);
        rows.push_back(std::move(object));
    }
    return rows;
}

Json dump(AndroidPhone& phone, Words& words) {
    const std::string wanted = words.next_or("");
    Json tables = Json::object();
    phone.device().personal().with([&](PersonalData& data) {
        data.settle(now_ms(phone));
        for (const auto& [name, sql] : tables_of(data)) {
            if (wanted.empty() || wanted == name) tables[name] = table_json(*sql, name);
        }
    });
    if (tables.empty()) throw Misuse(fmt::format("there is no table \"{}\"", printable(wanted)));
    return done({{"tables", std::move(tables)}});
}

Json count(AndroidPhone& phone, Words&) {
    Json counts = Json::object();
    const size_t waiting = phone.device().personal().with([&](PersonalData& data) {
        data.settle(now_ms(phone));
        for (const auto& [name, sql] : tables_of(data)) {
            counts[name] = sql->number("SELECT count(*) FROM " + name);
        }
        return data.restores_waiting();
    });
    return done({{"counts", std::move(counts)}, {"restores_waiting", waiting}});
}

Json wipe(AndroidPhone& phone, Words&) {
    phone.device().personal().with([](PersonalData& data) { data.wipe(); });
    return done();
}

Json refill(AndroidPhone& phone, Words&) {
    phone.device().personal().with([](PersonalData& data) { data.wipe(); });
    phone.fill_personal_data();
    return done();
}

Json renumber(AndroidPhone& phone, Words&) {
    phone.device().personal().with([](PersonalData& data) { data.renumber(); });
    return done();
}

Json lose(AndroidPhone& phone, Words& words) {
    const std::string what = words.one_of("what", {"messages", "contacts", "calls", "events"});
    const uint64_t number = words.number("the count");
    phone.device().personal().with([&](PersonalData& data) {
        if (what == "messages") data.lose_messages(number);
        if (what == "contacts") data.lose_contacts(number, now_ms(phone));
        if (what == "calls") data.lose_calls(number);
        if (what == "events") data.lose_events(number);
    });
    return done();
}

Json add_message(AndroidPhone& phone, Words& words) {
    const std::string address = words.next("the number");
    const std::string text = words.next("the text");
    const int64_t now = now_ms(phone);
    const int64_t id = phone.device().personal().with([&](PersonalData& data) {
        const int64_t thread = data.messages().thread_of({address}, now);
        const int64_t row = data.messages().sql().insert("sms", {{"thread_id", thread},
                                                                 {"address", address},
                                                                 {"date", now},
                                                                 {"date_sent", now},
                                                                 {"type", int64_t{1}},
                                                                 {"body", text},
                                                                 {"sub_id", int64_t{1}}});
        data.messages().refresh_thread(thread);
        return row;
    });
    return done({{"_id", id}});
}

Json change_number(AndroidPhone& phone, Words& words) {
    const uint64_t contact = words.number("the contact's number");
    const std::string number = words.next("the phone number");
    const int64_t changed = phone.device().personal().with([&](PersonalData& data) {
        return data.contacts().sql().update(
            "data", {{"data1", number}, {"data4", nullptr}},
            fmt::format("_id=(SELECT d._id FROM data d JOIN raw_contacts r ON "
                        "d.raw_contact_id=r._id WHERE r.contact_id={} AND d.mimetype='{}' "
                        "ORDER BY d._id LIMIT 1)",
                        contact, android::mimetype::phone));
    });
    if (changed == 0) throw Misuse(fmt::format("contact {} has no phone number", contact));
    return done();
}

Json show_words(AndroidPhone& phone, Words& words) {
    const bool shown = words.on_or_off();
    phone.device().state().with([&](DeviceState& s) { s.shows_words = shown; });
    return done();
}

Json usb_security(AndroidPhone& phone, Words& words) {
    const bool on = words.on_or_off();
    phone.device().state().with([&](DeviceState& s) { s.usb_may_write = on; });
    return done();
}

using Handler = Json (*)(AndroidPhone&, Words&);

}  // namespace

Json run_personal_control(AndroidPhone& phone, Words& words) {
    static const std::map<std::string, Handler, std::less<>> handlers{
        {"add-message", add_message},
        {"change-number", change_number},
        {"count", count},
        {"dump", dump},
        {"lose", lose},
        {"refill", refill},
        {"renumber", renumber},
        {"show-words", show_words},
        {"usb-security", usb_security},
        {"wipe", wipe}};
    const std::string name = words.next("what to do");
    const auto found = handlers.find(name);
    if (found == handlers.end()) {
        unknown_word("what to do", name,
                     "add-message, change-number, count, dump, lose, refill, renumber, "
                     "show-words, usb-security, wipe");
    }
    return found->second(phone, words);
}

Json plan_content_fault(AndroidPhone& phone, Words& words) {
    const std::string what = words.one_of("the fault", {"fail", "cut", "swallow", "full", "crlf"});
    ContentFaults wanted;
    if (what == "crlf") {
        wanted.returns = words.on_or_off();
    } else {
        const uint64_t after = words.number("after how many");
        if (what == "fail") wanted.fail_after_rows = after;
        if (what == "cut") wanted.cut_after = after;
        if (what == "swallow") wanted.swallow_after = after;
        if (what == "full") wanted.full_after = after;
    }
    phone.faults().with([&](FaultPlan& plan) {
        ContentFaults& now = plan.content;
        if (wanted.fail_after_rows) now.fail_after_rows = wanted.fail_after_rows;
        if (wanted.cut_after) now.cut_after = wanted.cut_after;
        if (wanted.swallow_after) now.swallow_after = wanted.swallow_after;
        if (wanted.full_after) now.full_after = wanted.full_after;
        if (what == "crlf") now.returns = wanted.returns;
    });
    return done();
}

std::string_view personal_control_help() {
    return R"(  personal count                        personal dump [TABLE]
  personal wipe                         personal refill
  personal lose messages|contacts|calls|events N
  personal add-message NUMBER TEXT      personal change-number CONTACT NUMBER
  personal renumber                     personal show-words on|off
  personal usb-security on|off          (MIUI: whether a computer may write)
 faults of the content tool, until clear:
  content fail ROWS                     content cut BYTES
  content swallow INSERTS               content full INSERTS
  content crlf on|off
)";
}

}  // namespace lifeboat::sim
