#include "cli/cli.h"

#include "app/failure.h"
#include "app/signals.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/help.h"
#include "cli/progress.h"
#include "cli/terminal_prompt.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace lifeboat::cli {
namespace {

using app::Exit;

// Flags that are settings, too.
constexpr std::array setting_flags{
    std::pair{"color", "ui.color"},
    std::pair{"progress", "ui.progress"},
    std::pair{"password-file", "password_file"},
    std::pair{"phone-password-file", "phone_password_file"},
    std::pair{"phone-password-command", "phone_password_command"},
    std::pair{"password-command", "password_command"},
    std::pair{"adb-server", "adb.server"},
    std::pair{"lock-wait", "repository.lock_wait"},
};

std::map<std::string, std::string, std::less<>> flag_settings(const Invocation& invocation) {
    std::map<std::string, std::string, std::less<>> result;
    for (const auto& [flag, key] : setting_flags) {
        if (invocation.has(flag)) result[key] = invocation.value(flag);
    }
    return result;
}

OutputOptions output_options(const Invocation& invocation, const app::Environment& environment,
                             const std::string& color) {
    return {.json = invocation.has("json"),
            .quiet = invocation.has("quiet"),
            .verbosity = static_cast<int>(invocation.count("verbose")),
            .out = style_for(environment, color, environment.stdout_is_terminal),
            .err = style_for(environment, color, environment.stderr_is_terminal),
            .command = invocation.command->name};
}

std::unique_ptr<app::Prompt> make_prompt(const Invocation& invocation,
                                         const app::Environment& environment) {
    // Without a terminal on standard input nobody is there, even when /dev/tty could be opened.
    const bool nobody = invocation.has("no-input") || !environment.stdin_is_terminal;
    auto prompt = nobody ? nullptr : make_terminal_prompt(invocation.has("yes"));
    if (prompt) return prompt;
    return std::make_unique<app::NobodyToAsk>();
}

void say_stopping(int) {
    constexpr std::string_view text =
        "\nStopping at the next safe point. Press Ctrl-C again to end at once.\n";
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

// The one run of one command, from its words to its exit.
class Program {
public:
    Program(Invocation invocation, app::Environment environment)
        : invocation_(std::move(invocation)), environment_(std::move(environment)) {}

    Exit run() {
        app::Signals signals(say_stopping);
        // Until the settings are read, their defaults decide how a problem with them is shown.
        Output out(output_options(invocation_, environment_, early_color()));
        Exit exit = Exit::done;
        nlohmann::json result = nlohmann::json::object();
        const auto failure = app::run_guarded([&] { exit = command(out, signals.stop(), result); },
                                              [&] { return signals.received(); });
        if (failure) {
            out.failure(*failure);
            return app::exit_of(failure->kind);
        }
        out.summary(exit, std::move(result));
        return exit == Exit::done && !out.written() ? Exit::failed : exit;
    }

private:
    std::string early_color() const {
        return invocation_.has("color") ? invocation_.value("color") : "auto";
    }

    unsigned frames_per_second() const {
        constexpr unsigned usual = 5;
        const auto wanted = parse_u64(environment_.get("LIFEBOAT_PROGRESS_FPS").value_or(""));
        return wanted && *wanted > 0 && *wanted <= 60 ? static_cast<unsigned>(*wanted) : usual;
    }

    Exit command(Output& early, const std::stop_token& stop, nlohmann::json& result) {
        const app::Paths paths = app::resolve_paths(environment_, invocation_.value("home"),
                                                    invocation_.value("config"));
        const app::Configuration configuration =
            app::load_configuration(paths, environment_, flag_settings(invocation_));
        early.restyle(output_options(invocation_, environment_, configuration.settings.color));
        const auto prompt = make_prompt(invocation_, environment_);
        ProgressRenderer::Names names;
        for (const app::PlaceSetting& place : configuration.settings.places) {
            names[place.path] = place.name;
        }
        ProgressRenderer progress(
            early, progress_mode(configuration.settings.progress, early, environment_),
            app::monotonic_now, frames_per_second(), std::move(names));
        app::World world(configuration, paths, *prompt, progress);
        Session session{.invocation = invocation_,
                        .environment = environment_,
                        .paths = paths,
                        .configuration = configuration,
                        .out = early,
                        .prompt = *prompt,
                        .world = world,
                        .stop = stop,
                        .result = result};
        return handler_of(invocation_.command->name)(session);
    }

    Invocation invocation_;
    app::Environment environment_;
};

Exit show_help(const HelpWanted& wanted, const std::vector<std::string>& words) {
    const std::string text = wanted.about.empty() ? help_overview() : help_about(wanted.about);
    const bool json = std::ranges::count(words, "--json") > 0;
    Output out({.json = json, .command = "help"});
    out.raw(text);
    // No command at all is a mistake of a script, though a person gets the overview.
    const bool asked = std::ranges::count(words, "--help") + std::ranges::count(words, "-h") > 0;
    nlohmann::json result;
    result["about"] = wanted.about;
    result["text"] = text;
    out.summary(asked ? Exit::done : Exit::usage, std::move(result));
    return asked ? Exit::done : Exit::usage;
}

Exit show_problem(const UsageProblem& problem, const app::Environment& environment) {
    Output out({.json = problem.json,
                .err = style_for(environment, "auto", environment.stderr_is_terminal),
                .command = problem.about});
    out.failure(
        {.kind = app::FailureKind::usage, .message = problem.message, .guidance = problem.hint});
    return Exit::usage;
}

}  // namespace

int run(int argc, char** argv) {
    app::Signals::harden_process();
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    const app::Environment environment = app::capture_environment();
    Parsed parsed = parse(words);
    if (const auto* wanted = std::get_if<HelpWanted>(&parsed)) {
        return app::number(show_help(*wanted, words));
    }
    if (const auto* problem = std::get_if<UsageProblem>(&parsed)) {
        return app::number(show_problem(*problem, environment));
    }
    return app::number(Program(std::get<Invocation>(std::move(parsed)), environment).run());
}

}  // namespace lifeboat::cli
