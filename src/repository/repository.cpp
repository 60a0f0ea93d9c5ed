#include "repository/repository.h"

#include "base/error.h"
#include "repository/key_file.h"
#include "repository/open_repository.h"
#include "repository/parity.h"
#include "repository/polynomial.h"
#include "repository/snapshot_file.h"
#include "repository/store.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

struct OpenedKey {
    KeyId id{};
    crypto::BoxKey master;
};

void refuse_occupied(const storage::Backend& backend, const std::stop_token& stop) {
    if (exists(backend, stop)) {
        throw Misuse("There is a repository already at " + backend.where(),
                     "It was not touched. Open it, or choose another place.");
    }
    backend.list(
        "",
        [&](const std::string& name, uint64_t) {
            // Keys and locks without config are what a creation that was cut off leaves.
            if (name.starts_with("keys/") || name.starts_with("locks/")) return;
            if (name.starts_with("parity/keys/")) return;
            throw Denied("Files of something else are at " + backend.where() + ": " + name,
                         "They were not touched. Choose an empty folder.");
        },
        stop);
}

void remove_all(storage::Backend& backend, const std::string& folder, const std::stop_token& stop) {
    std::vector<std::string> names;
    backend.list(
        folder, [&](const std::string& name, uint64_t) { names.push_back(name); }, stop);
    for (const std::string& name : names) backend.remove(name, stop);
}

std::string random_id(sys::Random& random) {
    Digest id;
    random.fill(id.value);
    return id.hex();
}

// What the person should learn when a place opens only because of its parity.
void note_healed(const Options& options, const storage::Backend& backend, const std::string& file) {
    if (options.events == nullptr) return;
    options.events->on(
        Noted{Severity::warning, file + " in " + backend.where() +
                                     " is damaged; its parity gave its bytes back. Repair the "
                                     "place."});
}

// The keys of the place. Their copies in the parity count only when there is no other: a key that
// somebody removed must not open what the person took away from it.
std::vector<KeyId> list_keys(const storage::Backend& backend, const std::stop_token& stop) {
    const auto keys = list_ids<KeyId>(backend, "keys/", stop);
    return keys.empty() ? list_ids<KeyId>(backend, "parity/keys/", stop) : keys;
}

Bytes load_key(const storage::Backend& backend, const KeyId& id, const Options& options,
               const std::stop_token& stop) {
    const std::string name = "keys/" + id.hex();
    const auto by_parity = [&] {
        auto rebuilt = rebuild_from_parity(backend, name, stop);
        if (rebuilt) note_healed(options, backend, name);
        return rebuilt;
    };
    try {
        return load_named(backend, name, id.bytes(), stop);
    } catch (const Corrupt&) {
        if (auto rebuilt = by_parity()) return std::move(*rebuilt);
        throw;
    } catch (const Missing&) {
        if (auto rebuilt = by_parity()) return std::move(*rebuilt);
        throw;
    }
}

// Tries the keys one by one. A damaged key file does not stop the others from opening.
OpenedKey open_key(const storage::Backend& backend, const SecretText& password,
                   const Options& options, const std::stop_token& stop) {
    std::optional<Corrupt> damage;
    size_t tried = 0;
    for (const auto& id : list_keys(backend, stop)) {
        if (stop.stop_requested()) throw Cancelled{};
        try {
            const KeyFile key = decode_key_file(as_text(load_key(backend, id, options, stop)));
            if (++tried > most_keys) break;
            if (auto master = unwrap_master_key(key, password)) return {id, std::move(*master)};
        } catch (const Corrupt& problem) {
            damage = problem;
        } catch (const Missing&) {
            continue;  // removed since it was listed
        }
    }
    if (damage) throw *damage;
    if (tried == 0) {
        throw Corrupt("The repository at " + backend.where() + " has no key files",
                      "Nothing was changed. Another place of it has the same keys; copy its "
                      "folder 'keys' here.");
    }
    throw WrongPassword("The password does not open the repository at " + backend.where(),
                        "Nothing was changed. Type it again, or use another of its passwords.");
}

// A disk or a cable may err once; then there is the copy in its parity.
Config open_config(const storage::Backend& backend, const crypto::BoxKey& master, Bytes sealed,
                   const Options& options) {
    for (int round = 0;; ++round) {
        try {
            Codec codec(master, 3);
            return decode_config(open_plain(codec, sealed, "config"));
        } catch (const Corrupt&) {
            if (round == 2) throw;
            if (round == 0) {
                sealed = load_config(backend, {});
                continue;
            }
            auto rebuilt = rebuild_from_parity(backend, "config", {});
            if (!rebuilt) throw;
            note_healed(options, backend, "config");
            sealed = std::move(*rebuilt);
        }
    }
}

}  // namespace

bool exists(const storage::Backend& backend, const std::stop_token& stop) {
    // A lost config is damage. Whoever took it for an empty place would make a new one there.
    return backend.size("config", stop).has_value() ||
           backend.size(parity_name("config"), stop).has_value();
}

void create(storage::Backend& backend, const SecretText& password, const Options& options,
            const std::stop_token& stop) {
    if (password.empty()) throw Misuse("a password must not be empty");
    refuse_occupied(backend, stop);
    remove_all(backend, "keys/", stop);
    remove_all(backend, "parity/keys/", stop);
    const crypto::BoxKey master = make_master_key(options.random);
    const KeyFile key = wrap_master_key(master, password,
                                        {.created = options.clock.now(),
                                         .username = options.username,
                                         .hostname = options.hostname,
                                         .cost = key_cost},
                                        options.random);
    const std::string json = encode_key_file(key);
    backend.save("keys/" + to_hex(crypto::sha256(as_bytes(json))), as_bytes(json), stop);
    Codec codec(master, options.compression_level);
    const Config config{.version = 2,
                        .id = random_id(options.random),
                        .polynomial = Polynomial::random(options.random)};
    // The config comes last: with it the repository exists.
    backend.save("config", seal_plain(codec, options.random, encode_config(config)), stop);
}

void create_copy(storage::Backend& backend, const storage::Backend& like,
                 const std::stop_token& stop) {
    refuse_occupied(backend, stop);
    if (!exists(like, stop)) throw NoRepository("There is no repository at " + like.where());
    remove_all(backend, "keys/", stop);
    remove_all(backend, "parity/keys/", stop);
    for (const auto& id : list_ids<KeyId>(like, "keys/", stop)) {
        const std::string name = "keys/" + id.hex();
        backend.save(name, load_named(like, name, id.bytes(), stop), stop);
    }
    backend.save("config", load_config(like, stop), stop);
}

std::unique_ptr<Repository> open(storage::Backend& backend, const SecretText& password,
                                 const Options& options, const std::stop_token& stop) {
    if (!exists(backend, stop)) {
        throw NoRepository("There is no repository at " + backend.where(),
                           "Nothing was changed. Look whether the right disk or folder is "
                           "there, or create a repository in it.");
    }
    Bytes sealed = load_config(backend, stop);
    OpenedKey key = open_key(backend, password, options, stop);
    Config config = open_config(backend, key.master, std::move(sealed), options);
    return std::make_unique<OpenRepository>(backend, options, key.master, std::move(config),
                                            key.id);
}

std::unique_ptr<Repository> open_copy(storage::Backend& backend, const Repository& like,
                                      const Options& options, const std::stop_token& stop) {
    if (!exists(backend, stop)) {
        throw NoRepository("There is no repository at " + backend.where(),
                           "Nothing was changed. Look whether the right disk or folder is there.");
    }
    const Store& known = dynamic_cast<const OpenRepository&>(like).store();
    const bool same = load_config(backend, stop) == load_config(known.backend(), stop);
    if (!same) {
        throw Misuse(backend.where() + " holds another repository than " + known.backend().where());
    }
    while_doing("looking for the key in " + backend.where(),
                [&] { load_key(backend, known.key_id(), options, stop); });
    return std::make_unique<OpenRepository>(backend, options, known.key(), known.config(),
                                            known.key_id());
}

}  // namespace lifeboat::repository
