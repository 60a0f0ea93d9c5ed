#include "personal/app.h"

#include "base/error.h"
#include "base/hex.h"
#include "crypto/sha256.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace lifeboat::personal {

namespace {

using nlohmann::json;

constexpr size_t longest_name = 255;

bool is_word_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_';
}

App app_of(const json& line) {
    App app{.package = line.at("package").get<std::string>(),
            .version_name = line.at("version_name").get<std::string>(),
            .version_code = line.at("version_code").get<uint64_t>(),
            .installer = line.at("installer").get<std::string>(),
            .update_owner = line.at("update_owner").get<std::string>(),
            .signatures = line.at("signatures").get<std::vector<std::string>>(),
            .min_sdk = line.at("min_sdk").get<uint32_t>(),
            .target_sdk = line.at("target_sdk").get<uint32_t>(),
            .installed = line.at("installed").get<std::string>(),
            .updated = line.at("updated").get<std::string>(),
            .granted = line.at("granted").get<std::vector<std::string>>()};
    for (const json& file : line.at("files")) {
        app.files.push_back({file.at("name").get<std::string>(), file.at("size").get<uint64_t>()});
    }
    // Not there in what was saved before Lifeboat read them.
    const json ops = line.value("ops", json::object());
    for (const auto& [name, op] : ops.items()) {
        app.ops[name] = {.mode = op.at("mode").get<std::string>(),
                         .of_user = op.at("of_user").get<bool>()};
    }
    return app;
}

void check_names(const App& app) {
    const bool good = is_package_name(app.package) &&
                      (app.installer.empty() || is_package_name(app.installer)) &&
                      (app.update_owner.empty() || is_package_name(app.update_owner)) &&
                      std::all_of(app.files.begin(), app.files.end(),
                                  [](const AppFile& file) { return is_apk_name(file.name); }) &&
                      std::all_of(app.granted.begin(), app.granted.end(),
                                  [](const std::string& name) { return is_package_name(name); }) &&
                      std::all_of(app.ops.begin(), app.ops.end(), [](const auto& op) {
                          return is_package_name(op.first) && is_op_mode(op.second.mode);
                      });
    if (!good) throw Corrupt("an app has a name that no app has");
}

}  // namespace

bool is_package_name(std::string_view name) {
    return !name.empty() && name.size() <= longest_name && name.front() != '.' &&
           std::all_of(name.begin(), name.end(), is_word_letter);
}

bool is_apk_name(std::string_view name) {
    return name.size() > 4 && name.size() <= longest_name && name.ends_with(".apk") &&
           name.front() != '.' && name.front() != '-' &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return is_word_letter(c) || c == '-'; });
}

bool is_op_mode(std::string_view mode) {
    constexpr std::array<std::string_view, 5> all{"allow", "ignore", "deny", "foreground",
                                                  "default"};
    return std::find(all.begin(), all.end(), mode) != all.end();
}

std::string encode(const App& app) {
    json ops = json::object();
    for (const auto& [name, op] : app.ops) ops[name] = {{"mode", op.mode}, {"of_user", op.of_user}};
    json files = json::array();
    for (const AppFile& file : app.files) {
        files.push_back({{"name", file.name}, {"size", file.size}});
    }
    const json line{{"package", app.package},
                    {"version_name", app.version_name},
                    {"version_code", app.version_code},
                    {"installer", app.installer},
                    {"update_owner", app.update_owner},
                    {"signatures", app.signatures},
                    {"min_sdk", app.min_sdk},
                    {"target_sdk", app.target_sdk},
                    {"installed", app.installed},
                    {"updated", app.updated},
                    {"files", files},
                    {"granted", app.granted},
                    {"ops", ops}};
    return line.dump(-1, ' ', false, json::error_handler_t::replace);
}

App decode_app(std::string_view line) {
    try {
        App app = app_of(json::parse(line));
        check_names(app);
        return app;
    } catch (const json::exception& error) {
        throw Corrupt(fmt::format("a saved app cannot be read: {}", error.what()));
    }
}

Record record_of(const App& app) {
    std::string kept = app.package;
    for (const std::string& signature : app.signatures) kept += '\n' + signature;
    return {.identity = app.package,
            .digest = to_hex(crypto::sha256(as_bytes(kept))),
            .label = app.version_name.empty()
                         ? app.package
                         : fmt::format("{} {}", app.package, app.version_name)};
}

ItemPath apk_path(const App& app, const AppFile& file) {
    return folder_of("apps").child(app.package).child(file.name);
}

}  // namespace lifeboat::personal
