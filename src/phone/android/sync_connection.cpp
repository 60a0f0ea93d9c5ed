#include "phone/android/sync_connection.h"

namespace lifeboat::phone::android {
namespace {

constexpr size_t block_size = 131072;
constexpr size_t blocks_ahead = 32;  // 4 MiB a stream

}  // namespace

SocketBlocks::SocketBlocks(PhoneStream& socket) : socket_(socket), buffer_(block_size) {}

ByteView SocketBlocks::next() {
    return ByteView(buffer_).first(socket_.read(buffer_));
}

ReadAhead::ReadAhead(PhoneStream& socket, const std::stop_token& stop)
    : socket_(socket), free_(blocks_ahead), full_(blocks_ahead), reader_(stop) {
    for (size_t i = 0; i < blocks_ahead; ++i) free_.push({}, {});
    reader_.run([this](const std::stop_token& group_stop) { read_all(group_stop); });
}

ReadAhead::~ReadAhead() {
    socket_.shutdown();
    reader_.request_stop();
}

void ReadAhead::read_all(const std::stop_token& stop) {
    // Whoever waits for blocks learns from the closed queue that it must look at the failure.
    struct Closer {
        BoundedQueue<Block>& queue;
        ~Closer() { queue.close(); }
    };
    const Closer close{full_};
    while (auto block = free_.pop(stop)) {
        block->bytes.resize(block_size);
        auto got = socket_.read_unless_silent(block->bytes);
        while (!got && !expecting_) got = socket_.read_unless_silent(block->bytes);
        if (!got) throw sys::TimedOut("the phone has not answered for too long");
        if (*got == 0) return;
        block->size = *got;
        if (!full_.push(std::move(*block), stop)) return;
    }
}

ByteView ReadAhead::next() {
    if (current_) free_.push(std::move(*current_), reader_.stop());
    current_ = full_.pop(reader_.stop());
    if (current_) return ByteView(current_->bytes).first(current_->size);
    reader_.join();  // throws what ended the reading
    return {};
}

SyncConnection::SyncConnection(Transport& server, const std::string& serial, Reading reading,
                               const std::stop_token& stop, std::chrono::milliseconds silence)
    : socket_(server.open(serial, "sync:", stop)) {
    socket_->set_timeouts({.read = silence});
    socket_->set_send_buffer(2 * longest_queue);
    if (reading == Reading::direct) {
        blocks_ = std::make_unique<SocketBlocks>(*socket_);
        input_ = std::make_unique<SyncInput>(*blocks_);
    } else {
        ahead_ = std::make_unique<ReadAhead>(*socket_, stop);
        input_ = std::make_unique<SyncInput>(*ahead_);
    }
}

void SyncConnection::expect_answers(bool expected) {
    if (ahead_) ahead_->expect_answers(expected);
}

}  // namespace lifeboat::phone::android
