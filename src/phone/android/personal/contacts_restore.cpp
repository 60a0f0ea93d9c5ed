#include "phone/android/personal/contacts_restore.h"

#include "base/text.h"
#include "phone/android/personal/contacts_reader.h"
#include "phone/android/personal/phone_accounts.h"
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

constexpr std::string_view mark_of_ours = "lifeboat-";
constexpr uint64_t photo_limit = uint64_t{16} << 20;
constexpr size_t ids_at_once = 200;

bool is_marked(const RawContact& raw) {
    return raw.source_id.starts_with(mark_of_ours);
}

// Where contacts of an account go.
struct Target {
    bool waits = false;  // for the account's own sync
    ContactAccount account{};
};

class Restore {
public:
    Restore(ContentCommands& content, const personal::ContactBook& book, const FileTree& snapshot,
            EventSink& events, const std::stop_token& stop)
        : content_(content),
          book_(book),
          snapshot_(snapshot),
          stop_(stop),
          progress_(events, "contacts") {
        for (const Contact& contact : book.contacts) wanted_.push_back(record_of(contact));
    }

    personal::RestoreOutcome run(bool dry_run) {
        outcome_.id = "contacts";
        look();
        choose_targets();
        plan();
        if (dry_run) {
            outcome_.written = to_write_.size();
            return std::move(outcome_);
        }
        if (!to_write_.empty()) {
            progress_.expect(to_write_.size(), calls_to_come());
            make_groups();
            insert_raw_contacts();
            insert_rows();
            write_photos();
            progress_.finish();
            look();
            judge(outcome_, wanted_, to_write_, records_of(present_.contacts), why_not_);
            outcome_.written = to_write_.size() - failed_inserts_;
        }
        take_marks_away();
        return std::move(outcome_);
    }

private:
    void look() { present_ = read_contacts(content_, stop_); }

    // Only asked when it matters: a phone that does not tell its accounts takes the others all the
    // same.
    bool is_signed_in(const ContactAccount& account) {
        if (!accounts_) accounts_ = read_accounts(content_.shell(), stop_);
        return accounts_->contains({account.type, account.name});
    }

    void choose_targets() {
        std::map<ContactAccount, size_t> on_phone;
        for (const RawContact& raw : present_.contacts) ++on_phone[account_of(raw.contact.fields)];
        std::map<ContactAccount, size_t> wanted;
        for (const Contact& contact : book_.contacts) ++wanted[account_of(contact.fields)];
        for (const auto& [account, count] : wanted) {
            if (on_phone.contains(account) || account == ContactAccount{})
                targets_[account] = {.account = account};
            else if (is_signed_in(account))
                targets_[account] = {.waits = true};
            else
                targets_[account] = {};
        }
    }

    // Contacts that a run before began are no strangers: they are finished, not called conflicts.
    void plan() {
        const std::set<Record> whole(wanted_.begin(), wanted_.end());
        std::vector<Record> present;
        for (const RawContact& raw : present_.contacts) {
            const Record record = record_of(raw.contact);
            if (!is_marked(raw) || whole.contains(record)) present.push_back(record);
        }
        auto plan = personal::plan_restore(wanted_, present);
        add_plan(outcome_, wanted_, plan);
        std::map<ContactAccount, size_t> waiting, moved;
        for (const size_t i : plan.missing) {
            const ContactAccount account = account_of(book_.contacts[i].fields);
            const Target& target = targets_.at(account);
            if (target.waits) {
                ++waiting[account];
                continue;
            }
            if (target.account != account) ++moved[account];
            to_write_.push_back(i);
        }
        say(waiting, moved);
        mark_all();
    }

    void say(const std::map<ContactAccount, size_t>& waiting,
             const std::map<ContactAccount, size_t>& moved) {
        for (const auto& [account, count] : waiting) {
            outcome_.cannot_come_back.push_back(
                fmt::format("{} contacts belong to the account {}, which is on the phone and has "
                            "none yet: wait "
                            "until it has synced, then run this again for what it does not bring.",
                            count, printable(account.name)));
        }
        for (const auto& [account, count] : moved) {
            outcome_.cannot_come_back.push_back(fmt::format(
                "The account {} is not on the phone: its {} contacts come back on the phone "
                "itself, in no account.",
                printable(account.name), count));
        }
    }

    // The same mark for the same contact in every run: its record, and which of equal ones it is.
    void mark_all() {
        std::map<std::pair<std::string, std::string>, size_t> equal;
        std::vector<std::string> marks(wanted_.size());
        for (size_t i = 0; i < wanted_.size(); ++i) {
            personal::FieldDigest digest;
            digest.add("identity", wanted_[i].identity);
            digest.add("digest", wanted_[i].digest);
            digest.add("number", std::to_string(equal[{wanted_[i].identity, wanted_[i].digest}]++));
            marks[i] = std::string(mark_of_ours) + digest.hex();
        }
        // Equal ones are interchangeable: those of them that are there already may have any of the
        // marks, so a mark in use by a finished contact is not taken for an unfinished one.
        for (const size_t i : to_write_) marks_[i] = marks[i];
        free_used_marks();
    }

    void free_used_marks() {
        std::map<std::string, const RawContact*> used;
        for (const RawContact& raw : present_.contacts) {
            if (is_marked(raw)) used[raw.source_id] = &raw;
        }
        for (auto& [i, mark] : marks_) {
            for (size_t again = 0;; ++again) {
                const std::string tried = again == 0 ? mark : fmt::format("{}-{}", mark, again);
                const auto found = used.find(tried);
                if (found != used.end() && record_of(found->second->contact) == wanted_[i])
                    continue;
                mark = tried;
                break;
            }
        }
    }

    Target target_of(size_t i) const { return targets_.at(account_of(book_.contacts[i].fields)); }

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
        for (const size_t i : to_write_) {
            const ContactAccount account = target_of(i).account;
            for (const ContactRow& row : book_.contacts[i].rows) {
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
        std::set<std::string> there;
        for (const RawContact& raw : present_.contacts) there.insert(raw.source_id);
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        for (const size_t i : to_write_) {
            if (there.contains(marks_.at(i))) continue;
            const personal::Fields& fields = book_.contacts[i].fields;
            std::vector<Bind> binds{bind_text("sourceid", marks_.at(i))};
            add_account(binds, target_of(i).account);
            for (const char* flag : {"starred", "send_to_voicemail"}) {
                if (number_of(fields, flag) != 0) binds.push_back(bind_number(flag, 1));
            }
            try {
                commands.push_back(content_.insert(contacts_uri::raw_contacts, binds, stop_));
                whose.push_back(i);
            } catch (const Misuse& error) {
                why_not_.emplace(i, error.message());
                ++failed_inserts_;
            }
        }
        run(commands, whose);
        look();
        for (const RawContact& raw : present_.contacts) {
            if (is_marked(raw)) raws_[raw.source_id] = &raw;
        }
        for (const size_t i : whose) failed_inserts_ += raws_.contains(marks_.at(i)) ? 0 : 1;
    }

    void run(const std::vector<std::string>& commands, const std::vector<size_t>& whose) {
        const auto errors = content_.run_side_by_side(
            commands, whose, [&] { progress_.done(); }, stop_);
        for (size_t k = 0; k < errors.size(); ++k) {
            if (errors[k]) why_not_.emplace(whose[k], words_of(*errors[k]));
        }
    }

    // What the contact on the phone does not have yet, by the rows' digests.
    static std::vector<const ContactRow*> rows_lacking(const Contact& wanted,
                                                       const Contact& there) {
        std::map<std::string, size_t> has;
        for (const ContactRow& row : there.rows) ++has[digest_of(row)];
        std::vector<const ContactRow*> lacking;
        for (const ContactRow& row : wanted.rows) {
            const auto found = has.find(digest_of(row));
            if (found != has.end() && found->second > 0)
                --found->second;
            else
                lacking.push_back(&row);
        }
        return lacking;
    }

    void insert_rows() {
        const auto groups = groups_there();
        std::vector<std::string> commands;
        std::vector<size_t> whose;
        for (const size_t i : to_write_) {
            const auto raw = raws_.find(marks_.at(i));
            if (raw == raws_.end()) continue;
            for (const ContactRow* row : rows_lacking(book_.contacts[i], raw->second->contact)) {
                if (row->has_photo) photos_.push_back({i, raw->second->id, row->photo});
                auto binds = binds_of_row(*row, target_of(i).account, groups);
                if (binds.empty()) continue;
                binds.push_back(bind_number("raw_contact_id", raw->second->id));
                try {
                    commands.push_back(content_.insert(contacts_uri::data, binds, stop_));
                    whose.push_back(i);
                } catch (const Misuse& error) {
                    why_not_.emplace(i, error.message());
                }
            }
        }
        run(commands, whose);
    }

    std::vector<Bind> binds_of_row(
        const ContactRow& row, const ContactAccount& account,
        const std::map<std::pair<ContactAccount, std::string>, int64_t>& groups) const {
        const std::string& mimetype = text_of(row.fields, "mimetype");
        if (row.has_photo) return {};  // writing the picture makes its row
        if (mimetype == row_kind::group) {
            const auto group = groups.find({account, row.group});
            if (group == groups.end()) return {};
            return {bind_text("mimetype", mimetype), bind_number("data1", group->second)};
        }
        return binds_of(row.fields, data_query(), {"raw_contact_id", "data_version"});
    }

    struct Photo {
        size_t whose = 0;
        int64_t raw = 0;
        std::string file{};
    };

    void write_photos() {
        std::vector<std::string> troubles(photos_.size());
        side_by_side(
            photos_.size(),
            [&](size_t i, const std::stop_token& stopped) {
                troubles[i] = write_photo(photos_[i], stopped);
                progress_.done();
            },
            stop_);
        for (size_t i = 0; i < photos_.size(); ++i) {
            if (!troubles[i].empty()) why_not_.emplace(photos_[i].whose, troubles[i]);
        }
    }

    // What went wrong; empty when nothing did.
    std::string write_photo(const Photo& photo, const std::stop_token& stop) const {
        const ItemPath path = personal::folder_of("contacts")
                                  .child("photos")
                                  .child(photo.file.empty() ? std::string("none") : photo.file);
        if (photo.file.empty() || !snapshot_.find(path))
            return "the backup does not hold its picture";
        const Bytes bytes = read_all(*snapshot_.open(path), photo_limit);
        const auto error = content_.write(
            fmt::format("{}/{}/display_photo", contacts_uri::raw_contacts, photo.raw), bytes, stop);
        return error ? "its picture: " + words_of(*error) : std::string();
    }

    size_t calls_to_come() const {
        size_t calls = to_write_.size();
        for (const size_t i : to_write_) calls += book_.contacts[i].rows.size();
        return calls;
    }

    // A server would take a mark for an id of its own. Contacts that are not whole keep theirs, for
    // the next run.
    void take_marks_away() {
        const std::set<Record> whole(wanted_.begin(), wanted_.end());
        std::vector<int64_t> ids;
        for (const RawContact& raw : present_.contacts) {
            if (is_marked(raw) && whole.contains(record_of(raw.contact))) ids.push_back(raw.id);
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

    ContentCommands& content_;
    const personal::ContactBook& book_;
    const FileTree& snapshot_;
    const std::stop_token& stop_;
    std::vector<Record> wanted_{};
    personal::RestoreOutcome outcome_{};
    PhoneContacts present_{};
    std::optional<PhoneAccounts> accounts_{};
    std::map<ContactAccount, Target> targets_{};
    std::vector<size_t> to_write_{};
    std::map<size_t, std::string> marks_{};
    std::map<std::string, const RawContact*> raws_{};  // in present_, by mark
    std::vector<Photo> photos_{};
    std::map<size_t, std::string> why_not_{};
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
