// The passwords of a repository, in all its places together.
//
// A password is a key file; every place holds the same ones, byte for byte. A place that does not
// answer keeps what it has, and running the same thing again when it is back catches up: what is
// there already is taken, not made anew.
#pragma once

#include "base/secret.h"
#include "engine/engine.h"

#include <span>

namespace lifeboat::engine {

// A place with its door: not opened yet, because its password may be another than the others'.
struct KeyPlace {
    std::string name{};
    storage::Backend* backend = nullptr;  // null: does not answer
    std::string problem{};                // why it is null
};

struct ListedKey {
    repository::KeyEntry key{};
    std::vector<std::string> places{};    // that hold it whole
    std::vector<std::string> problems{};  // "nas: its bytes do not match its name"
};

// Of places that opened, oldest first. A key is current when it opened one of them.
std::vector<ListedKey> list_keys(std::span<const Place> places, const OperationContext& context);

enum class KeyState {
    done,    // it is as asked
    behind,  // not reached, or not finished there: run it again
};

struct KeyPlaceReport {
    std::string place{};
    KeyState state = KeyState::done;
    std::string problem{};  // why it is behind
};

struct KeyReport {
    repository::KeyId key{};  // that was added or removed
    bool was_there = false;   // added: it had been made before, by a run that was cut off perhaps
    std::vector<KeyPlaceReport> places{};
    bool complete() const;
};

struct KeyWords {
    const SecretText& password;      // one that opens
    const SecretText& new_password;  // one more
};

// Makes `new_password` open every place that `password` opens; both open then. Each place is tried
// out. Throws WrongPassword when `password` opens none, Misuse when both are the same.
KeyReport add_password(std::span<const KeyPlace> places, const KeyWords& words,
                       const repository::Options& options, const OperationContext& context);

// add_password, and only then, in each place where the new one was tried out, takes away the key
// that `password` opens. At every instant each place opens with one of the two.
KeyReport change_password(std::span<const KeyPlace> places, const KeyWords& words,
                          const repository::Options& options, const OperationContext& context);

// `wanted` are the first digits of its id. Never the key that the places were opened with. Throws
// Missing when no place has it. A dry run only chooses.
KeyReport remove_key(std::span<const Place> places, const std::string& wanted, bool dry_run,
                     const OperationContext& context);

}  // namespace lifeboat::engine
