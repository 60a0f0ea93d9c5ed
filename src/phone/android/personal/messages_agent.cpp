#include "phone/android/personal/messages_agent.h"

#include "ab/writer.h"
#include "personal/telephony_backup.h"

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr std::chrono::seconds time_to_tap{120};
constexpr size_t piece = size_t{64} << 10;

// The phone wants a certificate in the manifest; for a package of the system it does not compare
// it.
ab::AppManifest manifest() {
    return {.package = std::string(personal::telephony_package),
            .version_code = 30,
            .sdk = 30,
            .certificates = {"30820000"}};
}

// Says that the person is needed, and that it is over.
class AskingToTap {
public:
    explicit AskingToTap(EventSink& events) : events_(events) { tell(false); }
    ~AskingToTap() { tell(true); }
    AskingToTap(const AskingToTap&) = delete;
    AskingToTap& operator=(const AskingToTap&) = delete;

private:
    void tell(bool resolved) {
        events_.on(PersonNeeded{.code = "phone.allow_restore",
                                .instruction = "Unlock the phone and tap \"Restore my data\".",
                                .resolved = resolved});
    }
    EventSink& events_;
};

}  // namespace

Bytes telephony_archive(const std::vector<personal::Message>& messages) {
    Bytes archive;
    ab::Writer writer([&](ByteView bytes) { append(archive, bytes); }, {});
    writer.add_app(manifest());
    for (const auto& file : personal::write_telephony_backup(messages)) {
        writer.add(
            {.app = std::string(personal::telephony_package), .domain = "d_f", .name = file.name},
            file.content);
    }
    writer.finish();
    return archive;
}

void hand_to_agent(const PhoneLink& link, const std::vector<personal::Message>& messages,
                   EventSink& events, const std::stop_token& stop) {
    const Bytes archive = telephony_archive(messages);
    const auto stream = link.server.open(link.serial, "restore:", stop);
    const AskingToTap asking(events);
    stream->set_timeouts({.read = time_to_tap, .write = time_to_tap});
    for (size_t at = 0; at < archive.size(); at += piece) {
        const ByteView some = ByteView(archive).subspan(at, std::min(piece, archive.size() - at));
        if (!stream->try_write(some)) return;
    }
    // The phone hangs up when it has read the archive to its end, or when nobody tapped.
    std::array<std::byte, 1024> rest{};
    while (true) {
        const auto got = stream->read_unless_silent(rest);
        if (!got || *got == 0) return;
    }
}

}  // namespace lifeboat::phone::android
