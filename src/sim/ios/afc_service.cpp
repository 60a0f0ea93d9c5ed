#include "sim/ios/afc_service.h"

#include "base/error.h"
#include "base/text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;
using wire::AfcOperation;
using wire::AfcPacket;
using wire::AfcStatus;

AfcPacket status(AfcStatus code) {
    return {.operation = AfcOperation::status,
            .parameters = wire::afc_numbers({static_cast<uint64_t>(code)})};
}

AfcPacket data(Bytes payload) {
    return {.operation = AfcOperation::data, .payload = std::move(payload)};
}

AfcStatus status_of(int error) {
    switch (error) {
        case 0:
            return AfcStatus::ok;
        case ENOENT:
        case ENOTDIR:
            return AfcStatus::not_found;
        case EEXIST:
            return AfcStatus::exists;
        case EISDIR:
            return AfcStatus::is_folder;
        case ENOTEMPTY:
            return AfcStatus::folder_not_empty;
        case EACCES:
        case EPERM:
        case ELOOP:
            return AfcStatus::permission_denied;
        case ENOSPC:
            return AfcStatus::no_space;
        case EWOULDBLOCK:
            return AfcStatus::would_block;
        case EINVAL:
            return AfcStatus::invalid_argument;
        default:
            return AfcStatus::io_error;
    }
}

std::string first_text(ByteView bytes) {
    const auto texts = wire::parse_afc_texts(bytes);
    return texts.empty() ? std::string() : texts.front();
}

ByteView behind(ByteView parameters, size_t numbers) {
    return parameters.subspan(std::min(parameters.size(), numbers * 8));
}

std::string nanoseconds_of(const timespec& time) {
    return fmt::format("{}", int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec);
}

int flags_of(uint64_t mode) {
    switch (static_cast<wire::AfcMode>(mode)) {
        case wire::AfcMode::read:
            return O_RDONLY;
        case wire::AfcMode::read_write:
            return O_RDWR | O_CREAT;
        case wire::AfcMode::write_new:
            return O_WRONLY | O_CREAT | O_TRUNC;
        case wire::AfcMode::read_write_new:
            return O_RDWR | O_CREAT | O_TRUNC;
        case wire::AfcMode::append:
            return O_WRONLY | O_CREAT | O_APPEND;
        case wire::AfcMode::read_append:
            return O_RDWR | O_CREAT | O_APPEND;
    }
    return -1;
}

std::string_view kind_of(mode_t mode) {
    if (S_ISDIR(mode)) return "S_IFDIR";
    return S_ISLNK(mode) ? "S_IFLNK" : "S_IFREG";
}

}  // namespace

void AfcService::run() {
    for (;;) {
        const auto header = wire::parse_afc_header(channel_.read_exactly(wire::afc_header_size));
        AfcPacket packet{.operation = header.operation, .number = header.number};
        packet.parameters = channel_.read_exactly(header.parameter_size);
        packet.payload = channel_.read_exactly(header.payload_size);
        const bool drops = device_.faults().with(
            [](FaultPlan& plan) { return std::exchange(plan.afc_drops, false); });
        if (drops) return;
        handle(packet);
    }
}

void AfcService::handle(const AfcPacket& packet) {
    AfcPacket answer = status(AfcStatus::not_supported);
    try {
        if (auto one = on_paths(packet)) {
            answer = std::move(*one);
        } else if (auto two = on_files(packet)) {
            answer = std::move(*two);
        } else if (auto three = on_service(packet)) {
            answer = std::move(*three);
        }
    } catch (const phone::Garbled&) {
        answer = status(AfcStatus::invalid_argument);
    }
    answer.number = packet.number;
    channel_.write(wire::afc_bytes(answer));
}

std::optional<AfcPacket> AfcService::on_paths(const AfcPacket& packet) {
    const ByteView p = packet.parameters;
    switch (packet.operation) {
        case AfcOperation::read_folder:
            return list(first_text(p));
        case AfcOperation::file_info:
            return info(first_text(p));
        case AfcOperation::remove:
            return status(remove(first_text(p), false));
        case AfcOperation::remove_tree:
            return status(remove(first_text(p), true));
        case AfcOperation::make_folder: {
            const auto path = local(first_text(p));
            if (!path) return status(AfcStatus::permission_denied);
            std::error_code failed;
            fs::create_directories(*path, failed);
            return status(status_of(failed.value()));
        }
        case AfcOperation::rename:
            return status(rename(p));
        case AfcOperation::make_link:
            return status(make_link(p));
        case AfcOperation::set_modified:
            return status(set_modified(p));
        case AfcOperation::truncate: {
            const auto path = local_target(first_text(behind(p, 1)));
            if (!path) return status(AfcStatus::permission_denied);
            const auto size = static_cast<off_t>(wire::afc_number(p, 0));
            return status(status_of(::truncate(path->c_str(), size) == 0 ? 0 : errno));
        }
        case AfcOperation::open:
            return open(p);
        default:
            return std::nullopt;
    }
}

std::optional<AfcPacket> AfcService::on_files(const AfcPacket& packet) {
    const ByteView p = packet.parameters;
    static constexpr std::array known{
        AfcOperation::read,  AfcOperation::write, AfcOperation::seek,    AfcOperation::tell,
        AfcOperation::close, AfcOperation::lock,  AfcOperation::set_size};
    if (std::ranges::find(known, packet.operation) == known.end()) return std::nullopt;
    const auto at = files_.find(wire::afc_number(p, 0));
    if (at == files_.end()) return status(AfcStatus::invalid_argument);
    Opened& file = at->second;
    switch (packet.operation) {
        case AfcOperation::read:
            return read(file, wire::afc_number(p, 1));
        case AfcOperation::write:
            return write(file, packet.payload);
        case AfcOperation::seek:
            return seek(file, p);
        case AfcOperation::tell: {
            const off_t offset = ::lseek(file.file.get(), 0, SEEK_CUR);
            return AfcPacket{.operation = AfcOperation::tell_result,
                             .parameters = wire::afc_numbers({static_cast<uint64_t>(offset)})};
        }
        case AfcOperation::set_size: {
            const auto size = static_cast<off_t>(wire::afc_number(p, 1));
            return status(status_of(::ftruncate(file.file.get(), size) == 0 ? 0 : errno));
        }
        case AfcOperation::lock:
            return status(lock(file, wire::afc_number(p, 1)));
        default:
            files_.erase(at);
            return status(AfcStatus::ok);
    }
}

std::optional<AfcPacket> AfcService::on_service(const AfcPacket& packet) {
    switch (packet.operation) {
        case AfcOperation::device_info:
            return device_info();
        case AfcOperation::connection_info:
        case AfcOperation::set_connection_options:
        case AfcOperation::set_block_size:
        case AfcOperation::set_socket_block_size:
            return status(AfcStatus::ok);
        default:
            return std::nullopt;
    }
}

std::optional<std::string> AfcService::local(std::string_view path) const {
    std::vector<std::string_view> parts;
    for (const std::string_view part : split(path, '/')) {
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            parts.push_back(part);
        } else if (!parts.empty()) {
            parts.pop_back();
        } else {
            return std::nullopt;
        }
    }
    std::string out = root_;
    for (const std::string_view part : parts) out.append("/").append(part);
    const bool inside = parts.empty() || is_inside(fs::path(out).parent_path().string());
    return inside ? std::optional(out) : std::nullopt;
}

std::optional<std::string> AfcService::local_target(std::string_view path) const {
    auto out = local(path);
    return out && is_inside(*out) ? out : std::nullopt;
}

// A link may lead out of the root: where it ends counts.
bool AfcService::is_inside(const std::string& path) const {
    std::error_code failed;
    const std::string real = fs::weakly_canonical(path, failed).string();
    if (failed) return false;
    const std::string top = fs::canonical(root_, failed).string();
    return !failed && (real == top || real.starts_with(top + "/"));
}

AfcPacket AfcService::list(const std::string& path) const {
    const auto folder = local_target(path);
    if (!folder) return status(AfcStatus::permission_denied);
    std::error_code failed;
    fs::directory_iterator entries(*folder, failed);
    if (failed) return status(status_of(failed.value()));
    std::vector<std::string> names{".", ".."};
    for (const fs::directory_iterator end; entries != end && !failed; entries.increment(failed)) {
        names.push_back(entries->path().filename().string());
    }
    if (failed) return status(status_of(failed.value()));
    std::sort(names.begin() + 2, names.end());
    return data(wire::afc_texts(names));
}

AfcPacket AfcService::info(const std::string& path) const {
    const auto file = local(path);
    if (!file) return status(AfcStatus::permission_denied);
    struct stat s {};
    if (::lstat(file->c_str(), &s) != 0) return status(status_of(errno));
    wire::AfcPairs pairs{
        {"st_size", fmt::format("{}", s.st_size)},   {"st_blocks", fmt::format("{}", s.st_blocks)},
        {"st_nlink", fmt::format("{}", s.st_nlink)}, {"st_ifmt", std::string(kind_of(s.st_mode))},
        {"st_mtime", nanoseconds_of(s.st_mtim)},     {"st_birthtime", nanoseconds_of(s.st_mtim)}};
    if (S_ISLNK(s.st_mode)) {
        std::error_code failed;
        pairs.emplace_back("LinkTarget", fs::read_symlink(*file, failed).string());
    }
    return data(wire::afc_pairs(pairs));
}

AfcPacket AfcService::device_info() const {
    const DeviceState state = device_.state();
    return data(wire::afc_pairs({{"Model", state.who.product_type},
                                 {"FSTotalBytes", fmt::format("{}", state.disk_capacity)},
                                 {"FSFreeBytes", fmt::format("{}", state.disk_free)},
                                 {"FSBlockSize", "4096"}}));
}

AfcPacket AfcService::open(ByteView parameters) {
    constexpr size_t most_files = 256;
    const int flags = flags_of(wire::afc_number(parameters, 0));
    const auto path = local(first_text(behind(parameters, 1)));
    if (flags < 0 || files_.size() >= most_files) return status(AfcStatus::invalid_argument);
    if (!path) return status(AfcStatus::permission_denied);
    std::error_code failed;
    if (fs::is_directory(*path, failed)) return status(AfcStatus::is_folder);
    Fd file(::open(path->c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!file) return status(status_of(errno));
    const uint64_t handle = next_handle_++;
    files_[handle] = {std::move(file), (flags & O_APPEND) != 0, *path};
    return {.operation = AfcOperation::open_result, .parameters = wire::afc_numbers({handle})};
}

AfcPacket AfcService::read(Opened& file, uint64_t size) const {
    constexpr uint64_t most = uint64_t{4} << 20;
    Bytes out(std::min(size, most));
    const ssize_t got = ::read(file.file.get(), out.data(), out.size());
    if (got < 0) return status(status_of(errno));
    out.resize(static_cast<size_t>(got));
    return data(std::move(out));
}

AfcPacket AfcService::write(Opened& file, ByteView payload) const {
    while (!payload.empty()) {
        const ssize_t put = ::write(file.file.get(), payload.data(), payload.size());
        if (put < 0) return status(status_of(errno));
        payload = payload.subspan(static_cast<size_t>(put));
    }
    return status(AfcStatus::ok);
}

AfcPacket AfcService::seek(Opened& file, ByteView parameters) const {
    const uint64_t whence = wire::afc_number(parameters, 1);
    if (whence > SEEK_END) return status(AfcStatus::invalid_argument);
    const auto offset = static_cast<off_t>(wire::afc_number(parameters, 2));
    const off_t at = ::lseek(file.file.get(), offset, static_cast<int>(whence));
    return status(status_of(at < 0 ? errno : 0));
}

AfcStatus AfcService::lock(Opened& file, uint64_t how) {
    const bool busy = device_.faults().with([&](FaultPlan& plan) {
        if (plan.afc_locks_busy == 0 || how != wire::afc_lock_exclusive) return false;
        --plan.afc_locks_busy;
        return true;
    });
    if (busy) return AfcStatus::would_block;
    return status_of(::flock(file.file.get(), static_cast<int>(how)) == 0 ? 0 : errno);
}

AfcStatus AfcService::remove(const std::string& path, bool whole_tree) const {
    const auto file = local(path);
    if (!file || *file == root_) return AfcStatus::permission_denied;
    std::error_code failed;
    if (!fs::exists(fs::symlink_status(*file, failed))) return AfcStatus::not_found;
    if (whole_tree) {
        fs::remove_all(*file, failed);
    } else {
        fs::remove(*file, failed);
    }
    return status_of(failed.value());
}

AfcStatus AfcService::rename(ByteView parameters) const {
    const auto paths = wire::parse_afc_texts(parameters);
    if (paths.size() != 2) return AfcStatus::invalid_argument;
    const auto from = local(paths[0]);
    const auto to = local(paths[1]);
    if (!from || !to || *from == root_ || *to == root_) return AfcStatus::permission_denied;
    return status_of(::rename(from->c_str(), to->c_str()) == 0 ? 0 : errno);
}

AfcStatus AfcService::make_link(ByteView parameters) const {
    constexpr uint64_t symbolic = 2;
    const bool soft = wire::afc_number(parameters, 0) == symbolic;
    const auto paths = wire::parse_afc_texts(behind(parameters, 1));
    if (paths.size() != 2) return AfcStatus::invalid_argument;
    const auto to = local(paths[1]);
    const auto from = local(paths[0]);
    if (!to || (!soft && !from)) return AfcStatus::permission_denied;
    const int done =
        soft ? ::symlink(paths[0].c_str(), to->c_str()) : ::link(from->c_str(), to->c_str());
    return status_of(done == 0 ? 0 : errno);
}

AfcStatus AfcService::set_modified(ByteView parameters) const {
    const auto path = local(first_text(behind(parameters, 1)));
    if (!path) return AfcStatus::permission_denied;
    const uint64_t nanoseconds = wire::afc_number(parameters, 0);
    timespec when{};
    when.tv_sec = static_cast<time_t>(nanoseconds / 1'000'000'000);
    when.tv_nsec = static_cast<long>(nanoseconds % 1'000'000'000);
    const timespec both[2] = {when, when};
    const int done = ::utimensat(AT_FDCWD, path->c_str(), both, AT_SYMLINK_NOFOLLOW);
    return status_of(done == 0 ? 0 : errno);
}

}  // namespace lifeboat::sim::ios
