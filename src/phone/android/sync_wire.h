// The sync protocol as values: requests into bytes, a phone's byte stream into stats, directory
// entries and file frames.
#pragma once

#include "base/bytes.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

enum class Packing { none, brotli, lz4, zstd };

// What the phone's sync service understands. Version 1 has sizes and times of 32 bits and tells no
// errors.
struct SyncDialect {
    bool stat_v2 = false;
    bool list_v2 = false;
    bool receive_v2 = false;
    // Ways in which it packs what it sends when asked to, and takes what comes: Android 11 knows
    // brotli only.
    bool brotli = false, lz4 = false, zstd = false;
    // The one that gives most for the time: zstd, LZ4, brotli; none where there is none.
    Packing packing() const;
    static SyncDialect of(const std::set<std::string>& features);
};

inline constexpr size_t longest_sync_path = 1024;
inline constexpr size_t longest_data_frame = 65536;

struct StatReply {
    uint32_t error = 0;  // errno of the phone (Linux); 2 for what is not there
    uint32_t mode = 0;
    uint64_t size = 0;
    int64_t modified = 0;  // seconds
    uint64_t device = 0;
    uint64_t inode = 0;
    bool operator==(const StatReply&) const = default;
};

struct DirectoryEntry {
    StatReply stat{};
    std::string name{};
};

// Pieces of a byte stream in order.
class BlockSource {
public:
    virtual ~BlockSource() = default;
    // Valid until the next call; empty at the end.
    virtual ByteView next() = 0;
};

// Cuts a stream of blocks into what the protocol needs. Throws sys::ConnectionLost when the stream
// ends in the middle.
class SyncInput {
public:
    explicit SyncInput(BlockSource& source) : source_(source) {}

    static constexpr size_t longest_take = 4096;
    // `size` bytes in one piece (at most longest_take), valid until the next call.
    ByteView take(size_t size);
    // At least one byte into `out`, which is not empty.
    size_t read(MutableByteView out);
    void skip(uint64_t size);
    // Bytes of the block under way are left.
    bool has_rest() const { return !block_.empty(); }

private:
    void refill();

    BlockSource& source_;
    ByteView block_{};
    Bytes scratch_{};
};

void append_request(Bytes& to, std::string_view id, std::string_view argument);
void append_stat(Bytes& to, const SyncDialect& dialect, std::string_view path);
void append_list(Bytes& to, const SyncDialect& dialect, std::string_view path);
// `packing` only where the dialect has it.
void append_receive(Bytes& to, const SyncDialect& dialect, std::string_view path,
                    Packing packing = Packing::none);
// A file that is to be written: its frames follow, and "DONE" with its date. `packing` only where
// the dialect has it.
void append_send(Bytes& to, std::string_view path, uint32_t mode, Packing packing = Packing::none);
// Bytes of a file as frames of the longest kind.
void append_data(Bytes& to, ByteView bytes);

// These throw Corrupt on what no phone sends.
StatReply read_stat(SyncInput& input, const SyncDialect& dialect);
// The next entry of a listing; nothing at its end.
std::optional<DirectoryEntry> read_entry(SyncInput& input, const SyncDialect& dialect);

enum class FrameKind { data, done, fail, okay };
struct Frame {
    FrameKind kind = FrameKind::done;
    uint32_t length = 0;  // bytes that follow, for data and fail
};
Frame read_frame(SyncInput& input);
// The words behind a fail frame.
std::string read_failure(SyncInput& input, const Frame& frame);

// "Permission denied" for errno values that phones send.
std::string text_of_errno(uint32_t error);

}  // namespace lifeboat::phone::android
