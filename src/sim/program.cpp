#include "sim/program.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/android_phone.h"
#include "sim/app_control.h"
#include "sim/content_maker.h"
#include "sim/control.h"
#include "sim/control_cloud.h"
#include "sim/ios/fault_words.h"
#include "sim/iphone_control.h"
#include "sim/iphone_program.h"
#include "sim/options.h"
#include "sim/personal_control.h"
#include "sim/slow_link.h"

#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace lifeboat::sim {

namespace {

constexpr std::string_view help =
    R"(lifeboat-sim: simulated phones for demos and tests

  lifeboat-sim android --storage DIR [options]
      An Android phone that adb can connect to: adb connect 127.0.0.1:PORT
      --port N            the port on 127.0.0.1; 0 (the default) takes a free one
      --serial S          the hardware's serial number
      --personality P     pixel-a15 (default), a16, a14, a13, a12-samsung, a11, a10, miui,
                          locked, no-gms
      --sd-card DIR       a second folder: the card at /storage/1A2B-3C4D
      --control WHERE     a UNIX socket (or a port of 127.0.0.1) for lifeboat-sim ctl
      --auth HOW          accept (default), deny, wait, or off: who taps "Allow"
      --wireless          TLS for paired computers, as wireless debugging has it
      --mdns              says on loopback, by multicast DNS, where it listens and pairs
      --trust FILE        a computer's adbkey.pub that is allowed already (may come again)
      --max-payload N     4096, 262144 or 1048576
      --without FEATURE   one the phone does not offer (may come again)
      --deny FOLDER       a folder below /sdcard that nobody may open (may come again)
      --root              the phone has root: su -c COMMAND
      --reboot-ms N       how long an update's reboot takes
      --content-ms N      what each run of the content tool takes to start (a phone: 300 to 1000)
      --people-data SIZE  messages, contacts, calls, events, words: none (default), small, large;
                          each count alone: --messages N --mms N --contacts N --calls N --events N
                          --words N; --seed N makes other ones
      --ready-file FILE   written with the port once the phone answers
      --quiet             no lines about what happens

  lifeboat-sim iphone --world DIR [options]
      An iPhone and the usbmux daemon it hangs on: USBMUXD_SOCKET_ADDRESS=127.0.0.1:PORT
      --port N            the daemon's port on 127.0.0.1; 0 (the default) takes a free one
      --socket PATH       the daemon's UNIX socket, besides
      --personality P     ios17 (default), ios14, ios16, ios26
      --udid U            instead of the personality's
      --network           the phone is in the network, not on a cable
      --trust HOW         accept (default), deny or wait: who taps "Trust"
      --control WHERE     a UNIX socket (or a port of 127.0.0.1) for lifeboat-sim ctl
      --reboot-ms N       how long a reboot takes
      --keybag-iterations N   for tests only: rounds from a backup password to its key,
                          instead of the 10,000,000 of real phones; no password is safe then
      --locks-on-reboot   nobody gets in after a restart until ctl types the passcode
      --fault NAME=VALUE  what goes wrong (may come again; the list is below)
      --ready-file, --quiet   as above
      What a new DIR is filled with, each a number: --photos --videos --trashed --messages
      --contacts --calls --events --notes --voicemails --whatsapp --bookmarks --visits --health
      --networks --documents; --cloud-only N: photos whose originals are in iCloud;
      --not-uploaded N: the newest photos, which iCloud does not have yet; --seed N; --empty:
      none of all but what is named

  lifeboat-sim link --to PORT [--port N] [--rtt-us N] [--rate BYTES] [--ready-file FILE]
      A slow wire in front of a port of 127.0.0.1: round trip in microseconds, bytes a second.

  lifeboat-sim make-content DIR [--photos 640] [--seed 7] [--only-photos]
      Fills a folder as a phone's storage: JPEG photos, films, documents, odd names.

  lifeboat-sim ctl WHERE COMMAND...
      Changes a running phone; prints one line of JSON; exit code 1 when it was refused.
)";

void put(std::FILE* where, std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), where);
    std::fflush(where);
}

adb::Consent consent_of(const std::string& word) {
    if (word == "accept" || word == "off") return adb::Consent::accept;
    if (word == "deny") return adb::Consent::deny;
    if (word == "wait") return adb::Consent::wait;
    throw Misuse(fmt::format("--auth takes accept, deny, wait or off, not \"{}\"", word));
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Misuse(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return {std::istreambuf_iterator<char>(in), {}};
}

// Whole or not at all: who waits for the file never sees half of it.
void write_ready_file(const std::string& path, uint16_t port) {
    const std::string draft = path + ".draft";
    std::ofstream(draft) << port << '\n';
    std::filesystem::rename(draft, path);
}

android::PersonalCounts personal_counts(const Options& options) {
    constexpr unsigned long most = 1'000'000;
    android::PersonalCounts counts =
        android::personal_counts(options.value("--people-data").value_or("none"));
    counts.messages = options.number("--messages", most).value_or(counts.messages);
    counts.mms = options.number("--mms", most).value_or(counts.mms);
    counts.contacts = options.number("--contacts", most).value_or(counts.contacts);
    counts.calls = options.number("--calls", most).value_or(counts.calls);
    counts.events = options.number("--events", most).value_or(counts.events);
    counts.words = options.number("--words", most).value_or(counts.words);
    counts.seed = options.number("--seed", 1u << 30).value_or(counts.seed);
    return counts;
}

AndroidPhone::Config android_config(const Options& options) {
    AndroidPhone::Config config;
    const auto storage = options.value("--storage");
    if (!storage)
        throw Misuse("--storage DIR is missing: the folder that becomes the phone's /sdcard");
    config.storage = *storage;
    config.sd_card = options.value("--sd-card").value_or("");
    config.personality = options.value("--personality").value_or(config.personality);
    config.serial = options.value("--serial").value_or(config.serial);
    config.port = static_cast<uint16_t>(options.number("--port", 65535).value_or(0));
    const std::string auth = options.value("--auth").value_or("accept");
    config.consent = consent_of(auth);
    config.needs_key = auth != "off";
    config.wireless = options.has("--wireless");
    config.mdns = options.has("--mdns");
    config.root = options.has("--root");
    for (const std::string& file : options.all("--trust")) {
        config.trusted_keys.push_back(read_file(file));
    }
    if (const auto limit = options.number("--max-payload", 1u << 20)) {
        config.max_payload = static_cast<uint32_t>(*limit);
    }
    config.without_features = options.all("--without");
    config.denied = options.all("--deny");
    config.personal = personal_counts(options);
    if (const auto ms = options.number("--reboot-ms", 600000)) {
        config.reboot_time = std::chrono::milliseconds(*ms);
    }
    constexpr unsigned long minute = 60'000;
    config.content_start =
        std::chrono::milliseconds(options.number("--content-ms", minute).value_or(0));
    if (!options.has("--quiet")) {
        config.note = [](std::string_view line) { put(stderr, fmt::format("sim: {}\n", line)); };
    }
    return config;
}

// Blocked before any thread starts, so that only wait_for_stop() receives them.
sigset_t block_stops() {
    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &stops, nullptr);
    return stops;
}

void wait_for_stop(const sigset_t& stops) {
    int received = 0;
    ::sigwait(&stops, &received);
}

int run_link(std::span<const std::string> words) {
    const Options options(words, {}, {"--to", "--port", "--rtt-us", "--rate", "--ready-file"});
    const auto to = options.number("--to", 65535);
    if (!to) throw Misuse("--to PORT is missing: what is at the other end of the wire");
    const sigset_t stops = block_stops();
    const SlowLink link(
        {.to = static_cast<uint16_t>(*to),
         .port = static_cast<uint16_t>(options.number("--port", 65535).value_or(0)),
         .round_trip =
             std::chrono::microseconds(options.number("--rtt-us", 60'000'000).value_or(0)),
         .bytes_per_second = options.number("--rate", uint64_t{1} << 40).value_or(0)});
    if (const auto file = options.value("--ready-file")) write_ready_file(*file, link.port());
    put(stdout, fmt::format("127.0.0.1:{}\n", link.port()));
    wait_for_stop(stops);
    return 0;
}

int run_android(std::span<const std::string> words) {
    const Options options(
        words, {"--quiet", "--wireless", "--mdns", "--root"},
        {"--storage", "--sd-card",     "--personality", "--serial",   "--port",      "--auth",
         "--trust",   "--max-payload", "--without",     "--deny",     "--reboot-ms", "--content-ms",
         "--control", "--ready-file",  "--people-data", "--messages", "--mms",       "--contacts",
         "--calls",   "--events",      "--words",       "--seed"});
    if (!options.operands().empty()) {
        throw Misuse(fmt::format("\"{}\" is too much", options.operands().front()));
    }
    const sigset_t stops = block_stops();
    sys::SystemClock clock;
    AndroidPhone phone(android_config(options), clock);
    const uint16_t port = phone.start();
    put(stdout, fmt::format("{} {} on 127.0.0.1:{}\n", phone.device().who().maker,
                            phone.device().who().model, port));
    std::optional<ControlServer> control;
    if (const auto where = options.value("--control")) {
        control.emplace(*where, [&](const auto& command) { return run_control(phone, command); });
    }
    if (const auto file = options.value("--ready-file")) write_ready_file(*file, port);
    wait_for_stop(stops);
    return 0;
}

int run_make_content(std::span<const std::string> words) {
    const Options options(words, {"--only-photos"}, {"--photos", "--seed"});
    if (options.operands().size() != 1) throw Misuse("make-content takes one folder");
    ContentOptions content;
    content.folder = options.operands().front();
    content.photos = options.number("--photos", 1000000).value_or(content.photos);
    content.seed = options.number("--seed", 1u << 30).value_or(content.seed);
    content.others = !options.has("--only-photos");
    const ContentSummary made = make_content(content);
    put(stdout, fmt::format("{} photos and {} other files, {}\n", made.photos, made.others,
                            human_bytes(made.bytes)));
    return 0;
}

int run_ctl(std::span<const std::string> words) {
    if (words.size() < 2) throw Misuse("ctl takes where the phone listens, and a command");
    const std::string answer = ask_control(words[0], {words.begin() + 1, words.end()});
    put(stdout, answer + "\n");
    return answer.find("\"ok\":true") != std::string::npos ? 0 : 1;
}

int dispatch(const std::vector<std::string>& words) {
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        std::FILE* const where = words.empty() ? stderr : stdout;
        put(where, help);
        put(where, "\n  Commands of an Android phone:\n");
        put(where, cloud_control_help());
        put(where, control_help());
        put(where, personal_control_help());
        put(where, app_control_help());
        put(where, "\n  Commands of an iPhone:\n");
        put(where, iphone_control_help());
        put(where, "\n  Faults of an iPhone:\n" + ios::fault_help());
        return words.empty() ? 2 : 0;
    }
    const auto rest = std::span(words).subspan(1);
    if (words[0] == "android") return run_android(rest);
    if (words[0] == "link") return run_link(rest);
    if (words[0] == "iphone") return run_iphone(rest);
    if (words[0] == "make-content") return run_make_content(rest);
    if (words[0] == "ctl") return run_ctl(rest);
    throw Misuse(fmt::format("unknown command \"{}\"", words[0]),
                 "lifeboat-sim --help lists them.");
}

}  // namespace

int run_program(const std::vector<std::string>& words) {
    try {
        return dispatch(words);
    } catch (const Misuse& error) {
        put(stderr, fmt::format("lifeboat-sim: {}\n{}\n", error.full_text(), error.guidance()));
        return 2;
    } catch (const Error& error) {
        put(stderr, fmt::format("lifeboat-sim: {}\n", error.full_text()));
        return 1;
    }
}

}  // namespace lifeboat::sim
