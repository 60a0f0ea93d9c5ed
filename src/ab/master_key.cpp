#include "ab/master_key.h"

#include "base/text.h"
#include "crypto/aes_cbc.h"
#include "crypto/pbkdf2.h"

#include <algorithm>
#include <array>

namespace lifeboat::ab {

namespace {

constexpr size_t key_size = 32;
constexpr size_t salt_size = 64;
constexpr size_t block = crypto::aes_block;

// Java hands its key derivation characters, not bytes: as UTF-8, or on old systems the low byte of
// each.
enum class CharForm { utf8, low_byte };

// The characters' low bytes; a character outside of the first plane is two of Java's.
SecretBytes low_bytes(std::string_view utf8) {
    Bytes out;
    for (size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        uint32_t code = size == 1 ? lead : lead & (0x7fU >> size);
        for (size_t k = 1; k < size && i + k < utf8.size(); ++k) {
            code = (code << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3fU);
        }
        if (code >= 0x10000) {
            out.push_back(static_cast<std::byte>((code - 0x10000) >> 10));
        }
        out.push_back(static_cast<std::byte>(code));
        i += size;
    }
    return SecretBytes(std::move(out));
}

SecretBytes password_bytes(const SecretText& password, CharForm form) {
    if (form == CharForm::low_byte && is_valid_utf8(password.reveal())) {
        return low_bytes(password.reveal());
    }
    return SecretBytes(to_bytes(password.reveal()));
}

// Each byte became a Java char with its sign extended: 0x80 is U+FF80, three bytes of UTF-8.
SecretBytes key_characters(ByteView key, CharForm form) {
    Bytes out;
    out.reserve(key.size() * 3);
    for (const std::byte b : key) {
        const auto value = std::to_integer<uint8_t>(b);
        if (form == CharForm::low_byte || value < 0x80) {
            out.push_back(b);
            continue;
        }
        out.push_back(std::byte{0xef});
        out.push_back(static_cast<std::byte>(0xbc | ((value >> 6) & 3)));
        out.push_back(static_cast<std::byte>(0x80 | (value & 0x3f)));
    }
    return SecretBytes(std::move(out));
}

SecretBytes derive(const SecretBytes& from, ByteView salt, uint32_t rounds) {
    return crypto::pbkdf2(crypto::Pbkdf2Hash::sha1, from.reveal(), salt, rounds, key_size);
}

// Takes one length-prefixed part of exactly `size` bytes.
std::optional<ByteView> take(ByteView& from, size_t size) {
    if (from.size() < size + 1 || std::to_integer<size_t>(from[0]) != size) return std::nullopt;
    const ByteView part = from.subspan(1, size);
    from = from.subspan(size + 1);
    return part;
}

std::optional<size_t> padding_of(ByteView blocks) {
    const auto count = std::to_integer<size_t>(blocks.back());
    if (count == 0 || count > block) return std::nullopt;
    const bool even =
        std::ranges::all_of(blocks.last(count), [&](std::byte b) { return b == blocks.back(); });
    return even ? std::optional(count) : std::nullopt;
}

bool checksum_fits(const Header& header, ByteView key, ByteView checksum) {
    const auto fits = [&](CharForm form) {
        const Encryption& e = *header.encryption;
        const SecretBytes own = derive(key_characters(key, form), e.checksum_salt, e.rounds);
        return std::ranges::equal(own.reveal(), checksum);
    };
    return fits(CharForm::utf8) || (header.version == 1 && fits(CharForm::low_byte));
}

std::optional<MasterKey> try_open(const Header& header, const SecretBytes& user_key) {
    const Encryption& e = *header.encryption;
    SecretBytes plain(e.sealed_master_key);
    Cipher(user_key.reveal(), e.user_iv, false).crypt(plain.storage());
    const auto padding = padding_of(plain.reveal());
    if (!padding) return std::nullopt;
    ByteView rest = plain.reveal().first(plain.reveal().size() - *padding);
    const auto iv = take(rest, block);
    const auto key = iv ? take(rest, key_size) : std::nullopt;
    const auto checksum = key ? take(rest, key_size) : std::nullopt;
    if (!checksum || !checksum_fits(header, *key, *checksum)) return std::nullopt;
    return MasterKey{.key = SecretBytes(Bytes(key->begin(), key->end())),
                     .iv = Bytes(iv->begin(), iv->end())};
}

Bytes random_bytes(size_t size, const RandomFill& random) {
    Bytes bytes(size);
    random(bytes);
    return bytes;
}

}  // namespace

struct Cipher::Parts {
    Parts(ByteView key, bool to_encrypt)
        : cbc(key, to_encrypt ? crypto::CbcDirection::encrypt : crypto::CbcDirection::decrypt),
          encrypts(to_encrypt) {}

    crypto::AesCbc cbc;
    std::array<std::byte, block> iv{};
    bool encrypts;
    bool first = true;
};

Cipher::Cipher(ByteView key, ByteView iv, bool encrypts)
    : parts_(std::make_unique<Parts>(key, encrypts)) {
    std::copy_n(iv.begin(), block, parts_->iv.begin());
}

Cipher::~Cipher() = default;

// The stream below begins with a vector of zeros. A vector is only ever xored to the first block.
void Cipher::crypt(MutableByteView blocks) {
    const auto add_vector = [&] {
        for (size_t i = 0; i < block; ++i) blocks[i] ^= parts_->iv[i];
    };
    const bool first = parts_->first && !blocks.empty();
    if (first && parts_->encrypts) add_vector();
    parts_->cbc.crypt(blocks);
    if (first && !parts_->encrypts) add_vector();
    if (first) parts_->first = false;
}

MasterKey open_master_key(const Header& header, const SecretText& password) {
    const Encryption& e = *header.encryption;
    const auto with = [&](CharForm form) {
        return try_open(header, derive(password_bytes(password, form), e.user_salt, e.rounds));
    };
    if (!password.empty()) {
        if (auto key = with(CharForm::utf8)) return std::move(*key);
        if (header.version == 1) {
            if (auto key = with(CharForm::low_byte)) return std::move(*key);
        }
    }
    throw WrongPassword(
        password.empty() ? "this Android backup file is encrypted, and its password was not given"
                         : "the password does not open this Android backup file",
        "It is the password that was typed on the phone when this backup was made, or the phone's "
        "desktop backup password. The file is untouched.");
}

SealedKey seal_master_key(uint32_t version, const SecretText& password, uint32_t rounds,
                          const RandomFill& random) {
    const CharForm form = version == 1 ? CharForm::low_byte : CharForm::utf8;
    SealedKey sealed;
    sealed.master = {.key = SecretBytes(random_bytes(key_size, random)),
                     .iv = random_bytes(block, random)};
    Encryption& e = sealed.encryption;
    e.user_salt = random_bytes(salt_size, random);
    e.checksum_salt = random_bytes(salt_size, random);
    e.rounds = rounds;
    e.user_iv = random_bytes(block, random);
    const ByteView key = sealed.master.key.reveal();
    const SecretBytes checksum = derive(key_characters(key, form), e.checksum_salt, rounds);
    Bytes plain;
    for (const ByteView part : {ByteView(sealed.master.iv), key, checksum.reveal()}) {
        plain.push_back(static_cast<std::byte>(part.size()));
        append(plain, part);
    }
    const size_t padding = block - plain.size() % block;
    plain.insert(plain.end(), padding, static_cast<std::byte>(padding));
    SecretBytes blob(std::move(plain));
    const SecretBytes user_key = derive(password_bytes(password, form), e.user_salt, rounds);
    Cipher(user_key.reveal(), e.user_iv, true).crypt(blob.storage());
    e.sealed_master_key.assign(blob.reveal().begin(), blob.reveal().end());
    return sealed;
}

}  // namespace lifeboat::ab
