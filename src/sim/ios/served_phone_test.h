// One service of a simulated iPhone over a socket inside of the test, without pairing and TLS:
// where the tests of single services live.
#pragma once

#include "base/error.h"
#include "sim/ios/channel.h"
#include "sim/ios/device.h"
#include "sys/clock.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <functional>
#include <string>
#include <thread>

namespace lifeboat::sim::ios {

class PhoneFolder {
public:
    PhoneFolder() {
        std::string name = testing::TempDir() + "sim_service_XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) throw Misuse("no folder for the test");
        path_ = name;
    }
    ~PhoneFolder() { std::filesystem::remove_all(path_); }
    PhoneFolder(const PhoneFolder&) = delete;
    PhoneFolder& operator=(const PhoneFolder&) = delete;
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

// The service runs on a thread until the computer's end is closed.
class Served {
public:
    Served(Device& device, const std::function<void(Device&, Channel&)>& service)
        : ends_(sys::socket_pair(stop_.get_token())) {
        computer_ = std::make_unique<Channel>(std::move(ends_.first));
        thread_ = std::jthread([this, &device, service] {
            Channel channel(std::move(ends_.second));
            try {
                service(device, channel);
            } catch (const Error& error) {
                ended_with_ = error.full_text();
            }
        });
    }
    ~Served() { hang_up(); }
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;

    Channel& computer() { return *computer_; }
    plist::Dict ask(const plist::Dict& question) {
        computer_->send(question);
        return computer_->receive_dict();
    }
    // Waits until the service has ended.
    void hang_up() {
        computer_.reset();
        if (thread_.joinable()) thread_.join();
    }
    // Waits until the service ends by itself; why.
    std::string wait_for_end() {
        thread_.join();
        return ended_with_;
    }

private:
    std::stop_source stop_;
    sys::SocketPair ends_;
    std::unique_ptr<Channel> computer_;
    std::string ended_with_;
    std::jthread thread_;
};

}  // namespace lifeboat::sim::ios
