#include "phone/android/personal/calendar_restore.h"

#include "base/text.h"
#include "phone/android/personal/calendar_reader.h"
#include "phone/android/personal/calendar_times.h"
#include "phone/android/personal/phone_accounts.h"
#include "phone/android/personal/provider_rows.h"
#include "phone/android/personal/record_marks.h"
#include "phone/android/personal/writing_progress.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

using personal::Calendar;
using personal::Event;
using personal::Fields;
using personal::Record;
using personal::text_of;

constexpr const char* account_of_strays = "Phone";  // for calendars whose account is not there

constexpr const char* other_times =
    "it came back; only when it ends is told otherwise (by a length or by a time), as the phone "
    "keeps it";

// An event of the backup, and where it stands there.
struct Wanted {
    size_t calendar = 0, event = 0;
};

// What identifies a calendar of the phone itself.
struct LocalName {
    std::string account{}, name{};
    auto operator<=>(const LocalName&) const = default;
};

class Restore {
public:
    Restore(ContentCommands& content, std::span<const Calendar> calendars, EventSink& events,
            const std::stop_token& stop)
        : content_(content), calendars_(calendars), stop_(stop), progress_(events, "calendar") {
        for (size_t c = 0; c < calendars.size(); ++c) {
            for (size_t e = 0; e < calendars[c].events.size(); ++e) places_.push_back({c, e});
        }
        wanted_ = records_of(calendars);
        marks_ = marks_of(wanted_);
    }

    personal::RestoreOutcome run(bool dry_run) {
        outcome_.id = "calendar";
        look();
        choose_calendars();
        plan();
        if (dry_run) {
            outcome_.written = to_write_.size();
            return std::move(outcome_);
        }
        if (to_write_.empty()) return std::move(outcome_);
        progress_.expect(to_write_.size(), calls_to_come());
        make_calendars();
        insert_events(false);
        insert_events(true);
        insert_details();
        progress_.finish();
        look();
        judge(outcome_, wanted_, there_before_, to_write_, records_of(present_.calendars),
              why_not_);
        for (const size_t i : to_write_) outcome_.written += find_event(i) ? 1 : 0;
        return std::move(outcome_);
    }

private:
    void look() {
        present_ = read_calendars(content_, stop_);
        ids_.clear();
        events_.clear();
        for (const PhoneCalendar& one : present_.calendars) {
            if (is_local(one.calendar)) ids_.emplace(local_name(one.calendar), one.id);
            for (size_t e = 0; e < one.event_ids.size(); ++e) {
                if (is_mark(one.sync_ids[e]))
                    events_.emplace(std::pair(one.id, one.sync_ids[e]),
                                    There{one.event_ids[e], &one.calendar.events[e]});
            }
        }
    }

    static LocalName local_name(const Calendar& calendar) {
        if (is_local(calendar))
            return {text_of(calendar.fields, "account_name"), name_of(calendar)};
        return {account_of_strays, name_of(calendar)};
    }

    void choose_calendars() {
        std::optional<PhoneAccounts> accounts;
        for (const Calendar& calendar : calendars_) {
            if (is_local(calendar)) {
                stays_.push_back(false);
                continue;
            }
            if (!accounts) accounts = read_accounts(content_.shell(), stop_);
            const std::string& name = text_of(calendar.fields, "account_name");
            const std::string& type = text_of(calendar.fields, "account_type");
            stays_.push_back(accounts->contains({type, name}));
        }
    }

    // An event that a run before began is no stranger: it is finished, not called a conflict. One
    // that was whole and is not any more was changed by a person.
    void plan() {
        std::set<size_t> marked;
        std::set<int64_t> ours;
        personal::RestorePlan known;
        for (size_t i = 0; i < wanted_.size(); ++i) {
            const There* there = find_event(i);
            if (there == nullptr) continue;
            marked.insert(i);
            ours.insert(there->id);
            const Calendar& calendar = calendars_[places_[i].calendar];
            if (record_of(calendar, *there->event) == wanted_[i])
                known.already_there.push_back(i);
            else if (is_begun(calendar, event_of(i), *there->event))
                to_write_.push_back(i);
            else
                known.conflicts.push_back(i);
        }
        auto plan = plan_unmarked(wanted_, marked, strangers(ours));
        const auto add = [](std::vector<size_t>& to, const std::vector<size_t>& more) {
            to.insert(to.end(), more.begin(), more.end());
        };
        add(plan.already_there, known.already_there);
        add(plan.conflicts, known.conflicts);
        add_plan(outcome_, wanted_, plan);
        there_before_ = plan.already_there;
        std::map<size_t, size_t> left, moved;
        for (const size_t i : plan.missing) {
            const size_t calendar = places_[i].calendar;
            if (stays_[calendar]) {
                ++left[calendar];
                continue;
            }
            if (!is_local(calendars_[calendar])) ++moved[calendar];
            to_write_.push_back(i);
        }
        say(left, moved);
    }

    std::vector<Record> strangers(const std::set<int64_t>& ours) const {
        std::vector<Record> records;
        for (const PhoneCalendar& one : present_.calendars) {
            for (size_t e = 0; e < one.event_ids.size(); ++e) {
                if (!ours.contains(one.event_ids[e]))
                    records.push_back(record_of(one.calendar, one.calendar.events[e]));
            }
        }
        return records;
    }

    // The event is written first, then what hangs on it.
    static bool is_begun(const Calendar& calendar, const Event& wanted, const Event& there) {
        const auto alone = [&](const Event& event) {
            return record_of(calendar,
                             {.fields = event.fields, .exception_of = event.exception_of});
        };
        return alone(wanted) == alone(there) &&
               lacking(there.reminders, wanted.reminders).empty() &&
               lacking(there.attendees, wanted.attendees).empty() &&
               lacking(there.extended, wanted.extended).empty();
    }

    void say(const std::map<size_t, size_t>& left, const std::map<size_t, size_t>& moved) {
        for (const auto& [calendar, count] : left) {
            outcome_.cannot_come_back.push_back(fmt::format(
                "{} events of the calendar {} come back with its account, which is on the phone: "
                "let it sync.",
                count, printable(name_of(calendars_[calendar]))));
        }
        for (const auto& [calendar, count] : moved) {
            outcome_.cannot_come_back.push_back(fmt::format(
                "The account of the calendar {} is not on the phone: its {} events come back in a "
                "calendar of the same name on the phone itself.",
                printable(name_of(calendars_[calendar])), count));
        }
    }

    struct There {
        int64_t id = 0;
        const Event* event = nullptr;
    };

    std::optional<int64_t> calendar_of(size_t i) const {
        const auto found = ids_.find(local_name(calendars_[places_[i].calendar]));
        if (found == ids_.end()) return std::nullopt;
        return found->second;
    }
    const There* find_event(size_t i) const {
        const auto calendar = calendar_of(i);
        if (!calendar) return nullptr;
        const auto found = events_.find({*calendar, marks_[i]});
        return found == events_.end() ? nullptr : &found->second;
    }

    static std::string as_sync_adapter(std::string_view uri, const LocalName& name) {
        return fmt::format("{}?caller_is_syncadapter=true&account_name={}&account_type=LOCAL", uri,
                           uri_part(name.account));
    }
    std::string uri_for(std::string_view uri, size_t i) const {
        return as_sync_adapter(uri, local_name(calendars_[places_[i].calendar]));
    }

    void make_calendars() {
        std::map<LocalName, std::string> commands;
        for (const size_t i : to_write_) {
            const Calendar& calendar = calendars_[places_[i].calendar];
            const LocalName name = local_name(calendar);
            if (ids_.contains(name) || commands.contains(name)) continue;
            auto binds = binds_of(calendar.fields, calendars_query(),
                                  {"account_name", "account_type", "isPrimary", "ownerAccount",
                                   "calendar_access_level", "sync_events", "visible"});
            binds.push_back(bind_text("account_name", name.account));
            binds.push_back(bind_text("account_type", "LOCAL"));
            binds.push_back(bind_text("ownerAccount", name.account));
            constexpr int64_t owner = 700;  // CAL_ACCESS_OWNER: it can be changed on the phone
            binds.push_back(bind_number("calendar_access_level", owner));
            binds.push_back(bind_number("sync_events", 1));
            binds.push_back(bind_number("visible", 1));
            try {
                commands.emplace(
                    name,
                    content_.insert(as_sync_adapter(calendar_uri::calendars, name), binds, stop_));
            } catch (const Misuse&) {
                continue;  // its events are named: the phone did not take their calendar
            }
        }
        std::vector<std::string> all;
        for (const auto& [name, command] : commands) all.push_back(command);
        content_.run(all, stop_);
        if (!all.empty()) look();
    }

    // First the events, then those that stand in for one time of them.
    void insert_events(bool exceptions) {
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        for (const size_t i : to_write_) {
            const Event& event = event_of(i);
            if (event.exception_of.has_value() != exceptions || find_event(i)) continue;
            const auto calendar = calendar_of(i);
            if (!calendar) {
                why_not_.emplace(i, "the phone did not take its calendar");
                continue;
            }
            // The phone makes a guest of the owner's answer, and the alarm of the reminders.
            const Fields fields = with_kept_times(event.fields);
            if (fields != event.fields) why_not_.emplace(i, other_times);
            auto binds = binds_of(fields, events_query(),
                                  {"calendar_id", "original_id", "_sync_id", "deleted",
                                   "selfAttendeeStatus", "hasAlarm"});
            binds.push_back(bind_number("calendar_id", *calendar));
            if (exceptions && !add_original(binds, i)) {
                why_not_.emplace(i, "the phone does not have the series that it belongs to");
                continue;
            }
            // Last: a command that is cut off makes nothing that bears a mark.
            binds.push_back(bind_text("_sync_id", marks_[i]));
            add_command(commands, whose, i, calendar_uri::events, binds);
        }
        run(commands, whose);
        if (!commands.empty()) look();
    }

    // False when the phone does not have it: the event would stand beside the time it replaces.
    bool add_original(std::vector<Bind>& binds, size_t i) const {
        const size_t original = i - places_[i].event + *event_of(i).exception_of;
        if (const There* there = find_event(original)) {
            binds.push_back(bind_number("original_id", there->id));
            binds.push_back(bind_text("original_sync_id", marks_[original]));
            return true;
        }
        // The series itself was there before.
        const auto calendar = calendar_of(i);
        for (const PhoneCalendar& one : present_.calendars) {
            if (one.id != calendar) continue;
            for (size_t e = 0; e < one.event_ids.size(); ++e) {
                if (record_of(one.calendar, one.calendar.events[e]) != wanted_[original]) continue;
                binds.push_back(bind_number("original_id", one.event_ids[e]));
                if (!one.sync_ids[e].empty())
                    binds.push_back(bind_text("original_sync_id", one.sync_ids[e]));
                return true;
            }
        }
        return false;
    }

    void insert_details() {
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        const auto add = [&](size_t i, const There& there, const ContentQuery& query,
                             std::vector<Fields> Event::*details) {
            for (const Fields& row : lacking(event_of(i).*details, there.event->*details)) {
                auto binds = binds_of(row, query, {"event_id"});
                binds.push_back(bind_number("event_id", there.id));
                add_command(commands, whose, i, query.uri, binds);
            }
        };
        for (const size_t i : to_write_) {
            const There* there = find_event(i);
            if (there == nullptr) continue;
            add(i, *there, reminders_query(), &Event::reminders);
            add(i, *there, attendees_query(), &Event::attendees);
            add(i, *there, extended_query(), &Event::extended);
        }
        run(commands, whose);
    }

    static std::vector<Fields> lacking(const std::vector<Fields>& wanted,
                                       const std::vector<Fields>& there) {
        std::multiset<Fields> has(there.begin(), there.end());
        std::vector<Fields> out;
        for (const Fields& row : wanted) {
            const auto found = has.find(row);
            if (found != has.end())
                has.erase(found);
            else
                out.push_back(row);
        }
        return out;
    }

    void add_command(std::vector<std::string>& commands, std::vector<size_t>& whose, size_t i,
                     const std::string& uri, const std::vector<Bind>& binds) {
        try {
            commands.push_back(content_.insert(uri_for(uri, i), binds, stop_));
            whose.push_back(i);
        } catch (const Misuse& error) {
            why_not_.emplace(i, error.message());
        }
    }

    void run(const std::vector<std::string>& commands, const std::vector<size_t>& whose) {
        const auto errors = content_.run_side_by_side(
            commands, whose, [&] { progress_.done(); }, stop_);
        for (size_t k = 0; k < errors.size(); ++k) {
            if (errors[k]) why_not_.emplace(whose[k], words_of(*errors[k]));
        }
    }

    size_t calls_to_come() const {
        size_t calls = to_write_.size();
        for (const size_t i : to_write_) {
            const Event& event = event_of(i);
            calls += event.reminders.size() + event.attendees.size() + event.extended.size();
        }
        return calls;
    }

    const Event& event_of(size_t i) const {
        return calendars_[places_[i].calendar].events[places_[i].event];
    }

    ContentCommands& content_;
    std::span<const Calendar> calendars_;
    const std::stop_token& stop_;
    std::vector<Wanted> places_{};
    std::vector<Record> wanted_{};
    std::vector<std::string> marks_{};
    std::vector<bool> stays_{};  // by calendar: its account brings it back
    personal::RestoreOutcome outcome_{};
    PhoneCalendars present_{};
    std::map<LocalName, int64_t> ids_{};
    std::map<std::pair<int64_t, std::string>, There> events_{};  // by calendar and mark
    std::vector<size_t> there_before_{}, to_write_{};
    std::map<size_t, std::string> why_not_{};
    WritingProgress progress_;
};

}  // namespace

personal::RestoreOutcome restore_calendars(ContentCommands& content,
                                           std::span<const Calendar> calendars, bool dry_run,
                                           EventSink& events, const std::stop_token& stop) {
    try {
        return Restore(content, calendars, events, stop).run(dry_run);
    } catch (const ContentRefused& refusal) {
        return refused_restore("calendar", records_of(calendars).size(), refusal);
    }
}

}  // namespace lifeboat::phone::android
