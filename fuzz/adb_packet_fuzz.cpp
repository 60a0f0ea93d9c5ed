// The simulated phone's host-facing half, fed with bytes no sane host would send: the packet parser
// alone, and a whole connection behind a socket pair.
#include "base/error.h"
#include "phone/android/direct/packet.h"
#include "sim/android/services.h"
#include "sim/android/shell_syntax.h"
#include "sim/android_phone.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace {

using lifeboat::ByteView;
namespace sim = lifeboat::sim;

void parse(ByteView data) {
    lifeboat::phone::android::PacketParser parser;
    parser.set_checksum(lifeboat::phone::android::Checksum::sum);
    try {
        while (!data.empty()) {
            const auto space = parser.space();
            const size_t count = std::min(space.size(), data.size());
            std::copy_n(data.begin(), count, space.begin());
            parser.commit(count);
            data = data.subspan(count);
        }
    } catch (const lifeboat::Corrupt&) {
        // What is no packet must be refused, and nothing worse.
    }
}

// Gone when the program ends.
struct EmptyFolder {
    EmptyFolder() {
        if (::mkdtemp(path.data()) == nullptr) std::abort();
    }
    ~EmptyFolder() {
        std::error_code not_there;
        std::filesystem::remove_all(path, not_there);
    }
    EmptyFolder(const EmptyFolder&) = delete;
    EmptyFolder& operator=(const EmptyFolder&) = delete;

    std::string path = std::filesystem::temp_directory_path() / "adb_fuzz_XXXXXX";
};

// One phone for all runs, over an empty folder of its own. Nothing waits for the time: `sleep 60`
// only moves the phone's clock, and the question of a backup is answered at once.
sim::Device& device() {
    static lifeboat::sys::ManualClock clock(
        lifeboat::TimePoint(std::chrono::seconds(1'750'000'000)));
    static const EmptyFolder folder;
    static sim::Device phone(sim::personality("pixel-a15"), "FUZZ",
                             {{{"/storage/emulated/0", folder.path}}, {}}, clock);
    phone.state().with([](sim::DeviceState& s) { s.adb_backup.tap = sim::Tap::allow; });
    return phone;
}

void converse(ByteView data) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) std::abort();
    const sim::Fd host(pair[0]);
    sim::adb::KeyStore keys;
    sim::adb::LinkSetup setup;
    setup.features = device().who().features;
    setup.needs_key = false;
    setup.open = [](std::string_view destination) {
        return sim::open_service(device(), destination);
    };
    setup.ask = [](std::string_view) { return sim::adb::Consent::deny; };
    setup.note = [](std::string_view) {};
    sim::adb::Link link(sim::Fd(pair[1]), setup, keys, device().faults());
    // Smaller than the socket's buffer: writing cannot wait for a phone that does not read.
    data = data.first(std::min<size_t>(data.size(), 64u << 10));
    if (::send(host.get(), data.data(), data.size(), MSG_NOSIGNAL) < 0) std::abort();
    ::shutdown(host.get(), SHUT_WR);
    link.serve();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const ByteView data = std::as_bytes(std::span(bytes, size));
    parse(data);
    converse(data);
    try {
        sim::parse_shell(lifeboat::as_text(data));
    } catch (const lifeboat::Misuse&) {
        // A syntax error is an answer.
    }
    return 0;
}
