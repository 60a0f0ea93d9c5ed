#include "repository/steady_read.h"

#include "base/error.h"
#include "crypto/sha256.h"

#include <algorithm>

namespace lifeboat::repository {

namespace {

// Disks and cables that err once are common; ones that err the same way twice are broken.
constexpr int rounds = 2;

}  // namespace

std::optional<Bytes> load_steadily(const storage::Backend& backend, const std::string& name,
                                   storage::Range range, const std::stop_token& stop) {
    for (int round = 0; round < rounds; ++round) {
        if (stop.stop_requested()) throw Cancelled{};
        try {
            return backend.load(name, range, stop);
        } catch (const Missing&) {
            continue;
        } catch (const Corrupt&) {
            continue;  // the disk cannot read its sectors
        } catch (const Temporary&) {
            // A place that is gone fails this question too: then nothing is known about the file.
            backend.size("config", stop);
        }
    }
    return std::nullopt;
}

std::optional<Bytes> load_named_steadily(const storage::Backend& backend, const std::string& name,
                                         ByteView hash, std::string& problem,
                                         const std::stop_token& stop) {
    for (int round = 0; round < rounds; ++round) {
        auto bytes = load_steadily(backend, name, {}, stop);
        if (!bytes) {
            problem = backend.size(name, stop) ? "it cannot be read" : "it is missing";
            return std::nullopt;
        }
        const auto value = crypto::sha256(*bytes);
        if (std::equal(value.begin(), value.end(), hash.begin(), hash.end())) return bytes;
    }
    problem = "its bytes do not match its name";
    return std::nullopt;
}

}  // namespace lifeboat::repository
