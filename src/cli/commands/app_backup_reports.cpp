#include "cli/commands/app_backup_reports.h"

#include "base/text.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

using engine::AppBackupState;

std::string_view state_word(AppBackupState state) {
    switch (state) {
        case AppBackupState::saved:
            return "saved";
        case AppBackupState::none_allowed:
            return "none_allowed";
        case AppBackupState::not_confirmed:
            return "not_confirmed";
        case AppBackupState::no_password:
            return "no_password";
        case AppBackupState::wrong_password:
            return "wrong_password";
        case AppBackupState::damaged:
            return "damaged";
    }
    return "damaged";
}

// Of a file that lies somewhere: nobody was asked, and it stays where it is.
std::string sentence_of_file(const engine::AppBackupReport& report) {
    switch (report.state) {
        case AppBackupState::saved:
            return fmt::format("Apps' data: {} with {} of files, read to its end",
                               human_count(report.listing.apps.size()), human_bytes(report.bytes));
        case AppBackupState::none_allowed:
            return "Apps' data: there is no app in it";
        case AppBackupState::not_confirmed:
            return "Apps' data: the file is empty. Nothing was ever saved in it";
        case AppBackupState::no_password:
            return fmt::format(
                "Apps' data: {}, encrypted and not opened. Name the password that was typed on "
                "the phone with --ab-password-file",
                human_bytes(report.bytes));
        case AppBackupState::wrong_password:
            return "Apps' data: this password does not open it: it was another one that was typed "
                   "on the phone";
        case AppBackupState::damaged:
            return "Apps' data: the file is not whole: " + report.why;
    }
    return {};
}

std::string sentence(const engine::AppBackupReport& report) {
    if (report.asked.empty()) return sentence_of_file(report);
    switch (report.state) {
        case AppBackupState::saved:
            return fmt::format("Apps' data: {} of {} gave something, {} in all, read back",
                               human_count(report.listing.apps.size()),
                               human_count(report.asked.size()), human_bytes(report.bytes));
        case AppBackupState::none_allowed:
            return "Apps' data: no app allowed anything. Most do not, since Android 12";
        case AppBackupState::not_confirmed:
            return "Apps' data: nothing came. Nobody tapped \"Back up my data\" within a minute, "
                   "it was tapped away, or the phone wants its desktop backup password. To try "
                   "again, run the same command";
        case AppBackupState::no_password:
            return fmt::format(
                "Apps' data: {}, encrypted and not opened. Name the password that "
                "was typed on the phone with --ab-password-file",
                human_bytes(report.bytes));
        case AppBackupState::wrong_password:
            return fmt::format(
                "Apps' data: {}, kept, but this password does not open it: it was "
                "another one that was typed on the phone",
                human_bytes(report.bytes));
        case AppBackupState::damaged:
            return "Apps' data: not kept, since what came is not whole: " + report.why;
    }
    return {};
}

std::string_view obstacle_word(engine::NoReturn obstacle) {
    switch (obstacle) {
        case engine::NoReturn::none:
            return "";
        case engine::NoReturn::not_installed:
            return "not_installed";
        case engine::NoReturn::older:
            return "older";
        case engine::NoReturn::allows_nothing:
            return "allows_nothing";
        case engine::NoReturn::refused_by_phone:
            return "refused_by_phone";
        case engine::NoReturn::empty:
            return "empty";
        case engine::NoReturn::no_manifest:
            return "no_manifest";
    }
    return "";
}

std::string_view obstacle_sentence(engine::NoReturn obstacle) {
    switch (obstacle) {
        case engine::NoReturn::none:
            return "";
        case engine::NoReturn::not_installed:
            return "it is not on the phone. Install it first";
        case engine::NoReturn::older:
            return "the app on the phone is older than its data. Update it first";
        case engine::NoReturn::allows_nothing:
            return "the app takes nothing from a computer, by its own choice";
        case engine::NoReturn::refused_by_phone:
            return "Android 12 and newer refuses it for this app";
        case engine::NoReturn::empty:
            return "there is no file of it";
        case engine::NoReturn::no_manifest:
            return "its list is missing, and the phone would pass over it";
    }
    return "";
}

std::string_view return_word(engine::ReturnState state) {
    switch (state) {
        case engine::ReturnState::planned:
            return "planned";
        case engine::ReturnState::asked:
            return "asked";
        case engine::ReturnState::ended_by_phone:
            return "ended_by_phone";
        case engine::ReturnState::phone_left:
            return "phone_left";
        case engine::ReturnState::still_working:
            return "still_working";
        case engine::ReturnState::nothing_to_ask:
            return "nothing_to_ask";
    }
    return "planned";
}

std::string return_sentence(const engine::AppReturnReport& report) {
    const std::string apps = human_count(report.to_ask().size());
    switch (report.state) {
        case engine::ReturnState::planned:
            return "Would be asked: " + apps + " apps. It takes a tap on the phone";
        case engine::ReturnState::asked:
            return "Asked: " + apps +
                   " apps were offered their data. The phone does not tell whether somebody tapped "
                   "\"Restore my data\", nor whether an app took it: open them and look";
        case engine::ReturnState::ended_by_phone:
            return "Not taken: the phone ended it before all of it was sent. Nobody tapped "
                   "\"Restore my data\" within a minute, or it was tapped away. To try again, run "
                   "the same command";
        case engine::ReturnState::phone_left:
            return "Not done: the phone left in the middle. If \"Restore my data\" was tapped, "
                   "what "
                   "these apps have on it may be partly replaced. Plug it in and run the same "
                   "command again";
        case engine::ReturnState::still_working:
            return "Sent to " + apps +
                   " apps; the phone has not said for half an hour that it is done. Leave it "
                   "unlocked "
                   "until its own notice of the restore is gone, then open the apps and look";
        case engine::ReturnState::nothing_to_ask:
            return "No app on this phone can be asked to take its data";
    }
    return {};
}

std::string sealed_by(content::VendorTool tool) {
    return tool == content::VendorTool::smart_switch ? "sealed by Samsung"
                                                     : "only Clone Phone opens it";
}

std::string part_line(const content::VendorPart& part, content::VendorTool tool) {
    std::string line = fmt::format("  {:<18} {:>8} files  {:>10}  ",
                                   part.category.empty() ? "(lists)" : printable(part.category),
                                   human_count(part.files), human_bytes(part.bytes));
    switch (part.openness) {
        case content::Openness::plain:
            return line + "plain files";
        case content::Openness::opened:
            return line + fmt::format("opened: {} in it", human_count(part.records));
        case content::Openness::sealed:
            return line + sealed_by(tool);
        case content::Openness::damaged:
            return line + "damaged";
    }
    return line;
}

}  // namespace

SecretText app_backup_password(Session& session) {
    return app::app_backup_password(session.world, session.invocation.value("ab-password-file"),
                                    session.stop);
}

void show_app_backup(Session& session, const engine::AppBackupReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    const bool well = report.state == AppBackupState::saved;
    out.line(fmt::format(
        "{} {}",
        well ? style.paint(Tone::good, style.tick()) : style.paint(Tone::warn, style.exclamation()),
        sentence(report)));
    for (const auto& [name, app] : report.listing.apps) {
        out.line(fmt::format("  {}: {} files ({})", printable(name), human_count(app.files),
                             human_bytes(app.bytes)));
    }
    if (report.listing.shared_files > 0) {
        out.line(fmt::format("  storage: {} files ({})", human_count(report.listing.shared_files),
                             human_bytes(report.listing.shared_bytes)));
    }
    const auto silent = report.allowed_nothing();
    if (!silent.empty()) {
        out.line(fmt::format("  Allowed nothing: {}", fmt::join(silent, ", ")));
    }
}

nlohmann::json app_backup_json(const engine::AppBackupReport& report) {
    nlohmann::json json;
    json["state"] = state_word(report.state);
    json["bytes"] = report.bytes;
    json["why"] = valid_utf8(report.why);
    json["asked"] = report.asked;
    json["allowed_nothing"] = report.allowed_nothing();
    json["version"] = report.listing.header.version;
    json["encrypted"] = report.listing.header.encryption.has_value() ||
                        report.state == AppBackupState::no_password ||
                        report.state == AppBackupState::wrong_password;
    json["apps"] = nlohmann::json::array();
    for (const auto& [name, app] : report.listing.apps) {
        nlohmann::json domains = nlohmann::json::object();
        for (const auto& [domain, bytes] : app.bytes_of_domain) domains[valid_utf8(domain)] = bytes;
        json["apps"].push_back({{"package", valid_utf8(name)},
                                {"files", app.files},
                                {"bytes", app.bytes},
                                {"domains", std::move(domains)}});
    }
    json["shared_files"] = report.listing.shared_files;
    json["shared_bytes"] = report.listing.shared_bytes;
    return json;
}

void show_app_return(Session& session, const engine::AppReturnReport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    for (const engine::AppReturn& app : report.apps) {
        if (app.obstacle == engine::NoReturn::none) continue;
        out.line(fmt::format("{} Cannot come back: {}: {}",
                             style.paint(Tone::warn, style.exclamation()), printable(app.package),
                             obstacle_sentence(app.obstacle)));
    }
    // Never a tick: nobody knows.
    out.line(return_sentence(report));
}

nlohmann::json app_return_json(const engine::AppReturnReport& report) {
    nlohmann::json json{{"state", return_word(report.state)}, {"apps", nlohmann::json::array()}};
    for (const engine::AppReturn& app : report.apps) {
        json["apps"].push_back({{"package", valid_utf8(app.package)},
                                {"files", app.files},
                                {"bytes", app.bytes},
                                {"obstacle", obstacle_word(app.obstacle)}});
    }
    return json;
}

void show_vendor(Session& session, const engine::VendorImport& report) {
    Output& out = session.out;
    const Style& style = out.out();
    const content::VendorBackup& what = report.what;
    out.line(fmt::format("{}{}{}", content::name_of(what.tool),
                         what.model.empty() ? "" : " of " + printable(what.model),
                         what.saved ? ", made " + date_text(*what.saved) : ""));
    for (const content::VendorPart& part : report.look.parts) {
        out.line(part_line(part, what.tool));
    }
    for (const std::string& problem : report.look.problems) {
        out.line(
            fmt::format("{} {}", style.paint(Tone::warn, style.exclamation()), printable(problem)));
    }
    if (!report.all_opened()) {
        out.note(
            fmt::format("What is not opened is here byte by byte, and nobody but {} can tell "
                        "whether it is any good: you told us.",
                        content::name_of(what.tool)));
    }
}

nlohmann::json vendor_json(const engine::VendorImport& report) {
    nlohmann::json json;
    json["tool"] =
        report.what.tool == content::VendorTool::smart_switch ? "smart_switch" : "clone_phone";
    json["model"] = valid_utf8(report.what.model);
    json["device_name"] = valid_utf8(report.what.device_name);
    json["made_at"] = report.what.saved ? to_rfc3339(*report.what.saved) : "";
    json["parts"] = nlohmann::json::array();
    for (const content::VendorPart& part : report.look.parts) {
        const bool proven =
            part.openness == content::Openness::plain || part.openness == content::Openness::opened;
        json["parts"].push_back({{"category", valid_utf8(part.category)},
                                 {"openness", content::to_text(part.openness)},
                                 {"grade", proven ? "proven" : "told"},
                                 {"files", part.files},
                                 {"bytes", part.bytes},
                                 {"records", part.records}});
    }
    json["problems"] = nlohmann::json::array();
    for (const std::string& one : report.look.problems) json["problems"].push_back(valid_utf8(one));
    return json;
}

}  // namespace lifeboat::cli
