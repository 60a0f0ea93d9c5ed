#include "repository/key_file.h"

#include "crypto/base64.h"
#include "repository/codec.h"
#include "repository/go_text.h"
#include "repository/json_reader.h"

#include <fmt/format.h>

namespace lifeboat::repository {

namespace {

constexpr size_t salt_size = 64;

uint32_t number32(JsonReader& json) {
    const uint64_t value = json.number();
    if (value > UINT32_MAX) json.fail("a number is too large");
    return static_cast<uint32_t>(value);
}

Bytes read_bytes(JsonReader& json) {
    auto bytes = crypto::from_base64(json.string());
    if (!bytes) json.fail("bytes that are not base64");
    return std::move(*bytes);
}

void read_part(JsonReader& json, MutableByteView to) {
    const SecretBytes part(read_bytes(json));
    if (part.reveal().size() != to.size()) json.fail("a key of another length");
    std::copy(part.reveal().begin(), part.reveal().end(), to.begin());
}

void check_key_file(const JsonReader& json, const KeyFile& key, const std::string& kdf) {
    if (kdf != "scrypt") {
        throw Unsupported("A key of this repository is derived in a way this version does not know",
                          "Nothing was changed. A newer version of Lifeboat may read it.");
    }
    if (!key.cost.bearable()) {
        throw Unsupported(
            fmt::format("A key of this repository costs more than any honest one: N={}, r={}, p={}",
                        key.cost.n, key.cost.r, key.cost.p),
            "Nothing was changed. Do not trust this place until you know who wrote that key.");
    }
    if (key.salt.size() != salt_size) json.fail("its salt has not 64 bytes");
    if (key.data.size() < crypto::SealedBox::overhead) json.fail("its data is cut short");
}

}  // namespace

std::string encode_key_file(const KeyFile& key) {
    std::string json = fmt::format(R"({{"created":"{}","username":)", to_rfc3339(key.created));
    append_json_string(json, key.username);
    json += ",\"hostname\":";
    append_json_string(json, key.hostname);
    json += fmt::format(R"(,"kdf":"scrypt","N":{},"r":{},"p":{},"salt":"{}","data":"{}"}})",
                        key.cost.n, key.cost.r, key.cost.p, crypto::to_base64(key.salt),
                        crypto::to_base64(key.data));
    return json;
}

KeyFile decode_key_file(std::string_view text) {
    JsonReader json(text, "a key");
    KeyFile key;
    std::string kdf;
    std::string_view name;
    json.begin_object();
    while (json.next_key(name)) {
        if (name == "created") {
            key.created = from_rfc3339(json.string()).value_or(TimePoint{});
        } else if (name == "username") {
            key.username = json.string();
        } else if (name == "hostname") {
            key.hostname = json.string();
        } else if (name == "kdf") {
            kdf = json.string();
        } else if (name == "N") {
            key.cost.n = json.number();
        } else if (name == "r") {
            key.cost.r = number32(json);
        } else if (name == "p") {
            key.cost.p = number32(json);
        } else if (name == "salt") {
            key.salt = read_bytes(json);
        } else if (name == "data") {
            key.data = read_bytes(json);
        } else {
            json.skip();
        }
    }
    json.end();
    check_key_file(json, key, kdf);
    return key;
}

crypto::BoxKey make_master_key(sys::Random& random) {
    for (;;) {
        SecretBytes bytes(crypto::BoxKey::size);
        random.fill(bytes.storage());
        crypto::BoxKey key(std::move(bytes));
        if (key.usable()) return key;
    }
}

SecretText encode_master_key(const crypto::BoxKey& key) {
    const std::string json = fmt::format(
        R"({{"mac":{{"k":"{}","r":"{}"}},"encrypt":"{}"}})", crypto::to_base64(key.mac_k()),
        crypto::to_base64(key.mac_r()), crypto::to_base64(key.encrypt()));
    return SecretText(json);
}

crypto::BoxKey decode_master_key(std::string_view text) {
    JsonReader json(text, "the master key");
    SecretBytes bytes(crypto::BoxKey::size);
    const MutableByteView parts = bytes.storage();
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "encrypt") {
            read_part(json, parts.subspan(0, 32));
        } else if (key == "mac") {
            json.begin_object();
            while (json.next_key(key)) {
                if (key == "k") {
                    read_part(json, parts.subspan(32, 16));
                } else if (key == "r") {
                    read_part(json, parts.subspan(48, 16));
                } else {
                    json.skip();
                }
            }
        } else {
            json.skip();
        }
    }
    json.end();
    crypto::BoxKey master(std::move(bytes));
    if (!master.usable()) json.fail("a part of it is missing");
    return master;
}

KeyFile wrap_master_key(const crypto::BoxKey& master, const SecretText& password, KeyFile about,
                        sys::Random& random) {
    about.salt.resize(salt_size);
    random.fill(about.salt);
    const crypto::BoxKey user(crypto::scrypt(password, about.salt, about.cost));
    const SecretText plain = encode_master_key(master);
    about.data.resize(plain.reveal().size() + crypto::SealedBox::overhead);
    crypto::SealedBox(user).seal(fresh_iv(random), as_bytes(plain.reveal()), about.data);
    return about;
}

std::optional<crypto::BoxKey> unwrap_master_key(const KeyFile& key, const SecretText& password) {
    const crypto::BoxKey user(crypto::scrypt(password, key.salt, key.cost));
    SecretBytes plain(key.data.size() - crypto::SealedBox::overhead);
    if (!crypto::SealedBox(user).open(key.data, plain.storage())) return std::nullopt;
    return decode_master_key(as_text(plain.reveal()));
}

}  // namespace lifeboat::repository
