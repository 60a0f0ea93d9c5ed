// One connection to a phone that carries many streams: what an adb server does, for one program.
#pragma once

#include "phone/android/direct/greeting.h"
#include "phone/android/direct/stream_state.h"
#include "phone/android/transport.h"

#include <deque>
#include <map>
#include <memory>
#include <thread>

namespace lifeboat::phone::android {

// Any thread may open streams. Ends with its last stream, or with shutdown().
class Connection : public std::enable_shared_from_this<Connection> {
public:
    static std::shared_ptr<Connection> over(GreetedPhone phone);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Throws sys::ConnectionLost, sys::TimedOut, Cancelled; Unsupported when the phone refuses.
    std::unique_ptr<PhoneStream> open(std::string_view service, const std::stop_token& stop);

    const Greeting& greeting() const { return greeting_; }
    bool is_alive() const;
    void shutdown() noexcept { stream_->shutdown(); }

private:
    friend class DirectStream;
    struct Outgoing {
        Command command = Command::okay;
        uint32_t local = 0;
        uint32_t remote = 0;
        Bytes payload{};
    };
    // Short packets wait here for whoever sends next: the reader never waits for the phone to take
    // bytes, or both sides could wait for each other.
    struct Outbox {
        std::deque<Outgoing> waiting{};
        bool closed = false;
    };
    struct Health {
        std::string broken{};
        uint32_t next_id = 1;
        std::map<uint32_t, std::shared_ptr<StreamState>> streams{};
    };

    explicit Connection(GreetedPhone phone);
    void begin();
    void read_all();
    void send_all();
    void handle(Packet packet);
    void close(uint32_t local, uint32_t remote);
    void fail(const std::string& why);

    std::shared_ptr<StreamState> find(uint32_t local) const;
    void forget(uint32_t local);
    void queue(Command command, uint32_t local, uint32_t remote, Bytes payload = {});
    // Throws Garbled when a phone has us owe it more than any phone does.
    void check_debts() const;
    // At once, behind what is queued. Throws what a write throws; the connection is then broken.
    void send(Command command, uint32_t local, uint32_t remote, ByteView payload);
    void flush(Bytes& buffer);
    void put(Bytes& buffer, Command command, uint32_t local, uint32_t remote, ByteView payload);
    void acknowledge(const StreamState& state, uint32_t local, uint32_t count);

    std::unique_ptr<sys::Stream> stream_;
    Greeting greeting_;
    PacketParser parser_{};  // the reader's
    Guarded<Outbox> outbox_{};
    Guarded<Bytes> wire_{};  // held by who sends
    Guarded<Health> health_{};
    std::jthread sender_{};
    std::jthread reader_{};
};

}  // namespace lifeboat::phone::android
