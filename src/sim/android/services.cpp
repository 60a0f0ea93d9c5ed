#include "sim/android/services.h"

#include "base/text.h"
#include "sim/android/backup_service.h"
#include "sim/android/shell.h"
#include "sim/android/shell_service.h"
#include "sim/android/sync_service.h"

#include <algorithm>
#include <optional>

namespace lifeboat::sim {

namespace {

// "sink:1000" takes so many bytes, "source:1000" gives them; for measuring the wire alone.
void sink(adb::Stream& stream, uint64_t count) {
    Bytes buffer(256u << 10);
    while (count > 0) {
        const size_t got = stream.read(MutableByteView(buffer).first(
            static_cast<size_t>(std::min<uint64_t>(count, buffer.size()))));
        if (got == 0) return;
        count -= got;
    }
}

void source(adb::Stream& stream, uint64_t count) {
    const Bytes zeros(256u << 10);
    while (count > 0) {
        const auto part = static_cast<size_t>(std::min<uint64_t>(count, zeros.size()));
        stream.write(ByteView(zeros).first(part));
        count -= part;
    }
}

// "abb_exec:package\0install\0-S\0005": a service's command without a shell, its words apart.
void run_binder_command(Device& device, std::string_view text, adb::Stream& stream) {
    std::vector<std::string> words{"cmd"};
    for (const std::string_view word : split(text, '\0')) words.emplace_back(word);
    const auto write = [&](std::string_view data) { stream.write(as_bytes(data)); };
    Output out(write);
    Call call{device, words, [&](MutableByteView into) { return stream.read(into); }, out, out};
    run_command(call);
    out.flush();
}

adb::SyncService::Heard heard_by(Device& device) {
    return {.written = [](const std::string&) {},
            .packed_sent =
                [&device](uint32_t flag) {
                    device.state().with([&](DeviceState& s) { ++s.packed_files_sent[flag]; });
                },
            .packed_taken =
                [&device](uint32_t flag) {
                    device.state().with([&](DeviceState& s) { ++s.packed_files_taken[flag]; });
                }};
}

}  // namespace

adb::Service open_service(Device& device, std::string_view destination) {
    using adb::Service;
    using adb::Stream;
    const bool refused = device.faults().with([&](const FaultPlan& plan) {
        return std::ranges::any_of(plan.refuse_services, [&](const std::string& beginning) {
            return destination.starts_with(beginning);
        });
    });
    if (refused) return {};
    if (destination == "sync:") {
        return Service{
            [&device](Stream& stream) {
                adb::SyncService(stream, device.storage(), device.faults(), heard_by(device)).run();
            },
            1};
    }
    if (auto backup = adb::backup_service(device, destination)) return Service{*backup, 1};
    if (const auto request = adb::parse_shell_destination(destination)) {
        // adbd repeats the CLSE of a shell.
        return Service{
            [&device, request](Stream& stream) { adb::serve_shell(device, *request, stream); }, 3};
    }
    constexpr std::string_view binder = "abb_exec:";
    if (destination.starts_with(binder)) {
        return Service{[&device, text = std::string(destination.substr(binder.size()))](
                           Stream& stream) { run_binder_command(device, text, stream); },
                       1};
    }
    const auto count_behind = [&](std::string_view prefix) -> std::optional<uint64_t> {
        if (!destination.starts_with(prefix)) return std::nullopt;
        return parse_u64(destination.substr(prefix.size()));
    };
    if (const auto count = count_behind("sink:")) {
        return Service{[n = *count](Stream& stream) { sink(stream, n); }, 1};
    }
    if (const auto count = count_behind("source:")) {
        return Service{[n = *count](Stream& stream) { source(stream, n); }, 1};
    }
    return {};
}

}  // namespace lifeboat::sim
