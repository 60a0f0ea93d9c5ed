#include "cli/commands/shared.h"

#include "app/snapshots.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <ctime>

namespace lifeboat::cli {

std::unique_ptr<phone::Phone> connect_phone(Session& session, const std::string& wanted) {
    phone::PhoneBus& bus = session.world.phones();
    const std::string name = wanted.empty() ? session.settings().phone : wanted;
    return bus.connect(phone::choose(bus, name, session.stop).id, session.stop);
}

engine::BackupOptions backup_options(Session& session, const phone::Facts& facts) {
    engine::BackupOptions options;
    options.deep_rehearsal = session.invocation.has("deep");
    if (engine::encrypts_its_backups(facts) && !session.dry_run())
        options.phone_password = session.world.phone_password(session.stop);
    return options;
}

bool replicate(Session& session, app::OpenedPlaces& places, engine::Place& first) {
    bool all_well = true;
    const engine::OperationContext context = session.world.context(session.stop);
    nlohmann::json list = nlohmann::json::array();
    for (engine::Place& place : places.places) {
        const bool is_first = &place == &first;
        const bool wanted = !is_first && !session.invocation.has("no-replicate");
        if (wanted && place.repository != nullptr) {
            place.problem = app::problem_of([&] { engine::copy_place(first, place, context); });
        }
        const bool holds = is_first || (wanted && place.problem.empty());
        nlohmann::json entry;
        entry["place"] = place.name;
        entry["holds"] = holds;
        entry["problem"] = valid_utf8(place.problem);
        list.push_back(std::move(entry));
        if (place.problem.empty()) continue;
        all_well = false;
        session.out.warn(fmt::format("  {} {}: {}", session.out.err().exclamation(), place.name,
                                     printable(place.problem)));
    }
    session.result["places"] = std::move(list);
    return all_well;
}

std::string phone_title(const Style& style, const phone::Facts& facts) {
    return style.paint(Tone::strong, printable(facts.model)) +
           fmt::format(" {} {} {}{}", style.dot(), printable(facts.os_name),
                       printable(facts.os_version),
                       facts.build.empty() ? "" : fmt::format(" ({})", printable(facts.build)));
}

nlohmann::json facts_json(const phone::Facts& facts) {
    nlohmann::json json;
    json["platform"] = facts.id.platform == phone::Platform::android ? "android" : "ios";
    json["serial"] = valid_utf8(facts.id.serial);
    json["device_key"] = valid_utf8(facts.device_key);
    json["maker"] = valid_utf8(facts.maker);
    json["model"] = valid_utf8(facts.model);
    json["os_name"] = valid_utf8(facts.os_name);
    json["os_version"] = valid_utf8(facts.os_version);
    json["build"] = valid_utf8(facts.build);
    return json;
}

std::string date_text(TimePoint time) {
    const std::time_t seconds =
        std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
    std::tm local{};
    if (::localtime_r(&seconds, &local) == nullptr) return to_rfc3339(time);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", local.tm_year + 1900, local.tm_mon + 1,
                       local.tm_mday, local.tm_hour, local.tm_min);
}

nlohmann::json snapshot_json(const repository::Snapshot& snapshot) {
    nlohmann::json json;
    json["id"] = snapshot.id.hex();
    json["time"] = to_rfc3339(snapshot.time);
    json["state"] = app::snapshot_state(snapshot);
    json["device_key"] = valid_utf8(app::snapshot_phone(snapshot));
    json["hostname"] = valid_utf8(snapshot.hostname);
    json["username"] = valid_utf8(snapshot.username);
    json["tags"] = nlohmann::json::array();
    for (const std::string& tag : snapshot.tags) json["tags"].push_back(valid_utf8(tag));
    json["program_version"] = valid_utf8(snapshot.program_version);
    return json;
}

std::string short_id(const repository::SnapshotId& id) {
    return id.hex().substr(0, 8);
}

std::chrono::milliseconds person_wait(const Session& session) {
    constexpr uint64_t longest = 86'400;
    const std::string text = session.invocation.value("wait");
    if (text.empty()) return std::chrono::seconds{120};
    const auto seconds = parse_u64(text);
    if (seconds && *seconds <= longest) return std::chrono::seconds{*seconds};
    throw Misuse(fmt::format("--wait takes seconds, not \"{}\"", printable(text)),
                 "A number from 0 to 86400.");
}

std::string would(const Session& session) {
    return session.dry_run() ? "Would be done: " : "";
}

}  // namespace lifeboat::cli
