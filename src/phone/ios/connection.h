// One stream to a service of an iPhone, with the messages that nearly all services speak; it ends
// at once when the phone goes away.
#pragma once

#include "base/guarded.h"
#include "item/item.h"
#include "phone/ios/plist_frame.h"
#include "sys/tls.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace lifeboat::phone::ios {

using std::chrono::milliseconds;

// The phone is there but says nothing for longer than was agreed.
struct Silent : Temporary {
    using Temporary::Temporary;
};

// Whether a phone is there, shared by all its streams: when the daemon says that it went, each of
// them is shut down, whatever it waits for. All functions may be called from any thread.
class Presence {
public:
    void went() noexcept;
    bool is_gone() const;

private:
    friend class Connection;
    struct State {
        bool gone = false;
        std::vector<sys::Socket*> sockets{};
    };
    void add(sys::Socket* socket);
    void remove(sys::Socket* socket);

    Guarded<State> state_;
};

// One thread uses it.
class Connection final : public ByteSource {
public:
    // How long to wait for the first byte of a message. `extended` is asked each time the limit is
    // over; while it says true (a person is busy with the phone) the wait begins anew.
    struct Patience {
        milliseconds limit{30'000};
        std::function<bool()> extended{};
        std::function<void()> heard{};  // a message begins: whatever was waited for is over
    };

    Connection(std::unique_ptr<sys::Socket> socket, std::shared_ptr<Presence> presence);
    ~Connection() override;

    // The phone is the server; it proves to have the key of `phone_certificate` (PEM). Throws
    // Garbled when it has another one.
    void start_tls(const sys::TlsIdentity& identity, const std::string& phone_certificate);
    // Back to clear.
    void stop_tls();

    // At least one byte. All throw Gone when the phone or the stream is gone, Silent when nothing
    // comes for too long, Cancelled on a stop.
    size_t read(MutableByteView out) override;
    void write(ByteView bytes);
    void send(const plist::Value& message, plist::Format format = plist::Format::xml);
    // Throws Corrupt besides, for what is no message.
    plist::Value receive(const FrameLimits& limits = service_limits);
    plist::Value receive(const FrameLimits& limits, const Patience& patience);
    // The next message that is a dictionary.
    plist::Dict receive_dict();
    // One question, one answer.
    plist::Dict ask(const plist::Dict& question);
    // Nothing when no message begins within `limit`.
    std::optional<plist::Value> receive_within(milliseconds limit, const FrameLimits& limits);

    // For the answer to one question, and within messages.
    void set_patience(milliseconds limit) { patience_ = limit; }

private:
    size_t read_within(MutableByteView out, const Patience& patience);
    std::optional<size_t> read_slice(MutableByteView out);
    plist::Value receive_rest(MutableByteView length, size_t got, const FrameLimits& limits);
    template <class Work>
    auto on_wire(Work&& work) const;

    std::shared_ptr<Presence> presence_;
    sys::Socket* socket_ = nullptr;
    std::unique_ptr<sys::Stream> stream_;
    milliseconds patience_{30'000};
};

}  // namespace lifeboat::phone::ios
