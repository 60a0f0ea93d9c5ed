#include "app/keys.h"

#include "base/error.h"

namespace lifeboat::app {
namespace {

std::vector<engine::KeyPlace> doors(World& world, const std::stop_token& stop) {
    std::vector<engine::KeyPlace> places;
    for (const PlaceSetting& setting : chosen_places(world.settings(), {})) {
        engine::KeyPlace place{.name = setting.name};
        try {
            storage::Backend& backend = world.backend(setting);
            if (repository::exists(backend, stop))
                place.backend = &backend;
            else
                place.problem = "There is no repository in this folder: is the disk plugged in?";
        } catch (const Error& error) {
            place.problem = error.full_text();
        }
        places.push_back(std::move(place));
    }
    return places;
}

SecretText new_password(World& world, const NewPasswordSource& source,
                        const std::stop_token& stop) {
    // The same ways as for the one that opens, with their own source.
    Settings settings = world.settings();
    settings.password_file = source.file;
    settings.password_command = source.command;
    return read_password(settings, PasswordUse::make_new, world.prompt(), world.process(), stop);
}

using Work = engine::KeyReport (*)(std::span<const engine::KeyPlace>, const engine::KeyWords&,
                                   const repository::Options&, const engine::OperationContext&);

KeyResult with_new_password(World& world, const NewPasswordSource& source, Work work,
                            const std::stop_token& stop) {
    const std::vector<engine::KeyPlace> places = doors(world, stop);
    const SecretText& password = world.password(PasswordUse::open_existing, stop);
    const SecretText added = new_password(world, source, stop);
    return {.report = work(places, {.password = password, .new_password = added},
                           world.repository_options(), world.context(stop)),
            .strength = repository::password_strength(added.reveal())};
}

}  // namespace

KeyResult add_key(World& world, const NewPasswordSource& source, const std::stop_token& stop) {
    return with_new_password(world, source, engine::add_password, stop);
}

KeyResult change_key(World& world, const NewPasswordSource& source, const std::stop_token& stop) {
    return with_new_password(world, source, engine::change_password, stop);
}

}  // namespace lifeboat::app
