#include "app/failure.h"

#include "content/ios_backup/keybag.h"
#include "phone/phone.h"
#include "repository/repository.h"
#include "storage/backend.h"

#include <csignal>

namespace lifeboat::app {
namespace {

template <class T>
bool is(const Error& error) {
    return dynamic_cast<const T*>(&error) != nullptr;
}

}  // namespace

// Cases before the leaves they belong to.
FailureKind kind_of(const Error& error) {
    if (is<repository::NoRepository>(error)) return FailureKind::no_repository;
    if (is<repository::Locked>(error)) return FailureKind::locked;
    if (is<repository::WrongPassword>(error)) return FailureKind::wrong_password;
    if (is<content::WrongBackupPassword>(error)) return FailureKind::wrong_phone_password;
    if (is<phone::NotReady>(error)) return FailureKind::no_phone;
    if (is<phone::Gone>(error)) return FailureKind::phone_gone;
    if (is<phone::Garbled>(error)) return FailureKind::phone_garbled;
    if (is<storage::Unreachable>(error)) return FailureKind::unreachable;
    if (is<Misuse>(error)) return FailureKind::usage;
    if (is<NoSpace>(error)) return FailureKind::no_space;
    if (is<Corrupt>(error)) return FailureKind::damaged;
    if (is<Denied>(error)) return FailureKind::denied;
    if (is<Missing>(error)) return FailureKind::missing;
    if (is<Unsupported>(error)) return FailureKind::unsupported;
    if (is<NeedsPerson>(error)) return FailureKind::needs_person;
    if (is<Temporary>(error)) return FailureKind::temporary;
    return FailureKind::internal;
}

Exit exit_of(FailureKind kind) {
    switch (kind) {
        case FailureKind::usage:
            return Exit::usage;
        case FailureKind::no_repository:
            return Exit::no_repository;
        case FailureKind::locked:
            return Exit::locked;
        case FailureKind::wrong_password:
        case FailureKind::wrong_phone_password:
            return Exit::wrong_password;
        case FailureKind::no_phone:
        case FailureKind::phone_gone:
            return Exit::no_phone;
        case FailureKind::unreachable:
            return Exit::unreachable;
        case FailureKind::no_space:
            return Exit::no_space;
        case FailureKind::damaged:
            return Exit::damaged;
        case FailureKind::interrupted:
            return Exit::interrupted;
        case FailureKind::terminated:
            return Exit::terminated;
        case FailureKind::phone_garbled:
        case FailureKind::needs_person:
        case FailureKind::temporary:
        case FailureKind::denied:
        case FailureKind::missing:
        case FailureKind::unsupported:
        case FailureKind::internal:
            return Exit::failed;
    }
    return Exit::failed;
}

std::optional<Failure> run_guarded(const std::function<void()>& job,
                                   const std::function<std::optional<int>()>& signal) {
    try {
        job();
        return std::nullopt;
    } catch (const Cancelled&) {
        const bool terminated = signal && signal() == SIGTERM;
        return Failure{.kind = terminated ? FailureKind::terminated : FailureKind::interrupted,
                       .message = "Stopped before the end",
                       .guidance =
                           "What was copied so far is kept and is not copied again. Run the same "
                           "command to go on."};
    } catch (const Error& error) {
        return Failure{.kind = kind_of(error),
                       .message = error.message(),
                       .guidance = error.guidance(),
                       .context = error.context()};
    } catch (const std::exception& error) {
        return Failure{.kind = FailureKind::internal,
                       .message = error.what(),
                       .guidance =
                           "This is a fault of the program. Copies that were finished "
                           "before are not touched by it."};
    }
}

std::string problem_of(const std::function<void()>& part) {
    try {
        part();
        return {};
    } catch (const Error& error) {
        return error.full_text();
    }
}

}  // namespace lifeboat::app
