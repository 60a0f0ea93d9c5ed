#include "sim/android/providers/personal_maker.h"
#include "sim/photo_maker.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

constexpr uint64_t pictures = 16;

struct Picture {
    Bytes whole{};
    Bytes small{};
};

// A few pictures that many contacts share: making one takes a while.
const Picture& picture(uint64_t number) {
    static const std::vector<Picture> all = [] {
        std::vector<Picture> made;
        for (uint64_t i = 0; i < pictures; ++i) {
            PhotoOptions photo;
            photo.seed = 700 + i;
            photo.with_place = false;
            photo.width = photo.height = 480;
            Picture one;
            one.whole = make_photo(photo);
            photo.width = photo.height = 96;
            one.small = make_photo(photo);
            made.push_back(std::move(one));
        }
        return made;
    }();
    return all[number % pictures];
}

class Maker {
public:
    Maker(PersonalData& data, const PersonalMaker& maker)
        : contacts_(data.contacts()), maker_(maker), local_(contacts_.account_of({})) {
        if (maker.cloud_account.empty()) return;
        cloud_ = contacts_.account_of({maker.cloud_account, "com.google"});
        make_groups(cloud_);
    }

    void make(uint64_t number) {
        const bool in_cloud = cloud_ != 0 && number % 3 != 0;
        const int64_t raw = add_raw(in_cloud ? cloud_ : local_, number);
        add_details(raw, number, in_cloud);
        aggregate(raw);
        // The same person once more on the phone itself: one contact, two raw contacts.
        if (!in_cloud || number % 10 != 1 || is_nameless(number)) return;
        const int64_t twin = add_raw(local_, number);
        add_name(twin, made_person(number));
        add(twin, mimetype::phone, {{"data1", made_person(number).phone}, {"data2", "1"}});
        aggregate(twin);
    }

private:
    static bool is_starred(uint64_t number) { return number % 11 == 4; }
    static bool is_nameless(uint64_t number) { return number % 29 == 17; }
    void aggregate(int64_t raw) { contacts_.aggregate(raw, milliseconds(maker_.newest)); }

    void make_groups(int64_t account) {
        const auto add_group = [&](const char* title, const char* source, Value system) {
            return contacts_.sql().insert("groups", {{"account_id", account},
                                                     {"sourceid", source},
                                                     {"title", title},
                                                     {"group_visible", int64_t{1}},
                                                     {"system_id", std::move(system)}});
        };
        everyone_ = add_group("My Contacts", "6", "Contacts");
        favourites_ = add_group("Starred in Android", "4b", nullptr);
        crew_ = add_group("Crew, \"old\" & new", "7c1", nullptr);
        choir_ = add_group("Choir", "7c2", nullptr);
        const auto by_itself = [&](const char* flag, int64_t group) {
            contacts_.sql().update("groups", {{flag, int64_t{1}}}, fmt::format("_id={}", group));
        };
        by_itself("auto_add", everyone_);
        by_itself("favorites", favourites_);
    }

    int64_t add_raw(int64_t account, uint64_t number) {
        const bool in_cloud = account == cloud_ && account != 0;
        return contacts_.sql().insert(
            "raw_contacts",
            {{"account_id", account},
             {"sourceid", in_cloud ? Value(fmt::format("{:x}", made_seed(maker_, "source", number)))
                                   : Value(nullptr)},
             {"dirty", int64_t{!in_cloud}},
             {"starred", int64_t{is_starred(number)}}});
    }

    void add(int64_t raw, std::string_view kind, ContentValues values) {
        values.put("raw_contact_id", raw);
        values.put("mimetype", std::string(kind));
        contacts_.sql().insert("data", values);
    }

    void add_name(int64_t raw, const MadePerson& who) {
        ContentValues name{{"data1", who.name()}, {"data2", who.first}, {"data3", who.last}};
        if (!who.middle.empty()) name.put("data5", who.middle);
        add(raw, mimetype::name, std::move(name));
    }

    void add_numbers(int64_t raw, uint64_t number) {
        const std::string phone = made_person(number).phone;
        std::string plain = phone;
        std::erase(plain, ' ');
        add(raw, mimetype::phone,
            {{"data1", phone}, {"data2", "2"}, {"data4", plain}, {"is_primary", int64_t{1}}});
        if (number % 3 == 1) {
            add(raw, mimetype::phone,
                {{"data1", fmt::format("(020) 7946-{:04}", number % 1000)}, {"data2", "3"}});
        }
        if (number % 5 == 2) {
            add(raw, mimetype::phone,
                {{"data1", fmt::format("{},,{}#", phone, number % 100)},
                 {"data2", "0"},
                 {"data3", "boat; aft"}});
        }
    }

    void add_details(int64_t raw, uint64_t number, bool in_cloud) {
        const MadePerson who = made_person(number);
        if (!is_nameless(number)) add_name(raw, who);
        add_numbers(raw, number);
        if (number % 2 == 0) {
            add(raw, mimetype::email,
                {{"data1", fmt::format("person.{}@example.org", number)}, {"data2", "1"}});
        }
        if (number % 6 == 3) {
            add(raw, mimetype::organization,
                {{"data1", "Quay & Sons, Ltd."}, {"data2", "1"}, {"data4", "Rigger; lead"}});
        }
        if (number % 7 == 5) {
            add(raw, mimetype::note,
                {{"data1",
                  fmt::format("Met at the pier,\nRow: {} _id={}, data1=", number, number)}});
        }
        if (number % 8 == 6) {
            add(raw, mimetype::postal,
                {{"data1", "1 Quay Street\nHaven 12345"},
                 {"data2", "1"},
                 {"data4", "1 Quay Street"},
                 {"data7", "Haven"},
                 {"data9", "12345"}});
        }
        if (number % 9 == 7) {
            add(raw, mimetype::event, {{"data1", "1984-02-29"}, {"data2", "3"}});
        }
        if (number % 13 == 8) add(raw, mimetype::nickname, {{"data1", "NULL"}, {"data2", "1"}});
        if (number % 17 == 9)
            add(raw, mimetype::website, {{"data1", "https://example.org/?a=b, c"}});
        if (in_cloud) add_to_groups(raw, number);
        if (number % 4 == 2) {
            const Picture& shown = picture(number);
            contacts_.set_photo(raw, shown.whole, shown.small);
        }
    }

    void add_to_groups(int64_t raw, uint64_t number) {
        add(raw, mimetype::group, {{"data1", fmt::to_string(everyone_)}});
        if (is_starred(number)) add(raw, mimetype::group, {{"data1", fmt::to_string(favourites_)}});
        if (number % 5 == 1) add(raw, mimetype::group, {{"data1", fmt::to_string(crew_)}});
        if (number % 7 == 2) add(raw, mimetype::group, {{"data1", fmt::to_string(choir_)}});
    }

    ContactsDatabase& contacts_;
    const PersonalMaker& maker_;
    int64_t local_ = 0;
    int64_t cloud_ = 0;
    int64_t everyone_ = 0;
    int64_t favourites_ = 0;
    int64_t crew_ = 0;
    int64_t choir_ = 0;
};

}  // namespace

void make_contacts(PersonalData& data, const PersonalMaker& maker) {
    if (maker.counts.contacts == 0) return;
    Maker people(data, maker);
    for (uint64_t i = 0; i < maker.counts.contacts; ++i) people.make(i);
}

}  // namespace lifeboat::sim::android
