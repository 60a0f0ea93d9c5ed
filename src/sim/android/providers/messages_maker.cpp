#include "base/text.h"
#include "sim/android/providers/personal_maker.h"
#include "sim/document_maker.h"
#include "sim/photo_maker.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr std::chrono::minutes between_messages{47};
constexpr uint64_t drafts_and_failed_each = 40;

uint64_t partners(const PersonalMaker& maker) {
    return std::clamp<uint64_t>(maker.counts.contacts, 5, 400);
}

std::string plain_number(const MadePerson& who) {
    std::string number = who.phone;
    std::erase(number, ' ');
    return number;
}

// Texts that break a parser which splits at ", " or at line ends; each may stand in any message.
std::vector<Value> hostile_bodies() {
    std::vector<Value> all;
    for (const char* text :
         {"first line\nsecond line\n\nfourth", "a, b=c, _id=9, body=no",
          "She said \"it's 'fine'\".",
          "\xf0\x9f\x9b\xb6 \xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x9a\x80 "
          "\xf0\x9f\x87\xaa\xf0\x9f\x87\xba",
          "look\nRow: 8 _id=9, body=", "\nRow: 7 _id=8, address=+44, body=x\nRow: 8 _id=9, body=",
          "NULL", "", "half a character \xed\xa0\xbd and on", "No result found.",
          "Error while accessing provider:sms\njava.lang.SecurityException: no", "one\r\ntwo\r",
          "  blanks around\t ", "back\\slash \\: \\n", "BLOB", "%s %n %x $HOME `id` $(id)"}) {
        all.emplace_back(std::string(text));
    }
    all.emplace_back(nullptr);
    // Fits into one window as it is, but not when each byte is two digits.
    all.emplace_back(std::string(600'000, 'm'));
    // Fits into none.
    all.emplace_back(std::string(1'200'000, 'L'));
    return all;
}

Value body_of(const PersonalMaker& maker, uint64_t number) {
    // From the 20th on, so that short tests find plain ones first.
    static const std::vector<Value> hostile = hostile_bodies();
    constexpr uint64_t first_hostile = 20;
    if (number >= first_hostile && number - first_hostile < hostile.size() &&
        maker.counts.messages >= first_hostile + hostile.size()) {
        return hostile[number - first_hostile];
    }
    const uint64_t seed = made_seed(maker, "sms", number);
    std::string text(trim(to_text(make_text(seed, 10 + seed % 150))));
    if (seed % 7 == 0) text += " \xf0\x9f\x9a\xa2";
    return text;
}

// Rows that the shell does not see.
void add_hidden(PersonalData& data, const std::string& address, int64_t thread, int64_t date,
                uint64_t number) {
    static constexpr std::array<int64_t, 4> types{sms_type::draft, sms_type::failed,
                                                  sms_type::queued, sms_type::outbox};
    data.messages().sql().insert("sms", {{"thread_id", thread},
                                         {"address", address},
                                         {"date", date},
                                         {"read", int64_t{1}},
                                         {"type", types[number % types.size()]},
                                         {"body", "unsent " + fmt::to_string(number)},
                                         {"seen", int64_t{1}}});
}

void add_part(TelephonyDatabase& messages, int64_t message, ContentValues values,
              const Bytes* bytes) {
    values.put("mid", message);
    const int64_t id = messages.sql().insert("part", values);
    if (bytes == nullptr) return;
    const std::string path =
        fmt::format("/data/user_de/0/com.android.providers.telephony/app_parts/PART_{}", id);
    messages.sql().update("part", {{"_data", path}}, fmt::format("_id={}", id));
    messages.put_part_file(path, *bytes);
}

void add_parts(TelephonyDatabase& messages, const PersonalMaker& maker, int64_t message,
               uint64_t number) {
    const uint64_t seed = made_seed(maker, "mms", number);
    add_part(messages, message,
             {{"seq", int64_t{-1}},
              {"ct", "application/smil"},
              {"cid", "<smil>"},
              {"cl", "smil.xml"},
              {"text", "<smil><body><par><img src=\"image.jpg\"/></par></body></smil>"}},
             nullptr);
    if (number % 3 != 2) {
        std::string text(trim(to_text(make_text(seed, 12 + seed % 60))));
        if (number % 4 == 0) text += ",\nRow: 1 _id=2, text=\xf0\x9f\x93\xb7";
        add_part(messages, message,
                 {{"ct", "text/plain"},
                  {"chset", int64_t{106}},
                  {"cid", "<text>"},
                  {"cl", "text.txt"},
                  {"text", text}},
                 nullptr);
    }
    PhotoOptions photo;
    photo.seed = 900 + number % 24;
    photo.width = 320;
    photo.height = 240;
    photo.taken = maker.newest;
    const Bytes picture = make_photo(photo);
    add_part(messages, message,
             {{"ct", "image/jpeg"},
              {"name", "image.jpg"},
              {"fn", "image.jpg"},
              {"cid", "<image>"},
              {"cl", "image.jpg"}},
             &picture);
    if (number % 5 == 4) {
        const Bytes sound = make_random(seed, 3'000);
        add_part(messages, message,
                 {{"ct", "audio/amr"},
                  {"name", "voice, note.amr"},
                  {"cid", "<voice>"},
                  {"cl", "voice, note.amr"}},
                 &sound);
    }
}

void add_addresses(ProviderDatabase& sql, int64_t message, bool received,
                   const std::vector<std::string>& others) {
    constexpr int64_t from = 137, to = 151, utf8 = 106;
    const auto add = [&](const std::string& address, int64_t type) {
        sql.insert("addr",
                   {{"msg_id", message}, {"address", address}, {"type", type}, {"charset", utf8}});
    };
    add(received ? others.front() : "insert-address-token", from);
    for (size_t i = received ? 1 : 0; i < others.size(); ++i) add(others[i], to);
    if (received) add("+447700900999", to);
}

struct Mms {
    uint64_t number = 0;
    int64_t date_ms = 0;
    int64_t box = 1;
    int64_t kind = 132;  // a received one; 128 is sent, 130 announces one
};

void add_mms(PersonalData& data, const PersonalMaker& maker, const Mms& mms) {
    ProviderDatabase& sql = data.messages().sql();
    std::vector<std::string> others{plain_number(made_person(mms.number % partners(maker)))};
    if (mms.number % 4 == 3) {
        others.push_back(plain_number(made_person((mms.number + 1) % partners(maker))));
        others.push_back(plain_number(made_person((mms.number + 2) % partners(maker))));
    }
    const int64_t thread = data.messages().thread_of({others.begin(), others.end()}, mms.date_ms);
    ContentValues row{{"thread_id", thread},
                      {"date", mms.date_ms / 1000},
                      {"date_sent", mms.box == 1 ? mms.date_ms / 1000 - 3 : int64_t{0}},
                      {"msg_box", mms.box},
                      {"read", int64_t{mms.number % 6 != 5}},
                      {"m_id", fmt::format("mid-{}", made_seed(maker, "m_id", mms.number))},
                      {"ct_t", "application/vnd.wap.multipart.related"},
                      {"m_cls", "personal"},
                      {"m_type", mms.kind},
                      {"v", int64_t{18}},
                      {"pri", int64_t{129}},
                      {"tr_id", fmt::format("T{:x}", mms.number)},
                      {"sub_id", int64_t{1}},
                      {"seen", int64_t{1}},
                      {"creator", "com.google.android.apps.messaging"}};
    if (mms.number % 3 == 0) {
        row.put("sub", fmt::format("Picture {}, \"so\"", mms.number));
        row.put("sub_cs", int64_t{106});
    }
    const int64_t id = sql.insert("pdu", row);
    add_addresses(sql, id, mms.box == 1, others);
    if (mms.kind != 130) add_parts(data.messages(), maker, id, mms.number);
}

}  // namespace

void make_messages(PersonalData& data, const PersonalMaker& maker) {
    const uint64_t count = maker.counts.messages;
    ProviderDatabase& sql = data.messages().sql();
    for (uint64_t i = 0; i < count; ++i) {
        const uint64_t seed = made_seed(maker, "message", i);
        // The two that are the same, to the person and the millisecond.
        const bool twin = i == 12 && count > 12;
        const uint64_t like = twin ? 11 : i;
        const uint64_t partner = (twin ? made_seed(maker, "message", 11) : seed) % partners(maker);
        const std::string address =
            i % 31 == 30 ? "INFO-SHORE" : plain_number(made_person(partner));
        const int64_t date = made_time(maker, like, count, between_messages);
        const bool received = twin || i == 11 || seed % 5 < 3;
        const int64_t thread = data.messages().thread_of({address}, date);
        sql.insert("sms", {{"thread_id", thread},
                           {"address", address},
                           {"date", date},
                           {"date_sent", received ? date - 900 : int64_t{0}},
                           {"protocol", received ? Value(int64_t{0}) : Value(nullptr)},
                           {"read", int64_t{!received || i + 5 < count}},
                           {"status", received || i % 3 != 0 ? int64_t{-1} : int64_t{0}},
                           {"type", received ? sms_type::inbox : sms_type::sent},
                           {"reply_path_present", received ? Value(int64_t{0}) : Value(nullptr)},
                           {"body", body_of(maker, like)},
                           {"service_center", received ? Value("+447785016005") : Value(nullptr)},
                           {"locked", int64_t{i % 97 == 5}},
                           {"sub_id", int64_t{1 + (i % 10 == 9)}},
                           {"creator", "com.google.android.apps.messaging"},
                           {"seen", int64_t{1}}});
        if (i % drafts_and_failed_each == 7) {
            add_hidden(data, address, thread, date + 1, i / drafts_and_failed_each);
        }
    }
    data.messages().refresh_all_threads();
}

void make_mms(PersonalData& data, const PersonalMaker& maker) {
    const uint64_t count = maker.counts.mms;
    for (uint64_t i = 0; i < count; ++i) {
        const int64_t date = made_time(maker, i, count, between_messages * 9);
        const bool received = i % 3 != 1;
        add_mms(data, maker, {i, date, received ? 1 : 2, received ? 132 : 128});
        // An announcement that was not fetched, and a draft: not for the shell.
        if (i % 10 == 5) add_mms(data, maker, {i, date, 1, 130});
        if (i % 10 == 8) add_mms(data, maker, {i, date, 3, 128});
    }
    data.messages().refresh_all_threads();
}

}  // namespace lifeboat::sim::android
