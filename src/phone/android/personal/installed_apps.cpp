#include "phone/android/personal/installed_apps.h"

#include "base/hex.h"
#include "base/text.h"
#include "phone/android/personal/app_ops.h"
#include "phone/android/personal/package_dump.h"
#include "phone/android/pull.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"
#include "sys/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace lifeboat::phone::android {
namespace {

constexpr size_t apps_in_command = 16;  // a large app's answer has some hundred kilobytes
constexpr size_t answer_limit = size_t{64} << 20;
constexpr size_t parts_of_app = 4;

std::string fresh_mark() {
    Bytes random(12);
    sys::SystemRandom().fill(random);
    return to_hex(random);
}

class Reader {
public:
    Reader(const PhoneLink& link, const std::stop_token& stop)
        : link_(link), stop_(stop), mark_(fresh_mark()) {}

    std::vector<ListedPackage> list(std::string_view which) {
        Shell shell(link_.server, link_.serial);
        const auto answer = shell.run(
            {.text = fmt::format("pm list packages -f -i -U --show-versioncode {}", which)}, stop_);
        auto all = parse_package_list(answer.output);
        std::sort(all.begin(), all.end(), [](const ListedPackage& a, const ListedPackage& b) {
            return a.package < b.package;
        });
        if (all.empty() && !trim(answer.errors).empty()) {
            throw Garbled(fmt::format("the phone does not list its apps: {}",
                                      printable(lines(trim(answer.errors)).front())));
        }
        return all;
    }

    std::vector<InstalledApp> details(const std::vector<ListedPackage>& listed) {
        std::vector<InstalledApp> all;
        for (size_t at = 0; at < listed.size(); at += apps_in_command) {
            const auto end = std::min(listed.size(), at + apps_in_command);
            ask(std::vector<ListedPackage>(listed.begin() + static_cast<ptrdiff_t>(at),
                                           listed.begin() + static_cast<ptrdiff_t>(end)),
                all);
        }
        look(all);
        return all;
    }

private:
    // One command for several apps; the mark keeps their answers apart, which no app can guess.
    void ask(const std::vector<ListedPackage>& listed, std::vector<InstalledApp>& all) {
        std::string command;
        for (const ListedPackage& one : listed) {
            const std::string name = shell_quote(one.package);
            for (const std::string& part :
                 {"pm path " + name, "dumpsys package " + name, "cmd appops get " + name,
                  one.uid == 0 ? std::string(":") : fmt::format("cmd appops get {}", one.uid)})
                command += fmt::format("echo; echo {}; {}; ", mark_, part);
        }
        Shell shell(link_.server, link_.serial);
        const auto answer = shell.run({.text = command, .output_limit = answer_limit}, stop_);
        const auto parts = split_by_mark(answer.output);
        if (parts.size() != parts_of_app * listed.size())
            throw Garbled("the phone's package manager answers something else than was asked");
        for (size_t i = 0; i < listed.size(); ++i) {
            add(listed[i], std::span(parts).subspan(parts_of_app * i).first<parts_of_app>(), all);
        }
    }

    // Its paths, its dump, its app operations and those of its user.
    static void add(const ListedPackage& listed,
                    std::span<const std::string_view, parts_of_app> parts,
                    std::vector<InstalledApp>& all) {
        InstalledApp one;
        one.app.package = listed.package;
        one.app.version_code = listed.version_code;
        one.app.installer = listed.installer;
        one.uid = listed.uid;
        one.paths = parse_package_paths(parts[0]);
        if (one.paths.empty()) return;  // it went away since it was listed
        read_package_dump(parts[1], one.app);
        one.app.ops = parse_app_ops(parts[2], parts[3]);
        for (const std::string& path : one.paths)
            one.app.files.push_back({path.substr(path.rfind('/') + 1), 0});
        all.push_back(std::move(one));
    }

    std::vector<std::string_view> split_by_mark(std::string_view text) const {
        const std::string mark = fmt::format("\n{}\n", mark_);
        std::vector<std::string_view> parts;
        for (size_t at = text.find(mark); at != std::string_view::npos;) {
            const size_t begin = at + mark.size();
            at = text.find(mark, begin);
            parts.push_back(text.substr(begin, at == std::string_view::npos ? at : at - begin));
        }
        return parts;
    }

    void look(std::vector<InstalledApp>& all) const {
        std::vector<std::string> paths;
        for (const InstalledApp& one : all)
            paths.insert(paths.end(), one.paths.begin(), one.paths.end());
        if (paths.empty()) return;
        SyncConnection connection(link_.server, link_.serial, SyncConnection::Reading::direct,
                                  stop_);
        const auto looks = stat_all(connection, link_.dialect, paths);
        size_t at = 0;
        for (InstalledApp& one : all) {
            for (personal::AppFile& file : one.app.files) {
                file.size = looks[at].size;
                one.looks.push_back(looks[at++]);
            }
        }
    }

    const PhoneLink& link_;
    std::stop_token stop_;
    std::string mark_;
};

}  // namespace

std::vector<InstalledApp> read_installed_apps(const PhoneLink& link, const std::stop_token& stop) {
    Reader reader(link, stop);
    return reader.details(reader.list("-3"));
}

std::map<std::string, InstalledApp> read_apps(const PhoneLink& link,
                                              const std::vector<std::string>& packages,
                                              const std::stop_token& stop) {
    Reader reader(link, stop);
    auto listed = reader.list("");
    std::erase_if(listed, [&](const ListedPackage& one) {
        return std::find(packages.begin(), packages.end(), one.package) == packages.end();
    });
    std::map<std::string, InstalledApp> all;
    for (InstalledApp& one : reader.details(listed)) {
        std::string name = one.app.package;
        all.emplace(std::move(name), std::move(one));
    }
    return all;
}

}  // namespace lifeboat::phone::android
