#include "phone/android/personal/install_session.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "phone/android/personal/package_dump.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::phone::android {
namespace {

// Long: the phone checks and compiles what it got before it answers.
constexpr std::chrono::milliseconds commit_silence{600'000};

struct Meaning {
    std::string_view code;
    std::string_view words;
};
constexpr std::array<Meaning, 11> meanings{{
    {"VERSION_DOWNGRADE", "a newer version of it is installed"},
    {"UPDATE_INCOMPATIBLE", "an app of this name from another maker is installed"},
    {"DEPRECATED_SDK_VERSION", "it was made for an Android too old for this phone"},
    {"OLDER_SDK", "it needs a newer Android than this phone has"},
    {"MISSING_SPLIT", "a part of it is missing"},
    {"NO_MATCHING_ABIS", "it was made for another kind of processor"},
    {"USER_RESTRICTED",
     "the phone does not let a computer install apps: allow \"Install via USB\" in its developer "
     "options"},
    {"INSUFFICIENT_STORAGE", "the phone is full"},
    {"VERIFICATION_FAILURE", "the phone's app check refused it"},
    {"PARSE_FAILED", "the phone cannot read its program"},
    {"INVALID_APK", "its parts do not fit together"},
}};

std::string first_telling_line(std::string_view text) {
    for (const std::string_view line : lines(text)) {
        const auto words = trim(line);
        if (words.empty() || words.starts_with("Exception occurred")) continue;
        return printable(words.substr(0, 300));
    }
    return "the phone does not say why";
}

std::string reason_of(const ShellResult& answer) {
    const std::string all = answer.output + "\n" + answer.errors;
    const bool full = all.find("ENOSPC") != std::string::npos ||
                      all.find("not enough space") != std::string::npos;
    if (full) return "the phone is full";
    const std::string line = first_telling_line(all);
    for (const Meaning& meaning : meanings) {
        if (line.find(meaning.code) != std::string::npos)
            return fmt::format("{} ({})", meaning.words, line);
    }
    return line;
}

bool succeeded(const ShellResult& answer) {
    return answer.exit_code == 0 && trim(answer.output).starts_with("Success");
}

class Hashing final : public ByteSource {
public:
    explicit Hashing(ByteSource& source) : source_(source) {}
    size_t read(MutableByteView out) override {
        const size_t got = source_.read(out);
        hash_.update(ByteView(out).first(got));
        return got;
    }
    std::string digest() { return to_hex(hash_.finish()); }

private:
    ByteSource& source_;
    crypto::Sha256 hash_{};
};

class Session {
public:
    Session(Shell& shell, const personal::App& app, const std::stop_token& stop)
        : shell_(shell), app_(app), stop_(stop) {}

    void create(const InstallOptions& options) {
        uint64_t total = 0;
        for (const personal::AppFile& file : app_.files) total += file.size;
        std::string command =
            fmt::format("pm install-create -S {} --pkg {}", total, shell_quote(app_.package));
        if (!app_.installer.empty()) command += " -i " + shell_quote(app_.installer);
        if (options.allow_old_target) command += " --bypass-low-target-sdk-block";
        if (options.owns_updates) command += " --update-ownership";
        const auto answer = shell_.run({.text = command}, stop_);
        const size_t open = answer.output.find('[');
        const size_t close = answer.output.find(']');
        if (succeeded(answer) && open < close && close != std::string::npos)
            number_ = parse_u64(std::string_view(answer.output).substr(open + 1, close - open - 1));
        if (!number_) throw InstallRefused(reason_of(answer));
    }

    std::string write(const FileTree& snapshot, const personal::AppFile& file) {
        const auto content = snapshot.open(apk_path(app_, file));
        Hashing hashed(*content);
        const auto answer =
            shell_.run({.text = fmt::format("pm install-write -S {} {} {} -", file.size, *number_,
                                            shell_quote(file.name)),
                        .input_stream = &hashed,
                        .silence = commit_silence},
                       stop_);
        if (!succeeded(answer)) throw InstallRefused(reason_of(answer));
        return hashed.digest();
    }

    void commit() {
        const auto answer = shell_.run(
            {.text = fmt::format("pm install-commit {}", *number_), .silence = commit_silence},
            stop_);
        if (!succeeded(answer)) throw InstallRefused(reason_of(answer));
    }

    void abandon() {
        if (number_) shell_.run({.text = fmt::format("pm install-abandon {}", *number_)}, stop_);
    }

private:
    Shell& shell_;
    const personal::App& app_;
    std::stop_token stop_;
    std::optional<uint64_t> number_{};
};

}  // namespace

std::vector<std::string> install_app(Shell& shell, const FileTree& snapshot,
                                     const personal::App& app, const InstallOptions& options,
                                     const std::stop_token& stop) {
    Session session(shell, app, stop);
    std::vector<std::string> digests;
    try {
        session.create(options);
        for (const personal::AppFile& file : app.files)
            digests.push_back(session.write(snapshot, file));
        session.commit();
    } catch (const Temporary&) {
        throw;  // the phone is away: nothing can be told to it now
    } catch (const Error&) {
        session.abandon();
        throw;
    }
    return digests;
}

void end_open_sessions(Shell& shell, const std::vector<personal::App>& apps,
                       const std::stop_token& stop) {
    const auto answer = shell.run({.text = "dumpsys package installs"}, stop);
    for (const auto& [number, package] : parse_open_sessions(answer.output)) {
        const bool ours = std::any_of(apps.begin(), apps.end(), [&](const personal::App& app) {
            return app.package == package;
        });
        if (ours) shell.run({.text = fmt::format("pm install-abandon {}", number)}, stop);
    }
}

}  // namespace lifeboat::phone::android
