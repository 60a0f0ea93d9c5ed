#include "sim/android/providers/personal_maker.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/document_maker.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::sim::android {

namespace {

template <size_t size>
std::string_view pick(const std::array<std::string_view, size>& words, uint64_t number) {
    return words[number % size];
}

}  // namespace

PersonalCounts personal_counts(std::string_view size) {
    if (size == "none") return {};
    if (size == "small") {
        return {.messages = 200, .mms = 12, .contacts = 60, .calls = 80, .events = 40, .words = 15};
    }
    if (size == "large") {
        return {.messages = 50'000,
                .mms = 400,
                .contacts = 5'000,
                .calls = 20'000,
                .events = 2'000,
                .words = 300};
    }
    throw Misuse(
        fmt::format("--people-data takes none, small or large, not \"{}\"", printable(size)));
}

std::string MadePerson::name() const {
    return middle.empty() ? fmt::format("{} {}", first, last)
                          : fmt::format("{} {} {}", first, middle, last);
}

MadePerson made_person(uint64_t number) {
    static constexpr std::array<std::string_view, 24> firsts{
        "Robin", "Alex",  "Kim",  "Sam",   "Jo",     "Lee",    "Max",   "Pat",
        "Chris", "Jamie", "Nico", "Toni",  "Sascha", "Andrea", "Zoë",   "Noël",
        "Dana",  "Eike",  "Yuki", "Ariel", "Kai",    "Mika",   "Łucja", "Inès"};
    static constexpr std::array<std::string_view, 20> lasts{
        "Field",  "Brook",  "Hill", "Lake", "Stone", "Marsh",   "Wood",
        "Rivers", "Meadow", "Grün", "Holm", "Vale",  "Ødegård", "Berg",
        "Shore",  "Heath",  "Dale", "Moor", "山",    "Strand"};
    static constexpr std::array<std::string_view, 12> middles{"A.", "B.", "C.", "D.", "E.", "F.",
                                                              "G.", "H.", "J.", "K.", "L.", "M."};
    MadePerson person;
    person.first = pick(firsts, number);
    person.last = pick(lasts, number / firsts.size());
    const uint64_t round = number / (firsts.size() * lasts.size());
    if (round > 0) person.middle = pick(middles, round - 1);
    // Ofcom keeps 07700 900000 to 900999 for drama, North America 555-0100 to 0199.
    constexpr uint64_t british = 1000;
    person.phone = number < british
                       ? fmt::format("+44 7700 {:06}", 900'000 + number)
                       : fmt::format("+1 {} 555 {:04}", 201 + (number - british) / 100 % 780,
                                     100 + number % 100);
    return person;
}

uint64_t made_seed(const PersonalMaker& maker, std::string_view kind, uint64_t number) {
    uint64_t state = maker.counts.seed * 0x9e3779b97f4a7c15u + number;
    for (const char c : kind) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    state = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    state = (state ^ (state >> 27)) * 0x94d049bb133111ebu;
    return state ^ (state >> 31);
}

int64_t milliseconds(TimePoint time) {
    return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

int64_t made_time(const PersonalMaker& maker, uint64_t number, uint64_t count,
                  std::chrono::minutes apart) {
    const auto back = std::chrono::milliseconds(apart) * static_cast<int64_t>(count - number);
    const auto odd = static_cast<int64_t>(made_seed(maker, "moment", number) % 59'000);
    return milliseconds(maker.newest) - back.count() + odd;
}

void make_personal_data(PersonalData& data, const PersonalMaker& maker) {
    const std::array<ProviderDatabase*, 5> all{&data.messages().sql(), &data.contacts().sql(),
                                               &data.calls(), &data.calendar(), &data.words()};
    for (ProviderDatabase* sql : all) sql->run("BEGIN");
    make_contacts(data, maker);
    make_messages(data, maker);
    make_mms(data, maker);
    make_calls(data, maker);
    make_events(data, maker);
    make_words(data, maker);
    for (ProviderDatabase* sql : all) sql->run("COMMIT");
    Bytes ring = to_bytes("OggS");
    append(ring, make_random(made_seed(maker, "ring", 1), 20'000));
    data.sounds()["ringtone_cache"] = std::move(ring);
}

void make_words(PersonalData& data, const PersonalMaker& maker) {
    static constexpr std::array<std::string_view, 15> words{
        "Bodden",   "lee-oh",  "Ufer",   "e-mail: ok", "naïve", "Größe",     "q,u,o,t,e", "O'Reef",
        "foresail", "halyard", "山小屋", "kettle",     "wharf", "starboard", "=equals"};
    for (uint64_t i = 0; i < maker.counts.words; ++i) {
        const std::string base(pick(words, i));
        const bool first = i < words.size();
        data.words().insert(
            "words",
            {{"word", first ? base : fmt::format("{}{}", base, i)},
             {"frequency", static_cast<int64_t>(250 - i % 3 * 50)},
             {"locale", i % 4 == 0 ? Value(nullptr) : Value(i % 4 == 1 ? "de_DE" : "en_GB")},
             {"appid", int64_t{0}},
             {"shortcut", i % 5 == 4 ? Value(fmt::format("w{}", i)) : Value(nullptr)}});
    }
}

}  // namespace lifeboat::sim::android
