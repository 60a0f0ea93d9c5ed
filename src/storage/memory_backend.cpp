#include "storage/memory_backend.h"

#include "base/error.h"
#include "storage/name.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace lifeboat::storage {
namespace {

void check(const std::stop_token& stop) {
    if (stop.stop_requested()) throw Cancelled();
}

uint64_t used_by(const MemoryBackend::Files& files) {
    uint64_t used = 0;
    for (const auto& [name, content] : files) used += content.size();
    return used;
}

}  // namespace

void MemoryBackend::save(const std::string& name, ByteView content, const std::stop_token& stop) {
    require_valid_name(name);
    check(stop);
    files_.with([&](Files& files) {
        // The old content goes only once the new one is there, as on a disk.
        if (capacity_ != UINT64_MAX && used_by(files) + content.size() > capacity_) {
            throw NoSpace("writing memory/" + name + ": no space left", "Free some space.");
        }
        files[name] = Bytes(content.begin(), content.end());
    });
}

Bytes MemoryBackend::load(const std::string& name, Range range, const std::stop_token& stop) const {
    require_valid_name(name);
    check(stop);
    return files_.with([&](const Files& files) {
        const auto found = files.find(name);
        if (found == files.end()) throw Missing("there is no memory/" + name);
        const ByteView all = found->second;
        const uint64_t offset = std::min<uint64_t>(range.offset, all.size());
        const uint64_t length = std::min<uint64_t>(range.length, all.size() - offset);
        const ByteView part = all.subspan(offset, length);
        return Bytes(part.begin(), part.end());
    });
}

std::optional<uint64_t> MemoryBackend::size(const std::string& name,
                                            const std::stop_token& stop) const {
    require_valid_name(name);
    check(stop);
    return files_.with([&](const Files& files) -> std::optional<uint64_t> {
        const auto found = files.find(name);
        if (found == files.end()) return std::nullopt;
        return found->second.size();
    });
}

void MemoryBackend::list(const std::string& prefix, const Each& each,
                         const std::stop_token& stop) const {
    require_valid_prefix(prefix);
    check(stop);
    // Told outside the lock: who hears of a file may well ask for it.
    const auto found = files_.with([&](const Files& files) {
        std::vector<std::pair<std::string, uint64_t>> all;
        for (const auto& [name, content] : files) {
            if (name.starts_with(prefix)) all.emplace_back(name, content.size());
        }
        return all;
    });
    for (const auto& [name, size] : found) {
        check(stop);
        each(name, size);
    }
}

void MemoryBackend::remove(const std::string& name, const std::stop_token& stop) {
    require_valid_name(name);
    check(stop);
    files_.with([&](Files& files) { files.erase(name); });
}

std::optional<Space> MemoryBackend::space(const std::stop_token& stop) const {
    check(stop);
    if (capacity_ == UINT64_MAX) return std::nullopt;
    const uint64_t used = files_.with(used_by);
    return Space{.free = capacity_ - std::min(used, capacity_), .total = capacity_};
}

}  // namespace lifeboat::storage
