#include "phone/android/gallery.h"

#include "base/text.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr std::chrono::milliseconds scan_patience{300'000};

std::string to_lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

// "file:///sdcard/My%20Photos"
std::string file_uri(const std::string& path) {
    std::string out = "file://";
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("/-_.~").find(c) != std::string_view::npos;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

void broadcast_scan(const Shell& shell, const std::set<std::string>& folders, EventSink& events,
                    const std::stop_token& stop) {
    size_t refused = 0;
    for (const std::string& folder : folders) {
        const auto result =
            shell.run({.text = "am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE -d " +
                               shell_quote(file_uri(folder))},
                      stop);
        if (result.exit_code != 0) ++refused;
    }
    if (refused == 0) return;
    events.on(Noted{.severity = Severity::warning,
                    .text = "The phone would not look for the restored files at once: they appear "
                            "in its photo app after a restart."});
}

}  // namespace

// One call for a whole volume where the phone knows it (Android 10 and newer), else one broadcast
// for each folder.
void show_in_gallery(const PhoneLink& link, const std::vector<WrittenFolders>& written,
                     EventSink& events, const std::stop_token& stop) {
    const Shell shell(link.server, link.serial);
    for (const auto& [volume, folders] : written) {
        const bool is_primary = volume == primary_volume();
        const std::string name = is_primary ? "external_primary" : to_lower(volume.root.text());
        const auto scanned = shell.run(
            {.text = "content call --uri content://media --method scan_volume --arg " + name,
             .silence = scan_patience},
            stop);
        const bool refused = scanned.exit_code != 0 || !trim(scanned.errors).empty() ||
                             scanned.output.find("Error") != std::string::npos;
        if (refused) broadcast_scan(shell, folders, events, stop);
    }
}

}  // namespace lifeboat::phone::android
