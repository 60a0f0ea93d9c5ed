// The outermost frame of a job: whatever leaves it becomes a plain value with an exit.
#pragma once

#include "app/exit_code.h"
#include "base/error.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

// What kind of thing went wrong: faces word it, exit_of() gives its exit.
enum class FailureKind {
    usage,
    no_repository,
    locked,
    wrong_password,
    wrong_phone_password,
    no_phone,
    phone_gone,
    phone_garbled,
    needs_person,
    unreachable,
    temporary,
    no_space,
    damaged,
    denied,
    missing,
    unsupported,
    interrupted,
    terminated,
    internal,
};

struct Failure {
    FailureKind kind = FailureKind::internal;
    std::string message{};
    std::string guidance{};
    std::vector<std::string> context{};
};

Exit exit_of(FailureKind kind);
FailureKind kind_of(const Error& error);

// Runs `job`; nothing when it ended well. `signal` is what stopped it, when something did.
std::optional<Failure> run_guarded(const std::function<void()>& job,
                                   const std::function<std::optional<int>()>& signal);

// Runs one part of a job whose failure must not end the rest: what went wrong as text, empty when
// it went well. Cancelled goes on.
std::string problem_of(const std::function<void()>& part);

}  // namespace lifeboat::app
