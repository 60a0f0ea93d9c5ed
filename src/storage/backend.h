// Where bytes lie: a place keeps write-once files under short names and gives them back.
//
// Names are as in a restic repository: "config", "keys/<id>", "data/ab/<id>", "index/<id>",
// "snapshots/<id>", "locks/<id>": parts of [A-Za-z0-9._-] separated by '/'. Every call may come
// from any thread.
#pragma once

#include "base/bytes.h"
#include "base/error.h"
#include "base/time.h"
#include "sys/clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace lifeboat::storage {

// The place does not answer at all (unplugged, unmounted, server down): exit code 14 after the
// retries.
struct Unreachable : Temporary {
    using Temporary::Temporary;
};

struct Range {
    uint64_t offset = 0;
    uint64_t length = UINT64_MAX;  // to the end
    bool operator==(const Range&) const = default;
};

struct Space {
    uint64_t free = 0;   // bytes this user can still write
    uint64_t total = 0;  // bytes
};

// While it lives, others on this machine see that a file's writer lives.
class Presence {
public:
    virtual ~Presence() = default;
};
enum class Occupied { yes, no, unknown };

class Backend {
public:
    using Each = std::function<void(const std::string& name, uint64_t size)>;

    virtual ~Backend() = default;

    // For messages: "/media/ssd/lifeboat", "s3:bucket/prefix". Never holds a secret.
    virtual std::string where() const = 0;

    // All or nothing: when it returns, the whole file is there under its name and survives a power
    // cut; when it throws, no reader ever sees a part of it. Saving a name that exists replaces it.
    // Throws NoSpace, Denied, Unreachable, Temporary.
    virtual void save(const std::string& name, ByteView content, const std::stop_token& stop) = 0;

    // The bytes of `range`, fewer only where the file ends (a range that starts at or behind the
    // end is empty). Throws Missing when there is no such file.
    virtual Bytes load(const std::string& name, Range range, const std::stop_token& stop) const = 0;

    // The same into memory that the caller has and uses again; how much of it was filled. Of large
    // parts a local disk is asked itself, not what the system remembers of it: who reads back
    // wants to know what is on the disk.
    virtual size_t read(const std::string& name, uint64_t offset, MutableByteView to,
                        const std::stop_token& stop) const;

    // Asked by name: a listing is no evidence of absence.
    virtual std::optional<uint64_t> size(const std::string& name,
                                         const std::stop_token& stop) const = 0;

    // Every file whose name starts with `prefix` (a folder with its slash, as "data/"), in no
    // order. A folder that is not there is empty. Temporary files of writers are not listed.
    virtual void list(const std::string& prefix, const Each& each,
                      const std::stop_token& stop) const = 0;

    // Removing what is not there is no error.
    virtual void remove(const std::string& name, const std::stop_token& stop) = 0;

    // How much room there is; nothing when the place cannot tell.
    virtual std::optional<Space> space(const std::stop_token& stop) const = 0;

    // When a file got its bytes, by the place's own clock; nothing when the place cannot tell, or
    // there is no such file.
    virtual std::optional<TimePoint> modified(const std::string&, const std::stop_token&) const {
        return std::nullopt;
    }

    // Marks a file as one whose writer runs, by a lock of the kernel that goes with the process
    // however it ends. Null where the place has no such locks: servers, some network shares.
    virtual std::unique_ptr<Presence> occupy(const std::string&, const std::stop_token&) {
        return nullptr;
    }
    // Whether somebody does so now. `no` says only that nobody under the same kernel does.
    virtual Occupied occupied(const std::string&, const std::stop_token&) const {
        return Occupied::unknown;
    }
    // Removes what writers that were killed left unfinished at least `age` ago; what a living
    // writer of this program is writing stays. Returns the bytes freed.
    virtual uint64_t remove_leftovers(sys::Clock&, nanoseconds, const std::stop_token&) {
        return 0;
    }
};

}  // namespace lifeboat::storage
