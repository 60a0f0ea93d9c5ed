#include "app/config_file.h"
#include "base/text.h"
#include "cli/commands/commands.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <variant>

namespace lifeboat::cli {
namespace {

const app::Key& wanted_key(const Session& session) {
    return app::require_key(session.invocation.argument("KEY"));
}

std::string literal(const app::Key& key, const std::string& value) {
    app::Settings probe;
    app::set_from_text(probe, key, value, "command line");
    if (std::holds_alternative<std::string app::Settings::*>(key.member)) {
        return app::toml_string(value);
    }
    return app::text_of(probe, key);
}

nlohmann::json described(const Session& session, const app::Key& key) {
    const app::Source source = session.configuration.source_of(key.name);
    nlohmann::json entry;
    entry["key"] = key.name;
    entry["value"] = valid_utf8(app::text_of(session.settings(), key));
    entry["default"] = app::text_of(app::Settings{}, key);
    entry["origin"] = app::to_text(source.origin);
    entry["where"] = valid_utf8(source.where);
    entry["variable"] = key.variable;
    entry["meaning"] = key.explanation;
    return entry;
}

std::string shown(const std::string& value) {
    return value.empty() ? "(not set)" : printable(value);
}

}  // namespace

app::Exit config_get(Session& session) {
    const app::Key& key = wanted_key(session);
    session.out.line(printable(app::text_of(session.settings(), key)));
    session.result = described(session, key);
    return app::Exit::done;
}

app::Exit config_set(Session& session) {
    const app::Key& key = wanted_key(session);
    const std::string value = session.invocation.argument("VALUE");
    const std::string text = literal(key, value);
    if (!session.dry_run()) {
        app::edit_config_file(session.paths.config_file, [&](const std::string& before) {
            return app::with_value(before, key.name, text);
        });
    }
    session.out.note(fmt::format("{}{} = {} in {}", session.dry_run() ? "Would write: " : "",
                                 key.name, printable(text), printable(session.paths.config_file)));
    session.result["key"] = key.name;
    session.result["value"] = valid_utf8(value);
    session.result["file"] = valid_utf8(session.paths.config_file);
    session.result["dry_run"] = session.dry_run();
    return app::Exit::done;
}

app::Exit config_list(Session& session) {
    constexpr size_t key_width = 24;
    constexpr size_t value_width = 28;
    session.result["settings"] = nlohmann::json::array();
    for (const app::Key& key : app::setting_keys()) {
        const app::Source source = session.configuration.source_of(key.name);
        session.out.line(fmt::format(
            "{}{} {}", padded(key.name, key_width),
            padded(shown(app::text_of(session.settings(), key)), value_width),
            session.out.out().paint(Tone::muted,
                                    source.where.empty() ? "default" : printable(source.where))));
        session.result["settings"].push_back(described(session, key));
    }
    session.out.note(fmt::format("Your file: {}", printable(session.paths.config_file)));
    session.result["file"] = valid_utf8(session.paths.config_file);
    return app::Exit::done;
}

app::Exit config_explain(Session& session) {
    const app::Key& key = wanted_key(session);
    const app::Source source = session.configuration.source_of(key.name);
    Output& out = session.out;
    out.line(fmt::format("{}: {}", key.name, key.explanation));
    out.line(fmt::format("  value     {}", shown(app::text_of(session.settings(), key))));
    out.line(fmt::format("  from      {}{}", app::to_text(source.origin),
                         source.where.empty() ? "" : ": " + printable(source.where)));
    out.line(fmt::format("  default   {}", shown(app::text_of(app::Settings{}, key))));
    out.line(fmt::format("  variable  {}", key.variable));
    out.line(fmt::format("  your file {}", printable(session.paths.config_file)));
    session.result = described(session, key);
    session.result["file"] = valid_utf8(session.paths.config_file);
    return app::Exit::done;
}

}  // namespace lifeboat::cli
