// Steering a simulated phone while it runs: words in, one line of JSON out, also over a socket.
#pragma once

#include "sim/android_phone.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace lifeboat::sim {

// Runs one command ("battery", "35", "discharging"). Always an object: {"ok":true,...}, or
// {"ok":false,"error":"..."} with what was wrong. Any thread.
std::string run_control(AndroidPhone& phone, const std::vector<std::string>& words);

// The list of commands, for --help.
std::string_view control_help();

// Answers on a UNIX socket ("/path"), or on a TCP port of 127.0.0.1 ("4711"). A request is one
// line: {"command":"battery","args":["35"]}, or ["battery","35"]. Ends with its owner.
class ControlServer {
public:
    // One command at a time, on a thread of its own.
    using Run = std::function<std::string(const std::vector<std::string>&)>;
    ControlServer(std::string where, Run run);
    ~ControlServer();
    ControlServer(const ControlServer&) = delete;
    ControlServer& operator=(const ControlServer&) = delete;

private:
    void accept_clients(const std::stop_token& stop);
    void serve(int client, const std::stop_token& stop);

    std::string where_;
    Run run_;
    Fd listener_;
    std::jthread thread_;
};

// Sends one command to a ControlServer; its answer without the newline. Throws Missing when nobody
// answers there.
std::string ask_control(const std::string& where, const std::vector<std::string>& words);

}  // namespace lifeboat::sim
