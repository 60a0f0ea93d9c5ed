#include "sim/android/shell_service.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/android/shell.h"

#include <algorithm>
#include <array>
#include <utility>

namespace lifeboat::sim::adb {

namespace {

enum class Frame : uint8_t { in = 0, out = 1, err = 2, exit = 3, close_in = 4, window = 5 };
constexpr size_t frame_limit = 32u << 10;

Bytes make_frame(Frame kind, std::string_view data) {
    Bytes frame{static_cast<std::byte>(kind)};
    append_le<uint32_t>(frame, static_cast<uint32_t>(data.size()));
    append(frame, as_bytes(data));
    return frame;
}

std::string with_carriage_returns(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

// The bytes of shell v2, both ways.
class Framed {
public:
    explicit Framed(Stream& stream) : stream_(stream) {}

    void write(Frame kind, std::string_view data) {
        for (; !data.empty(); data.remove_prefix(std::min(data.size(), frame_limit))) {
            stream_.write(make_frame(kind, data.substr(0, frame_limit)));
        }
    }
    void exit(int code) {
        const char byte = static_cast<char>(code & 0xff);
        stream_.write(make_frame(Frame::exit, std::string_view(&byte, 1)));
    }

    // What the host sends as standard input; 0 once it has closed it.
    size_t read(MutableByteView into) {
        while (left_ == 0 && !closed_) next_frame();
        if (closed_) return 0;
        const size_t count = stream_.read(into.first(std::min(into.size(), left_)));
        if (count == 0) closed_ = true;
        left_ -= count;
        return count;
    }

private:
    void next_frame() {
        std::array<std::byte, 5> header{};
        if (!stream_.read_exact(header)) {
            closed_ = true;
            return;
        }
        auto size = load_le<uint32_t>(header, 1);
        const auto kind = static_cast<Frame>(header[0]);
        if (kind == Frame::close_in) closed_ = true;
        if (kind == Frame::in) {
            left_ = size;
            return;
        }
        std::array<std::byte, 256> skipped{};
        while (size > 0) {
            const size_t count = stream_.read(
                MutableByteView(skipped).first(std::min<size_t>(size, skipped.size())));
            if (count == 0) {
                closed_ = true;
                return;
            }
            size -= static_cast<uint32_t>(count);
        }
    }

    Stream& stream_;
    size_t left_ = 0;  // of the current frame of standard input
    bool closed_ = false;
};

int run(Device& device, const ShellRequest& request, const ShellIo& io) {
    if (!fits_one_argument(request.command)) {
        io.err("error: exec '/system/bin/sh' failed: Argument list too long (7)\n");
        return 1;
    }
    if (!request.command.empty()) return run_shell(device, request.command, io);
    // Interactive: line by line, until the host closes its side.
    int status = 0;
    std::string line;
    std::array<std::byte, 1> one{};
    while (io.in(one) == 1) {
        const char c = as_text(one)[0];
        if (c == '\x04') break;
        if (c != '\n' && c != '\r') {
            line += c;
            continue;
        }
        if (trim(line) == "exit") break;
        status = run_shell(device, line, io);
        line.clear();
    }
    return status;
}

std::optional<HangUp> take_hang_up(Device& device, const std::string& command) {
    return device.faults().with([&](FaultPlan& plan) -> std::optional<HangUp> {
        if (!plan.hang_up || command.find(plan.hang_up->at) == std::string::npos)
            return std::nullopt;
        return std::exchange(plan.hang_up, std::nullopt);
    });
}

void end_after(ShellIo& io, uint64_t bytes) {
    io.in = [in = std::move(io.in), left = bytes](MutableByteView into) mutable {
        if (left == 0) return size_t{0};
        const size_t count = in(into.first(std::min<uint64_t>(into.size(), left)));
        left -= count;
        return count;
    };
}

}  // namespace

std::optional<ShellRequest> parse_shell_destination(std::string_view destination) {
    const size_t colon = destination.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto parts = split(destination.substr(0, colon), ',');
    ShellRequest request;
    request.command = std::string(destination.substr(colon + 1));
    if (parts[0] == "exec" && parts.size() == 1) return request;
    if (parts[0] != "shell") return std::nullopt;
    bool raw = false;
    for (size_t i = 1; i < parts.size(); ++i) {
        if (parts[i] == "v2")
            request.second = true;
        else if (parts[i] == "raw")
            raw = true;
        else if (parts[i] != "pty" && !parts[i].starts_with("TERM="))
            return std::nullopt;
    }
    request.terminal = !raw && (request.second || request.command.empty());
    return request;
}

void serve_shell(Device& device, const ShellRequest& request, Stream& stream) {
    if (device.faults().with([](const FaultPlan& plan) { return plan.garbage; })) {
        const std::string garbage(513, '\xa5');
        stream.write(as_bytes(garbage));
        return;
    }
    Framed framed(stream);
    ShellIo io;
    io.in = [&](MutableByteView into) {
        return request.second ? framed.read(into) : stream.read(into);
    };
    io.out = [&](std::string_view text) {
        const std::string cooked = request.terminal ? with_carriage_returns(text) : std::string();
        const std::string_view data = request.terminal ? cooked : text;
        request.second ? framed.write(Frame::out, data) : stream.write(as_bytes(data));
    };
    io.err = io.out;
    if (request.second && !request.terminal) {
        io.err = [&](std::string_view text) { framed.write(Frame::err, text); };
    }
    const auto cut = take_hang_up(device, request.command);
    if (cut && cut->input)
        end_after(io, *cut->input);
    else if (cut && !cut->behind)
        return;
    const int code = run(device, request, io);
    if (cut) return;
    if (request.second) framed.exit(code);
}

}  // namespace lifeboat::sim::adb
