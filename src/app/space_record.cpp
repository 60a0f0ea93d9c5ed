#include "app/space_record.h"

#include "app/files.h"
#include "base/hex.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::app {
namespace {

constexpr size_t record_limit = size_t{64} << 10;

// A device key is a phone's own word: as hex it cannot lead out of the folder.
std::string record_file(const World& world, const std::string& device_key) {
    return fmt::format("{}/space/{}.json", world.paths().state, to_hex(as_bytes(device_key)));
}

}  // namespace

std::optional<SpaceRecord> last_space(const World& world, const std::string& device_key) {
    const auto text = read_file_if_there(record_file(world, device_key), record_limit);
    const auto json = nlohmann::json::parse(text.value_or(""), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    const auto number = [&](const char* name) -> std::optional<uint64_t> {
        const auto found = json.find(name);
        if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
        return found->get<uint64_t>();
    };
    const auto at_text = json.find("at");
    const auto at = at_text != json.end() && at_text->is_string()
                        ? from_rfc3339(at_text->get<std::string>())
                        : std::nullopt;
    const auto free_bytes = number("free_bytes");
    const auto proposed_bytes = number("proposed_bytes");
    if (!at || !free_bytes || !proposed_bytes) return std::nullopt;
    return SpaceRecord{*at, *free_bytes, *proposed_bytes};
}

void record_space(World& world, const engine::SpaceReport& report) {
    if (!report.free_bytes) return;
    const nlohmann::json json = {{"at", to_rfc3339(world.clock().now())},
                                 {"free_bytes", *report.free_bytes},
                                 {"proposed_bytes", report.bytes()}};
    write_file_atomically(record_file(world, report.facts.device_key), json.dump());
}

}  // namespace lifeboat::app
