#include "phone/android/personal/messages_agent.h"

#include "ab/writer.h"
#include "item/memory_items.h"
#include "personal/telephony_backup.h"
#include "phone/android/adb_backup.h"
#include "phone/restore_tap.h"

namespace lifeboat::phone::android {
namespace {

// The phone wants a certificate in the manifest; for a package of the system it does not compare
// it.
ab::AppManifest manifest() {
    return {.package = std::string(personal::telephony_package),
            .version_code = 30,
            .sdk = 30,
            .certificates = {"30820000"}};
}

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
    const AskingToTap asking(events);
    MemorySource source(archive);
    send_adb_restore(link, source, stop);
}

}  // namespace lifeboat::phone::android
