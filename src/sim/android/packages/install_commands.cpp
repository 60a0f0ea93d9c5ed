// pm install and its longer form in four steps: install-create, -write, -commit, -abandon.
#include "base/text.h"
#include "sim/android/packages/commands.h"
#include "sim/android/packages/package_manager.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::sim {

namespace {

struct InstallWords {
    InstallSession session{};
    std::optional<uint64_t> size{};
    std::vector<std::string> operands{};
};

bool takes_value(std::string_view option) {
    static constexpr std::array<std::string_view, 8> all{
        "--user", "--install-reason", "--originating-uri", "--referrer", "--install-location",
        "--abi",  "--package-source", "--user-action"};
    return std::find(all.begin(), all.end(), option) != all.end();
}

InstallWords read_words(WordSpan words) {
    InstallWords read;
    for (size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        const auto next = [&] { return i + 1 < words.size() ? words[++i] : std::string(); };
        if (word == "-S")
            read.size = parse_u64(next());
        else if (word == "-i")
            read.session.installer = next();
        else if (word == "-p") {
            read.session.package = next();
            read.session.inherits = true;
        } else if (word == "--pkg")
            read.session.package = next();
        else if (word == "--bypass-low-target-sdk-block")
            read.session.old_targets = true;
        else if (word == "--update-ownership")
            read.session.owns_updates = true;
        else if (takes_value(word))
            next();
        else if (word == "-" || !word.starts_with('-'))
            read.operands.push_back(word);
    }
    read.session.total = read.size.value_or(0);
    return read;
}

int failure(Call& call, const std::string& why) {
    call.out.line(fmt::format("Failure [{}]", why));
    return 1;
}

int commit(Call& call, uint64_t id) {
    if (wants_security_settings(call.device)) {
        abandon_session(call.device, id);
        return failure(call, "INSTALL_FAILED_USER_RESTRICTED: Install canceled by user");
    }
    const Failed failed = commit_session(call.device, id);
    if (!failed.empty()) return failure(call, failed);
    call.out.line("Success");
    return 0;
}

int no_room(Call& call, std::string_view command) {
    return java_exception(call, command,
                          "android.os.ParcelableException: java.io.IOException: Requested internal "
                          "only, but not enough space");
}

int create(Call& call, WordSpan words) {
    const InstallWords read = read_words(words);
    constexpr uint32_t first_with_update_owners = 34;
    if (read.session.owns_updates && call.device.snapshot().os.sdk < first_with_update_owners) {
        return java_exception(
            call, "install-create",
            "java.lang.IllegalArgumentException: Unknown option --update-ownership");
    }
    if (read.session.total > call.device.storage().free_bytes())
        return no_room(call, "install-create");
    const uint64_t id = create_session(call.device, read.session);
    call.out.line(fmt::format("Success: created install session [{}]", id));
    return 0;
}

// The number of a session that is there; anything else is answered.
std::optional<uint64_t> session_of(Call& call, std::string_view command, const std::string& word,
                                   int& code) {
    const auto id = parse_u64(word);
    if (id && has_session(call.device, *id)) return id;
    code = java_exception(
        call, command,
        fmt::format("java.lang.SecurityException: Caller has no access to session {}", word));
    return std::nullopt;
}

int write(Call& call, WordSpan words) {
    const InstallWords read = read_words(words);
    if (read.operands.size() < 2 || read.operands[1].find('/') != std::string::npos ||
        read.operands[1].starts_with('.')) {
        call.err.line("Error: Invalid name");
        return 1;
    }
    if (!read.size) {
        call.err.line("Error: must specify a APK size");
        return 1;
    }
    int code = 0;
    const auto id = session_of(call, "install-write", read.operands[0], code);
    if (!id) return code;
    std::string failed;
    const uint64_t done =
        write_to_session(call.device, *id, read.operands[1], *read.size, call.in, failed);
    if (!failed.empty())
        return java_exception(call, "install-write", "java.io.IOException: " + failed);
    call.out.line(fmt::format("Success: streamed {} bytes", done));
    return 0;
}

int install(Call& call, WordSpan words) {
    const InstallWords read = read_words(words);
    if (!read.size) {
        call.err.line("Error: must either specify a package size or an APK file");
        return 1;
    }
    if (*read.size > call.device.storage().free_bytes()) return no_room(call, "install");
    const uint64_t id = create_session(call.device, read.session);
    std::string failed;
    write_to_session(call.device, id, "base.apk", *read.size, call.in, failed);
    if (failed.empty()) return commit(call, id);
    abandon_session(call.device, id);
    return java_exception(call, "install", "java.io.IOException: " + failed);
}

}  // namespace

std::optional<int> install_commands(Call& call, WordSpan words) {
    if (words.empty()) return std::nullopt;
    const std::string& verb = words[0];
    const auto rest = words.subspan(1);
    if (verb == "install") return install(call, rest);
    if (verb == "install-create") return create(call, rest);
    if (verb == "install-write") return write(call, rest);
    if (verb != "install-commit" && verb != "install-abandon") return std::nullopt;
    int code = 0;
    const auto id = session_of(call, verb, rest.empty() ? "" : rest.back(), code);
    if (!id) return code;
    if (verb == "install-commit") return commit(call, *id);
    abandon_session(call.device, *id);
    call.out.line("Success");
    return 0;
}

}  // namespace lifeboat::sim
