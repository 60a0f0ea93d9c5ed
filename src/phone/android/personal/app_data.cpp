#include "phone/android/personal/app_data.h"

#include "base/error.h"
#include "base/text.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr std::array<std::string_view, 2> homes{"/data/data", "/data/user_de/0"};
constexpr std::array<std::string_view, 2> caches{"cache", "code_cache"};
constexpr size_t digest_size = 64;
constexpr size_t answer_limit = size_t{256} << 20;
constexpr std::chrono::milliseconds long_silence{600'000};

std::string folder_of_app(std::string_view home, const std::string& package) {
    return fmt::format("{}/{}", home, package);
}

// Lies there from before the first file is unpacked until the last one belongs to the app.
std::string mark_of(const std::string& package) {
    return folder_of_app(homes.front(), package) + "/.lifeboat-unfinished";
}

std::string complaint(const ShellResult& answer) {
    const auto words = lines(trim(answer.errors));
    return words.empty() ? fmt::format("it ended with code {}", answer.exit_code)
                         : printable(words.front().substr(0, 300));
}

void must_run(RootAccess& root, const std::string& command, const std::stop_token& stop) {
    const auto answer = root.run(command, stop);
    if (answer.exit_code != 0) throw Denied(complaint(answer));
}

// What is in an app's folder but its caches, which have a group of their own; each quoted, with a
// blank before it.
std::string paths_below(RootAccess& root, const std::string& folder, const std::stop_token& stop) {
    std::string words;
    const auto answer = root.run("ls -A1 " + shell_quote(folder), stop);
    for (const std::string_view name : lines(answer.output)) {
        const bool cache = std::find(caches.begin(), caches.end(), name) != caches.end();
        if (!cache) words += ' ' + shell_quote(fmt::format("{}/{}", folder, name));
    }
    return words;
}

}  // namespace

FileSums sum_app_data(RootAccess& root, const std::string& package, const std::stop_token& stop) {
    std::string command = "find";
    for (const std::string_view home : homes)
        command += ' ' + shell_quote(folder_of_app(home, package));
    for (const std::string_view cache : caches)
        command += fmt::format(" -path '/data/*/{}/{}' -prune -o", package, cache);
    command += " -type f -print0 | xargs -0 sha256sum";
    const auto answer =
        root.run(command, {.silence = long_silence, .output_limit = answer_limit}, stop);
    // Without a file xargs sums its own empty input, which has the name "-".
    auto sums = sums_of(answer.output);
    sums.erase("-");
    if (answer.exit_code != 0) throw Denied(complaint(answer));
    if (sums.contains(mark_of(package))) sums.clear();
    return sums;
}

std::string text_of(const FileSums& sums) {
    std::string text;
    for (const auto& [path, digest] : sums) text += fmt::format("{}  {}\n", digest, path);
    return text;
}

FileSums sums_of(std::string_view text) {
    FileSums sums;
    for (std::string_view line : lines(text)) {
        // A name with a line feed is written escaped, behind a backslash.
        const bool escaped = line.starts_with('\\');
        const std::string_view plain = escaped ? line.substr(1) : line;
        if (plain.size() < digest_size + 3) throw Corrupt("a sum of an app's file is cut");
        std::string path(plain.substr(digest_size + 2));
        sums[std::move(path)] = plain.substr(0, digest_size);
    }
    return sums;
}

std::string tar_command(const std::string& package) {
    std::string command = "tar -C /";
    for (const std::string_view home : homes) {
        for (const std::string_view cache : caches)
            command += fmt::format(
                " --exclude {}",
                shell_quote(folder_of_app(home, package).substr(1) + "/" + std::string(cache)));
    }
    command += " -cf -";
    for (const std::string_view home : homes)
        command += ' ' + shell_quote(folder_of_app(home, package).substr(1));
    return command;
}

void unpack_app_data(RootAccess& root, const InstalledApp& app, ByteSource& tar,
                     const std::stop_token& stop) {
    const std::string& package = app.app.package;
    if (app.uid == 0) throw Denied("the phone does not tell the app's user");
    must_run(root, "am force-stop " + shell_quote(package), stop);
    must_run(root, "touch " + shell_quote(mark_of(package)), stop);
    const auto unpacked =
        root.run("tar -C / -xf -", {.input_stream = &tar, .silence = long_silence}, stop);
    if (unpacked.exit_code != 0) throw Denied(complaint(unpacked));
    for (const std::string_view home : homes) {
        const std::string folder = folder_of_app(home, package);
        const std::string owner_words = fmt::format("{0}:{0}", app.uid);
        must_run(root, fmt::format("chown {} {}", owner_words, shell_quote(folder)), stop);
        const std::string below = paths_below(root, folder, stop);
        if (!below.empty()) must_run(root, fmt::format("chown -R {}{}", owner_words, below), stop);
        must_run(root, "restorecon -RF " + shell_quote(folder), stop);
    }
    must_run(root, "rm " + shell_quote(mark_of(package)), stop);
}

}  // namespace lifeboat::phone::android
