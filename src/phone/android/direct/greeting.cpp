#include "phone/android/direct/greeting.h"

#include "base/text.h"
#include "sys/tls.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr uint32_t auth_token = 1;
constexpr uint32_t auth_signature = 2;
constexpr uint32_t auth_public_key = 3;
constexpr uint32_t tls_version = 0x01000000;
constexpr size_t most_words = 8;  // a phone that asks for ever is none

// What is of use to us; delayed acks among them.
constexpr std::string_view our_features =
    "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,fixed_push_symlink_timestamp,abb_exec,"
    "sendrecv_v2,sendrecv_v2_brotli,sendrecv_v2_lz4,sendrecv_v2_zstd,delayed_ack";

std::set<std::string> names_of(std::string_view list) {
    std::set<std::string> out;
    for (const auto name : split(list, ',')) {
        if (!trim(name).empty()) out.emplace(trim(name));
    }
    return out;
}

std::string_view without_nuls(std::string_view text) {
    while (!text.empty() && text.back() == '\0') text.remove_suffix(1);
    return text;
}

class Conversation {
public:
    Conversation(std::unique_ptr<sys::Socket> socket, const ComputerIdentity& who,
                 const GreetingWaits& waits)
        : stream_(std::make_unique<sys::ClearStream>(std::move(socket))), who_(who), waits_(waits) {
        wait_for(waits.answer);
    }

    GreetedPhone run() {
        say(Command::cnxn, version_no_checksum, our_max_payload,
            fmt::format("host::features={}", our_features));
        for (size_t words = 0; words < most_words; ++words) {
            const Packet heard = hear();
            switch (static_cast<Command>(heard.command)) {
                case Command::cnxn:
                    return welcome(heard);
                case Command::auth:
                    prove(heard);
                    break;
                case Command::stls:
                    go_secure();
                    break;
                default:
                    throw Garbled("the phone does not greet as phones do",
                                  "Is something else listening on this port?");
            }
        }
        throw_not_trusted();
    }

private:
    void wait_for(std::chrono::milliseconds silence) {
        stream_->set_timeouts({.read = silence, .write = waits_.answer});
    }

    // The sum is for phones that still check it; the others do not look.
    void say(Command command, uint32_t arg0, uint32_t arg1, std::string_view payload) {
        const auto header = make_header(command, arg0, arg1, as_bytes(payload), Checksum::sum);
        Bytes all(header.begin(), header.end());
        append(all, as_bytes(payload));
        stream_->write(all);
    }

    // Reads not one byte too many: TLS may begin behind any packet.
    Packet hear() {
        for (;;) {
            const auto got = stream_->read_unless_silent(parser_.space());
            if (!got) throw_silent();
            if (*got == 0) throw_hung_up();
            if (auto packet = parser_.commit(*got)) return std::move(*packet);
        }
    }

    [[noreturn]] void throw_silent() const {
        if (asked_person_) throw_not_trusted();
        throw sys::TimedOut("the phone does not answer");
    }

    [[noreturn]] void throw_hung_up() const {
        if (secure_) {
            throw NotReady("the phone does not know this computer yet",
                           "Pair them: on the phone, Settings, Developer options, Wireless "
                           "debugging, \"Pair device with QR code\"; here: lifeboat phone wifi "
                           "--qr. Or \"Pair device with pairing code\", and --pair HOST:PORT.");
        }
        if (asked_person_) throw_not_trusted();
        throw sys::ConnectionLost("the phone hung up");
    }

    [[noreturn]] static void throw_not_trusted() {
        throw NotReady("the phone does not trust this computer yet",
                       "Unlock the phone and tap \"Allow\" on its question about USB debugging, "
                       "then run this again.");
    }

    // First a signature: the phone may know our key. Then the key itself: the phone asks its owner.
    void prove(const Packet& heard) {
        if (heard.arg0 != auth_token) throw Garbled("the phone asks for a proof that nobody knows");
        if (!signed_) {
            signed_ = true;
            return say(Command::auth, auth_signature, 0, as_text(who_.key.sign(heard.payload)));
        }
        if (asked_person_) throw_not_trusted();
        asked_person_ = true;
        say(Command::auth, auth_public_key, 0, who_.key.public_text(who_.owner) + '\0');
        // Even a phone whose owner has said yes before takes a moment to say so.
        constexpr std::chrono::milliseconds least{1'000};
        wait_for(std::max(least, waits_.person));
        if (waits_.on_person_needed && waits_.person.count() > 0) waits_.on_person_needed();
    }

    void go_secure() {
        if (secure_) throw Garbled("the phone asks for TLS under TLS");
        say(Command::stls, tls_version, 0, {});
        auto tls = std::make_unique<sys::TlsStream>(
            stream_->release(), sys::TlsRole::client,
            sys::TlsIdentity{.certificate = who_.key.certificate(who_.now),
                             .key = who_.key.pem().duplicate()},
            sys::TlsVersions::only_1_3);
        sys::TlsStream& shaking = *tls;
        stream_ = std::move(tls);
        shaking.shake_hands();
        secure_ = true;
    }

    GreetedPhone welcome(const Packet& heard) {
        if (heard.arg1 == 0) throw Garbled("the phone takes no bytes at all");
        const Banner banner = parse_banner(without_nuls(as_text(heard.payload)));
        Greeting greeting{
            .max_payload = std::min(heard.arg1, our_max_payload),
            .checksum = heard.arg0 < version_no_checksum ? Checksum::sum : Checksum::none,
            .model = banner.model,
            .secure = secure_};
        for (const std::string& name : names_of(our_features)) {
            if (banner.features.contains(name)) greeting.features.insert(name);
        }
        return {std::move(stream_), std::move(greeting)};
    }

    std::unique_ptr<sys::Stream> stream_;
    const ComputerIdentity& who_;
    const GreetingWaits& waits_;
    PacketParser parser_{};
    bool signed_ = false;
    bool asked_person_ = false;
    bool secure_ = false;
};

}  // namespace

Banner parse_banner(std::string_view text) {
    Banner out;
    const size_t properties = text.find("::");
    if (properties == std::string_view::npos) return out;
    for (const auto part : split(text.substr(properties + 2), ';')) {
        constexpr std::string_view model = "ro.product.model=";
        constexpr std::string_view features = "features=";
        if (part.starts_with(model)) out.model = std::string(part.substr(model.size()));
        if (part.starts_with(features)) out.features = names_of(part.substr(features.size()));
    }
    return out;
}

GreetedPhone greet(std::unique_ptr<sys::Socket> socket, const ComputerIdentity& who,
                   const GreetingWaits& waits) {
    return Conversation(std::move(socket), who, waits).run();
}

}  // namespace lifeboat::phone::android
