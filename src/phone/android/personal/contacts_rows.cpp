#include "phone/android/personal/contacts_rows.h"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace lifeboat::phone::android {
namespace {

namespace row_kind = personal::contact_row;
using personal::Contact;
using personal::ContactRow;
using personal::text_of;

constexpr const char* default_flag = "is_super_primary";

std::string digest_without_default(ContactRow row) {
    row.fields.erase(default_flag);
    return digest_of(row);
}

// Numbers of groups are not portable, and a picture has no value.
std::string kind_and_value(const ContactRow& row) {
    const std::string& kind = text_of(row.fields, "mimetype");
    const std::string& value = text_of(row.fields, "data1");
    const bool has_value = kind != row_kind::group && kind != row_kind::photo && !value.empty();
    return has_value ? kind + '\n' + value : digest_without_default(row);
}

// One name of a contact is another name of it; other rows are only what they are.
std::string name_or_digest(const ContactRow& row) {
    return text_of(row.fields, "mimetype") == row_kind::name ? std::string(row_kind::name)
                                                             : digest_of(row);
}

class Matcher {
public:
    Matcher(const Contact& wanted, const Contact& there)
        : wanted_(wanted), there_(there), matched_(wanted.rows.size()) {}

    using Key = std::function<std::string(const ContactRow&)>;
    void match(const Key& key) {
        std::multimap<std::string, size_t> free;
        for (size_t t = 0; t < there_.rows.size(); ++t) {
            if (!used_.contains(t)) free.emplace(key(there_.rows[t]), t);
        }
        for (size_t w = 0; w < wanted_.rows.size(); ++w) {
            if (matched_[w]) continue;
            const auto found = free.find(key(wanted_.rows[w]));
            if (found == free.end()) continue;
            matched_[w] = found->second;
            used_.insert(found->second);
            free.erase(found);
        }
    }
    std::vector<std::optional<size_t>> take() { return std::move(matched_); }

private:
    const Contact& wanted_;
    const Contact& there_;
    std::vector<std::optional<size_t>> matched_;
    std::set<size_t> used_{};
};

}  // namespace

std::vector<std::optional<size_t>> rows_there(const Contact& wanted, const Contact& there) {
    Matcher matcher(wanted, there);
    matcher.match(personal::digest_of);
    matcher.match(digest_without_default);
    matcher.match(kind_and_value);
    matcher.match(name_or_digest);
    return matcher.take();
}

std::vector<size_t> other_groups(const Contact& there,
                                 const std::vector<std::optional<size_t>>& matched) {
    std::set<size_t> wanted;
    for (const auto& place : matched) {
        if (place) wanted.insert(*place);
    }
    std::vector<size_t> others;
    for (size_t t = 0; t < there.rows.size(); ++t) {
        if (text_of(there.rows[t].fields, "mimetype") == row_kind::group && !wanted.contains(t))
            others.push_back(t);
    }
    return others;
}

bool is_default(const ContactRow& row) {
    return personal::number_of(row.fields, default_flag) != 0;
}

personal::Record record_without_defaults(Contact contact) {
    for (ContactRow& row : contact.rows) row.fields.erase(default_flag);
    return record_of(contact);
}

personal::Record record_without_groups(Contact contact) {
    std::erase_if(contact.rows, [](const ContactRow& row) {
        return text_of(row.fields, "mimetype") == row_kind::group;
    });
    return record_of(contact);
}

}  // namespace lifeboat::phone::android
