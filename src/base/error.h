// What can go wrong, typed by what the caller can do about it.
//
// One shallow tree: each leaf stands for one reaction. A module may name a case of a leaf
// (repository::Locked is a Temporary) but nothing below that. Codes of libraries and of the system
// become one of these in the file that calls them. `Cancelled` is not an Error: who handles errors
// cannot swallow a stop.
#pragma once

#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace lifeboat {

// Carries a message (what happened), the lines of context added on the way up, and, where one is
// known, guidance: what is still safe and what to do now.
class Error : public std::exception {
public:
    explicit Error(std::string message) : message_(std::move(message)) {}
    Error(std::string message, std::string guidance)
        : message_(std::move(message)), guidance_(std::move(guidance)) {}

    const char* what() const noexcept override { return message_.c_str(); }
    const std::string& message() const { return message_; }
    const std::string& guidance() const { return guidance_; }
    const std::vector<std::string>& context() const { return context_; }
    void add_context(std::string line) { context_.push_back(std::move(line)); }
    void set_guidance(std::string guidance) { guidance_ = std::move(guidance); }

    // "message (while c, while b, while a)": one line for a log or a terminal.
    std::string full_text() const;

private:
    std::string message_;
    std::string guidance_;
    std::vector<std::string> context_;
};

struct Temporary : Error {
    using Error::Error;
};  // try again
struct NeedsPerson : Error {
    using Error::Error;
};  // ask: unlock, allow, plug in
struct Denied : Error {
    using Error::Error;
};  // wrong password, refused permission
struct Missing : Error {
    using Error::Error;
};  // what was asked for is not there
struct Corrupt : Error {
    using Error::Error;
};  // bytes are not what they must be
struct NoSpace : Error {
    using Error::Error;
};  // a disk or a quota is full
struct Unsupported : Error {
    using Error::Error;
};  // well-formed, but not something this program can do
struct Misuse : Error {
    using Error::Error;
};  // the person's or the caller's words are off

struct Cancelled : std::exception {
    const char* what() const noexcept override { return "cancelled"; }
};

// Runs `work`; an Error that leaves it gets the line "while <doing>" and goes on as the same
// object.
template <class Work>
auto while_doing(const std::string& doing, Work&& work) -> std::invoke_result_t<Work> {
    try {
        return std::forward<Work>(work)();
    } catch (Error& error) {
        error.add_context(doing);
        throw;
    }
}

}  // namespace lifeboat
