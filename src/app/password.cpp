#include "app/password.h"

#include "app/files.h"
#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace lifeboat::app {
namespace {

constexpr size_t longest_password = 4096;

// The first line; an editor's last line break does not belong to it.
SecretText first_line(std::string_view text, const std::string& source) {
    const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
    if (line.empty()) throw Misuse(fmt::format("{} gives an empty password", source));
    if (line.size() > longest_password) {
        throw Misuse(
            fmt::format("{} gives a password longer than {} bytes", source, longest_password));
    }
    return SecretText(line);
}

// `key` is the setting that named the file.
SecretText from_file(const std::string& path, std::string_view key) {
    auto text = read_file_if_there(path, config_limit);
    if (!text) {
        std::string flag(key);
        std::ranges::replace(flag, '_', '-');
        std::string variable(key);
        for (char& c : variable) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        throw Missing(fmt::format("There is no password file {}", printable(path)),
                      fmt::format("Check --{}, LIFEBOAT_{} or {} in the configuration.", flag,
                                  variable, key));
    }
    const SecretBytes content(to_bytes(*text));
    wipe(MutableByteView(std::as_writable_bytes(std::span(*text))));
    return first_line(as_text(content.reveal()), "The file " + printable(path));
}

SecretText from_command(const std::string& line, sys::Process& process,
                        const std::stop_token& stop) {
    constexpr std::chrono::minutes patience{2};  // the program may ask the person something
    sys::Command command{.argv = command_words(line),
                         .input = sys::Stdin::inherit,
                         .time_limit = patience,
                         .output_limit = 2 * longest_password};
    if (command.argv.empty()) throw Misuse("password_command is empty");
    const std::string name = printable(command.argv.front());
    sys::Finished done = process.run(command, stop);
    const SecretBytes output(std::exchange(done.output, {}));
    if (done.exit_code != 0) {
        throw Denied(fmt::format("The password command {} failed (exit code {}): {}", name,
                                 done.exit_code, printable(trim(as_text(done.errors)))));
    }
    return first_line(as_text(output.reveal()), "The password command " + name);
}

SecretText from_person(PasswordUse use, Prompt& prompt, const std::stop_token& stop) {
    if (use == PasswordUse::open_existing) return prompt.secret("Password of your places", stop);
    SecretText first = prompt.secret("New password for your places", stop);
    if (first.empty()) throw Misuse("An empty password protects nothing");
    const SecretText again = prompt.secret("The same password again", stop);
    if (first.reveal() != again.reveal()) throw Misuse("The two passwords differ");
    return first;
}

}  // namespace

SecretText read_password(const Settings& settings, PasswordUse use, Prompt& prompt,
                         sys::Process& process, const std::stop_token& stop) {
    if (!settings.password_file.empty()) {
        return from_file(settings.password_file, "password_file");
    }
    if (!settings.password_command.empty()) {
        return from_command(settings.password_command, process, stop);
    }
    return from_person(use, prompt, stop);
}

std::optional<SecretText> read_phone_password(const Settings& settings, Prompt& prompt,
                                              sys::Process& process, const std::stop_token& stop) {
    if (!settings.phone_password_file.empty()) {
        return from_file(settings.phone_password_file, "phone_password_file");
    }
    if (!settings.phone_password_command.empty()) {
        return from_command(settings.phone_password_command, process, stop);
    }
    if (!prompt.can_ask()) return std::nullopt;
    SecretText typed = prompt.secret(
        "Password of the iPhone's own backups (set on the phone; empty: not known)", stop);
    if (typed.empty()) return std::nullopt;
    return typed;
}

std::vector<std::string> command_words(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    bool in_word = false;
    char quote = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool escapes = c == '\\' && quote != '\'' && i + 1 < text.size();
        if (escapes) {
            word += text[++i];
            in_word = true;
        } else if (quote != 0) {
            if (c == quote)
                quote = 0;
            else
                word += c;
        } else if (c == '"' || c == '\'') {
            quote = c;
            in_word = true;
        } else if (c == ' ' || c == '\t') {
            if (in_word) words.push_back(std::exchange(word, {}));
            in_word = false;
        } else {
            word += c;
            in_word = true;
        }
    }
    if (quote != 0) throw Misuse("password_command has a quote that does not end");
    if (in_word) words.push_back(word);
    return words;
}

}  // namespace lifeboat::app
