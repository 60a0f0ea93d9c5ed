// A backend around another that fails as told: for tests of everything that must survive failures.
#pragma once

#include "base/guarded.h"
#include "storage/forwarding_backend.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lifeboat::storage {

enum class Operation : uint32_t {
    save = 1,
    load = 2,
    size = 4,
    list = 8,
    remove = 16,
    space = 32,
};
constexpr uint32_t every_operation = 63;
constexpr uint32_t operator|(Operation a, Operation b) {
    return static_cast<uint32_t>(a) | static_cast<uint32_t>(b);
}

struct Fault {
    enum class Kind {
        temporary,      // Temporary, nothing done
        unreachable,    // Unreachable, nothing done
        no_space,       // NoSpace, nothing done
        denied,         // Denied, nothing done
        missing,        // Missing, nothing done
        lost_answer,    // done, but Temporary is what the caller hears
        short_read,     // load: the last byte is missing
        flipped_bit,    // load: one bit is wrong; save: one bit is wrong in what is kept
        killed_before,  // SIGKILL to this process, nothing done
        killed_after,   // SIGKILL to this process once it is done
    };

    Kind kind = Kind::temporary;
    uint32_t operations = every_operation;  // any of Operation
    std::string prefix{};                   // only names that start with it
    uint64_t first = 1;  // the first of those operations that fails; 1 = the next
    uint64_t count = 1;  // how many in a row; UINT64_MAX: the place is gone
};

class FaultyBackend final : public ForwardingBackend {
public:
    using ForwardingBackend::ForwardingBackend;

    // Faults are independent; each counts its operations from now on.
    void inject(const Fault& fault);
    void heal();

    // NoSpace as soon as more than this many bytes are saved from now on in all.
    void limit_bytes(uint64_t bytes);

    struct Call {
        Operation operation = Operation::save;
        std::string name{};
        uint64_t bytes = 0;  // saved or loaded
        bool operator==(const Call&) const = default;
    };
    // Every call so far, those that failed too, in the order they came.
    std::vector<Call> calls() const;
    uint64_t count(uint32_t operations = every_operation) const;

    void save(const std::string& name, ByteView content, const std::stop_token& stop) override;
    Bytes load(const std::string& name, Range range, const std::stop_token& stop) const override;
    std::optional<uint64_t> size(const std::string& name,
                                 const std::stop_token& stop) const override;
    void list(const std::string& prefix, const Each& each,
              const std::stop_token& stop) const override;
    void remove(const std::string& name, const std::stop_token& stop) override;
    std::optional<Space> space(const std::stop_token& stop) const override;

private:
    struct Armed {
        Fault fault{};
        uint64_t seen = 0;
    };
    struct State {
        std::vector<Armed> faults{};
        std::vector<Call> calls{};
        uint64_t bytes_left = UINT64_MAX;
    };
    class Outcome;

    Outcome begin(Operation operation, const std::string& name, uint64_t bytes) const;

    mutable Guarded<State> state_;
};

}  // namespace lifeboat::storage
