#include "cli/terminal_prompt.h"

#include "base/error.h"
#include "base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace lifeboat::cli {
namespace {

// Switches the echo off, and on again whatever happens.
class Unseen {
public:
    explicit Unseen(int terminal) : terminal_(terminal) {
        if (::tcgetattr(terminal_, &before_) != 0)
            throw Misuse("The terminal cannot hide a password");
        termios hidden = before_;
        hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(terminal_, TCSAFLUSH, &hidden);
    }
    ~Unseen() { ::tcsetattr(terminal_, TCSAFLUSH, &before_); }
    Unseen(const Unseen&) = delete;
    Unseen& operator=(const Unseen&) = delete;

private:
    int terminal_;
    termios before_{};
};

class TerminalPrompt final : public app::Prompt {
public:
    TerminalPrompt(int terminal, bool assume_yes) : terminal_(terminal), assume_yes_(assume_yes) {}
    ~TerminalPrompt() override { ::close(terminal_); }
    TerminalPrompt(const TerminalPrompt&) = delete;
    TerminalPrompt& operator=(const TerminalPrompt&) = delete;

    bool can_ask() const override { return true; }

    SecretText secret(const std::string& question, const std::stop_token& stop) override {
        say(printable(question) + ": ");
        const Unseen unseen(terminal_);
        const SecretBytes answer = read_line(stop);
        say("\n");
        return SecretText(as_text(answer.reveal()));
    }

    bool confirm(const std::string& question, const std::stop_token& stop) override {
        if (assume_yes_) return true;
        say(printable(question) + " [y/N] ");
        const SecretBytes answer = read_line(stop);
        const std::string_view text = trim(as_text(answer.reveal()));
        return text == "y" || text == "Y" || text == "yes" || text == "Yes";
    }

    void show(const std::string& picture) override { say(picture); }

private:
    void say(std::string_view text) const {
        // A terminal that takes no words takes no answer either: the read will tell.
        while (!text.empty()) {
            const ssize_t written = ::write(terminal_, text.data(), text.size());
            if (written < 0 && errno == EINTR) continue;
            if (written <= 0) return;
            text.remove_prefix(static_cast<size_t>(written));
        }
    }

    // Waits in short steps, because Ctrl-C only asks to stop.
    SecretBytes read_line(const std::stop_token& stop) const {
        constexpr size_t longest = 4096;
        SecretBytes buffer(longest);
        size_t used = 0;
        while (used < longest) {
            if (stop.stop_requested()) throw Cancelled();
            pollfd watched{terminal_, POLLIN, 0};
            if (::poll(&watched, 1, 100) <= 0) continue;
            const ssize_t got = ::read(terminal_, buffer.storage().data() + used, 1);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0) throw Cancelled();
            if (buffer.storage()[used] == std::byte{'\n'}) break;
            ++used;
        }
        return SecretBytes(Bytes(buffer.reveal().begin(),
                                 buffer.reveal().begin() + static_cast<std::ptrdiff_t>(used)));
    }

    int terminal_;
    bool assume_yes_;
};

}  // namespace

std::unique_ptr<app::Prompt> make_terminal_prompt(bool assume_yes) {
    const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) return nullptr;
    return std::make_unique<TerminalPrompt>(terminal, assume_yes);
}

}  // namespace lifeboat::cli
