// A usbmux daemon with one iPhone whose ports are scripts: what a test's phone says, byte by byte.
#pragma once

#include "base/guarded.h"
#include "crypto/certificate.h"
#include "phone/ios/device.h"
#include "phone/ios/file_frames.h"
#include "sys/tls.h"

#include <array>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::phone::ios::testing {

inline const std::string udid = "00008101-000A11112222801E";

// The phone's end of a stream.
class Wire final : public ByteSource {
public:
    explicit Wire(std::unique_ptr<sys::Socket> socket)
        : stream_(std::make_unique<sys::ClearStream>(std::move(socket))) {}
    size_t read(MutableByteView out) override {
        const auto got = stream_->read_unless_silent(out);
        if (!got) throw sys::TimedOut("the computer says nothing");
        return *got;
    }
    void write(ByteView bytes) { stream_->write(bytes); }
    void send(const plist::Value& value, plist::Format format = plist::Format::xml) {
        write(plist_frame(value, format));
    }
    plist::Value receive() {
        std::array<std::byte, 4> length{};
        read_exactly(*this, length);
        return parse_frame_body(read_block(*this, parse_frame_length(length, device_link_limits)),
                                device_link_limits);
    }
    plist::Dict receive_dict() { return *receive().dict(); }
    void start_tls(const sys::TlsIdentity& identity) {
        auto tls =
            std::make_unique<sys::TlsStream>(stream_->release(), sys::TlsRole::server, identity);
        tls->shake_hands();
        stream_ = std::move(tls);
    }
    // Until the computer hangs up or the test ends.
    void stay_silent() {
        std::array<std::byte, 64> out{};
        while (stream_->read_unless_silent(out).value_or(0) > 0) {
        }
    }

private:
    std::unique_ptr<sys::Stream> stream_;
};

class FakeIphone {
public:
    using Script = std::function<void(Wire&)>;

    FakeIphone() : listener_(0), acceptor_([this] { accept_all(); }) {}
    ~FakeIphone() {
        stop_.request_stop();
        acceptor_.join();
    }
    FakeIphone(const FakeIphone&) = delete;
    FakeIphone& operator=(const FakeIphone&) = delete;

    std::string address() const { return "127.0.0.1:" + std::to_string(listener_.port()); }
    // Before the computer connects.
    void on_port(uint16_t port, Script script) { ports_[port] = std::move(script); }
    void detach() {
        listeners_.with([](auto& sockets) {
            for (const auto& socket : sockets) {
                socket->try_write(usbmux_packet({{"MessageType", "Detached"}, {"DeviceID", 7}}, 0));
            }
        });
    }
    Guarded<std::optional<Bytes>>& record() { return record_; }

private:
    void accept_all() {
        while (auto socket = listener_.accept(stop_.get_token())) {
            talks_.emplace_back([this, caller = std::move(socket)]() mutable {
                try {
                    talk(std::move(caller));
                } catch (const std::exception&) {
                    return;  // the computer hung up, or the test is over
                }
            });
        }
    }

    plist::Dict next_request(sys::Socket& socket, uint32_t& tag) {
        std::array<std::byte, usbmux_header_size> head{};
        fill(socket, head);
        const UsbmuxHeader header = parse_usbmux_header(head);
        tag = header.tag;
        Bytes body(header.body_size());
        fill(socket, body);
        return parse_usbmux_body(header, body);
    }

    static void fill(sys::Socket& socket, MutableByteView out) {
        while (!out.empty()) {
            const size_t got = socket.read(out);
            if (got == 0) throw sys::ConnectionLost("the computer hung up");
            out = out.subspan(got);
        }
    }

    void talk(std::unique_ptr<sys::Socket> socket) {
        uint32_t tag = 0;
        const plist::Dict request = next_request(*socket, tag);
        const std::string type = *request.text("MessageType");
        const auto reply = [&](const plist::Dict& body) {
            socket->write(usbmux_packet(body, tag));
        };
        const plist::Dict attached = attached_body({.device_id = 7, .udid = udid});
        if (type == "ListDevices") {
            reply({{"DeviceList", plist::Array{attached}}});
        } else if (type == "Listen") {
            reply(usbmux_result_body(0));
            socket->write(usbmux_packet(attached, 0));
            listeners_.with([&](auto& sockets) { sockets.push_back(std::move(socket)); });
        } else if (type == "ReadBUID") {
            reply({{"BUID", "A-BUID"}});
        } else if (type == "ReadPairRecord") {
            const auto kept = record_.with([](const auto& record) { return record; });
            kept ? reply({{"PairRecordData", *kept}}) : reply(usbmux_result_body(2));
        } else if (type == "SavePairRecord") {
            record_.with([&](auto& record) { record = *request.data("PairRecordData"); });
            reply(usbmux_result_body(0));
        } else if (type == "DeletePairRecord") {
            record_.with([](auto& record) { record.reset(); });
            reply(usbmux_result_body(0));
        } else if (type == "Connect") {
            const auto found =
                ports_.find(usbmux_port(static_cast<uint16_t>(*request.u64("PortNumber"))));
            const bool there = *request.u64("DeviceID") == 7;
            reply(usbmux_result_body(!there ? 2 : found == ports_.end() ? 3 : 0));
            if (!there || found == ports_.end()) return;
            Wire wire(std::move(socket));
            found->second(wire);
        } else {
            reply(usbmux_result_body(1));
        }
    }

    std::stop_source stop_;
    sys::Listener listener_;
    std::map<uint16_t, Script> ports_;
    Guarded<std::optional<Bytes>> record_;
    Guarded<std::vector<std::unique_ptr<sys::Socket>>> listeners_;
    std::list<std::jthread> talks_;
    std::jthread acceptor_;
};

// lockdown as a phone: it pairs after some "pending" answers and starts services on port 1234.
class FakeLockdown {
public:
    explicit FakeLockdown(std::vector<std::string> pair_errors = {})
        : key_(crypto::make_rsa_key()), pair_errors_(std::move(pair_errors)) {}

    std::string start_session_error{};
    std::string start_service_error{};
    bool service_tls = true;

    sys::TlsIdentity identity() const {
        return {.certificate = certificate_.with([](const std::string& text) { return text; }),
                .key = key_.private_key.duplicate()};
    }

    void operator()(Wire& wire) {
        while (true) {
            const plist::Dict request = wire.receive_dict();
            const std::string name = *request.text("Request");
            plist::Dict answer{{"Request", name}};
            const bool tls = respond(name, request, answer);
            wire.send(answer);
            if (tls) wire.start_tls(identity());
        }
    }

private:
    static void fail(plist::Dict& answer, const std::string& error) { answer.set("Error", error); }

    bool respond(const std::string& name, const plist::Dict& request, plist::Dict& answer) {
        if (name == "QueryType") {
            answer.set("Type", "com.apple.mobile.lockdown");
        } else if (name == "GetValue") {
            const std::string* key = request.text("Key");
            if (key != nullptr && *key == "DevicePublicKey") {
                answer.set("Value", to_bytes(key_.public_key));
            } else if (key != nullptr && *key == "WiFiAddress") {
                answer.set("Value", "aa:bb:cc:dd:ee:ff");
            } else {
                fail(answer, "MissingValue");
            }
        } else if (name == "Pair") {
            pair(request, answer);
        } else if (name == "StartSession") {
            if (!start_session_error.empty()) {
                fail(answer, std::exchange(start_session_error, {}));
                return false;
            }
            answer.set("SessionID", "S");
            answer.set("EnableSessionSSL", true);
            return true;
        } else if (name == "StartService") {
            if (!start_service_error.empty()) {
                fail(answer, start_service_error);
                return false;
            }
            answer.set("Port", 1234);
            answer.set("EnableServiceSSL", service_tls);
        }
        return false;
    }

    void pair(const plist::Dict& request, plist::Dict& answer) {
        if (!pair_errors_.empty()) {
            fail(answer, pair_errors_.front());
            pair_errors_.erase(pair_errors_.begin());
            return;
        }
        const Bytes* certificate = request.dict("PairRecord")->data("DeviceCertificate");
        certificate_.with([&](std::string& text) { text = to_text(*certificate); });
        answer.set("EscrowBag", Bytes(32, std::byte{7}));
    }

    crypto::KeyPair key_;
    Guarded<std::string> certificate_;
    std::vector<std::string> pair_errors_;
};

}  // namespace lifeboat::phone::ios::testing
