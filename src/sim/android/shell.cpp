#include "sim/android/shell.h"

#include "base/error.h"
#include "base/queue.h"
#include "sim/android/root/root_commands.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <thread>

namespace lifeboat::sim {

namespace {

constexpr int not_found = 127;
constexpr int cannot_run = 126;
constexpr int syntax_error = 1;

// "*.jpg" in the last component; a word without a match stays as it is, as the shell leaves it.
std::vector<std::string> expand_stars(Device& device, const std::string& word) {
    std::string plain = word;
    std::erase(plain, shell_mark);
    const size_t slash = plain.rfind('/');
    if (word.find(shell_mark) == std::string::npos || slash == std::string::npos) return {plain};
    const std::string folder = plain.substr(0, slash);
    const std::string pattern = plain.substr(slash + 1);
    std::vector<std::string> found;
    device.storage().list(folder.empty() ? "/" : folder, [&](const std::string& name) {
        if (::fnmatch(pattern.c_str(), name.c_str(), FNM_PERIOD) == 0) {
            found.push_back(folder + "/" + name);
        }
        return true;
    });
    std::sort(found.begin(), found.end());
    if (found.empty()) found.push_back(plain);
    return found;
}

std::vector<std::string> expand(Device& device, const std::vector<std::string>& words, int status) {
    std::vector<std::string> all;
    for (std::string word : words) {
        const std::string mark{shell_mark, '?'};
        for (size_t at = word.find(mark); at != std::string::npos; at = word.find(mark)) {
            word.replace(at, mark.size(), fmt::to_string(status));
        }
        for (std::string& each : expand_stars(device, word)) all.push_back(std::move(each));
    }
    return all;
}

int run_simple(Device& device, const SimpleCommand& command, const ShellIo& io, int status) {
    const auto words = expand(device, command.words, status);
    const Output::Target nothing = [](std::string_view) {};
    Output out(command.drop_out ? nothing : io.out);
    Output separate_err(command.drop_err ? nothing : io.err);
    Output& err = command.err_to_out ? out : separate_err;
    Call call{device, words, io.in, out, err, io.root};
    const int code = run_command(call);
    out.flush();
    err.flush();
    return code;
}

// The pipe between two commands. Its reader may end first: then writing stops the writer.
class Pipe {
public:
    void write(std::string_view text) {
        if (!queue_.push(std::string(text), {})) throw Cancelled{};
    }
    size_t read(MutableByteView into) {
        while (at_ == current_.size()) {
            auto next = queue_.pop({});
            if (!next) return 0;
            current_ = std::move(*next);
            at_ = 0;
        }
        const ByteView rest = as_bytes(std::string_view(current_).substr(at_));
        const size_t count = std::min(rest.size(), into.size());
        std::copy_n(rest.begin(), count, into.begin());
        at_ += count;
        return count;
    }
    void close() { queue_.close(); }

private:
    BoundedQueue<std::string> queue_{16};
    std::string current_;  // the reader's
    size_t at_ = 0;
};

using Commands = std::span<const SimpleCommand>;

int run_pipeline(Device& device, Commands commands, const ShellIo& io, int status) {
    if (commands.size() == 1) return run_simple(device, commands.front(), io, status);
    Pipe pipe;
    ShellIo left_io = io;
    left_io.out = [&](std::string_view text) { pipe.write(text); };
    ShellIo right_io = io;
    right_io.in = [&](MutableByteView into) { return pipe.read(into); };
    std::exception_ptr lost;
    int code = 0;
    {
        const std::jthread left([&] {
            try {
                run_pipeline(device, commands.first(commands.size() - 1), left_io, status);
            } catch (const Cancelled&) {
                // Its reader has ended, or the host is gone: the right side finds out by itself.
            }
            pipe.close();
        });
        try {
            code = run_simple(device, commands.back(), right_io, status);
        } catch (const Cancelled&) {
            lost = std::current_exception();
        }
        pipe.close();
    }
    if (lost) std::rethrow_exception(lost);
    return code;
}

// `sh` with a script on its input.
int run_script(Call& call) {
    constexpr size_t script_limit = 4u << 20;
    Bytes buffer(64u << 10);
    std::string script;
    while (const size_t got = call.in(buffer)) {
        script += as_text(ByteView(buffer).first(got));
        if (script.size() > script_limit) return call.fail("the script is too long");
    }
    const ShellIo io{.in = [](MutableByteView) { return size_t{0}; },
                     .out = [&](std::string_view text) { call.out.put(text); },
                     .err = [&](std::string_view text) { call.err.put(text); },
                     .root = call.root};
    return run_shell(call.device, script, io);
}

// Whether it was left by `exit`; `status` is the last code.
bool run_line(Device& device, std::span<const Pipeline> line, const ShellIo& io, int& status) {
    for (const Pipeline& pipeline : line) {
        if (pipeline.joined == Joined::on_success && status != 0) continue;
        if (pipeline.joined == Joined::on_failure && status == 0) continue;
        const auto& words = pipeline.commands.front().words;
        if (words.front() == "exit") {
            const auto code = expand(device, words, status);
            if (code.size() > 1) status = std::atoi(code[1].c_str()) & 0xff;
            return true;
        }
        status = run_pipeline(device, pipeline.commands, io, status);
    }
    return false;
}

}  // namespace

bool fits_one_argument(std::string_view word) {
    constexpr size_t linux_limit = 131'072;  // with the NUL at its end
    return word.size() < linux_limit;
}

int Call::fail(std::string_view text, int code) {
    err.line(fmt::format("{}: {}", words.front(), text));
    return code;
}

int run_command(Call& call) {
    std::string_view name = call.words.front();
    for (const std::string_view folder : {"/system/bin/", "/vendor/bin/"}) {
        if (name.starts_with(folder)) name.remove_prefix(folder.size());
    }
    if (name == "sh" && call.words.size() == 1) return run_script(call);
    if (call.root) {
        if (const auto code = run_as_root(call)) return *code;
    }
    for (const CommandTable* table :
         {&file_commands(), &block_commands(), &time_commands(), &system_commands(),
          &service_commands(), &content_commands(), &backup_commands()}) {
        const auto found = table->find(name);
        if (found == table->end()) continue;
        const bool built_in = name == "echo" || name == "[" || name == "test";
        if (!built_in && !std::ranges::all_of(call.words, fits_one_argument)) {
            call.err.line(fmt::format("/system/bin/sh: {}: Argument list too long", name));
            return cannot_run;
        }
        return found->second(call);
    }
    call.err.line(fmt::format("/system/bin/sh: {}: inaccessible or not found", name));
    return not_found;
}

int run_shell(Device& device, std::string_view text, const ShellIo& io) {
    int status = 0;
    try {
        ShellReader reader(text);
        while (const auto line = reader.next_line()) {
            if (run_line(device, *line, io, status)) return status;
        }
    } catch (const Misuse& error) {
        io.err(fmt::format("/system/bin/sh: {}\n", error.message()));
        return syntax_error;
    }
    return status;
}

}  // namespace lifeboat::sim
