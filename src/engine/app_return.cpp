#include "engine/app_return.h"

#include "ab/writer.h"
#include "base/text.h"
#include "phone/restore_tap.h"

#include <algorithm>

namespace lifeboat::engine {

namespace {

using phone::AppObstacle;

phone::AppBackupPhone& require_target(phone::Phone& phone) {
    auto* target = dynamic_cast<phone::AppBackupPhone*>(&phone);
    if (target == nullptr) {
        throw Unsupported("this phone does not take the data of its apps one by one",
                          "Only Android phones do. An iPhone takes a whole backup: lifeboat phone "
                          "restore. Nothing was sent.");
    }
    return *target;
}

NoReturn meaning(AppObstacle obstacle) {
    switch (obstacle) {
        case AppObstacle::none:
            return NoReturn::none;
        case AppObstacle::not_installed:
            return NoReturn::not_installed;
        case AppObstacle::older:
            return NoReturn::older;
        case AppObstacle::allows_nothing:
            return NoReturn::allows_nothing;
        case AppObstacle::refused_by_phone:
            return NoReturn::refused_by_phone;
    }
    return NoReturn::none;
}

ReturnState meaning(phone::OfferEnd end) {
    switch (end) {
        case phone::OfferEnd::all_sent:
            return ReturnState::asked;
        case phone::OfferEnd::ended_by_phone:
            return ReturnState::ended_by_phone;
        case phone::OfferEnd::phone_left:
            return ReturnState::phone_left;
        case phone::OfferEnd::still_working:
            return ReturnState::still_working;
    }
    return ReturnState::ended_by_phone;
}

NoReturn obstacle_of(const std::string& package, const ab::AppContent& app,
                     phone::AppBackupPhone& phone, const std::stop_token& stop) {
    if (app.files == 0) return NoReturn::empty;
    if (!app.manifest) return NoReturn::no_manifest;
    return meaning(phone.obstacle_to(package, app.manifest->version_code, stop));
}

}  // namespace

std::set<std::string> AppReturnReport::to_ask() const {
    std::set<std::string> packages;
    for (const AppReturn& app : apps) {
        if (app.obstacle == NoReturn::none) packages.insert(app.package);
    }
    return packages;
}

AppReturnReport plan_app_return(const ab::Listing& listing, const std::vector<std::string>& only,
                                phone::Phone& phone, const std::stop_token& stop) {
    phone::AppBackupPhone& target = require_target(phone);
    for (const std::string& wanted : only) {
        if (listing.apps.contains(wanted)) continue;
        throw Missing("the Android backup has nothing of \"" + printable(wanted) + "\"",
                      "See what is in it, without --app and --onto-phone.");
    }
    AppReturnReport plan;
    for (const auto& [package, app] : listing.apps) {
        if (stop.stop_requested()) throw Cancelled{};
        if (!only.empty() && std::ranges::find(only, package) == only.end()) continue;
        plan.apps.push_back({.package = package,
                             .files = app.files,
                             .bytes = app.bytes,
                             .obstacle = obstacle_of(package, app, target, stop)});
    }
    if (plan.to_ask().empty()) plan.state = ReturnState::nothing_to_ask;
    return plan;
}

// The app itself, which it may hold, stays out: the phone would install it.
void filter_apps(ByteSource& archive, const SecretText& password, const std::set<std::string>& apps,
                 const ab::Output& to) {
    ab::ArchiveReader reader(archive, password);
    ab::Writer writer(
        to, {.version = reader.header().version, .compressed = reader.header().compressed});
    while (const auto entry = reader.next()) {
        const auto place = entry->path ? ab::place_of(*entry->path) : std::nullopt;
        if (!place || !apps.contains(place->app) || place->domain == "a") continue;
        if (entry->tar.kind == ab::TarKind::other) continue;
        writer.add(entry->tar, reader.content());
    }
    writer.finish();
}

void return_apps(AppReturnReport& plan, ByteSource& archive, const SecretText& password,
                 phone::Phone& phone, EventSink& events, const std::stop_token& stop) {
    const auto apps = plan.to_ask();
    if (apps.empty()) return;
    const phone::AskingToTap asking(events);
    try {
        plan.state = meaning(require_target(phone).offer_app_backup(
            [&](const phone::AppBackupPhone::Write& write) {
                filter_apps(archive, password, apps, write);
            },
            stop));
    } catch (const Cancelled&) {
        events.on(Noted{.severity = Severity::warning,
                        .text = "If \"Restore my data\" was tapped, what these apps have on the "
                                "phone may be partly replaced: offer it to them again."});
        throw;
    }
}

}  // namespace lifeboat::engine
