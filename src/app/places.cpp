#include "app/places.h"

#include "app/config_file.h"
#include "app/place_location.h"
#include "base/text.h"
#include "storage/local_place.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace lifeboat::app {
namespace {

namespace fs = std::filesystem;

void check_name(const Settings& settings, const std::string& name) {
    constexpr size_t longest = 32;
    const bool plain = std::ranges::all_of(name, [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
    });
    if (name.empty() || name.size() > longest || !plain || name.front() == '-') {
        throw Misuse(fmt::format("\"{}\" is no name for a place", printable(name)),
                     "Use up to 32 letters, digits, dots, - and _, as in ssd or nas-1.");
    }
    if (std::ranges::count(settings.places, name, &PlaceSetting::name) > 0) {
        throw Misuse(fmt::format("There is a place \"{}\" already", name),
                     "Choose another name, or see `lifeboat place list`.");
    }
}

void check_folder(const Settings& settings, const std::string& path) {
    const std::string here = locate(path).path;
    for (const PlaceSetting& other : settings.places) {
        if (locate(other.path).path != here) continue;
        throw Misuse(fmt::format("The place \"{}\" is in this folder already", other.name),
                     "Two copies in one folder are one copy. Choose a folder on another disk.");
    }
}

// Takes a folder that was made for a place away again, unless the place works out.
class NewFolder {
public:
    explicit NewFolder(const std::string& path) : path_(path), was_there_(fs::exists(path)) {
        storage::make_local_place(path);
    }
    ~NewFolder() {
        std::error_code ignored;
        if (!kept_ && !was_there_) fs::remove(path_, ignored);  // only while it is empty
    }
    NewFolder(const NewFolder&) = delete;
    NewFolder& operator=(const NewFolder&) = delete;
    void keep() { kept_ = true; }

private:
    std::string path_;
    bool was_there_;
    bool kept_ = false;
};

// The first of the other places that opens; null when there is no other place.
repository::Repository* elder(World& world, const std::stop_token& stop) {
    if (world.settings().places.empty()) return nullptr;
    OpenedPlaces places = world.open_places({}, stop);
    return places.first().repository;
}

PlaceOrigin prepare(World& world, storage::Backend& backend, const std::stop_token& stop) {
    if (repository::exists(backend, stop)) return PlaceOrigin::taken_over;
    repository::Repository* like = elder(world, stop);
    if (like != nullptr) {
        repository::create_copy(backend, like->backend(), stop);
        return PlaceOrigin::made_copy;
    }
    repository::create(backend, world.password(PasswordUse::make_new, stop),
                       world.repository_options(), stop);
    return PlaceOrigin::made_new;
}

void must_be_same(World& world, const repository::Repository& added, const std::stop_token& stop) {
    const repository::Repository* like = elder(world, stop);
    if (like == nullptr || like->id() == added.id()) return;
    throw Denied("This folder holds another repository than your other places",
                 "Nothing was changed. Choose another folder, or use it on its own with --home "
                 "DIR.");
}

uint64_t count_backups(const storage::Backend& backend, const std::stop_token& stop) {
    uint64_t count = 0;
    backend.list(
        "snapshots/", [&](const std::string&, uint64_t) { ++count; }, stop);
    return count;
}

}  // namespace

std::string_view to_text(PlaceOrigin origin) {
    switch (origin) {
        case PlaceOrigin::made_new:
            return "new";
        case PlaceOrigin::made_copy:
            return "copy";
        case PlaceOrigin::taken_over:
            return "existing";
    }
    return "new";
}

PlaceAdded add_place(World& world, const PlaceSetting& place, bool dry_run,
                     const std::stop_token& stop) {
    check_name(world.settings(), place.name);
    check_folder(world.settings(), place.path);
    PlaceAdded result{.path = place.path};
    if (dry_run) {
        result.origin =
            world.settings().places.empty() ? PlaceOrigin::made_new : PlaceOrigin::made_copy;
        if (fs::exists(place.path) && repository::exists(world.backend(place), stop)) {
            result.origin = PlaceOrigin::taken_over;
        }
        return result;
    }
    NewFolder folder(place.path);
    result.origin = prepare(world, world.backend(place), stop);
    repository::Repository& added = world.open(place, stop);
    must_be_same(world, added, stop);
    folder.keep();
    result.repository = added.id();
    result.strength =
        repository::password_strength(world.password(PasswordUse::open_existing, stop).reveal());
    edit_config_file(world.paths().config_file, [&](const std::string& text) {
        return with_place(text, place.name, place.path);
    });
    return result;
}

std::vector<PlaceStatus> look_at_places(World& world, const std::stop_token& stop) {
    std::vector<PlaceStatus> all;
    for (const PlaceSetting& setting : world.settings().places) {
        PlaceStatus status{.setting = setting, .device = locate(setting.path).device};
        try {
            const storage::Backend& backend = world.backend(setting);
            status.has_repository = repository::exists(backend, stop);
            status.space = backend.space(stop);
            if (status.has_repository)
                status.backups = count_backups(backend, stop);
            else
                status.problem = "no repository in this folder";
        } catch (const Error& error) {
            status.problem = error.full_text();
        }
        all.push_back(std::move(status));
    }
    return all;
}

PlaceTest test_place(World& world, const PlaceSetting& place, const std::stop_token& stop) {
    PlaceTest test{.name = place.name};
    storage::Backend& backend = world.backend(place);
    repository::Repository& repository = world.open(place, stop);

    constexpr size_t probe_size = size_t{1} << 20;
    Bytes probe(probe_size);
    world.random().fill(probe);
    const std::string name = fmt::format("lifeboat-test-{:016x}", world.random().number());
    const nanoseconds start = world.clock().monotonic();
    backend.save(name, probe, stop);
    const nanoseconds saved = world.clock().monotonic();
    const Bytes back = backend.load(name, {}, stop);
    test.read_time = world.clock().monotonic() - saved;
    test.write_time = saved - start;
    backend.remove(name, stop);
    if (back != probe) {
        throw Corrupt(
            fmt::format("The place \"{}\" gives back other bytes than were written", place.name),
            "Do not trust this disk or server. Test it, and this computer's memory.");
    }
    test.written_bytes = probe_size;
    test.space = backend.space(stop);
    test.repository = repository.id();
    test.backups = count_backups(backend, stop);
    return test;
}

void forget_place(const World& world, const std::string& name) {
    require_place(world.settings(), name);
    edit_config_file(world.paths().config_file,
                     [&](const std::string& text) { return without_place(text, name); });
}

}  // namespace lifeboat::app
