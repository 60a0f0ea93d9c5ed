#include "sim/android/root/root_commands.h"

#include "base/text.h"
#include "sim/android/root/private_tar.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace lifeboat::sim {

namespace {

constexpr std::string_view wifi_store = "/data/misc/apexdata/com.android.wifi/WifiConfigStore.xml";

int missing(Call& call, const std::string& path) {
    return call.fail(fmt::format("{}: {}", path, std::strerror(ENOENT)));
}

std::string relative(const std::string& path) {
    return path.substr(1);
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&apos;";
        else
            out += c;
    }
    return out;
}

std::string wifi_store_text(const DeviceState& state) {
    std::string text =
        "<?xml version='1.0' encoding='utf-8' standalone='yes' ?>\n"
        "<WifiConfigStoreData>\n<int name=\"Version\" value=\"3\" />\n"
        "<NetworkList>\n";
    for (const SavedNetwork& network : state.networks) {
        const std::string& type = network.types.front();
        const std::string_view kind = type == "wpa2-psk"   ? "WPA_PSK"
                                      : type == "wpa3-sae" ? "SAE"
                                      : type == "owe"      ? "OWE"
                                                           : "NONE";
        const std::string ssid = escaped("\"" + network.ssid + "\"");
        text += fmt::format(
            "<Network>\n<WifiConfiguration>\n<string name=\"ConfigKey\">{0}{1}</string>\n"
            "<string name=\"SSID\">{0}</string>\n",
            ssid, kind);
        if (network.passphrase.empty())
            text += "<null name=\"PreSharedKey\" />\n";
        else
            text += fmt::format("<string name=\"PreSharedKey\">{}</string>\n",
                                escaped("\"" + network.passphrase + "\""));
        text += "</WifiConfiguration>\n</Network>\n";
    }
    return text + "</NetworkList>\n</WifiConfigStoreData>\n";
}

int id(Call& call) {
    call.out.line("uid=0(root) gid=0(root) groups=0(root) context=u:r:magisk:s0");
    return 0;
}

PrivateFiles files_of(Call& call) {
    return call.device.private_files().with([](const PrivateFiles& files) { return files; });
}

// tar -C / -cf - [--exclude P]... NAME..., each name below "/".
int write_tar(Call& call, const std::vector<std::string>& names,
              const std::vector<std::string>& excluded) {
    const PrivateFiles files = files_of(call);
    int code = 0;
    for (const std::string& name : names) {
        const auto paths = private_tree(files, "/" + name);
        if (paths.empty()) code = missing(call, name);
        for (const std::string& path : paths) {
            const bool out =
                std::any_of(excluded.begin(), excluded.end(), [&](const std::string& one) {
                    const std::string top = "/" + one;
                    return path == top || path.starts_with(top + "/");
                });
            if (out) continue;
            call.out.put(as_text(tar_entry(relative(path), files.at(path))));
        }
    }
    call.out.put(as_text(tar_end()));
    return code;
}

int extract_tar(Call& call) {
    Bytes whole;
    Bytes buffer(64u << 10);
    while (const size_t got = call.in(buffer)) append(whole, ByteView(buffer).first(got));
    const bool good = read_tar(whole, [&](const std::string& name, PrivateNode node) {
        if (name.find("..") != std::string::npos || !is_private_path("/" + name)) return;
        call.device.private_files().with(
            [&](PrivateFiles& files) { files["/" + name] = std::move(node); });
    });
    return good ? 0 : call.fail("bad header");
}

int tar(Call& call) {
    std::vector<std::string> names;
    std::vector<std::string> excluded;
    bool extract = false;
    const auto words = call.arguments();
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "-C" || words[i] == "-f")
            ++i;
        else if (words[i] == "--exclude" && i + 1 < words.size())
            excluded.push_back(words[++i]);
        else if (words[i] == "-cf" || words[i] == "-xf") {
            extract = words[i] == "-xf";
            ++i;
        } else
            names.push_back(words[i]);
    }
    return extract ? extract_tar(call) : write_tar(call, names, excluded);
}

// chown [-R] U:G PATH...
int chown(Call& call) {
    auto words = call.arguments();
    const bool deep = !words.empty() && words[0] == "-R";
    if (deep) words = words.subspan(1);
    if (words.size() < 2) return call.fail("needs 2 arguments");
    const auto owner = split(words[0], ':');
    const auto uid = parse_u64(owner[0]);
    const auto gid = parse_u64(owner.back());
    if (!uid || !gid) return call.fail("no such user");
    int code = 0;
    for (const std::string& path : words.subspan(1)) {
        const bool found = call.device.private_files().with([&](PrivateFiles& files) {
            const auto tree = private_tree(files, path);
            for (const std::string& one : tree) {
                if (!deep && one != path) continue;
                files[one].uid = static_cast<uint32_t>(*uid);
                files[one].gid = static_cast<uint32_t>(*gid);
            }
            return !tree.empty();
        });
        if (!found) code = missing(call, path);
    }
    return code;
}

// The label an app's folder has follows from its owner.
int restorecon(Call& call) {
    int code = 0;
    for (const std::string& path : call.arguments()) {
        if (path.starts_with('-')) continue;
        const bool found = call.device.private_files().with([&](PrivateFiles& files) {
            const auto tree = private_tree(files, path);
            if (tree.empty()) return false;
            const std::string label = app_label(files[path].uid);
            for (const std::string& one : tree) files[one].label = label;
            return true;
        });
        if (!found) code = missing(call, path);
    }
    return code;
}

int list(Call& call, const std::string& path, bool labels, bool itself) {
    const PrivateFiles files = files_of(call);
    const auto tree = private_tree(files, path);
    if (tree.empty()) return missing(call, path);
    for (const std::string& one : tree) {
        const bool child =
            one.size() > path.size() + 1 && one.find('/', path.size() + 1) == std::string::npos;
        if (itself ? one != path : !child) continue;
        const std::string name = itself ? one : one.substr(path.size() + 1);
        call.out.line(labels ? files.at(one).label + " " + name : name);
    }
    return 0;
}

int ls(Call& call, const std::string& path) {
    bool labels = false;
    bool itself = false;
    for (const std::string& word : call.arguments()) {
        if (!word.starts_with('-')) continue;
        labels = labels || word.find('Z') != std::string::npos;
        itself = itself || word.find('d') != std::string::npos;
    }
    return list(call, path, labels, itself);
}

int stat(Call& call, const std::string& path) {
    const PrivateFiles files = files_of(call);
    const auto found = files.find(path);
    if (found == files.end()) return missing(call, path);
    std::string text = call.words.size() > 2 ? call.words[2] : "%u";
    const auto fill = [&](std::string_view what, const std::string& value) {
        for (size_t at = text.find(what); at != std::string::npos; at = text.find(what))
            text.replace(at, what.size(), value);
    };
    fill("%u", fmt::to_string(found->second.uid));
    fill("%g", fmt::to_string(found->second.gid));
    fill("%a", fmt::format("{:o}", found->second.mode));
    fill("%C", found->second.label);
    call.out.line(text);
    return 0;
}

// find PATH... [-path P -prune -o]... -type f -print0
int find(Call& call) {
    const PrivateFiles files = files_of(call);
    std::vector<std::string> tops;
    std::vector<std::string> pruned;
    const auto words = call.arguments();
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i].starts_with('/')) tops.push_back(words[i]);
        if (words[i] == "-path" && i + 1 < words.size()) pruned.push_back(words[++i]);
    }
    int code = 0;
    for (const std::string& top : tops) {
        const auto tree = private_tree(files, top);
        if (tree.empty()) code = missing(call, top);
        for (const std::string& path : tree) {
            const bool left_out =
                std::any_of(pruned.begin(), pruned.end(), [&](const std::string& pattern) {
                    return ::fnmatch(pattern.c_str(), path.c_str(), 0) == 0 ||
                           ::fnmatch((pattern + "/*").c_str(), path.c_str(), 0) == 0;
                });
            if (left_out || files.at(path).kind != PrivateKind::file) continue;
            call.out.put(path);
            call.out.put(std::string_view("\0", 1));
        }
    }
    return code;
}

int touch(Call& call, const std::string& path) {
    call.device.private_files().with([&](PrivateFiles& files) { files.try_emplace(path); });
    return 0;
}

int rm(Call& call, const std::string& path) {
    const size_t gone =
        call.device.private_files().with([&](PrivateFiles& files) { return files.erase(path); });
    return gone == 1 ? 0 : missing(call, path);
}

std::string first_private_path(Call& call) {
    for (const std::string& word : call.arguments()) {
        if (is_private_path(word)) return word;
    }
    return {};
}

}  // namespace

int su(Call& call) {
    if (!call.device.has_root()) {
        call.err.line("/system/bin/sh: su: inaccessible or not found");
        return 127;
    }
    if (call.words.size() != 3 || call.words[1] != "-c") return call.fail("only -c COMMAND");
    ShellIo io;
    io.in = call.in;
    io.out = [&](std::string_view text) { call.out.put(text); };
    io.err = [&](std::string_view text) { call.err.put(text); };
    io.root = true;
    return run_shell(call.device, call.words[2], io);
}

std::optional<int> run_as_root(Call& call) {
    const std::string& name = call.words.front();
    if (name == "id") return id(call);
    if (name == "tar") return tar(call);
    if (name == "chown") return chown(call);
    if (name == "restorecon") return restorecon(call);
    const std::string path = first_private_path(call);
    if (path.empty()) return std::nullopt;
    if (name == "ls") return ls(call, path);
    if (name == "stat") return stat(call, path);
    if (name == "find") return find(call);
    if (name == "touch") return touch(call, path);
    if (name == "rm") return rm(call, path);
    return std::nullopt;
}

std::optional<Bytes> read_private_file(Device& device, const std::string& path) {
    if (path == wifi_store) return to_bytes(wifi_store_text(device.snapshot()));
    return device.private_files().with([&](const PrivateFiles& files) -> std::optional<Bytes> {
        const auto found = files.find(path);
        if (found == files.end() || found->second.kind != PrivateKind::file) return std::nullopt;
        return found->second.content;
    });
}

}  // namespace lifeboat::sim
