#include "personal/icalendar.h"

#include "base/text.h"
#include "personal/time_zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace lifeboat::personal {

namespace {

constexpr int64_t ms = 1000;
constexpr int64_t day_seconds = 86'400;
constexpr size_t fold_at = 75;

int64_t floor_seconds(int64_t milliseconds) {
    return milliseconds / ms - (milliseconds % ms < 0 ? 1 : 0);
}

std::string utc(int64_t milliseconds) {
    return basic_time(floor_seconds(milliseconds)) + "Z";
}

std::string date_only(int64_t milliseconds) {
    return basic_time(floor_seconds(milliseconds)).substr(0, 8);
}

// What stands in a phone's rule may be anything; in a file it must not begin a line of its own.
bool is_rule(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '=' || c == ';' ||
               c == ',' || c == '-' || c == '+' || c == ':';
    });
}

std::string without_quotes(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c != '"' && static_cast<unsigned char>(c) >= ' ' && c != 0x7f) out += c;
    }
    return is_valid_utf8(out) ? out : printable(out);
}

// Android writes "P3600S"; the standard has it behind a T.
std::string duration_of(std::string_view text) {
    const bool plain = is_rule(text) && text.find_first_of("=;,:") == std::string_view::npos;
    if (!plain || text.find('P') == std::string_view::npos) return {};
    const bool only_seconds = text.ends_with('S') && text.find('T') == std::string_view::npos;
    return only_seconds ? "PT" + std::string(text.substr(1)) : std::string(text);
}

class Writer {
public:
    explicit Writer(const Calendar& calendar) : calendar_(calendar) {}

    std::string write() {
        line("BEGIN:VCALENDAR");
        line("VERSION:2.0");
        line("PRODID:-//Lifeboat//Android calendar//EN");
        line("X-WR-CALNAME:" + icalendar_text(name_of(calendar_)));
        write_zones();
        for (size_t i = 0; i < calendar_.events.size(); ++i) write_event(i);
        line("END:VCALENDAR");
        return std::move(out_);
    }

private:
    void line(std::string_view text) { out_ += folded_line(text); }
    void text_line(std::string_view name, std::string_view value) {
        if (!value.empty()) line(fmt::format("{}:{}", name, icalendar_text(value)));
    }

    static bool is_all_day(const Event& event) { return number_of(event.fields, "allDay") != 0; }

    // A single event's time is one instant; only a series needs the zone's clock.
    const TimeZone* zone_of(const Event& event) const {
        if (is_all_day(event) || find_text(event.fields, "rrule").value_or("").empty())
            return nullptr;
        const auto zone = zones_.find(text_of(event.fields, "eventTimezone"));
        return zone == zones_.end() ? nullptr : &zone->second;
    }

    void write_zones() {
        std::map<std::string, int64_t> first;
        for (const Event& event : calendar_.events) {
            const std::string& name = text_of(event.fields, "eventTimezone");
            if (name.empty() || name == "UTC" || text_of(event.fields, "rrule").empty()) continue;
            const int64_t start = floor_seconds(number_of(event.fields, "dtstart"));
            const auto [place, is_new] = first.emplace(name, start);
            if (!is_new) place->second = std::min(place->second, start);
        }
        for (const auto& [name, start] : first) {
            auto zone = TimeZone::find(name);
            if (!zone) continue;
            for (const std::string& text : zone->component(start - day_seconds)) line(text);
            zones_.emplace(name, std::move(*zone));
        }
    }

    // ":20261125T101200Z", ";VALUE=DATE:20261125" or ";TZID=Europe/Berlin:20261125T111200".
    static std::string when(int64_t time, bool all_day, const TimeZone* zone) {
        if (all_day) return ";VALUE=DATE:" + date_only(time);
        if (zone == nullptr) return ":" + utc(time);
        const int64_t seconds = floor_seconds(time);
        return fmt::format(";TZID={}:{}", zone->name(),
                           basic_time(seconds + zone->offset_at(seconds)));
    }

    const Event& series_of(const Event& event) const {
        return event.exception_of ? calendar_.events[*event.exception_of] : event;
    }

    std::string uid_of(const Event& event) const {
        const Event& series = series_of(event);
        const std::string& uid = text_of(series.fields, "uid2445");
        if (!uid.empty()) return icalendar_text(uid);
        const Record record = record_of(calendar_, series);
        const auto place = static_cast<size_t>(&series - calendar_.events.data());
        return fmt::format("{}-{}@lifeboat", record.digest, place);
    }

    void write_event(size_t i) {
        const Event& event = calendar_.events[i];
        const Fields& fields = event.fields;
        line("BEGIN:VEVENT");
        line("UID:" + uid_of(event));
        line("DTSTAMP:" + utc(number_of(fields, "dtstart")));
        write_times(event);
        text_line("SUMMARY", text_of(fields, "title"));
        text_line("LOCATION", text_of(fields, "eventLocation"));
        text_line("DESCRIPTION", text_of(fields, "description"));
        write_state(fields);
        write_people(event);
        for (const Fields& reminder : event.reminders) write_alarm(event, reminder);
        line("END:VEVENT");
    }

    void write_times(const Event& event) {
        const Fields& fields = event.fields;
        const bool all_day = is_all_day(event);
        const TimeZone* zone = zone_of(event);
        line("DTSTART" + when(number_of(fields, "dtstart"), all_day, zone));
        const std::string duration = duration_of(text_of(fields, "duration"));
        if (fields.contains("dtend"))
            line("DTEND" + when(number_of(fields, "dtend"), all_day, zone));
        else if (!duration.empty())
            line("DURATION:" + duration);
        if (event.exception_of) {
            const Event& series = series_of(event);
            line("RECURRENCE-ID" + when(number_of(fields, "originalInstanceTime"),
                                        is_all_day(series), zone_of(series)));
        }
        for (const auto& [column, name] :
             {std::pair("rrule", "RRULE"), std::pair("exrule", "EXRULE")}) {
            for (const std::string_view rule : lines(text_of(fields, column))) {
                if (is_rule(rule)) line(fmt::format("{}:{}", name, rule));
            }
        }
        write_dates("RDATE", text_of(fields, "rdate"), all_day);
        write_dates("EXDATE", text_of(fields, "exdate"), all_day);
    }

    // "20261125T101200Z,20261126T101200Z" or "Europe/Berlin;20261125T101200".
    void write_dates(std::string_view name, std::string_view all, bool all_day) {
        for (std::string_view dates : lines(all)) {
            std::string parameter = all_day ? ";VALUE=DATE" : "";
            const size_t semicolon = dates.find(';');
            if (semicolon != std::string_view::npos) {
                const std::string zone(dates.substr(0, semicolon));
                dates.remove_prefix(semicolon + 1);
                if (!zones_.contains(zone)) continue;
                parameter = ";TZID=" + zone;
            }
            if (!is_rule(dates)) continue;
            std::string values;
            for (const std::string_view date : split(dates, ',')) {
                if (!values.empty()) values += ',';
                values += all_day ? date.substr(0, 8) : date;
            }
            line(fmt::format("{}{}:{}", name, parameter, values));
        }
    }

    void write_state(const Fields& fields) {
        if (const auto status = find_text(fields, "eventStatus")) {
            if (*status == "0") line("STATUS:TENTATIVE");
            if (*status == "1") line("STATUS:CONFIRMED");
            if (*status == "2") line("STATUS:CANCELLED");
        }
        if (number_of(fields, "availability") == 1) line("TRANSP:TRANSPARENT");
        constexpr int64_t confidential = 1, secret = 2;
        const int64_t access = number_of(fields, "accessLevel");
        if (access == confidential) line("CLASS:CONFIDENTIAL");
        if (access == secret) line("CLASS:PRIVATE");
    }

    void write_people(const Event& event) {
        const std::string organizer = without_quotes(text_of(event.fields, "organizer"));
        if (!event.attendees.empty() && organizer.find('@') != std::string::npos)
            line("ORGANIZER:mailto:" + organizer);
        for (const Fields& attendee : event.attendees) {
            static constexpr std::array<const char*, 5> answers{
                "NEEDS-ACTION", "ACCEPTED", "DECLINED", "NEEDS-ACTION", "TENTATIVE"};
            const int64_t status = number_of(attendee, "attendeeStatus");
            const bool known = status >= 0 && status < static_cast<int64_t>(answers.size());
            const std::string email = without_quotes(text_of(attendee, "attendeeEmail"));
            if (email.empty()) continue;
            line(fmt::format("ATTENDEE;CN=\"{}\";PARTSTAT={}:mailto:{}",
                             without_quotes(text_of(attendee, "attendeeName")),
                             answers[known ? static_cast<size_t>(status) : 0], email));
        }
    }

    // Minutes below 0 mean the account's default, which no file knows.
    void write_alarm(const Event& event, const Fields& reminder) {
        const int64_t minutes = number_of(reminder, "minutes");
        if (minutes < 0) return;
        line("BEGIN:VALARM");
        line("ACTION:DISPLAY");
        line(fmt::format("TRIGGER:-PT{}M", minutes));
        const std::string& title = text_of(event.fields, "title");
        line("DESCRIPTION:" + icalendar_text(title.empty() ? "Reminder" : title));
        line("END:VALARM");
    }

    const Calendar& calendar_;
    std::map<std::string, TimeZone> zones_{};
    std::string out_{};
};

bool continues_a_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

std::string icalendar_text(std::string_view given) {
    const std::string shown = is_valid_utf8(given) ? std::string(given) : printable(given);
    const std::string_view text = shown;
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && text.substr(i + 1, 1) == "\n") continue;
        if (c == '\n' || c == '\r') {
            out += "\\n";
        } else if (c == '\\' || c == ';' || c == ',') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) >= ' ' || c == '\t') {
            if (c != 0x7f) out += c;
        }
    }
    return out;
}

std::string folded_line(std::string_view line) {
    std::string out;
    size_t room = fold_at;
    while (line.size() > room) {
        size_t end = room;
        while (end > 0 && continues_a_character(line[end])) --end;
        if (end == 0) end = room;
        out += line.substr(0, end);
        out += "\r\n ";
        line.remove_prefix(end);
        room = fold_at - 1;  // behind the blank
    }
    out += line;
    return out + "\r\n";
}

std::string icalendar(const Calendar& calendar) {
    return Writer(calendar).write();
}

}  // namespace lifeboat::personal
