#include "sim/ios/backup_plan.h"

#include <algorithm>

namespace lifeboat::sim::ios {

namespace {

// The row of this very file, if it is known with this date and the computer has it.
const ManifestRow* unchanged(const PhoneEntry& entry, const ManifestRows& rows,
                             const FileIds& listed) {
    const auto known = rows.find(entry.id);
    if (known == rows.end() || !listed.contains(entry.id)) return nullptr;
    const ManifestRow& row = known->second;
    const bool same =
        row.flags == manifest_flag::file && row.facts.modified == entry.facts.modified;
    return same ? &row : nullptr;
}

// Today's rights and numbers, with what belongs to the bytes that were sent.
ManifestRow kept_row(const PhoneEntry& entry, const ManifestRow& sent) {
    ManifestRow row{
        .id = entry.id, .domain = entry.domain, .flags = manifest_flag::file, .facts = entry.facts};
    row.facts.size = sent.facts.size;
    row.facts.digest = sent.facts.digest;
    row.facts.encryption_key = sent.facts.encryption_key;
    row.facts.protection_class = sent.facts.protection_class;
    return row;
}

}  // namespace

BackupPlan plan_backup(const std::vector<PhoneEntry>& entries, const KnownBackup& known) {
    BackupPlan plan;
    for (size_t i = 0; i < entries.size(); ++i) {
        const PhoneEntry& entry = entries[i];
        if (entry.kind != ItemKind::file) {
            const bool folder = entry.kind == ItemKind::folder;
            plan.rows.push_back({.id = entry.id,
                                 .domain = entry.domain,
                                 .flags = folder ? manifest_flag::folder : manifest_flag::link,
                                 .facts = entry.facts});
        } else if (const auto* waiting = unchanged(entry, known.draft, known.in_snapshot)) {
            plan.rows.push_back(kept_row(entry, *waiting));
            plan.waiting.push_back(entry.id);
        } else if (const auto* kept = unchanged(entry, known.previous, known.in_backup)) {
            plan.rows.push_back(kept_row(entry, *kept));
        } else {
            plan.send.push_back(i);
            plan.bytes += entry.facts.size;
        }
    }
    return plan;
}

bool lacks_files(const FileIds& manifest, const FileIds& listed) {
    return std::ranges::any_of(manifest,
                               [&](const std::string& id) { return !listed.contains(id); });
}

std::vector<std::string> vanished_files(const FileIds& manifest, const FileIds& listed) {
    std::vector<std::string> gone;
    for (const std::string& id : listed) {
        if (!manifest.contains(id)) gone.push_back(id);
    }
    std::ranges::sort(gone);
    return gone;
}

}  // namespace lifeboat::sim::ios
