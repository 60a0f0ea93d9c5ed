#include "phone/android/personal/app_data_source.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "phone/android/personal/app_data.h"
#include "phone/android/personal/command_stream.h"
#include "phone/android/personal/installed_apps.h"
#include "phone/android/personal/saved_apps.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_attempts = 3;
constexpr std::chrono::milliseconds long_silence{600'000};
constexpr uint64_t longest_sums = uint64_t{256} << 20;

ItemPath tar_path(const std::string& package) {
    return personal::folder_of("appdata").child(package + ".tar");
}
ItemPath sums_path(const std::string& package) {
    return personal::folder_of("appdata").child(package + ".sha256");
}

std::string read_text(const FileTree& tree, const ItemPath& path) {
    return to_text(read_all(*tree.open(path), longest_sums));
}

bool is_kept(const PersonalTarget& target, const std::string& package, const std::string& sums) {
    if (target.previous == nullptr) return false;
    const auto tar = target.previous->find(tar_path(package));
    if (!tar || !target.previous->find(sums_path(package))) return false;
    return read_text(*target.previous, sums_path(package)) == sums && target.sink->keep(*tar);
}

// The tar of an app that was at rest from before its first byte to behind its last one; its sums.
class TarRead {
public:
    TarRead(const PhoneLink& link, RootAccess& root, const PersonalTarget& target,
            const std::stop_token& stop)
        : link_(link), root_(root), target_(target), stop_(stop) {}

    // Nothing when it never was; then the last tar is there all the same.
    bool run(const std::string& package, FileSums& sums) {
        for (size_t attempt = 1; attempt <= most_attempts; ++attempt) {
            put(package);
            const auto after = sum_app_data(root_, package, stop_);
            if (after == sums) return true;
            sums = after;
        }
        return false;
    }

private:
    void put(const std::string& package) {
        CommandStream tar(
            [&](const CommandStream::Take& take, const std::stop_token& ended) {
                auto root = RootAccess::find(link_, ended);
                if (!root) return std::string("the phone's root is gone");
                const auto answer = root->run(tar_command(package),
                                              {.on_output = take, .silence = long_silence}, ended);
                if (answer.exit_code == 0) return std::string();
                const auto words = lines(trim(answer.errors));
                return words.empty() ? std::string("tar failed") : printable(words.front());
            },
            stop_);
        target_.sink->put({.path = tar_path(package), .mode = 0600}, tar);
    }

    const PhoneLink& link_;
    RootAccess& root_;
    const PersonalTarget& target_;
    std::stop_token stop_;
};

}  // namespace

personal::Collection AppDataSource::read(const PersonalTarget& target, EventSink&,
                                         const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id()), .weight = personal::Weight::noted};
    auto root = RootAccess::find(link_, stop);
    if (!root) {
        collection.reading = personal::Reading::absent;
        collection.why =
            "What apps keep inside themselves can be read only on a phone whose owner has root.";
        return collection;
    }
    for (const InstalledApp& one : read_installed_apps(link_, stop)) {
        const std::string& package = one.app.package;
        try {
            FileSums sums = sum_app_data(*root, package, stop);
            const bool pull = target.sink != nullptr && !read_.contains(text_of(sums)) &&
                              !is_kept(target, package, text_of(sums));
            if (pull && !TarRead(link_, *root, target, stop).run(package, sums))
                collection.gaps.push_back(
                    fmt::format("{} was at work while its data was read: close it", package));
            const std::string text = text_of(sums);
            if (pull) read_.insert(text);
            put_file(target, sums_path(package), text);
            collection.records.push_back({package, to_hex(crypto::sha256(as_bytes(text))),
                                          fmt::format("{}: {} files", package, sums.size())});
        } catch (const Denied& denied) {
            collection.gaps.push_back(
                fmt::format("the data of {} could not be read: {}", package, denied.message()));
        }
    }
    return collection;
}

personal::RestoreOutcome AppDataSource::restore(const FileTree& snapshot, bool dry_run, EventSink&,
                                                const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    std::vector<std::string> packages;
    for (const personal::App& app : load_apps(snapshot)) {
        if (snapshot.find(tar_path(app.package))) packages.push_back(app.package);
    }
    outcome.wanted = packages.size();
    if (packages.empty()) return outcome;
    auto root = RootAccess::find(link_, stop);
    if (!root) {
        outcome.cannot_come_back.emplace_back(
            "The data of apps needs a phone whose owner has root, and lets the shell use it.");
        return outcome;
    }
    outcome.cannot_come_back.emplace_back(
        "What an app sealed with the old phone's keystore stays sealed: such apps start anew.");
    const auto installed = read_apps(link_, packages, stop);
    for (const std::string& package : packages) {
        if (!installed.contains(package)) {
            outcome.failed.push_back({package, "the app is not installed"});
            continue;
        }
        try {
            const auto wanted = sums_of(read_text(snapshot, sums_path(package)));
            const auto now = sum_app_data(*root, package, stop);
            if (now == wanted) {
                ++outcome.already_there;
            } else if (!now.empty()) {
                outcome.conflicts.push_back(
                    {package, "it has other data already: clear its storage first"});
            } else {
                ++outcome.written;
                if (dry_run) continue;
                unpack_app_data(*root, installed.at(package), *snapshot.open(tar_path(package)),
                                stop);
                if (sum_app_data(*root, package, stop) == wanted)
                    ++outcome.compared_equal;
                else
                    outcome.failed.push_back({package, "its files differ from the backup's now"});
            }
        } catch (const Denied& denied) {
            outcome.failed.push_back({package, denied.message()});
        } catch (const Corrupt& damaged) {
            outcome.failed.push_back({package, "its copy is damaged: " + damaged.message()});
        }
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
