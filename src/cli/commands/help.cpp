#include "cli/help.h"

#include "app/suggest.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/error_codes.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

// As people type it: "phone encryption on" is about `phone encryption`, whose argument is "on".
std::string without_arguments(std::string name) {
    for (size_t blank = name.rfind(' '); blank != std::string::npos; blank = name.rfind(' ')) {
        name.resize(blank);
        const Command* command = find_command(name);
        if (command != nullptr) return command->arguments.empty() ? "" : name;
    }
    return "";
}

std::string wanted(const Session& session) {
    const std::string name =
        fmt::format("{}", fmt::join(session.invocation.argument_list("COMMAND"), " "));
    if (name.empty() || find_command(name) != nullptr || !group(name).empty()) return name;
    if (std::string shorter = without_arguments(name); !shorter.empty()) return shorter;
    std::vector<std::string> known;
    for (const Command& command : commands()) known.push_back(command.name);
    const auto near = app::nearest(name, known);
    throw Misuse(
        fmt::format("There is no command \"{}\"", printable(name)),
        near ? fmt::format("Did you mean \"{}\"?", *near) : "`lifeboat help` shows all commands.");
}

std::string text_about(const Session& session, const std::string& name) {
    if (session.invocation.has("markdown")) return markdown_reference();
    if (session.invocation.has("errors")) return errors_markdown();
    if (session.invocation.has("man")) return man_page(name);
    return name.empty() ? help_overview() : help_about(name);
}

}  // namespace

app::Exit help(Session& session) {
    const std::string name = wanted(session);
    const std::string text = text_about(session, name);
    session.out.raw(text);
    session.result["about"] = name;
    session.result["text"] = text;
    return app::Exit::done;
}

}  // namespace lifeboat::cli
