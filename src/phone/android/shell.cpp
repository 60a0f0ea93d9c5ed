#include "phone/android/shell.h"

#include "base/task_group.h"
#include "base/text.h"
#include "phone/android/shell_wire.h"

#include <fmt/format.h>

#include <array>

namespace lifeboat::phone::android {
namespace {

constexpr size_t read_size = 65536;
constexpr size_t input_piece = 32768;
constexpr size_t error_limit = size_t{1} << 20;

// False when the command takes no more: it may well end without reading its input.
bool send_input(PhoneStream& socket, std::string_view input) {
    while (!input.empty()) {
        const auto piece = input.substr(0, input_piece);
        if (!socket.try_write(shell_packet(ShellPacket::input, as_bytes(piece)))) return false;
        input.remove_prefix(piece.size());
    }
    return socket.try_write(shell_packet(ShellPacket::close_input, {}));
}

bool send_stream(PhoneStream& socket, ByteSource& input) {
    Bytes buffer(input_piece);
    while (const size_t got = input.read(buffer)) {
        const auto piece = ByteView(buffer).first(got);
        if (!socket.try_write(shell_packet(ShellPacket::input, piece))) return false;
    }
    return socket.try_write(shell_packet(ShellPacket::close_input, {}));
}

void gather(std::string& to, ByteView data, size_t limit, const std::string& command) {
    if (to.size() + data.size() > limit) {
        throw Garbled(fmt::format("the phone's answer to \"{}\" is longer than {}",
                                  printable(command.substr(0, 80)), human_bytes(limit)));
    }
    to += as_text(data);
}

ShellResult read_result(PhoneStream& socket, const ShellCommand& command) {
    ShellResult result;
    ShellReader reader([&](ShellPacket kind, ByteView data) {
        if (kind == ShellPacket::errors) {
            gather(result.errors, data, error_limit, command.text);
        } else if (command.on_output) {
            command.on_output(as_text(data));
        } else {
            gather(result.output, data, command.output_limit, command.text);
        }
    });
    Bytes buffer(read_size);
    while (!reader.exit_code()) {
        const size_t got = socket.read(buffer);
        if (got == 0) throw sys::ConnectionLost("the phone hung up in the middle of a command");
        reader.feed(ByteView(buffer).first(got));
    }
    result.exit_code = *reader.exit_code();
    return result;
}

// A source that fails hangs up, so that nobody waits for a command that waits for the rest.
ShellResult run_with_stream(PhoneStream& socket, const ShellCommand& command, TaskGroup& writer) {
    struct HangUp {
        PhoneStream& socket;
        bool done = false;
        ~HangUp() {
            if (!done) socket.shutdown();
        }
    };
    writer.run([&](const std::stop_token&) {
        HangUp unless_done{socket};
        send_stream(socket, *command.input_stream);
        unless_done.done = true;
    });
    try {
        return read_result(socket, command);
    } catch (const sys::ConnectionLost&) {
        socket.shutdown();
        writer.join();
        throw;
    }
}

}  // namespace

ShellResult Shell::run(const ShellCommand& command, const std::stop_token& stop) const {
    const auto socket = server_.open(serial_, "shell,v2,raw:" + command.text, stop);
    socket->set_timeouts({.read = command.silence, .write = command.silence});
    if (command.input.empty() && command.input_stream == nullptr) {
        socket->try_write(shell_packet(ShellPacket::close_input, {}));
        return read_result(*socket, command);
    }
    // Input and output at the same time: a command that answers while it reads would otherwise
    // wait for us while we wait for it. Going away wakes the writer, whatever happened here.
    struct Closer {
        PhoneStream& socket;
        ~Closer() { socket.shutdown(); }
    };
    TaskGroup writer(stop);
    const Closer close{*socket};
    if (command.input_stream != nullptr) return run_with_stream(*socket, command, writer);
    writer.run([&](const std::stop_token&) { send_input(*socket, command.input); });
    return read_result(*socket, command);
}

}  // namespace lifeboat::phone::android
