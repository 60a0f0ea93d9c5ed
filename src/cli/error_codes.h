// The catalogue of errors: LB-nnnn, what is still safe, and what to do now. docs/errors.md is made
// from it.
#pragma once

#include "app/failure.h"
#include "cli/style.h"

#include <string>

namespace lifeboat::cli {

struct ErrorCode {
    app::FailureKind kind{};
    std::string code{};
    std::string title{};
    std::string safe{};  // what is still safe
    std::string now{};   // what to do now, when the error itself says nothing
};

const ErrorCode& error_code(app::FailureKind kind);

// The error's own guidance, or the catalogue's.
std::string guidance_for(const app::Failure& failure);

// "error[LB-2103]: ...", safe, now: several lines without the last line break.
std::string error_text(const app::Failure& failure, const Style& style);

// The whole of docs/errors.md.
std::string errors_markdown();

}  // namespace lifeboat::cli
