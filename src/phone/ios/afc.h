// AFC as the computer: files and folders of the iPhone's media folder, and the lock that keeps
// other programs from syncing meanwhile.
#pragma once

#include "item/item.h"
#include "phone/ios/afc_wire.h"
#include "phone/ios/connection.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::phone::ios {

inline constexpr std::string_view afc_service = "com.apple.afc";

struct AfcInfo {
    ItemKind kind = ItemKind::other;
    uint64_t size = 0;
    TimePoint modified{};
    std::string link_target{};
};

struct AfcStorage {
    std::string model{};
    uint64_t total_bytes = 0;
    uint64_t free_bytes = 0;
    uint64_t block_size = 0;
};

// The phone does not do what was asked of its files, for a reason that is none of the others'.
struct AfcRefusal : Temporary {
    AfcRefusal(const std::string& message, AfcStatus why) : Temporary(message), status(why) {}
    AfcStatus status;
};

// One thread. Paths begin at the media folder: "/DCIM". All functions throw Gone, Silent, Garbled,
// Cancelled; Denied when the phone does not allow it; NoSpace when it is full; Missing when a file
// went away; AfcRefusal for everything else.
class Afc {
public:
    explicit Afc(std::unique_ptr<Connection> connection);

    AfcStorage storage();
    // Without "." and "..", in the phone's order. Nothing when there is no such folder.
    std::optional<std::vector<std::string>> list(std::string_view folder);
    // Nothing when it is not there.
    std::optional<AfcInfo> info(std::string_view path);

    // Nothing when there is no such file.
    std::optional<uint64_t> open(std::string_view path, AfcMode mode);
    // At most out.size() bytes; 0 at the end.
    size_t read(uint64_t handle, MutableByteView out);
    void write(uint64_t handle, ByteView bytes);
    void seek(uint64_t handle, uint64_t offset);
    void close(uint64_t handle);
    // False when another program holds it.
    bool try_lock(uint64_t handle);
    void unlock(uint64_t handle);

    void make_folder(std::string_view path);
    void rename(std::string_view from, std::string_view to);
    // False when it is not there.
    bool remove(std::string_view path);
    void set_modified(std::string_view path, TimePoint time);

private:
    AfcPacket ask(AfcOperation operation, Bytes parameters, ByteView payload = {});
    AfcPacket receive();
    void must(const AfcPacket& answer, std::string_view doing) const;

    std::unique_ptr<Connection> connection_;
    uint64_t number_ = 0;
};

}  // namespace lifeboat::phone::ios
