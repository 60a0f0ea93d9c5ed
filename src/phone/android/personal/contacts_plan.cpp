#include "phone/android/personal/contacts_plan.h"

#include "base/text.h"
#include "phone/android/personal/contacts_rows.h"
#include "phone/android/personal/phone_accounts.h"
#include "phone/android/personal/provider_rows.h"
#include "phone/android/personal/record_marks.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using personal::Contact;
using personal::Record;

constexpr std::string_view other_default =
    "it is there; only what it uses by default (a number, an address) differs, and was left as it "
    "is";

bool has_picture(const Contact& contact) {
    return std::any_of(contact.rows.begin(), contact.rows.end(),
                       [](const personal::ContactRow& row) { return row.has_photo; });
}

class Planner {
public:
    Planner(ContentCommands& content, const WantedContacts& wanted, const PhoneContacts& present,
            personal::RestoreOutcome& outcome, const std::stop_token& stop)
        : content_(content), wanted_(wanted), present_(present), outcome_(outcome), stop_(stop) {}

    ContactsPlan run() {
        choose_accounts();
        take_marked();
        auto plan = plan_unmarked(wanted_.records, marked_, strangers());
        std::copy(plan.already_there.begin(), plan.already_there.end(),
                  std::back_inserter(plan_.already_there));
        plan.already_there = plan_.already_there;
        add_plan(outcome_, wanted_.records, plan);
        explain(plan.conflicts);
        for (const size_t i : plan.missing) {
            const ContactAccount account = account_of(wanted_.contacts[i].fields);
            if (waiting_.contains(account)) {
                ++waiting_[account];
                continue;
            }
            if (plan_.accounts[account] != account) ++moved_[account];
            plan_.to_write.push_back(i);
        }
        say();
        return std::move(plan_);
    }

private:
    // Only asked when it matters: a phone that does not tell its accounts takes the others all the
    // same.
    bool is_signed_in(const ContactAccount& account) {
        if (!accounts_) accounts_ = read_accounts(content_.shell(), stop_);
        return accounts_->contains({account.type, account.name});
    }

    void choose_accounts() {
        std::set<ContactAccount> on_phone;
        for (const RawContact& raw : present_.contacts)
            on_phone.insert(account_of(raw.contact.fields));
        std::set<ContactAccount> wanted;
        for (const Contact& contact : wanted_.contacts) wanted.insert(account_of(contact.fields));
        for (const ContactAccount& account : wanted) {
            if (on_phone.contains(account))
                plan_.accounts[account] = account;
            else if (account != ContactAccount{} && is_signed_in(account))
                waiting_[account] = 0;
            else
                plan_.accounts[account] = {};
        }
    }

    // Contacts that a run before began are no strangers: they are finished, not called conflicts.
    // Nothing on the phone tells whether a picture of theirs came whole: it is written again.
    void take_marked() {
        const MarkedContacts there = marked_contacts(present_);
        for (size_t i = 0; i < wanted_.marks.size(); ++i) {
            const auto found = there.find(wanted_.marks[i]);
            if (found == there.end()) continue;
            marked_.insert(i);
            ours_.insert(found->second->id);
            if (!has_picture(wanted_.contacts[i]) &&
                wanted_.record_there(*found->second) == wanted_.records[i]) {
                plan_.already_there.push_back(i);
                continue;
            }
            plan_.to_write.push_back(i);
            plan_.begun.insert(i);
        }
    }

    // A contact that another backup began counts when it is whole.
    std::vector<Record> strangers() const {
        const std::set<Record> whole(wanted_.records.begin(), wanted_.records.end());
        std::vector<Record> records;
        for (const RawContact& raw : present_.contacts) {
            if (ours_.contains(raw.id)) continue;
            Record record = wanted_.record_there(raw);
            if (!is_mark(raw.source_id) || whole.contains(record))
                records.push_back(std::move(record));
        }
        return records;
    }

    // The outcome's conflicts are those of the plan, in its order.
    void explain(const std::vector<size_t>& conflicts) {
        std::set<Record> there;
        if (!conflicts.empty()) {
            for (const RawContact& raw : present_.contacts)
                there.insert(record_without_defaults(raw.contact));
        }
        for (size_t k = 0; k < conflicts.size(); ++k) {
            if (there.contains(record_without_defaults(wanted_.contacts[conflicts[k]])))
                outcome_.conflicts[k].reason = other_default;
        }
    }

    void say() {
        for (const auto& [account, count] : waiting_) {
            if (count == 0) continue;
            outcome_.cannot_come_back.push_back(
                fmt::format("{} contacts belong to the account {}, which is on the phone and has "
                            "none yet: wait "
                            "until it has synced, then run this again for what it does not bring.",
                            count, printable(account.name)));
        }
        for (const auto& [account, count] : moved_) {
            outcome_.cannot_come_back.push_back(fmt::format(
                "The account {} is not on the phone: its {} contacts come back on the phone "
                "itself, in no account.",
                printable(account.name), count));
        }
    }

    ContentCommands& content_;
    const WantedContacts& wanted_;
    const PhoneContacts& present_;
    personal::RestoreOutcome& outcome_;
    const std::stop_token& stop_;
    ContactsPlan plan_{};
    std::optional<PhoneAccounts> accounts_{};
    std::set<size_t> marked_{};
    std::set<int64_t> ours_{};  // raw contacts with those marks
    std::map<ContactAccount, size_t> waiting_{}, moved_{};
};

}  // namespace

WantedContacts::WantedContacts(const personal::ContactBook& book) : contacts(book.contacts) {
    for (const Contact& contact : contacts) {
        records.push_back(record_of(contact));
        if (account_of(contact.fields) == ContactAccount{}) of_no_account.insert(records.back());
    }
    marks = marks_of(records);
}

Record WantedContacts::record_there(const RawContact& raw) const {
    Record record = record_of(raw.contact);
    if (account_of(raw.contact.fields) == ContactAccount{} || of_no_account.contains(record))
        return record;
    Record alone = record_without_groups(raw.contact);
    return of_no_account.contains(alone) ? alone : record;
}

MarkedContacts marked_contacts(const PhoneContacts& present) {
    MarkedContacts marked;
    for (const RawContact& raw : present.contacts) {
        if (is_mark(raw.source_id)) marked.emplace(raw.source_id, &raw);
    }
    return marked;
}

ContactsPlan plan_contacts(ContentCommands& content, const WantedContacts& wanted,
                           const PhoneContacts& present, personal::RestoreOutcome& outcome,
                           const std::stop_token& stop) {
    return Planner(content, wanted, present, outcome, stop).run();
}

}  // namespace lifeboat::phone::android
