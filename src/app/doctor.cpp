#include "app/doctor.h"

#include "app/places.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::app {
namespace {

class Examination {
public:
    Examination(World& world, const std::stop_token& stop) : world_(world), stop_(stop) {}

    std::vector<Diagnosis> run() {
        version();
        clock();
        adb();
        phones();
        places();
        password();
        return std::move(all_);
    }

private:
    void say(std::string subject, Health health, std::string seen, std::string remedy = {}) {
        all_.push_back({std::move(subject), health, std::move(seen), std::move(remedy)});
    }

    // What a look throws is the finding itself.
    template <class Look>
    void look(const std::string& subject, const std::string& remedy, Look look) {
        try {
            look();
        } catch (const Error& error) {
            say(subject, Health::ill, error.full_text(),
                error.guidance().empty() ? remedy : error.guidance());
        }
    }

    void version() { say("version", Health::well, program_version()); }

    // A clock before this program was written makes every date a lie, and verdicts expire by it.
    void clock() {
        const auto earliest = from_rfc3339("2026-01-01T00:00:00Z");
        const TimePoint now = world_.clock().now();
        if (earliest && now < *earliest) {
            say("clock", Health::ill, "this computer believes it is " + to_rfc3339(now),
                "Set date and time; a verdict is good for 60 minutes by this clock.");
            return;
        }
        say("clock", Health::well, to_rfc3339(now));
    }

    void adb() {
        look("adb", "Install it: apt install adb", [&] {
            const sys::Finished done =
                world_.process().run({.argv = {world_.settings().adb_program, "version"}}, stop_);
            const std::string output = lifeboat::to_text(done.output);
            const auto said = lines(output);
            if (done.exit_code != 0 || said.empty()) {
                say("adb", Health::ill, fmt::format("adb fails, exit code {}", done.exit_code),
                    "Install it again: apt install --reinstall adb");
                return;
            }
            say("adb", Health::well, printable(said.front()));
        });
    }

    void phones() {
        std::vector<phone::PhoneEntry> seen;
        look("adb server", "Start it: adb start-server", [&] {
            seen = world_.android_phones().list(stop_);
            say("adb server", Health::well, printable(world_.settings().adb_server));
        });
        usbmux(seen);
        excuse_adb(seen);
        if (seen.empty()) {
            say("phone", Health::warning, "no phone is seen",
                "Plug it in with a cable that carries data and unlock it. Android: switch on USB "
                "debugging in its developer options. iPhone: `lifeboat phone pair`.");
        }
        for (const phone::PhoneEntry& entry : seen) phone(entry);
    }

    // Somebody with an iPhone only has no adb, and lacks nothing.
    void excuse_adb(const std::vector<phone::PhoneEntry>& seen) {
        const bool iphone = std::ranges::any_of(seen, [](const phone::PhoneEntry& entry) {
            return entry.id.platform == phone::Platform::ios;
        });
        if (!iphone) return;
        for (Diagnosis& one : all_) {
            const bool of_adb = one.subject == "adb" || one.subject == "adb server";
            if (!of_adb || one.health != Health::ill) continue;
            one.health = Health::warning;
            one.remedy = "Only needed for Android phones. " + one.remedy;
        }
    }

    // Only iPhones need it: that there is none is nothing ill.
    void usbmux(std::vector<phone::PhoneEntry>& seen) {
        try {
            world_.iphones().require_daemon(stop_);
        } catch (const Missing& error) {
            say("usbmux daemon", Health::warning, "none runs, so no iPhone is seen",
                "Only needed for iPhones. " + error.guidance());
            return;
        } catch (const Error& error) {
            say("usbmux daemon", Health::ill, error.full_text(), error.guidance());
            return;
        }
        say("usbmux daemon", Health::well, "answers");
        for (phone::PhoneEntry& entry : world_.iphones().list(stop_)) {
            seen.push_back(std::move(entry));
        }
    }

    void phone(const phone::PhoneEntry& entry) {
        const bool well = entry.readiness == phone::Readiness::ready;
        say("phone " + printable(entry.id.serial), well ? Health::well : Health::warning,
            well ? printable(entry.model) : "not ready", printable(entry.instruction));
    }

    void places() {
        if (world_.settings().places.empty()) {
            say("places", Health::warning, "none yet",
                "Add two, on different disks: lifeboat place add NAME FOLDER");
        }
        for (const PlaceStatus& place : look_at_places(world_, stop_)) judge(place);
    }

    void judge(const PlaceStatus& place) {
        const std::string subject = "place " + place.setting.name;
        if (!place.problem.empty()) {
            say(subject, Health::ill, place.problem,
                "Plug the disk in or mount it at " + printable(place.setting.path) + ".");
            return;
        }
        const std::string room =
            place.space ? human_bytes(place.space->free) + " free" : "free space not known";
        const bool tight = place.space && place.space->free < place.space->total / 10;
        say(subject, tight ? Health::warning : Health::well,
            fmt::format("{}, backups: {}", room, human_count(place.backups)),
            tight ? "Less than a tenth is free: make room, or add another place." : "");
        if (!world_.has_password_source()) return;
        look(subject + " password", "", [&] {
            world_.open(place.setting, stop_);
            say(subject + " password", Health::well, "opens the repository");
        });
    }

    void password() {
        if (world_.settings().places.empty() || world_.has_password_source()) return;
        say("password", Health::well, "asked when it is needed; places were not opened now");
    }

    World& world_;
    const std::stop_token& stop_;
    std::vector<Diagnosis> all_{};
};

}  // namespace

std::string_view to_text(Health health) {
    switch (health) {
        case Health::well:
            return "well";
        case Health::warning:
            return "warning";
        case Health::ill:
            return "ill";
    }
    return "ill";
}

std::vector<Diagnosis> examine(World& world, const std::stop_token& stop) {
    return Examination(world, stop).run();
}

}  // namespace lifeboat::app
