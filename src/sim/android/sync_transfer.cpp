// Files through sync, in both directions.
#include "base/error.h"
#include "base/text.h"
#include "sim/android/codec.h"
#include "sim/android/sync_service.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <thread>

namespace lifeboat::sim::adb {

namespace {

constexpr size_t piece = 64u << 10;
constexpr uint32_t flag_dry_run = 0x80000000u;
constexpr uint32_t all_compressions = flag_brotli | flag_lz4 | flag_zstd;

bool is_understood(uint32_t flags) {
    return (flags & ~(all_compressions | flag_dry_run)) == 0 &&
           std::popcount(flags & all_compressions) <= 1;
}

Bytes data_header(size_t size) {
    Bytes header = to_bytes("DATA");
    append_le<uint32_t>(header, static_cast<uint32_t>(size));
    return header;
}

}  // namespace

SyncService::Next SyncService::send_file_with_setup(const std::string& path) {
    std::array<std::byte, 8> setup{};
    if (!stream_.read_exact(setup)) return Next::end;
    if (load_le<uint32_t>(setup) != sync_id("RCV2")) {
        fail("unexpected id for recv setup");
        return Next::end;
    }
    const auto flags = load_le<uint32_t>(setup, 4);
    if (!is_understood(flags)) {
        fail(fmt::format("recv_file: unsupported flags: {}", flags));
        return Next::end;
    }
    return send_file(path, flags & all_compressions);
}

// As adbd: the service ends with the first file that it does not give, whatever was asked for
// behind it.
SyncService::Next SyncService::refuse(std::string_view what, int error) {
    const bool lost = faults_.with([](const FaultPlan& plan) { return plan.lose_refusals; });
    constexpr size_t one_request = 8 + 1024;
    if (!lost || stream_.unread() <= one_request) fail_errno(what, error);
    return Next::end;
}

SyncService::Next SyncService::send_file(const std::string& path, uint32_t compression) {
    Fd fd;
    if (const int error = storage_.open_read(path, fd)) {
        // adbd opens a folder all right and fails at the first read.
        return refuse(error == EISDIR ? "read failed" : "open failed", error);
    }
    return send_content(fd.get(), Storage::canonical(path), compression);
}

SyncService::Next SyncService::send_content(int fd, const std::string& canonical,
                                            uint32_t compression) {
    Progress progress{.fd = fd, .canonical = canonical};
    const auto is_silent = [&](const FaultPlan& plan) {
        return plan.silent_content.contains(canonical);
    };
    while (faults_.with(is_silent)) {
        if (stream_.closed()) return Next::end;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    const bool packed_badly = faults_.with([&](const FaultPlan& plan) {
        progress.endless = plan.endless_content.contains(canonical);
        const auto half = plan.refuse_half.find(canonical);
        if (half != plan.refuse_half.end()) progress.error_at_half = half->second;
        return plan.packed_badly.contains(canonical);
    });
    const auto encoder = compression == 0 || packed_badly ? nullptr : make_encoder(compression);
    if (encoder) heard_.packed_sent(compression);
    const auto out = [&](ByteView data) { send_pieces(data); };
    struct stat info {};
    ::fstat(fd, &info);
    progress.size = static_cast<uint64_t>(info.st_size);
    while (!progress.at_end) {
        if (const int error = fill_buffer(progress)) return refuse("read failed", error);
        if (encoder)
            encoder->feed(buffer_, out);
        else if (!progress.at_end)
            send_pieces(buffer_);
    }
    if (encoder)
        encoder->finish(out);
    else if (!buffer_.empty())
        stream_.write(data_header(buffer_.size()));
    // The end goes out with the last bytes, as it does from a real phone.
    if (encoder) buffer_.clear();
    append(buffer_, as_bytes("DONE"));
    append_le<uint32_t>(buffer_, 0);
    stream_.write(buffer_);
    return Next::go_on;
}

// The next piece of the file, shorter only at its end. Returns an errno.
int SyncService::fill_buffer(Progress& progress) {
    buffer_.resize(piece);
    size_t have = 0;
    while (have < piece) {
        const ssize_t got = ::read(progress.fd, buffer_.data() + have, piece - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno;
        if (got == 0 && progress.endless) return 0;  // with what the buffer held before
        if (got == 0) progress.at_end = true;
        if (got == 0) break;
        have += static_cast<size_t>(got);
        progress.sent += static_cast<uint64_t>(got);
        if (progress.sent < progress.size / 2) continue;
        if (progress.error_at_half != 0) return progress.error_at_half;
        storage_.half_is_read(progress.canonical);
    }
    buffer_.resize(have);
    return 0;
}

// The header goes out on its own: behind an adb server this is what makes small files slow, and a
// phone that sent both at once would flatter every host.
void SyncService::send_pieces(ByteView data) {
    for (; !data.empty(); data = data.subspan(std::min(piece, data.size()))) {
        const ByteView part = data.first(std::min(piece, data.size()));
        stream_.write(data_header(part.size()));
        stream_.write(part);
    }
}

SyncService::Next SyncService::receive_old(const std::string& path_and_mode) {
    const size_t comma = path_and_mode.rfind(',');
    const auto mode = comma == std::string::npos
                          ? std::nullopt
                          : parse_u64(std::string_view(path_and_mode).substr(comma + 1));
    if (!mode || *mode > 0xffffffffu) {
        fail("missing , in ID_SEND_V1");
        return Next::end;
    }
    return receive({path_and_mode.substr(0, comma), static_cast<uint32_t>(*mode), 0, false});
}

SyncService::Next SyncService::receive_with_setup(const std::string& path) {
    std::array<std::byte, 12> setup{};
    if (!stream_.read_exact(setup)) return Next::end;
    if (load_le<uint32_t>(setup) != sync_id("SND2")) {
        fail("unexpected id for send setup");
        return Next::end;
    }
    const auto flags = load_le<uint32_t>(setup, 8);
    if (!is_understood(flags)) {
        fail(fmt::format("send_file: unsupported flags: {}", flags));
        return Next::end;
    }
    return receive(
        {path, load_le<uint32_t>(setup, 4), flags & all_compressions, (flags & flag_dry_run) != 0});
}

// What adbd does with a file it cannot write: says so at once, reads on to the file's end so that
// the host finds the words, and ends the service. Requests behind it are lost.
SyncService::Next SyncService::refuse(const Incoming& incoming, std::string_view why) {
    fail(why);
    drain();
    if (!incoming.dry_run) remove_file(incoming.path);
    return Next::end;
}

SyncService::Next SyncService::receive(const Incoming& incoming) {
    // Before a byte of the new file has come.
    if (!incoming.dry_run) remove_file(incoming.path);
    if (S_ISLNK(incoming.mode)) {  // FUSE has no links
        return refuse(incoming, fmt::format("symlink failed: {}", std::strerror(EPERM)));
    }
    Fd fd;
    if (!incoming.dry_run) {
        if (const int error = storage_.open_write(incoming.path, fd)) {
            return refuse(incoming, fmt::format("couldn't create file: {}", std::strerror(error)));
        }
    }
    uint32_t modified = 0;
    std::string failure;
    if (receive_data(incoming, failure, fd.get(), modified) == Next::end) {
        if (!failure.empty()) return refuse(incoming, failure);
        if (!incoming.dry_run) remove_file(incoming.path);  // the host has gone in the middle
        return Next::end;
    }
    if (!incoming.dry_run) {
        fd.reset();
        const FileTime time{modified, 0};
        storage_.set_times(incoming.path, time, time);
        heard_.written(Storage::canonical(incoming.path));
    }
    Bytes okay = to_bytes("OKAY");
    append_le<uint32_t>(okay, 0);
    stream_.write(okay);
    return Next::go_on;
}

// Up to DONE, or to the first thing that cannot be written.
SyncService::Next SyncService::receive_data(const Incoming& incoming, std::string& failure, int fd,
                                            uint32_t& modified) {
    const auto decoder = incoming.compression == 0 ? nullptr : make_decoder(incoming.compression);
    if (decoder) heard_.packed_taken(incoming.compression);
    const auto out = [&](ByteView data) { store(fd, data, failure); };
    const auto guarded = [&](auto&& work) {
        try {
            work();
        } catch (const Corrupt&) {
            failure = "decompress failed";
        }
    };
    std::array<std::byte, 8> header{};
    while (failure.empty() && stream_.read_exact(header)) {
        const auto word = load_le<uint32_t>(header, 4);
        if (load_le<uint32_t>(header) == sync_id("DONE")) {
            modified = word;
            if (decoder) guarded([&] { decoder->finish(out); });
            return failure.empty() ? Next::go_on : Next::end;
        }
        if (load_le<uint32_t>(header) != sync_id("DATA") || word > piece) {
            failure = word > piece ? "oversize data message" : "unexpected id in send";
            return Next::end;
        }
        buffer_.resize(word);
        if (!stream_.read_exact(buffer_)) return Next::end;
        guarded([&] { decoder ? decoder->feed(buffer_, out) : out(buffer_); });
    }
    return Next::end;
}

void SyncService::drain() {
    std::array<std::byte, 8> header{};
    while (stream_.read_exact(header)) {
        const auto word = load_le<uint32_t>(header, 4);
        if (load_le<uint32_t>(header) != sync_id("DATA") || word > piece) return;
        buffer_.resize(word);
        if (!stream_.read_exact(buffer_)) return;
    }
}

void SyncService::remove_file(const std::string& path) {
    FileStat info;
    if (storage_.stat(path, Links::keep, info) == 0 && S_ISREG(info.mode)) storage_.remove(path);
}

void SyncService::store(int fd, ByteView data, std::string& failure) {
    if (fd < 0 || !failure.empty()) return;
    if (!storage_.use_bytes(data.size())) {
        failure = fmt::format("write failed: {}", std::strerror(ENOSPC));
        return;
    }
    while (!data.empty()) {
        const ssize_t wrote = ::write(fd, data.data(), data.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) {
            failure = fmt::format("write failed: {}", std::strerror(errno));
            return;
        }
        data = data.subspan(static_cast<size_t>(wrote));
    }
}

}  // namespace lifeboat::sim::adb
