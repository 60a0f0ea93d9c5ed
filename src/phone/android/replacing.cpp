#include "phone/android/replacing.h"

#include "base/hex.h"
#include "base/text.h"
#include "crypto/sha256.h"
#include "phone/android/pull.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view prefix = ".lifeboat-";
constexpr size_t digest_bytes = 8;
constexpr std::chrono::milliseconds patience{300'000};
constexpr uint32_t no_such_file = 2;

// What the phone's tool said of this file, behind its name.
std::string words_about(const std::string& path, std::string_view errors) {
    for (const auto line : split(errors, '\n')) {
        const size_t at = line.find(path);
        if (at == std::string_view::npos) continue;
        const auto said = line.substr(at + path.size());
        const size_t blank = said.rfind(": ");
        if (blank != std::string_view::npos) return ": " + printable(trim(said.substr(blank + 2)));
    }
    return {};
}

}  // namespace

std::string name_beside(const std::string& remote) {
    const size_t folder = remote.rfind('/') + 1;
    const auto digest = crypto::sha256(as_bytes(remote));
    return fmt::format("{}{}{}", remote.substr(0, folder), prefix,
                       to_hex(ByteView(digest).first(digest_bytes)));
}

bool is_name_beside(std::string_view name) {
    if (!name.starts_with(prefix) || name.size() != prefix.size() + 2 * digest_bytes) return false;
    return std::ranges::all_of(name.substr(prefix.size()), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

// What the tool says of all of them together tells little: a look at each tells what became of it.
// A file that was moved in an attempt that broke is no longer where the tool looks for it, either.
std::vector<std::string> put_in_place(const PhoneLink& link, std::span<const Replacement> all,
                                      const std::stop_token& stop) {
    std::string pairs;
    std::vector<std::string> paths;
    for (const Replacement& one : all) {
        pairs += one.beside + '\0' + one.remote + '\0';
        paths.push_back(one.beside);
        paths.push_back(one.remote);
    }
    const Shell shell(link.server, link.serial);
    const auto moved =
        shell.run({.text = "xargs -0 -n 2 mv -f", .input = pairs, .silence = patience}, stop);
    SyncConnection connection(link.server, link.serial, SyncConnection::Reading::direct, stop);
    const auto looks = stat_all(connection, link.dialect, paths);
    std::vector<std::string> reasons(all.size());
    for (size_t i = 0; i < all.size(); ++i) {
        const StatReply& beside = looks[2 * i];
        const StatReply& there = looks[2 * i + 1];
        const bool in_place =
            beside.error == no_such_file && there.error == 0 &&
            there.size == (link.dialect.stat_v2 ? all[i].size : static_cast<uint32_t>(all[i].size));
        if (in_place) continue;
        reasons[i] = "the phone does not put it in the place of the file that is there" +
                     words_about(all[i].beside, moved.errors);
    }
    return reasons;
}

void remove_files(const PhoneLink& link, std::span<const std::string> remote,
                  const std::stop_token& stop) {
    if (remote.empty()) return;
    std::string names;
    for (const std::string& one : remote) names += one + '\0';
    Shell(link.server, link.serial).run({.text = "xargs -0 rm -f", .input = names}, stop);
}

}  // namespace lifeboat::phone::android
