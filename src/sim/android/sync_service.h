// The phone's side of sync: files listed, sent and received in strict order.
#pragma once

#include "sim/android/storage.h"
#include "sim/android/stream.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace lifeboat::sim::adb {

// Four letters as they stand in a request: "RCV2".
constexpr uint32_t sync_id(std::string_view letters) {
    uint32_t id = 0;
    for (size_t i = 0; i < 4; ++i) id |= static_cast<uint32_t>(letters[i]) << (8 * i);
    return id;
}

// Serves one sync stream on the thread that calls run().
class SyncService {
public:
    struct Heard {
        // Of every file that was received: its canonical path.
        std::function<void(const std::string& path)> written{};
        // Of every file that goes either way packed: the flag of the packing (codec.h).
        std::function<void(uint32_t flag)> packed_sent{}, packed_taken{};
    };

    SyncService(Stream& stream, Storage& storage, Faults& faults, Heard heard);

    // Until QUIT, the end of the stream, or a request that ends it.
    void run();

private:
    enum class Next { go_on, end };

    Next serve(uint32_t id, const std::string& path);
    void stat_old(const std::string& path);
    void stat_new(uint32_t id, const std::string& path, Links links);
    void list(const std::string& path, bool second);
    void add_entry(const std::string& folder, const std::string& name, bool second);
    void add_entry_named(const FileStat& info, int error, std::string_view name, bool second);
    void add_hostile_entries(const std::string& canonical, bool second);
    Next send_file(const std::string& path, uint32_t compression);
    Next send_file_with_setup(const std::string& path);
    Next send_content(int fd, const std::string& canonical, uint32_t compression);
    Next refuse(std::string_view what, int error);
    void send_pieces(ByteView data);
    Next receive_old(const std::string& path_and_mode);
    Next receive_with_setup(const std::string& path);
    struct Incoming {
        std::string path{};
        uint32_t mode = 0;
        uint32_t compression = 0;
        bool dry_run = false;
    };
    Next receive(const Incoming& incoming);
    Next receive_data(const Incoming& incoming, std::string& failure, int fd, uint32_t& modified);
    void store(int fd, ByteView data, std::string& failure);
    Next refuse(const Incoming& incoming, std::string_view why);
    void drain();
    void remove_file(const std::string& path);
    // How far the file being sent is.
    struct Progress {
        int fd = -1;
        std::string canonical{};
        uint64_t size = 0;  // when it was opened
        uint64_t sent = 0;
        int error_at_half = 0;
        bool endless = false;
        bool at_end = false;
    };
    int fill_buffer(Progress& progress);
    void fail(std::string_view message);
    void fail_errno(std::string_view what, int error);
    void flush();

    Stream& stream_;
    Storage& storage_;
    Faults& faults_;
    Heard heard_;
    Bytes listing_;  // entries on their way, sent in pieces
    Bytes buffer_;
};

}  // namespace lifeboat::sim::adb
