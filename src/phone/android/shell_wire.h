// Packets of the shell v2 protocol: one stream that carries input, output, errors and exit code.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <functional>
#include <optional>

namespace lifeboat::phone::android {

enum class ShellPacket : uint8_t { input = 0, output = 1, errors = 2, exit = 3, close_input = 4 };

Bytes shell_packet(ShellPacket kind, ByteView data);

// Takes the phone's half of the stream in pieces of any size. Nothing is gathered: data goes on as
// it comes, so that an announced length costs no memory.
class ShellReader {
public:
    using Data = std::function<void(ShellPacket, ByteView)>;
    explicit ShellReader(Data on_data) : on_data_(std::move(on_data)) {}

    // Throws Corrupt on a packet that no phone sends. Bytes behind the exit code are ignored.
    void feed(ByteView bytes);
    std::optional<int> exit_code() const { return exit_code_; }

private:
    size_t take_header(ByteView bytes);
    void start_packet();
    void take_data(ByteView data);

    Data on_data_;
    Bytes header_{};
    ShellPacket kind_ = ShellPacket::output;
    uint32_t left_ = 0;
    std::optional<int> exit_code_{};
};

}  // namespace lifeboat::phone::android
