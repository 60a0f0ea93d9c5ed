#include "sim/ios/backup_upload.h"

#include "item/memory_items.h"
#include "sim/ios/outgoing_file.h"

#include <fmt/format.h>

#include <filesystem>

namespace lifeboat::sim::ios {

namespace {

constexpr size_t key_size = 32;
constexpr double percent_of_files = 90;
constexpr size_t batch_of_retries = 16;

// Real phones give the digest of about half of their files: nobody shall rely on it.
bool tells_digest(const std::string& id) {
    return id.front() < '8';
}

}  // namespace

UploadStream::Names BackupUpload::names_of(const PhoneEntry& entry) const {
    return {.on_phone = fmt::format("/.b/{}/{}", entry.domain, entry.relative),
            .in_backup = tools_.target.snapshot_path(entry.id)};
}

void BackupUpload::send_files(const std::vector<PhoneEntry>& entries, const BackupPlan& plan,
                              ManifestStore& draft) {
    all_bytes_ = plan.bytes;
    Batch failed;
    for (size_t at = 0; at < plan.send.size();) {
        const size_t end = std::min(plan.send.size(), at + tools_.faults.plan().batch);
        Batch batch;
        for (; at < end; ++at) batch.push_back(&entries[plan.send[at]]);
        send_batch(batch, draft, failed);
    }
    send_again(failed, draft);
}

void BackupUpload::send_batch(const Batch& batch, ManifestStore& draft, Batch& failed) {
    uint64_t bytes = 0;
    for (const PhoneEntry* entry : batch) bytes += entry->facts.size;
    UploadStream stream(tools_.link, tools_.faults, bytes);
    draft.together([&] {
        for (const PhoneEntry* entry : batch) {
            if (tools_.faults.is_locked()) break;
            if (send_file(stream, *entry, draft)) {
                tools_.faults.file_sent();
            } else {
                failed.push_back(entry);
            }
        }
    });
    stream.finish();
    tools_.faults.check_unlocked();
    sent_bytes_ += bytes;
    if (all_bytes_ > 0) {
        tools_.link.set_progress(percent_of_files * static_cast<double>(sent_bytes_) /
                                 static_cast<double>(all_bytes_));
    }
    tools_.faults.batch_sent();
}

// A phone tries once more what it could not read.
void BackupUpload::send_again(const Batch& failed, ManifestStore& draft) {
    Batch still;
    for (size_t at = 0; at < failed.size(); at += batch_of_retries) {
        const size_t end = std::min(failed.size(), at + batch_of_retries);
        send_batch({failed.begin() + static_cast<std::ptrdiff_t>(at),
                    failed.begin() + static_cast<std::ptrdiff_t>(end)},
                   draft, still);
    }
    for (const PhoneEntry* entry : still) {
        if (!std::filesystem::exists(entry->host_path)) continue;
        throw BackupFailure(MbCode::computer_write,
                            fmt::format("Multiple errors uploading files: {}/{} cannot be read",
                                        entry->domain, entry->relative));
    }
}

bool BackupUpload::send_file(UploadStream& stream, const PhoneEntry& entry, ManifestStore& draft) {
    const auto names = names_of(entry);
    const auto fails = tools_.faults.plan().fail_files;
    if (const auto planned = fails.find(entry.domain + "/" + entry.relative);
        planned != fails.end()) {
        stream.send_failure(names, planned->second, "the file cannot be read");
        return false;
    }
    if (entry.is_database) {
        if (const auto compact = compact_database(entry.host_path, tools_.scratch)) {
            return send_content(stream, entry, *compact, draft);
        }
    }
    return send_content(stream, entry, entry.host_path, draft);
}

bool BackupUpload::send_content(UploadStream& stream, const PhoneEntry& entry,
                                const std::string& host_path, ManifestStore& draft) {
    std::optional<PlainFile> plain;
    try {
        plain.emplace(host_path);
    } catch (const Missing& error) {
        stream.send_failure(names_of(entry), wire::block_code::not_found, error.message());
        return false;
    }
    ManifestRow row{.id = entry.id, .domain = entry.domain, .facts = entry.facts};
    bool sent = false;
    if (tools_.keybag == nullptr) {
        sent = stream.send(names_of(entry), *plain);
    } else {
        SecretBytes key(key_size);
        random_.fill(key.storage());
        EncryptingSource encrypted(*plain, key.reveal(), Padding::pkcs7);
        sent = stream.send(names_of(entry), encrypted);
        row.facts.encryption_key = tools_.keybag->wrap(row.facts.protection_class, key.reveal());
    }
    if (!sent) return false;
    row.facts.size = plain->size();
    if (tells_digest(entry.id)) {
        const auto digest = plain->digest();
        row.facts.digest.assign(digest.begin(), digest.end());
    }
    draft.put(row);
    return true;
}

void BackupUpload::send_list(const std::string& name, ByteSource& content, uint64_t size) {
    UploadStream stream(tools_.link, tools_.faults, size);
    const bool sent =
        stream.send({.on_phone = "/.b/" + name, .in_backup = tools_.target.path(name)}, content);
    stream.finish();
    if (!sent) throw BackupFailure(MbCode::phone_read, "the phone cannot read its own " + name);
}

void BackupUpload::send_list(const std::string& name, const Bytes& content) {
    MemorySource source{Bytes(content)};
    send_list(name, source, content.size());
}

}  // namespace lifeboat::sim::ios
