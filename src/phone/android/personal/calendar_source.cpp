#include "phone/android/personal/calendar_source.h"

#include "personal/icalendar.h"
#include "phone/android/personal/calendar_restore.h"
#include "phone/android/personal/provider_rows.h"

#include <fmt/format.h>

#include <set>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view instead =
    "Let an account keep the calendar, or export it in the phone's calendar app";

ItemPath folder() {
    return personal::folder_of("calendar");
}

// "Work.ics", "Work (2).ics": names for people that are no way to another folder.
std::string file_name(const personal::Calendar& calendar, std::set<std::string>& taken) {
    std::string name;
    for (const char c : personal::label_text(name_of(calendar))) {
        const bool risky = static_cast<unsigned char>(c) < ' ' ||
                           std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos;
        name += risky ? '_' : c;
    }
    if (name.empty() || name.front() == '.') name = "calendar" + name;
    std::string tried = name + ".ics";
    for (size_t number = 2; !taken.insert(tried).second; ++number)
        tried = fmt::format("{} ({}).ics", name, number);
    return tried;
}

}  // namespace

personal::Collection CalendarSource::read(const PersonalTarget& target, EventSink&,
                                          const std::stop_token& stop) {
    PhoneCalendars found;
    try {
        found = read_calendars(content_, stop);
    } catch (const ContentRefused& refusal) {
        return refused(id(), refusal.error, instead);
    }
    std::vector<personal::Calendar> calendars;
    for (PhoneCalendar& one : found.calendars) calendars.push_back(std::move(one.calendar));
    if (!calendars.empty())
        put_file(target, folder().child("calendar.jsonl"), personal::encode_calendars(calendars));
    std::set<std::string> taken;
    for (const personal::Calendar& calendar : calendars) {
        put_file(target, folder().child(file_name(calendar, taken)), personal::icalendar(calendar));
    }
    personal::Collection collection{.id = std::string(id()), .records = records_of(calendars)};
    add_gaps(collection, {.unread = found.unread, .drifted = found.drifted}, "the calendars");
    return collection;
}

personal::RestoreOutcome CalendarSource::restore(const FileTree& snapshot, bool dry_run,
                                                 EventSink& events, const std::stop_token& stop) {
    const auto text = load_text(snapshot, folder().child("calendar.jsonl"));
    if (!text) return nothing_to_restore(snapshot, id());
    const auto calendars = personal::decode_calendars(*text);
    return restore_calendars(content_, calendars, dry_run, events, stop);
}

}  // namespace lifeboat::phone::android
