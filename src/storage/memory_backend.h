// A place in memory, for tests: what every backend promises, without a disk.
#pragma once

#include "base/guarded.h"
#include "storage/backend.h"

#include <map>
#include <string>
#include <utility>

namespace lifeboat::storage {

class MemoryBackend final : public Backend {
public:
    // `capacity` in bytes; saving more throws NoSpace.
    explicit MemoryBackend(uint64_t capacity = UINT64_MAX) : capacity_(capacity) {}

    std::string where() const override { return "memory"; }
    void save(const std::string& name, ByteView content, const std::stop_token& stop) override;
    Bytes load(const std::string& name, Range range, const std::stop_token& stop) const override;
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override;
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override;
    void remove(const std::string& name, const std::stop_token& stop) override;
    std::optional<Space> space(const std::stop_token& stop) const override;

    // All of it, to compare or to put back.
    using Files = std::map<std::string, Bytes>;
    Files files() const {
        return files_.with([](const Files& files) { return files; });
    }
    void set_files(Files files) {
        files_.with([&](Files& mine) { mine = std::move(files); });
    }

private:
    uint64_t capacity_;
    Guarded<Files> files_;
};

}  // namespace lifeboat::storage
