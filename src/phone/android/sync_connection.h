// One stream to the phone's file service, read directly or ahead of who needs the bytes.
#pragma once

#include "base/queue.h"
#include "base/task_group.h"
#include "phone/android/sync_wire.h"
#include "phone/android/transport.h"

#include <atomic>
#include <memory>

namespace lifeboat::phone::android {

// Blocks straight off a socket.
class SocketBlocks final : public BlockSource {
public:
    explicit SocketBlocks(PhoneStream& socket);
    ByteView next() override;

private:
    PhoneStream& socket_;
    Bytes buffer_;
};

// Reads in a thread of its own into a few megabytes of blocks, so that the phone need not wait
// whenever who takes the bytes is busy for a moment.
class ReadAhead final : public BlockSource {
public:
    ReadAhead(PhoneStream& socket, const std::stop_token& stop);
    ~ReadAhead() override;
    ByteView next() override;

    // Silence is an error only while an answer is expected.
    void expect_answers(bool expected) { expecting_ = expected; }

private:
    struct Block {
        Bytes bytes{};
        size_t size = 0;
    };
    void read_all(const std::stop_token& stop);

    PhoneStream& socket_;
    std::atomic<bool> expecting_ = false;
    BoundedQueue<Block> free_;
    BoundedQueue<Block> full_;
    std::optional<Block> current_{};
    TaskGroup reader_;
};

// One thread sends and reads. Requests may be queued: at most `longest_queue` unanswered bytes of
// them, so that sending never waits for a phone that waits for us to read.
class SyncConnection {
public:
    static constexpr size_t longest_queue = 65536;
    enum class Reading { direct, ahead };
    static constexpr std::chrono::milliseconds default_silence{30'000};

    SyncConnection(Transport& server, const std::string& serial, Reading reading,
                   const std::stop_token& stop,
                   std::chrono::milliseconds silence = default_silence);

    void send(ByteView requests) { socket_->write(requests); }
    // False when the other side has closed the stream: what it said before can still be read.
    bool try_send(ByteView requests) { return socket_->try_write(requests); }
    SyncInput& input() { return *input_; }
    // Reading direct: an answer is there or on its way, or the phone has hung up.
    bool has_answer() { return input_->has_rest() || socket_->has_input(); }
    void expect_answers(bool expected);

private:
    std::unique_ptr<PhoneStream> socket_;
    std::unique_ptr<SocketBlocks> blocks_{};
    std::unique_ptr<ReadAhead> ahead_{};
    std::unique_ptr<SyncInput> input_{};
};

}  // namespace lifeboat::phone::android
