#include "sim/iphone_program.h"

#include "base/error.h"
#include "sim/control.h"
#include "sim/ios/fault_words.h"
#include "sim/iphone.h"
#include "sim/iphone_content_options.h"
#include "sim/iphone_control.h"
#include "sim/options.h"

#include <fmt/format.h>
#include <signal.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace lifeboat::sim {

namespace {

void put(std::FILE* where, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), where);
    std::fflush(where);
}

ios::Consent consent_of(const std::string& word) {
    if (word == "accept") return ios::Consent::accept;
    if (word == "deny") return ios::Consent::deny;
    if (word == "wait") return ios::Consent::wait;
    throw Misuse(fmt::format("--trust takes accept, deny or wait, not \"{}\"", word));
}

Iphone::Config config_of(const Options& options) {
    Iphone::Config config;
    const auto world = options.value("--world");
    if (!world) throw Misuse("--world DIR is missing: the folder that holds the phone");
    config.world = *world;
    config.personality = options.value("--personality").value_or(config.personality);
    config.udid = options.value("--udid").value_or("");
    config.unix_path = options.value("--socket").value_or("");
    config.port = static_cast<uint16_t>(options.number("--port", 65535).value_or(0));
    config.over_network = options.has("--network");
    config.content = content_options(options);
    if (const auto ms = options.number("--reboot-ms", 600000)) {
        config.reboot_time = std::chrono::milliseconds(*ms);
    }
    if (!options.has("--quiet")) {
        config.note = [](std::string_view line) { put(stderr, fmt::format("sim: {}\n", line)); };
    }
    return config;
}

// "--fault NAME=VALUE", each.
void plan_faults(const Options& options, ios::Faults& faults) {
    for (const std::string& one : options.all("--fault")) {
        const size_t equals = one.find('=');
        if (equals == std::string::npos) {
            throw Misuse(fmt::format("--fault takes NAME=VALUE, not \"{}\"", one));
        }
        faults.with([&](ios::FaultPlan& plan) {
            ios::set_fault(plan, one.substr(0, equals), one.substr(equals + 1));
        });
    }
}

// A password becomes a key in millions of rounds: seconds that not every test has.
void set_keybag_cost(const Options& options, ios::Device& device) {
    const auto rounds = options.number("--keybag-iterations", 100'000'000);
    if (!rounds) return;
    if (*rounds == 0) throw Misuse("--keybag-iterations takes a number above 0");
    const auto few = static_cast<uint32_t>(*rounds);
    device.change([&](ios::DeviceState& s) {
        s.keybag_cost = {.iterations = std::min(few, KeybagCost{}.iterations),
                         .double_iterations = few};
    });
}

// Whole or not at all: who waits for the file never sees half of it.
void write_ready_file(const std::string& path, uint16_t port) {
    const std::string draft = path + ".draft";
    std::ofstream(draft) << port << '\n';
    std::filesystem::rename(draft, path);
}

}  // namespace

int run_iphone(std::span<const std::string> words) {
    std::set<std::string, std::less<>> values{"--world",
                                              "--personality",
                                              "--udid",
                                              "--socket",
                                              "--port",
                                              "--trust",
                                              "--reboot-ms",
                                              "--ready-file",
                                              "--fault",
                                              "--control",
                                              "--keybag-iterations"};
    values.merge(content_option_names());
    const Options options(words, {"--quiet", "--network", "--empty", "--locks-on-reboot"}, values);
    if (!options.operands().empty()) {
        throw Misuse(fmt::format("\"{}\" is too much", options.operands().front()));
    }
    // Blocked before any thread starts, so that only the wait below receives them. A computer that
    // hangs up must not end the phone.
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    ::signal(SIGPIPE, SIG_IGN);

    sys::SystemClock clock;
    Iphone phone(config_of(options), clock);
    const ios::Consent consent = consent_of(options.value("--trust").value_or("accept"));
    phone.device().change([&](ios::DeviceState& s) {
        s.consent = consent;
        s.locks_on_reboot = options.has("--locks-on-reboot");
    });
    plan_faults(options, phone.faults());
    set_keybag_cost(options, phone.device());
    const uint16_t port = phone.start();
    std::optional<ControlServer> control;
    if (const auto where = options.value("--control")) {
        control.emplace(*where,
                        [&](const auto& command) { return run_iphone_control(phone, command); });
    }
    put(stdout, fmt::format("{} on 127.0.0.1:{}\n", phone.device().udid(), port));
    if (const auto file = options.value("--ready-file")) write_ready_file(*file, port);
    int received = 0;
    ::sigwait(&stops, &received);
    return 0;
}

}  // namespace lifeboat::sim
