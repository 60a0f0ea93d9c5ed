// The file service of the simulated iPhone: AFC over one folder of this machine.
#pragma once

#include "phone/ios/afc_wire.h"
#include "sim/fd.h"
#include "sim/ios/channel.h"
#include "sim/ios/device.h"

#include <map>
#include <optional>
#include <string>

namespace lifeboat::sim::ios {

// One connection; one thread.
class AfcService {
public:
    AfcService(Device& device, Channel& channel, std::string root)
        : device_(device), channel_(channel), root_(std::move(root)) {}
    // Until the computer hangs up, or the fault plan does.
    void run();

private:
    using Status = wire::AfcStatus;
    struct Opened {
        Fd file{};
        bool append = false;
        std::string path{};
    };

    void handle(const wire::AfcPacket& packet);
    // The packet that answers; nothing when this group does not know the operation.
    std::optional<wire::AfcPacket> on_paths(const wire::AfcPacket& packet);
    std::optional<wire::AfcPacket> on_files(const wire::AfcPacket& packet);
    std::optional<wire::AfcPacket> on_service(const wire::AfcPacket& packet);

    wire::AfcPacket list(const std::string& path) const;
    wire::AfcPacket info(const std::string& path) const;
    wire::AfcPacket device_info() const;
    wire::AfcPacket open(ByteView parameters);
    wire::AfcPacket read(Opened& file, uint64_t size) const;
    wire::AfcPacket write(Opened& file, ByteView payload) const;
    wire::AfcPacket seek(Opened& file, ByteView parameters) const;
    Status lock(Opened& file, uint64_t how);
    Status remove(const std::string& path, bool whole_tree) const;
    Status rename(ByteView parameters) const;
    Status make_link(ByteView parameters) const;
    Status set_modified(ByteView parameters) const;
    // Where a path of the phone lies here; nothing when it leaves the root. The last part may be a
    // link itself: for operations that do not follow it.
    std::optional<std::string> local(std::string_view path) const;
    // The same for those that do.
    std::optional<std::string> local_target(std::string_view path) const;
    // False as well for what cannot be looked at.
    bool is_inside(const std::string& path) const;

    Device& device_;
    Channel& channel_;
    std::string root_;
    std::map<uint64_t, Opened> files_;
    uint64_t next_handle_ = 1;
};

}  // namespace lifeboat::sim::ios
