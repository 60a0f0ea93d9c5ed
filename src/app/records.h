// What the program remembers between runs: the evidence log, and what the last audit found.
#pragma once

#include "app/wiring.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::app {

// Appends a run's evidence to the log of this home. A log that does not fit its chain is kept aside
// and named in a warning event; the new one begins afresh.
void record_evidence(World& world, const checklist::EvidenceBook& book,
                     const std::string& device_key);

// The newest of each fact that this home recorded about a phone; nothing of a log that was changed
// from outside.
checklist::EvidenceBook recorded_evidence(const World& world, const std::string& device_key);

struct LastAudit {
    std::string device_key{};
    repository::SnapshotId baseline{};
    TimePoint at{};
    std::vector<ItemPath> missing{};             // lost or damaged
    std::vector<std::string> missing_records{};  // classes of records that lost or changed some
};

void record_audit(World& world, const engine::AuditReport& report);

// The newest audit of this phone, or of any phone when the key is empty. Throws Corrupt.
std::optional<LastAudit> last_audit(const World& world, const std::string& device_key);

}  // namespace lifeboat::app
