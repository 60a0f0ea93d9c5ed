#include "phone/android/personal/contacts_restore.h"

#include "base/text.h"
#include "phone/android/personal/contacts_pictures.h"
#include "phone/android/personal/contacts_plan.h"
#include "phone/android/personal/contacts_rows.h"
#include "phone/android/personal/provider_rows.h"
#include "phone/android/personal/writing_progress.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

namespace row_kind = personal::contact_row;
using personal::Contact;
using personal::ContactRow;
using personal::number_of;
using personal::Record;
using personal::text_of;

constexpr size_t ids_at_once = 200;
constexpr std::string_view default_taken =
    "it is there; only what it uses by default (a number, an address) differs: the phone shows it "
    "as one person with another contact, which has a default of its own";

class Restore {
public:
    Restore(ContentCommands& content, const personal::ContactBook& book, const FileTree& snapshot,
            EventSink& events, const std::stop_token& stop)
        : content_(content),
          wanted_(book),
          snapshot_(snapshot),
          stop_(stop),
          progress_(events, "contacts") {}

    personal::RestoreOutcome run(bool dry_run) {
        outcome_.id = "contacts";
        look();
        plan_ = plan_contacts(content_, wanted_, present_, outcome_, stop_);
        if (dry_run) {
            outcome_.written = plan_.to_write.size();
            return std::move(outcome_);
        }
        if (!plan_.to_write.empty()) {
            progress_.expect(plan_.to_write.size(), calls_to_come());
            insert_raw_contacts();
            make_groups();
            insert_rows();
            write_photos();
            look();
            set_right();
            progress_.finish();
            judge_all();
            outcome_.written = plan_.to_write.size() - failed_inserts_;
        }
        take_marks_away();
        return std::move(outcome_);
    }

private:
    void look() {
        present_ = read_contacts(content_, stop_);
        raws_ = marked_contacts(present_);
    }

    const RawContact* raw_of(size_t i) const {
        const auto found = raws_.find(wanted_.marks[i]);
        return found == raws_.end() ? nullptr : found->second;
    }

    // Where the contact is; before that, where it goes.
    ContactAccount account_for(size_t i) const {
        if (const RawContact* raw = raw_of(i)) return account_of(raw->contact.fields);
        const auto found = plan_.accounts.find(account_of(wanted_.contacts[i].fields));
        return found == plan_.accounts.end() ? ContactAccount{} : found->second;
    }

    static void add_account(std::vector<Bind>& binds, const ContactAccount& account) {
        if (account == ContactAccount{}) return;
        binds.push_back(bind_text("account_name", account.name));
        binds.push_back(bind_text("account_type", account.type));
    }

    // Which group of the phone a title means in an account.
    std::map<std::pair<ContactAccount, std::string>, int64_t> groups_there() const {
        std::map<std::pair<ContactAccount, std::string>, int64_t> ids;
        for (const PhoneGroup& group : present_.groups)
            ids.emplace(std::pair(group.account, text_of(group.group.fields, "title")), group.id);
        return ids;
    }

    void make_groups() {
        const auto there = groups_there();
        std::map<std::pair<ContactAccount, std::string>, std::vector<Bind>> wanted;
        for (const size_t i : plan_.to_write) {
            const ContactAccount account = account_for(i);
            for (const ContactRow& row : wanted_.contacts[i].rows) {
                if (row.group.empty() || there.contains({account, row.group})) continue;
                std::vector<Bind> binds{bind_text("title", row.group),
                                        bind_number("group_visible", 1)};
                add_account(binds, account);
                wanted.emplace(std::pair(account, row.group), std::move(binds));
            }
        }
        if (wanted.empty()) return;
        std::vector<std::string> commands;
        for (const auto& [key, binds] : wanted) {
            try {
                commands.push_back(content_.insert(contacts_uri::groups, binds, stop_));
            } catch (const Misuse&) {
                continue;  // a contact that misses its group is named when it is compared
            }
        }
        content_.run(commands, stop_);
        look();
    }

    void insert_raw_contacts() {
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        for (const size_t i : plan_.to_write) {
            if (raw_of(i) != nullptr) continue;
            const personal::Fields& fields = wanted_.contacts[i].fields;
            std::vector<Bind> binds{bind_text("sourceid", wanted_.marks[i])};
            add_account(binds, account_for(i));
            for (const char* flag : {"starred", "send_to_voicemail"}) {
                if (number_of(fields, flag) != 0) binds.push_back(bind_number(flag, 1));
            }
            try {
                commands.push_back(content_.insert(contacts_uri::raw_contacts, binds, stop_));
                whose.push_back(i);
            } catch (const Misuse& error) {
                fail(i, error.message());
                ++failed_inserts_;
            }
        }
        run(commands, whose);
        if (commands.empty()) return;
        look();
        for (const size_t i : whose) failed_inserts_ += raw_of(i) == nullptr ? 1 : 0;
    }

    // What the next run may mend.
    void fail(size_t i, std::string why) {
        why_not_.emplace(i, std::move(why));
        unfinished_.insert(i);
    }

    void run(const std::vector<std::string>& commands, const std::vector<size_t>& whose) {
        const auto errors = content_.run_side_by_side(
            commands, whose, [&] { progress_.done(); }, stop_);
        for (size_t k = 0; k < errors.size(); ++k) {
            if (errors[k]) fail(whose[k], words_of(*errors[k]));
        }
    }

    void insert_rows() {
        const auto groups = groups_there();
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        for (const size_t i : plan_.to_write) {
            const RawContact* raw = raw_of(i);
            if (raw == nullptr) continue;
            const std::vector<ContactRow>& rows = wanted_.contacts[i].rows;
            const auto there = rows_there(wanted_.contacts[i], raw->contact);
            for (size_t r = 0; r < rows.size(); ++r) {
                if (rows[r].has_photo && (!there[r] || plan_.begun.contains(i)))
                    add_picture(i, raw->id, rows[r].photo);
                if (rows[r].has_photo || there[r]) continue;
                auto binds = binds_of_row(rows[r], account_for(i), groups);
                if (binds.empty() && is_lost(rows[r]))
                    why_not_.emplace(i, "the backup does not name a group that it belongs to");
                else if (binds.empty())
                    fail(i, "the phone did not take a group that it belongs to");
                if (binds.empty()) continue;
                binds.push_back(bind_number("raw_contact_id", raw->id));
                try {
                    commands.push_back(content_.insert(contacts_uri::data, binds, stop_));
                    whose.push_back(i);
                } catch (const Misuse& error) {
                    fail(i, error.message());
                }
            }
        }
        run(commands, whose);
    }

    // What the backup itself does not hold: no run brings it back.
    static bool is_lost(const ContactRow& row) {
        if (row.has_photo) return row.photo.empty();
        return text_of(row.fields, "mimetype") == row_kind::group && row.group.empty();
    }

    void add_picture(size_t i, int64_t raw, const std::string& file) {
        if (file.empty())
            why_not_.emplace(i, "the backup does not hold its picture");
        else
            pictures_.push_back({.whose = i, .raw = raw, .file = file});
    }

    static std::vector<Bind> binds_of_row(
        const ContactRow& row, const ContactAccount& account,
        const std::map<std::pair<ContactAccount, std::string>, int64_t>& groups) {
        const std::string& mimetype = text_of(row.fields, "mimetype");
        if (mimetype == row_kind::group) {
            const auto group = groups.find({account, row.group});
            if (group == groups.end()) return {};
            return {bind_text("mimetype", mimetype), bind_number("data1", group->second)};
        }
        // The default of a person is set when all of the person is there: said of a row, even a 0
        // takes it from another.
        auto binds = binds_of(row.fields, data_query(),
                              {"raw_contact_id", "data_version", "is_super_primary"});
        std::erase_if(binds, [](const Bind& bind) {
            return bind.column == "is_primary" && bind.value == "0";
        });
        return binds;
    }

    void write_photos() {
        const auto troubles = write_pictures(
            content_, snapshot_, pictures_, [&] { progress_.done(); }, stop_);
        for (size_t k = 0; k < troubles.size(); ++k) {
            if (troubles[k].empty()) continue;
            fail(pictures_[k].whose, troubles[k]);
            without_picture_.insert(pictures_[k].whose);
        }
    }

    // What the phone made of the contacts otherwise than it was said, and the defaults.
    void set_right() {
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        auto defaults = defaults_there();
        const auto add = [&](size_t i, std::string command) {
            commands.push_back(std::move(command));
            whose.push_back(i);
        };
        for (const size_t i : plan_.to_write) {
            const RawContact* raw = raw_of(i);
            if (raw == nullptr) continue;
            const Contact& wanted = wanted_.contacts[i];
            const auto there = rows_there(wanted, raw->contact);
            if (account_for(i) == account_of(wanted.fields)) {
                // An account may have a group that takes everyone who is new.
                for (const size_t row : other_groups(raw->contact, there))
                    add(i, ContentCommands::remove(data_row(raw->row_ids[row]), ""));
            }
            for (size_t r = 0; r < there.size(); ++r) {
                if (!there[r] || !is_default(wanted.rows[r]) ||
                    is_default(raw->contact.rows[*there[r]]))
                    continue;
                const auto [of, free] = defaults.emplace(
                    std::pair(raw->contact_id, text_of(wanted.rows[r].fields, "mimetype")),
                    raw->id);
                if (!free && of->second != raw->id) {
                    why_not_.emplace(i, default_taken);
                    continue;
                }
                const std::vector<Bind> flag{bind_number("is_super_primary", 1)};
                add(i, content_.update(data_row(raw->row_ids[*there[r]]), flag, "", stop_));
            }
        }
        if (commands.empty()) return;
        run(commands, whose);
        look();
    }

    static std::string data_row(int64_t id) { return fmt::format("{}/{}", contacts_uri::data, id); }

    // The raw contact that has the default of a kind, by person.
    std::map<std::pair<int64_t, std::string>, int64_t> defaults_there() const {
        std::map<std::pair<int64_t, std::string>, int64_t> found;
        for (const RawContact& raw : present_.contacts) {
            for (const ContactRow& row : raw.contact.rows) {
                if (is_default(row))
                    found.emplace(std::pair(raw.contact_id, text_of(row.fields, "mimetype")),
                                  raw.id);
            }
        }
        return found;
    }

    // A picture that could not be written may be there in half: the contact is not equal.
    void judge_all() {
        std::vector<size_t> tried;
        for (const size_t i : plan_.to_write) {
            if (without_picture_.contains(i))
                outcome_.failed.push_back({wanted_.records[i].label, why_not_.at(i)});
            else
                tried.push_back(i);
        }
        std::vector<Record> there;
        for (const RawContact& raw : present_.contacts) there.push_back(wanted_.record_there(raw));
        judge(outcome_, wanted_.records, plan_.already_there, tried, there, why_not_);
        say_where();
    }

    void say_where() {
        std::map<std::string, size_t> elsewhere;
        for (const size_t i : plan_.to_write) {
            const ContactAccount account = account_for(i);
            if (account_of(wanted_.contacts[i].fields) == ContactAccount{} &&
                account != ContactAccount{})
                ++elsewhere[account.name];
        }
        for (const auto& [account, count] : elsewhere) {
            outcome_.cannot_come_back.push_back(fmt::format(
                "{} contacts of no account came back into the account {}: the phone puts new "
                "contacts there.",
                count, printable(account)));
        }
    }

    size_t calls_to_come() const {
        size_t calls = plan_.to_write.size();
        for (const size_t i : plan_.to_write) calls += wanted_.contacts[i].rows.size();
        return calls;
    }

    // A server would take a mark for an id of its own. Contacts that the next run may finish keep
    // theirs.
    void take_marks_away() {
        std::map<std::string_view, size_t> known;
        for (size_t i = 0; i < wanted_.marks.size(); ++i) known.emplace(wanted_.marks[i], i);
        const std::set<Record> whole(wanted_.records.begin(), wanted_.records.end());
        std::vector<int64_t> ids;
        for (const auto& [mark, raw] : raws_) {
            const auto i = known.find(mark);
            const bool done = i == known.end() ? whole.contains(wanted_.record_there(*raw))
                                               : is_finished(i->second, *raw);
            if (done) ids.push_back(raw->id);
        }
        std::vector<std::string> commands;
        for (size_t at = 0; at < ids.size(); at += ids_at_once) {
            const auto some = std::span(ids).subspan(at, std::min(ids_at_once, ids.size() - at));
            const std::vector<Bind> none{{"sourceid", BindType::nothing, ""}};
            commands.push_back(content_.update(contacts_uri::raw_contacts, none,
                                               fmt::format("_id IN ({})", fmt::join(some, ",")),
                                               stop_));
        }
        content_.run(commands, stop_);
    }

    // Nothing is left to do for it: it is whole, or the phone gives back otherwise what it has.
    bool is_finished(size_t i, const RawContact& raw) const {
        if (unfinished_.contains(i)) return false;
        const Contact& wanted = wanted_.contacts[i];
        const Record record = wanted_.record_there(raw);
        if (record == wanted_.records[i]) return true;
        const auto there = rows_there(wanted, raw.contact);
        for (size_t r = 0; r < there.size(); ++r) {
            if (!there[r] && !is_lost(wanted.rows[r])) return false;
        }
        return record.identity == wanted_.records[i].identity;
    }

    ContentCommands& content_;
    const WantedContacts wanted_;
    const FileTree& snapshot_;
    const std::stop_token& stop_;
    personal::RestoreOutcome outcome_{};
    PhoneContacts present_{};
    MarkedContacts raws_{};  // in present_
    ContactsPlan plan_{};
    std::vector<ContactPicture> pictures_{};
    std::map<size_t, std::string> why_not_{};
    std::set<size_t> unfinished_{}, without_picture_{};
    size_t failed_inserts_ = 0;
    WritingProgress progress_;
};

}  // namespace

personal::RestoreOutcome restore_contacts(ContentCommands& content,
                                          const personal::ContactBook& book,
                                          const FileTree& snapshot, bool dry_run, EventSink& events,
                                          const std::stop_token& stop) {
    try {
        return Restore(content, book, snapshot, events, stop).run(dry_run);
    } catch (const ContentRefused& refusal) {
        return refused_restore("contacts", book.contacts.size(), refusal);
    }
}

}  // namespace lifeboat::phone::android
