#include "phone/android/personal/networks_source.h"

#include "base/hex.h"
#include "base/text.h"
#include "personal/record_lines.h"
#include "phone/android/personal/root_access.h"
#include "phone/android/shell.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view kind = "networks";
constexpr unsigned version = 1;
constexpr uint64_t longest = 16 << 20;
constexpr size_t id_width = 13;  // of the first column, with the blank behind it

ItemPath lines_path() {
    return personal::folder_of(kind).child("networks.jsonl");
}

// "&lt;a&amp;b" is "<a&b".
std::string without_entities(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> all{
        {{"&quot;", '"'}, {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&apos;", '\''}}};
    std::string out;
    while (!text.empty()) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto& entity) {
            return text.starts_with(entity.first);
        });
        out += found == all.end() ? text.front() : found->second;
        text.remove_prefix(found == all.end() ? 1 : found->first.size());
    }
    return out;
}

// A name in quotes is text, without them it is the hexadecimal form of bytes that are none.
std::string unquoted(const std::string& value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        return value.substr(1, value.size() - 2);
    const auto bytes = from_hex(value);
    return bytes ? to_text(*bytes) : value;
}

std::optional<std::string> xml_string(std::string_view block, std::string_view name) {
    const std::string start = fmt::format("<string name=\"{}\">", name);
    const size_t at = block.find(start);
    if (at == std::string_view::npos) return std::nullopt;
    const size_t begin = at + start.size();
    const size_t end = block.find("</string>", begin);
    if (end == std::string_view::npos) return std::nullopt;
    return without_entities(block.substr(begin, end - begin));
}

// "wpa2" for `cmd wifi add-network`; empty when it cannot add such a network.
std::string_view word_to_add(const personal::Network& network) {
    const std::string_view security = network.security;
    // No word of a command holds a NUL.
    if ((network.ssid + network.passphrase).find('\0') != std::string::npos) return {};
    if (security == "open" || security == "owe") return security;
    if (security == "wpa2-psk") return "wpa2";
    if (security == "wpa3-sae") return "wpa3";
    return {};
}

struct Shown {
    std::vector<personal::Network> networks{};
    std::string refused{};  // the phone's words
};

Shown ask_phone(const PhoneLink& link, const std::stop_token& stop) {
    Shell shell(link.server, link.serial);
    const auto answer = shell.run({.text = "cmd wifi list-networks"}, stop);
    const bool is_list =
        answer.output.starts_with("Network Id") || answer.output.starts_with("No networks");
    if (is_list) return {parse_networks(answer.output), {}};
    const auto words = lines(trim(answer.errors.empty() ? answer.output : answer.errors));
    return {{}, words.empty() ? "it says nothing" : printable(words.front())};
}

// Where the phone has root: the same networks with their passwords.
void add_passwords(const PhoneLink& link, std::vector<personal::Network>& networks,
                   const std::stop_token& stop) {
    auto root = RootAccess::find(link, stop);
    if (!root) return;
    for (const std::string_view path : {"/data/misc/apexdata/com.android.wifi/WifiConfigStore.xml",
                                        "/data/misc/wifi/WifiConfigStore.xml"}) {
        const auto answer = root->run(fmt::format("cat {}", path), stop);
        if (answer.exit_code != 0) continue;
        for (const auto& known : parse_wifi_store(answer.output)) {
            for (auto& network : networks) {
                const bool same =
                    trim(network.ssid) == trim(known.ssid) && network.security == known.security;
                if (same) network = known;
            }
        }
        return;
    }
}

std::vector<personal::Network> load_networks(const FileTree& snapshot) {
    std::vector<personal::Network> all;
    if (!snapshot.find(lines_path())) return all;
    const Bytes text = read_all(*snapshot.open(lines_path()), longest);
    for (const std::string_view line : personal::read_lines(as_text(text), kind, version))
        all.push_back(personal::decode_network(line));
    return all;
}

// Names as the phone's list shows them: without blanks at the end.
bool is_known(const std::vector<personal::Network>& known, const personal::Network& network) {
    return std::any_of(known.begin(), known.end(), [&](const personal::Network& one) {
        return trim(one.ssid) == trim(network.ssid) && one.security == network.security;
    });
}

}  // namespace

std::vector<personal::Network> parse_networks(std::string_view text) {
    std::map<uint64_t, personal::Network> all;
    for (const std::string_view line : lines(text)) {
        if (line.size() <= id_width) continue;
        const auto id = parse_u64(trim(line.substr(0, id_width)));
        const std::string_view rest = trim(line.substr(id_width));
        const size_t blank = rest.rfind(' ');
        if (!id || blank == std::string_view::npos) continue;
        const std::string_view type = rest.substr(blank + 1);
        if (type.ends_with('^') || all.contains(*id)) continue;
        all[*id] = {std::string(trim(rest.substr(0, blank))), std::string(type), {}};
    }
    std::vector<personal::Network> networks;
    for (auto& [id, network] : all) networks.push_back(std::move(network));
    return networks;
}

std::vector<personal::Network> parse_wifi_store(std::string_view xml) {
    constexpr std::string_view open = "<WifiConfiguration>";
    std::vector<personal::Network> all;
    for (size_t at = xml.find(open); at != std::string_view::npos;) {
        const size_t next = xml.find(open, at + open.size());
        const auto block = xml.substr(at, next == std::string_view::npos ? next : next - at);
        at = next;
        const auto ssid = xml_string(block, "SSID");
        const auto key = xml_string(block, "ConfigKey").value_or("");
        if (!ssid) continue;
        const auto passphrase = xml_string(block, "PreSharedKey");
        std::string security = "open";
        if (key.ends_with("SAE"))
            security = "wpa3-sae";
        else if (key.ends_with("WPA_PSK"))
            security = "wpa2-psk";
        else if (key.ends_with("OWE"))
            security = "owe";
        else if (!key.ends_with("NONE"))
            continue;
        all.push_back({unquoted(*ssid), security, passphrase ? unquoted(*passphrase) : ""});
    }
    return all;
}

personal::Collection NetworksSource::read(const PersonalTarget& target, EventSink&,
                                          const std::stop_token& stop) {
    personal::Collection collection{.id = std::string(id())};
    auto shown = ask_phone(link_, stop);
    if (!shown.refused.empty()) {
        collection.reading = personal::Reading::refused;
        collection.why = fmt::format(
            "This phone does not show its Wi-Fi networks to a computer ({}). Note down the ones "
            "you need.",
            shown.refused);
        return collection;
    }
    add_passwords(link_, shown.networks, stop);
    std::vector<std::string> lines;
    size_t without_password = 0;
    for (const personal::Network& network : shown.networks) {
        collection.records.push_back(record_of(network));
        lines.push_back(encode(network));
        const bool is_open = network.security == "open" || network.security == "owe";
        if (!is_open && network.passphrase.empty()) ++without_password;
    }
    if (without_password > 0) {
        collection.gaps.push_back(fmt::format(
            "the passwords of {} Wi-Fi networks: Android does not tell them", without_password));
    }
    put_file(target, lines_path(), personal::write_lines(kind, version, lines));
    return collection;
}

personal::RestoreOutcome NetworksSource::restore(const FileTree& snapshot, bool dry_run, EventSink&,
                                                 const std::stop_token& stop) {
    personal::RestoreOutcome outcome{.id = std::string(id())};
    const auto wanted = load_networks(snapshot);
    outcome.wanted = wanted.size();
    if (wanted.empty()) return outcome;
    const auto before = ask_phone(link_, stop);
    Shell shell(link_.server, link_.serial);
    std::vector<personal::Network> added;
    for (const personal::Network& network : wanted) {
        const std::string label = record_of(network).label;
        const std::string_view word = word_to_add(network);
        const bool needs_password = word.starts_with("wpa");
        if (is_known(before.networks, network)) {
            ++outcome.already_there;
        } else if (word.empty()) {
            outcome.cannot_come_back.push_back(
                fmt::format("{} has to be set up by hand: a computer cannot add its kind.", label));
        } else if (needs_password && network.passphrase.empty()) {
            outcome.cannot_come_back.push_back(fmt::format(
                "{} needs its password, which Android did not tell: type it on the phone.", label));
        } else {
            ++outcome.written;
            added.push_back(network);
            if (dry_run) continue;
            std::string command =
                fmt::format("cmd wifi add-network {} {}", shell_quote(network.ssid), word);
            if (needs_password) command += ' ' + shell_quote(network.passphrase);
            shell.run({.text = command}, stop);
        }
    }
    if (dry_run || added.empty()) return outcome;
    const auto after = ask_phone(link_, stop);
    for (const personal::Network& network : added) {
        if (is_known(after.networks, network)) {
            ++outcome.compared_equal;
            continue;
        }
        --outcome.written;
        outcome.failed.push_back({record_of(network).label, "the phone did not take it over"});
    }
    return outcome;
}

}  // namespace lifeboat::phone::android
