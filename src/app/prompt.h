// Questions to the person: answered by a terminal, a browser, or nobody.
#pragma once

#include "base/secret.h"

#include <stop_token>
#include <string>

namespace lifeboat::app {

class Prompt {
public:
    virtual ~Prompt() = default;
    // False: every question throws Misuse at once. Asked first where there is another way.
    virtual bool can_ask() const = 0;
    // Not echoed. Throws Cancelled on `stop` or when the person ends the input.
    virtual SecretText secret(const std::string& question, const std::stop_token& stop) = 0;
    // Yes or no; anything but a clear yes is no.
    virtual bool confirm(const std::string& question, const std::stop_token& stop) = 0;
    // For the eyes of who sits there, as it is: it goes to no file, log or pipe.
    virtual void show(const std::string& picture) = 0;
};

// Nobody to ask: `--no-input`, or no terminal.
class NobodyToAsk final : public Prompt {
public:
    bool can_ask() const override { return false; }
    SecretText secret(const std::string& question, const std::stop_token& stop) override;
    bool confirm(const std::string& question, const std::stop_token& stop) override;
    void show(const std::string& picture) override;
};

}  // namespace lifeboat::app
