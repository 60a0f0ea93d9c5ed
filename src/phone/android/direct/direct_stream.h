// One stream of a direct connection, as its owner sees it.
#pragma once

#include "phone/android/direct/connection.h"

#include <atomic>

namespace lifeboat::phone::android {

class DirectStream final : public PhoneStream {
public:
    DirectStream(std::shared_ptr<Connection> connection, std::shared_ptr<StreamState> state,
                 uint32_t local, const std::stop_token& stop);
    // Tells the phone, unless it said goodbye first.
    ~DirectStream() override;

    std::optional<size_t> read_unless_silent(MutableByteView out) override;
    bool has_input() override;
    void write(ByteView bytes) override;
    bool try_write(ByteView bytes) override;
    void set_timeouts(const sys::SocketTimeouts& timeouts) override;
    // The window is the buffer: there is none of our own to set.
    void set_send_buffer(size_t) override {}
    void shutdown() noexcept override;

private:
    enum class Waited { ready, silent, ended };
    Waited wait_to_write();
    std::string why_broken() const;

    std::shared_ptr<Connection> connection_;
    std::shared_ptr<StreamState> state_;
    uint32_t local_;
    std::stop_token stop_;
    std::atomic<std::chrono::milliseconds> read_wait_;
    std::atomic<std::chrono::milliseconds> write_wait_;
    std::atomic<bool> sending_ = false;
    std::stop_callback<std::function<void()>> on_stop_;
};

}  // namespace lifeboat::phone::android
