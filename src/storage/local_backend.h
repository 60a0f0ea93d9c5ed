// A place that is a folder of this machine: an internal or external disk, or a mounted share.
//
// The folder is held open while the program runs and compared with what its path leads to: a disk
// that was unplugged is Unreachable, never an empty place, and never makes writes land in the empty
// folder it was mounted on. Links inside the folder are not followed.
#pragma once

#include "base/guarded.h"
#include "base/time.h"
#include "storage/backend.h"
#include "storage/durable_file.h"
#include "sys/clock.h"
#include "sys/random.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace lifeboat::storage {

class LocalBackend final : public Backend {
public:
    // Throws Unreachable when the folder is not there.
    LocalBackend(std::string path, sys::Random& random, DirectIo direct = DirectIo::when_possible);

    std::string where() const override { return path_; }
    void save(const std::string& name, ByteView content, const std::stop_token& stop) override;
    Bytes load(const std::string& name, Range range, const std::stop_token& stop) const override;
    size_t read(const std::string& name, uint64_t offset, MutableByteView to,
                const std::stop_token& stop) const override;
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override;
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override;
    void remove(const std::string& name, const std::stop_token& stop) override;
    std::optional<Space> space(const std::stop_token& stop) const override;

    std::optional<TimePoint> modified(const std::string& name,
                                      const std::stop_token& stop) const override;
    std::unique_ptr<Presence> occupy(const std::string& name, const std::stop_token& stop) override;
    Occupied occupied(const std::string& name, const std::stop_token& stop) const override;
    uint64_t remove_leftovers(sys::Clock& clock, nanoseconds age,
                              const std::stop_token& stop) override;

private:
    struct Root;
    using RootPointer = std::shared_ptr<const Root>;
    struct State {
        RootPointer root{};
        Bytes config{};  // how the repository in it is known again; empty before there is one
    };

    RootPointer root() const;
    RootPointer open_root() const;
    [[noreturn]] void throw_gone() const;
    struct Opened;
    Opened open(const std::string& name, const std::stop_token& stop) const;
    size_t fill(const Opened& file, uint64_t offset, MutableByteView to,
                const std::stop_token& stop) const;
    [[noreturn]] void fail(int error_number, const char* doing, const std::string& name) const;
    mode_t file_mode(const Root& root) const;
    std::string shown(const std::string& name) const { return path_ + "/" + name; }

    std::string path_;
    sys::Random& random_;
    std::atomic<bool> direct_;
    mutable Guarded<State> state_;
};

}  // namespace lifeboat::storage
