#include "sim/ios/device_link.h"

#include "base/text.h"
#include "sys/stream_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::sim::ios {

namespace {

using plist::Dict;
using wire::DlCode;

constexpr int64_t purge_urgency = 4;

[[noreturn]] void fail(const wire::DlStatus& status, MbCode code, std::string_view doing) {
    throw BackupFailure(code,
                        fmt::format("{}: the computer answers {} {}", doing,
                                    static_cast<int64_t>(status.code), printable(status.text)));
}

bool is_goodbye(const plist::Value& message) {
    return wire::dl_name(message) == "DLMessageDisconnect";
}

}  // namespace

void DeviceLink::shake_hands(uint64_t major) {
    channel_.send(wire::dl_version_exchange({.major = major, .minor = 0}), plist::Format::binary);
    const uint64_t answer = wire::parse_dl_version_ok(channel_.receive(wire::device_link_limits));
    if (answer == 0) throw phone::Garbled("the computer agrees to no version of DeviceLink");
    // A computer tells its own version, which may be newer.
    version_ = std::min(answer, major);
    channel_.send(plist::Array{std::string(wire::dl_device_ready)}, plist::Format::binary);
}

std::optional<Dict> DeviceLink::next_request() {
    for (;;) {
        const auto message = wire::parse_dl_message(channel_.receive(wire::device_link_limits));
        if (std::holds_alternative<wire::Disconnect>(message.command)) return std::nullopt;
        if (std::holds_alternative<wire::Ping>(message.command)) continue;
        if (const auto* request = std::get_if<wire::ProcessMessage>(&message.command)) {
            return request->message;
        }
        throw phone::Garbled("the computer sends no request");
    }
}

void DeviceLink::respond(MbCode code, const std::string& description, Dict more) {
    Dict response{{"MessageName", "Response"},
                  {"ErrorCode", static_cast<int64_t>(code)},
                  {"ErrorDescription", description}};
    for (const auto& entry : more) response.set(entry.key, entry.value);
    send(wire::ProcessMessage{std::move(response)});
}

void DeviceLink::send(wire::DlCommand command) {
    channel_.send(wire::dl_array({std::move(command), progress_}), plist::Format::binary);
}

wire::DlStatus DeviceLink::status() {
    const plist::Value message = channel_.receive(wire::device_link_limits);
    if (is_goodbye(message)) throw sys::ConnectionLost("the computer says goodbye");
    // Phones take exactly four entries.
    if (message.array()->size() != 4) {
        throw phone::Garbled(fmt::format("a status has {} entries", message.array()->size()));
    }
    return wire::parse_dl_status(message);
}

wire::DlStatus DeviceLink::ask(wire::DlCommand command) {
    send(std::move(command));
    return status();
}

uint64_t DeviceLink::free_bytes() {
    const auto answer = ask(wire::GetFreeSpace{});
    const auto bytes = answer.payload.u64();
    if (answer.code != DlCode::ok || !bytes) {
        fail(answer, MbCode::computer_read, "asking for free space");
    }
    return *bytes;
}

std::optional<uint64_t> DeviceLink::purge(uint64_t bytes) {
    const auto answer = ask(wire::PurgeSpace{.bytes = bytes, .urgency = purge_urgency});
    if (answer.code != DlCode::ok) return std::nullopt;
    return answer.payload.u64().value_or(0);
}

std::vector<wire::DlEntry> DeviceLink::list(const std::string& path) {
    const auto answer = ask(wire::ListFolder{path});
    if (answer.code == DlCode::not_found) return {};
    if (answer.code != DlCode::ok) fail(answer, MbCode::computer_read, "listing a folder");
    return wire::parse_dl_listing(answer.payload);
}

void DeviceLink::create_folder(const std::string& path) {
    const auto answer = ask(wire::CreateFolder{path});
    if (answer.code != DlCode::ok && answer.code != DlCode::exists) {
        fail(answer, MbCode::computer_write, "making a folder");
    }
}

void DeviceLink::move(std::vector<std::pair<std::string, std::string>> moves) {
    const auto answer = ask(wire::MoveItems{std::move(moves)});
    if (answer.code != DlCode::ok) fail(answer, MbCode::computer_write, "moving files");
}

void DeviceLink::remove(std::vector<std::string> paths) {
    const auto answer = ask(wire::RemoveItems{std::move(paths)});
    if (answer.code != DlCode::ok && answer.code != DlCode::not_found) {
        fail(answer, MbCode::computer_write, "removing files");
    }
}

void DeviceLink::copy(const std::string& from, const std::string& to) {
    const auto answer = ask(wire::CopyItem{.from = from, .to = to});
    if (answer.code != DlCode::ok) fail(answer, MbCode::computer_write, "copying the backup");
}

std::vector<std::string> DeviceLink::download(const std::vector<std::string>& paths,
                                              const Take& take) {
    std::set<std::string> missing(paths.begin(), paths.end());
    send(wire::DownloadFiles{.paths = paths});
    wire::FileFrameReader frames(channel_, wire::FileNames::one);
    while (const auto names = frames.next()) {
        if (!missing.contains(names->on_phone)) {
            throw phone::Garbled("the computer sends a file that nobody asked for: " +
                                 printable(names->on_phone));
        }
        take(names->on_phone, frames);
        std::array<std::byte, 65536> rest{};
        while (frames.read(rest) > 0) {
        }
        if (frames.ending().is_success()) missing.erase(names->on_phone);
    }
    const auto answer = status();
    if (answer.code != DlCode::ok && answer.code != DlCode::multiple && missing.empty()) {
        fail(answer, MbCode::computer_read, "reading files");
    }
    return {missing.begin(), missing.end()};
}

}  // namespace lifeboat::sim::ios
