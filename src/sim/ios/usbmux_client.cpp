#include "sim/ios/usbmux_client.h"

#include "base/error.h"
#include "sim/ios/state_file.h"
#include "sys/random.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

constexpr std::chrono::milliseconds event_poll{50};

bool is_record_name(std::string_view name) {
    return wire::normal_udid(name).has_value();
}

}  // namespace

Bytes UsbmuxClient::read_exactly(size_t size) {
    Bytes out(size);
    MutableByteView rest = out;
    while (!rest.empty()) {
        const size_t got = socket_->read(rest);
        if (got == 0) throw sys::ConnectionLost("the program hung up");
        rest = rest.subspan(got);
    }
    return out;
}

UsbmuxClient::Connected UsbmuxClient::run() {
    while (!serve_) {
        const auto header = wire::parse_usbmux_header(read_exactly(wire::usbmux_header_size));
        const Bytes body = read_exactly(header.body_size());
        if (header.version != wire::usbmux_plist_version) {
            socket_->write(
                wire::usbmux_binary_result(wire::usbmux_result::bad_version, header.tag));
            continue;
        }
        const plist::Dict reply = answer(wire::parse_usbmux_body(header, body));
        socket_->write(wire::usbmux_packet(reply, header.tag));
        if (listens_) {
            listen();
            return {};
        }
    }
    return {std::move(serve_), std::move(socket_)};
}

plist::Dict UsbmuxClient::answer(const plist::Dict& request) {
    const std::string* type = request.text("MessageType");
    const std::string name = type == nullptr ? "" : *type;
    if (name == "Listen") listens_ = true;
    if (name == "Listen") return wire::usbmux_result_body(wire::usbmux_result::ok);
    if (name == "ListDevices") return devices();
    if (name == "ListListeners") return {{"ListenerList", plist::Array{}}};
    if (name == "Connect") return connect(request);
    if (name == "ReadBUID") return buid();
    if (name == "ReadPairRecord") return read_record(request);
    if (name == "SavePairRecord") return save_record(request);
    if (name == "DeletePairRecord") return remove_record(request);
    return wire::usbmux_result_body(wire::usbmux_result::bad_command);
}

plist::Dict UsbmuxClient::devices() const {
    plist::Array list;
    server_.bus_.with([&](const UsbmuxServer::Bus& bus) {
        if (bus.device) list.emplace_back(wire::attached_body(*bus.device));
    });
    return {{"DeviceList", std::move(list)}};
}

plist::Dict UsbmuxClient::connect(const plist::Dict& request) {
    const auto id = request.u64("DeviceID");
    const auto port = request.u64("PortNumber");
    const bool here = server_.bus_.with(
        [&](const UsbmuxServer::Bus& bus) { return bus.device && id == bus.device->device_id; });
    if (!here) return wire::usbmux_result_body(wire::usbmux_result::bad_device);
    if (port && *port <= 0xffff) {
        serve_ = server_.setup_.connect(wire::usbmux_port(static_cast<uint16_t>(*port)));
    }
    return wire::usbmux_result_body(serve_ ? wire::usbmux_result::ok
                                           : wire::usbmux_result::refused);
}

plist::Dict UsbmuxClient::buid() const {
    const std::string path = server_.setup_.records + "/SystemConfiguration.plist";
    if (const auto file = read_state_file(path); file && file->text("SystemBUID") != nullptr) {
        return {{"BUID", *file->text("SystemBUID")}};
    }
    sys::SystemRandom random;
    const std::string made = fmt::format(
        "{:08X}-{:04X}-4{:03X}-8{:03X}-{:012X}", random.below(1ull << 32), random.below(1 << 16),
        random.below(1 << 12), random.below(1 << 12), random.below(1ull << 48));
    write_state_file(path, {{"SystemBUID", made}});
    return {{"BUID", made}};
}

plist::Dict UsbmuxClient::read_record(const plist::Dict& request) const {
    const std::string* name = request.text("PairRecordID");
    if (name != nullptr && is_record_name(*name)) {
        const std::string path = server_.setup_.records + "/" + *name + ".plist";
        if (const auto file = read_state_file(path)) {
            return {{"PairRecordData", to_bytes(plist::write_xml(*file))}};
        }
    }
    return wire::usbmux_result_body(wire::usbmux_result::bad_device);
}

plist::Dict UsbmuxClient::save_record(const plist::Dict& request) {
    const std::string* name = request.text("PairRecordID");
    const Bytes* data = request.data("PairRecordData");
    if (name == nullptr || data == nullptr || !is_record_name(*name)) {
        return wire::usbmux_result_body(wire::usbmux_result::bad_command);
    }
    const plist::Value record = plist::read(*data);
    if (record.dict() == nullptr) {
        return wire::usbmux_result_body(wire::usbmux_result::bad_command);
    }
    write_state_file(server_.setup_.records + "/" + *name + ".plist", *record.dict());
    server_.bus_.update([&](UsbmuxServer::Bus& bus) {
        if (!bus.device) return;
        bus.events.push_back({{"MessageType", "Paired"}, {"DeviceID", bus.device->device_id}});
    });
    return wire::usbmux_result_body(wire::usbmux_result::ok);
}

plist::Dict UsbmuxClient::remove_record(const plist::Dict& request) {
    const std::string* name = request.text("PairRecordID");
    if (name == nullptr || !is_record_name(*name) ||
        !std::filesystem::remove(server_.setup_.records + "/" + *name + ".plist")) {
        return wire::usbmux_result_body(wire::usbmux_result::bad_device);
    }
    return wire::usbmux_result_body(wire::usbmux_result::ok);
}

void UsbmuxClient::listen() {
    size_t told = 0;
    server_.bus_.with([&](const UsbmuxServer::Bus& bus) {
        told = bus.events.size();
        if (bus.device) socket_->try_write(wire::usbmux_packet(attached_body(*bus.device), 0));
    });
    socket_->set_timeouts({.connect = event_poll, .read = event_poll});
    std::array<std::byte, 512> ignored{};
    for (;;) {
        const auto fresh = server_.bus_.with([&](const UsbmuxServer::Bus& bus) {
            return std::vector<plist::Dict>(bus.events.begin() + static_cast<std::ptrdiff_t>(told),
                                            bus.events.end());
        });
        for (const plist::Dict& event : fresh) socket_->write(wire::usbmux_packet(event, 0));
        told += fresh.size();
        // Nothing more is expected of a listener than that it goes.
        const auto got = socket_->read_unless_silent(ignored);
        if (got && *got == 0) return;
    }
}

}  // namespace lifeboat::sim::ios
