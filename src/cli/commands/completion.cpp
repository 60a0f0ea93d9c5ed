#include "cli/completion.h"

#include "app/snapshots.h"
#include "base/error.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <nlohmann/json.hpp>

#include <set>

namespace lifeboat::cli {
namespace {

// Only where no question would be asked: nobody types a password at a Tab.
std::set<std::string> snapshot_words(Session& session) {
    std::set<std::string> words{"latest"};
    const bool can = session.world.has_password_source() && !session.settings().places.empty();
    if (!can) return words;
    const std::string first = session.settings().places.front().name;
    const app::OpenedPlaces places = session.world.open_places({first}, session.stop);
    for (const app::SnapshotRow& row : app::snapshot_rows(places, session.stop)) {
        words.insert(short_id(row.snapshot.id));
    }
    return words;
}

std::set<std::string> words_of(Session& session, const std::string& kind) {
    std::set<std::string> words;
    if (kind == "place") {
        for (const app::PlaceSetting& place : session.settings().places) words.insert(place.name);
    } else if (kind == "setting") {
        for (const app::Key& key : app::setting_keys()) words.insert(key.name);
    } else if (kind == "command") {
        for (const Command& command : commands()) {
            words.insert(command.name.substr(0, command.name.find(' ')));
        }
    } else if (kind == "phone") {
        for (const phone::PhoneEntry& entry : session.world.phones().list(session.stop)) {
            words.insert(entry.id.serial);
        }
    } else if (kind == "snapshot") {
        words = snapshot_words(session);
    } else {
        throw Misuse("KIND is place, phone, snapshot, setting or command");
    }
    return words;
}

}  // namespace

app::Exit completion(Session& session) {
    const std::string shell = session.invocation.argument("SHELL");
    if (shell == "words") {
        const auto words = words_of(session, session.invocation.argument("KIND"));
        for (const std::string& word : words) session.out.line(word);
        session.result["words"] = words;
        return app::Exit::done;
    }
    const std::string script = completion_script(shell);
    session.out.raw(script);
    session.result["shell"] = shell;
    session.result["script"] = script;
    return app::Exit::done;
}

}  // namespace lifeboat::cli
