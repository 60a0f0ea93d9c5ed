#include "phone/android/personal/ringtones_source.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "phone/android/shell.h"

#include <fmt/format.h>

#include <array>
#include <optional>

namespace lifeboat::phone::android {
namespace {

constexpr uint64_t longest = uint64_t{64} << 20;

struct Sound {
    std::string_view name;
    std::string_view words;
};
constexpr std::array<Sound, 3> sounds{{{"ringtone", "sound for calls"},
                                       {"notification_sound", "sound for messages"},
                                       {"alarm_alert", "sound for alarms"}}};

std::string uri_of(const Sound& sound) {
    return fmt::format("content://settings/system/{}_cache", sound.name);
}

ItemPath path_of(const Sound& sound) {
    return personal::folder_of("ringtones").child(sound.name);
}

// Nothing when it is silent, or the phone keeps no copy.
std::optional<std::string> read_sound(const PhoneLink& link, const Sound& sound,
                                      const std::stop_token& stop) {
    Shell shell(link.server, link.serial);
    auto answer =
        shell.run({.text = "content read --uri " + uri_of(sound), .output_limit = longest}, stop);
    if (answer.output.empty() || !trim(answer.errors).empty()) return std::nullopt;
    return std::move(answer.output);
}

personal::Record record_of(const Sound& sound, std::string_view bytes) {
    return {.identity = std::string(sound.name),
            .digest = to_hex(crypto::sha256(as_bytes(bytes))),
            .label = fmt::format("{}: {}", sound.words, human_bytes(bytes.size()))};
}

}  // namespace

personal::Collection RingtonesSource::read(const PersonalTarget& target, EventSink&,
                                           const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    for (const Sound& sound : sounds) {
        const auto bytes = read_sound(link_, sound, stop);
        if (!bytes) continue;
        collection.records.push_back(record_of(sound, *bytes));
        put_file(target, path_of(sound), *bytes);
    }
    return collection;
}

personal::RestoreOutcome RingtonesSource::restore(const FileTree& snapshot, bool dry_run,
                                                  EventSink&, const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    for (const Sound& sound : sounds) {
        if (!snapshot.find(path_of(sound))) continue;
        ++outcome.wanted;
        const std::string wanted = to_text(read_all(*snapshot.open(path_of(sound)), longest));
        if (read_sound(link_, sound, stop) == wanted) {
            ++outcome.already_there;
            continue;
        }
        ++outcome.written;
        if (dry_run) continue;
        Shell shell(link_.server, link_.serial);
        shell.run({.text = "content write --uri " + uri_of(sound), .input = wanted}, stop);
        if (read_sound(link_, sound, stop) == wanted) {
            ++outcome.compared_equal;
            continue;
        }
        --outcome.written;
        outcome.failed.push_back(
            {record_of(sound, wanted).label,
             "the phone did not take it over: choose it in its sound settings"});
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
