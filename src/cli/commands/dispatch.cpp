#include "cli/commands/commands.h"

#include <algorithm>
#include <array>

namespace lifeboat::cli {
namespace {

struct Entry {
    std::string_view command;
    Handler handler;
};

constexpr std::array entries{
    Entry{"ready", ready},
    Entry{"audit", audit},
    Entry{"attest", attest},
    Entry{"restore", restore},
    Entry{"backup", backup},
    Entry{"verify", verify},
    Entry{"phone list", phone_list},
    Entry{"phone info", phone_info},
    Entry{"phone wifi", phone_wifi},
    Entry{"phone pair", phone_pair},
    Entry{"phone forget", phone_forget},
    Entry{"phone encryption", phone_encryption},
    Entry{"phone restore", phone_restore},
    Entry{"phone cloud-backup", phone_cloud_backup},
    Entry{"phone space", phone_space},
    Entry{"snapshot export", snapshot_export},
    Entry{"snapshot import", snapshot_import},
    Entry{"snapshot apps", snapshot_apps},
    Entry{"update watch", update_watch},
    Entry{"place add", place_add},
    Entry{"place list", place_list},
    Entry{"place test", place_test},
    Entry{"place repair", place_repair},
    Entry{"place prune", place_prune},
    Entry{"place locks", place_locks},
    Entry{"place remove", place_remove},
    Entry{"snapshot list", snapshot_list},
    Entry{"snapshot show", snapshot_show},
    Entry{"snapshot diff", snapshot_diff},
    Entry{"snapshot copy", snapshot_copy},
    Entry{"snapshot forget", snapshot_forget},
    Entry{"snapshot hold", snapshot_hold},
    Entry{"snapshot release", snapshot_release},
    Entry{"snapshot recover", snapshot_recover},
    Entry{"ls", ls},
    Entry{"find", find},
    Entry{"mount", mount},
    Entry{"stats", stats},
    Entry{"key list", key_list},
    Entry{"key add", key_add},
    Entry{"key change", key_change},
    Entry{"key remove", key_remove},
    Entry{"config get", config_get},
    Entry{"config set", config_set},
    Entry{"config list", config_list},
    Entry{"config explain", config_explain},
    Entry{"doctor", doctor},
    Entry{"version", version},
    Entry{"completion", completion},
    Entry{"help", help},
};

}  // namespace

Handler handler_of(std::string_view command) {
    const auto* const found = std::ranges::find(entries, command, &Entry::command);
    return found == entries.end() ? nullptr : found->handler;
}

}  // namespace lifeboat::cli
