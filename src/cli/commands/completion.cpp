#include "cli/completion.h"

#include "base/error.h"
#include "cli/commands/commands.h"

#include <nlohmann/json.hpp>

#include <set>

namespace lifeboat::cli {
namespace {

std::set<std::string> words_of(const Session& session, const std::string& kind) {
    std::set<std::string> words;
    if (kind == "place") {
        for (const app::PlaceSetting& place : session.settings().places) words.insert(place.name);
    } else if (kind == "setting") {
        for (const app::Key& key : app::setting_keys()) words.insert(key.name);
    } else if (kind == "command") {
        for (const Command& command : commands()) {
            words.insert(command.name.substr(0, command.name.find(' ')));
        }
    } else if (kind != "phone" && kind != "snapshot") {
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
