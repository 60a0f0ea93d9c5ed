#include "phone/android/direct/pairing.h"

#include "base/text.h"
#include "crypto/aes_gcm.h"
#include "crypto/hkdf.h"
#include "phone/phone.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr std::byte packet_version{1};
constexpr size_t header_size_of_pairing = 6;
constexpr size_t longest_payload = 16384;
constexpr size_t peer_info_size = 8192;
constexpr size_t longest_text = peer_info_size - 2;
constexpr size_t exported_size = 64;
// The names and the label end with the NUL of the program they were written in.
constexpr std::string_view label("adb-label\0", 10);
constexpr std::string_view computer_name("adb pair client\0", 16);
constexpr std::string_view phone_name("adb pair server\0", 16);
constexpr std::string_view key_info = "adb pairing_auth aes-128-gcm key";

enum class PairingPacket : uint8_t { spake2 = 0, peer_info = 1 };

void send_packet(sys::TlsStream& stream, PairingPacket kind, ByteView payload) {
    const auto size = static_cast<uint32_t>(payload.size());
    Bytes out{packet_version, static_cast<std::byte>(kind)};
    for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::byte>(size >> shift));
    append(out, payload);
    stream.write(out);
}

// False at an orderly or broken end before the first byte.
bool read_exactly(sys::TlsStream& stream, MutableByteView out) {
    while (!out.empty()) {
        const auto got = stream.read_unless_silent(out);
        if (!got) throw sys::TimedOut("the pairing stands still");
        if (*got == 0) return false;
        out = out.subspan(*got);
    }
    return true;
}

Bytes receive_packet(sys::TlsStream& stream, PairingPacket kind) {
    std::array<std::byte, header_size_of_pairing> header{};
    if (!read_exactly(stream, header))
        throw sys::ConnectionLost("the other side ended the pairing");
    uint32_t size = 0;
    for (size_t i = 2; i < header.size(); ++i)
        size = size << 8 | std::to_integer<uint32_t>(header[i]);
    if (header[0] != packet_version || header[1] != static_cast<std::byte>(kind) || size == 0 ||
        size > longest_payload) {
        throw Garbled("the other side pairs in a way that nobody knows",
                      "Is this the address under \"Pair device with pairing code\"?");
    }
    Bytes payload(size);
    if (!read_exactly(stream, payload))
        throw sys::ConnectionLost("the other side ended the pairing");
    return payload;
}

Bytes bytes_of(const PeerInfo& info) {
    if (info.text.size() > longest_text) throw Misuse("this is too long for a pairing");
    Bytes out{static_cast<std::byte>(info.kind)};
    append(out, as_bytes(info.text));
    out.resize(peer_info_size);
    return out;
}

PeerInfo peer_info_of(ByteView bytes) {
    if (bytes.size() != peer_info_size || std::to_integer<uint8_t>(bytes[0]) > 1) {
        throw Garbled("the other side says in a pairing what nobody knows");
    }
    const auto text = as_text(bytes.subspan(1));
    return {.kind = static_cast<PeerInfo::Kind>(bytes[0]),
            .text = std::string(text.substr(0, text.find('\0')))};
}

[[noreturn]] void throw_wrong_code() {
    throw WrongCode("the pairing code is not the one that the phone shows",
                    "The phone gives one try for each code: let it show a new one, and run this "
                    "again.");
}

crypto::Spake2 begin_spake2(sys::TlsStream& stream, PairingEnd end, const SecretText& code,
                            sys::Random& random) {
    const SecretBytes exported = stream.exported(label, exported_size);
    Bytes password = to_bytes(code.reveal());
    append(password, exported.reveal());
    const bool computer = end == PairingEnd::computer;
    using crypto::Spake2;
    Spake2 spake2(computer ? Spake2::Role::alice : Spake2::Role::bob,
                  {.mine = computer ? computer_name : phone_name,
                   .theirs = computer ? phone_name : computer_name},
                  password, random);
    wipe(password);
    return spake2;
}

}  // namespace

bool is_pairing_code(std::string_view text) {
    return text.size() == 6 &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

PeerInfo exchange_pairing(sys::TlsStream& stream, PairingEnd end, const SecretText& code,
                          const PeerInfo& mine, sys::Random& random) {
    const crypto::Spake2 spake2 = begin_spake2(stream, end, code, random);
    send_packet(stream, PairingPacket::spake2, spake2.message());
    const SecretBytes secret = spake2.key(receive_packet(stream, PairingPacket::spake2));
    const SecretBytes key =
        crypto::hkdf_sha256(secret.reveal(), {}, key_info, crypto::gcm_key_size);
    // One message in each direction: the first and only number of both counters is 0.
    const Bytes nonce(crypto::gcm_nonce_size);
    Bytes theirs;
    try {
        send_packet(stream, PairingPacket::peer_info,
                    crypto::seal_gcm(key.reveal(), nonce, bytes_of(mine)));
        theirs = receive_packet(stream, PairingPacket::peer_info);
    } catch (const sys::ConnectionLost&) {
        throw_wrong_code();  // what we sealed did not open there
    }
    Bytes opened;
    try {
        opened = crypto::open_gcm(key.reveal(), nonce, theirs);
    } catch (const Corrupt&) {
        throw_wrong_code();
    }
    return peer_info_of(opened);
}

std::string pair_with_phone(const PairingRequest& request, sys::Random& random,
                            const std::stop_token& stop) {
    if (request.code.empty()) throw Misuse("nobody pairs without a code");
    auto socket = sys::connect_tcp(request.host, request.port,
                                   {.read = request.answer, .write = request.answer}, stop);
    if (!socket) {
        throw NotReady(
            fmt::format("nobody pairs at {}:{}", request.host, request.port),
            "The phone listens there only while it shows the code: Settings, Developer options, "
            "Wireless debugging, \"Pair device with pairing code\".");
    }
    sys::TlsStream stream(
        std::move(socket), sys::TlsRole::client,
        {.certificate = request.key.certificate(request.now), .key = request.key.pem().duplicate()},
        sys::TlsVersions::only_1_3);
    stream.shake_hands();
    const PeerInfo mine{.kind = PeerInfo::Kind::public_key,
                        .text = request.key.public_text(request.owner)};
    return exchange_pairing(stream, PairingEnd::computer, request.code, mine, random).text;
}

}  // namespace lifeboat::phone::android
