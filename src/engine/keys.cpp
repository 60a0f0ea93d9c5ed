#include "engine/keys.h"

#include "base/error.h"
#include "crypto/sha256.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace lifeboat::engine {

namespace {

using repository::KeyId;
using OpenedRepository = std::unique_ptr<repository::Repository>;

// A place of which it is known which of the two passwords opens it.
struct Door {
    const KeyPlace& place;
    OpenedRepository by_password{};  // null: that one does not open it
    OpenedRepository by_new{};
    std::string problem{};  // not empty: nothing more is done here
    repository::Repository& any() { return by_password ? *by_password : *by_new; }
};

// What goes wrong in one place is that place's problem; a stop goes on.
std::string trying(const std::function<void()>& step) {
    try {
        step();
        return {};
    } catch (const Error& error) {
        return error.full_text();
    }
}

// Null when the password is another.
OpenedRepository try_open(storage::Backend& backend, const SecretText& password,
                          const repository::Options& options, const std::stop_token& stop) {
    try {
        return repository::open(backend, password, options, stop);
    } catch (const repository::WrongPassword&) {
        return nullptr;
    }
}

KeyId current_key(repository::Repository& opened, const std::stop_token& stop) {
    const auto keys = opened.keys(stop);
    const auto found =
        std::find_if(keys.begin(), keys.end(), [](const auto& key) { return key.current; });
    if (found == keys.end()) throw Corrupt("the key that opened the place is gone from it");
    return found->id;
}

std::string key_name(const KeyId& id) {
    return "keys/" + id.hex();
}

// Files of keys are small; one that is not is none.
Bytes load_key(storage::Backend& backend, const KeyId& id, const std::stop_token& stop) {
    Bytes bytes = backend.load(key_name(id), {}, stop);
    if (crypto::sha256(bytes) != id.value) {
        throw Corrupt(key_name(id) + " in " + backend.where() + " is damaged");
    }
    return bytes;
}

class KeyWork {
public:
    KeyWork(std::span<const KeyPlace> places, const KeyWords& words,
            const repository::Options& options, const OperationContext& context)
        : words_(words), options_(options), stop_(context.stop) {
        if (words.password.reveal() == words.new_password.reveal()) {
            throw Misuse("The new password is the old one", "Nothing was changed.");
        }
        for (const KeyPlace& place : places) doors_.push_back(knock(place));
        const bool any = std::any_of(doors_.begin(), doors_.end(),
                                     [](const Door& door) { return door.problem.empty(); });
        if (!any) refuse();
        same_repository();
    }

    void add() {
        const KeyId key = make_or_take();
        report_.key = key;
        const Bytes file = load_key(source_->any().backend(), key, stop_);
        for (Door& door : doors_) {
            if (!door.problem.empty() || door.by_new) continue;
            door.problem = trying([&] {
                storage::Backend& backend = *door.place.backend;
                if (&door != source_) backend.save(key_name(key), file, stop_);
                // Tried out, not believed: the old one goes on the strength of this.
                door.by_new = repository::open(backend, words_.new_password, options_, stop_);
            });
        }
    }

    void remove_old() {
        for (Door& door : doors_) {
            if (!door.problem.empty() || !door.by_password) continue;
            door.problem = trying(
                [&] { door.by_new->remove_key(current_key(*door.by_password, stop_), stop_); });
            if (!door.problem.empty())
                door.problem = "The old password still opens it. " + door.problem;
        }
    }

    KeyReport report() {
        for (const Door& door : doors_) {
            report_.places.push_back(
                {.place = door.place.name,
                 .state = door.problem.empty() ? KeyState::done : KeyState::behind,
                 .problem = door.problem});
        }
        return std::move(report_);
    }

private:
    Door knock(const KeyPlace& place) {
        Door door{.place = place, .problem = place.problem};
        if (place.backend == nullptr) return door;
        door.problem = trying([&] {
            door.by_password = try_open(*place.backend, words_.password, options_, stop_);
            door.by_new = try_open(*place.backend, words_.new_password, options_, stop_);
            if (!door.by_password && !door.by_new) {
                wrong_ = true;
                throw repository::WrongPassword("Neither the old nor the new password opens it");
            }
        });
        return door;
    }

    [[noreturn]] void refuse() const {
        if (wrong_) {
            throw repository::WrongPassword("The password does not open your places",
                                            "Nothing was changed. Type it again.");
        }
        throw Temporary(doors_.empty() ? "There is no place" : doors_.front().problem,
                        "Nothing was changed.");
    }

    // A folder that somebody swapped must not get a key of another repository.
    void same_repository() {
        std::string id;
        for (Door& door : doors_) {
            if (!door.problem.empty()) continue;
            if (id.empty()) id = door.any().id();
            if (door.any().id() != id) door.problem = "It holds another repository than the others";
        }
    }

    // The key that the new password opens, from a place that has it, or a new one.
    KeyId make_or_take() {
        for (Door& door : doors_) {
            if (!door.problem.empty() || !door.by_new) continue;
            report_.was_there = true;
            source_ = &door;
            return current_key(*door.by_new, stop_);
        }
        for (Door& door : doors_) {
            if (!door.problem.empty()) continue;
            source_ = &door;
            return door.by_password->add_key(words_.new_password, stop_);
        }
        refuse();
    }

    const KeyWords& words_;
    const repository::Options& options_;
    std::stop_token stop_;
    std::vector<Door> doors_{};
    Door* source_ = nullptr;  // has the new key's file
    bool wrong_ = false;
    KeyReport report_{};
};

// The one key whose id starts so, in any of the places.
KeyId choose_key(std::span<const Place> places, const std::string& wanted,
                 const std::stop_token& stop) {
    std::set<KeyId> found;
    for (const Place& place : places) {
        if (place.repository == nullptr) continue;
        for (const auto& key : place.repository->keys(stop)) {
            if (key.id.hex().starts_with(wanted)) found.insert(key.id);
        }
    }
    if (found.empty()) {
        throw Missing("There is no password with the id " + wanted,
                      "Nothing was changed. See: lifeboat key list");
    }
    if (found.size() > 1) {
        throw Misuse("Several passwords have ids that start with " + wanted,
                     "Nothing was changed. Give more digits.");
    }
    return *found.begin();
}

}  // namespace

bool KeyReport::complete() const {
    return std::all_of(places.begin(), places.end(),
                       [](const KeyPlaceReport& place) { return place.state == KeyState::done; });
}

std::vector<ListedKey> list_keys(std::span<const Place> places, const OperationContext& context) {
    std::map<KeyId, ListedKey> by_id;
    for (const Place& place : places) {
        if (place.repository == nullptr) continue;
        for (repository::KeyEntry& key : place.repository->keys(context.stop)) {
            ListedKey& listed = by_id[key.id];
            if (key.problem.empty())
                listed.places.push_back(place.name);
            else
                listed.problems.push_back(place.name + ": " + key.problem);
            const bool current = listed.key.current || key.current;
            // A whole copy tells more than a damaged one.
            if (listed.key.id.is_zero() || key.problem.empty()) listed.key = std::move(key);
            listed.key.current = current;
        }
    }
    std::vector<ListedKey> listed;
    for (auto& [id, key] : by_id) listed.push_back(std::move(key));
    std::stable_sort(listed.begin(), listed.end(), [](const ListedKey& a, const ListedKey& b) {
        return a.key.created < b.key.created;
    });
    return listed;
}

KeyReport add_password(std::span<const KeyPlace> places, const KeyWords& words,
                       const repository::Options& options, const OperationContext& context) {
    KeyWork work(places, words, options, context);
    work.add();
    return work.report();
}

KeyReport change_password(std::span<const KeyPlace> places, const KeyWords& words,
                          const repository::Options& options, const OperationContext& context) {
    KeyWork work(places, words, options, context);
    work.add();
    work.remove_old();
    return work.report();
}

KeyReport remove_key(std::span<const Place> places, const std::string& wanted, bool dry_run,
                     const OperationContext& context) {
    KeyReport report{.key = choose_key(places, wanted, context.stop)};
    for (const Place& place : places) {
        KeyPlaceReport one{.place = place.name, .problem = place.problem};
        if (place.repository != nullptr && !dry_run) {
            try {
                place.repository->remove_key(report.key, context.stop);
            } catch (const Misuse&) {
                throw;  // the key in use: it is that in every place
            } catch (const Missing&) {
                // Gone there already: a run that was cut off, or a place that was behind.
                one.problem.clear();
            } catch (const Error& error) {
                one.problem = error.full_text();
            }
        }
        one.state = one.problem.empty() ? KeyState::done : KeyState::behind;
        report.places.push_back(std::move(one));
    }
    return report;
}

}  // namespace lifeboat::engine
