// Which rows of a contact are on the phone already, also where the phone gives them back otherwise
// than they were: what is there must not be inserted again.
#pragma once

#include "personal/contact.h"

#include <optional>
#include <vector>

namespace lifeboat::phone::android {

// For each row of `wanted` its row of `there`; nothing for those that are lacking. First those that
// are the same, then those of the same kind and value; of names, any is the other.
std::vector<std::optional<size_t>> rows_there(const personal::Contact& wanted,
                                              const personal::Contact& there);

// Memberships of `there` that no row of `wanted` stands for.
std::vector<size_t> other_groups(const personal::Contact& there,
                                 const std::vector<std::optional<size_t>>& matched);

// What a person uses when they only tap on the contact: one of a kind.
bool is_default(const personal::ContactRow& row);
// The record without regard to that.
personal::Record record_without_defaults(personal::Contact contact);

personal::Record record_without_groups(personal::Contact contact);

}  // namespace lifeboat::phone::android
