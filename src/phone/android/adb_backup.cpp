#include "phone/android/adb_backup.h"

#include "base/text.h"
#include "phone/android/android_phone.h"
#include "phone/android/packages.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

// The dialog goes away after one minute; an app may take long over what it gives.
constexpr std::chrono::minutes longest_silence{10};
// `adb` sends these behind the file, so that a damaged one ends, too.
constexpr size_t zeros_behind = 1024;

class AdbBackupSource final : public ByteSource {
public:
    explicit AdbBackupSource(std::unique_ptr<PhoneStream> stream) : stream_(std::move(stream)) {
        stream_->set_timeouts({.read = longest_silence});
    }
    size_t read(MutableByteView out) override {
        try {
            return stream_->read(out);
        } catch (const Temporary& broken) {
            throw_phone_lost(broken.message());
        }
    }

private:
    std::unique_ptr<PhoneStream> stream_;
};

// Thrown through whoever writes a file that the phone takes no more of.
struct HungUp {};

void require_package(const std::string& name) {
    const bool well = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_';
    });
    if (!well) {
        throw Misuse("\"" + printable(name) + "\" is no name of an app",
                     "The name is the one its address in the store ends with: com.example.notes");
    }
}

// Whether the phone hung up within the time, or is gone.
bool hears_end(PhoneStream& stream, const PhoneLink& link, const OfferWaits& waits,
               const std::stop_token& stop) {
    std::array<std::byte, size_t{32} << 10> answer{};
    std::chrono::milliseconds silent{0};
    try {
        while (silent < waits.most) {
            const auto got = stream.read_unless_silent(answer);
            if (got == 0U) return true;
            silent = got ? std::chrono::milliseconds{0} : silent + waits.silence;
            if (!got && !link.server.is_ready(link.serial, stop)) return true;
        }
    } catch (const sys::ConnectionLost&) {
        return true;  // the rough way, as one does that takes no more
    }
    return false;
}

// Named one by one, a phone's apps would not fit into a request of an old phone.
std::string service(std::span<const std::string> apps) {
    std::string text = "backup: '-noapk' '-noobb' '-noshared'";
    if (apps.empty()) {
        text += " '-all' '-nosystem' " + shell_quote(telephony_package);
    }
    for (const std::string& app : apps) {
        require_package(app);
        text += " " + shell_quote(app);
    }
    return text;
}

}  // namespace

std::vector<std::string> packages_to_ask(const PhoneLink& link, const std::stop_token& stop) {
    Shell shell(link.server, link.serial);
    const auto answer = shell.run({.text = "pm list packages -3"}, stop);
    std::vector<std::string> packages{std::string(telephony_package)};
    // A phone without any installed app answers with nothing.
    if (const auto installed = parse_packages(answer.output).value) {
        packages.insert(packages.end(), installed->begin(), installed->end());
    }
    std::ranges::sort(packages);
    packages.erase(std::unique(packages.begin(), packages.end()), packages.end());
    return packages;
}

std::unique_ptr<ByteSource> open_adb_backup(const PhoneLink& link,
                                            std::span<const std::string> apps,
                                            const std::stop_token& stop) {
    return std::make_unique<AdbBackupSource>(link.server.open(link.serial, service(apps), stop));
}

OfferEnd offer_adb_restore(const PhoneLink& link,
                           const std::function<void(const AppBackupPhone::Write&)>& write,
                           const std::stop_token& stop, const OfferWaits& waits) {
    const auto stream = link.server.open(link.serial, "restore:", stop);
    stream->set_timeouts({.read = waits.silence, .write = waits.most});
    bool is_all = true;
    try {
        write([&](ByteView part) {
            if (!stream->try_write(part)) throw HungUp{};
        });
    } catch (const HungUp&) {
        is_all = false;
    }
    if (is_all) stream->try_write(Bytes(zeros_behind));
    // To leave before the phone hangs up would end what it does.
    const bool has_ended = hears_end(*stream, link, waits, stop);
    if (!link.server.is_ready(link.serial, stop)) return OfferEnd::phone_left;
    if (!is_all) return OfferEnd::ended_by_phone;
    return has_ended ? OfferEnd::all_sent : OfferEnd::still_working;
}

void send_adb_restore(const PhoneLink& link, ByteSource& archive, const std::stop_token& stop) {
    const OfferEnd end = offer_adb_restore(
        link,
        [&](const AppBackupPhone::Write& write) {
            std::array<std::byte, size_t{32} << 10> part{};
            while (const size_t size = archive.read(part)) write(ByteView(part).first(size));
        },
        stop);
    if (end == OfferEnd::phone_left) throw_phone_lost("it left while it took a file of an app");
}

}  // namespace lifeboat::phone::android
