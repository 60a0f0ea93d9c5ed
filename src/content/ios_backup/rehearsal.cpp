#include "content/ios_backup/rehearsal.h"

#include "base/error.h"
#include "base/text.h"
#include "crypto/aes_cbc.h"
#include "crypto/sha1.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace lifeboat::content {
namespace {

// Fits the second-level cache: the bytes are read, decrypted and hashed while they are near.
constexpr size_t part_size = size_t{256} << 10;

constexpr size_t digest_size = 20;

// Where padding is the rule, a file of whole blocks has one more. Old systems left it out.
bool is_stored_size(uint64_t stored, uint64_t size, bool encrypted) {
    if (!encrypted) return stored == size;
    const uint64_t whole = size / crypto::aes_block * crypto::aes_block;
    return stored == whole + crypto::aes_block || (stored == size && whole == size);
}

class Rehearsal {
public:
    Rehearsal(const IosBackup& backup, const RehearsalOptions& options,
              const std::function<void(const RehearsalProgress&)>& progress,
              const std::stop_token& stop)
        : backup_(backup), options_(options), progress_(progress), stop_(stop), part_(part_size) {}

    RehearsalReport run() {
        report_.encrypted = backup_.manifest().encrypted;
        report_.finished = backup_.status() && backup_.status()->finished();
        const ManifestIndex& index = backup_.index();
        for (const BadRow& row : index.bad_rows()) wrong(row.name, row.why);
        if (index.bad_row_count() > index.bad_rows().size()) {
            wrong("Manifest.db", fmt::format("{} more rows are damaged",
                                             index.bad_row_count() - index.bad_rows().size()));
        }
        look_at_all();
        choose();
        for (const ManifestEntry* entry : chosen_) {
            check(*entry);
            ++now_.files_done;
            progress_(now_);
        }
        return std::move(report_);
    }

private:
    void wrong(std::string path, std::string why) {
        report_.wrong.push_back({.path = std::move(path), .why = std::move(why)});
    }
    void wrong(const ManifestEntry& entry, std::string why) {
        wrong(name(entry), std::move(why));
        report_.wrong.back().stored = backup_.stored_path(entry);
    }
    std::string name(const ManifestEntry& entry) const {
        return printable(backup_.index().path(entry).text());
    }

    // By names and sizes only: cheap, so that nothing can be missing outside of the sample.
    void look_at_all() {
        for (const ManifestEntry& entry : backup_.index().entries()) {
            if (entry.kind != ItemKind::file) continue;
            if (stop_.stop_requested()) throw Cancelled();
            ++report_.files_in_backup;
            const auto stored = backup_.stored(entry);
            if (!stored || stored->kind != ItemKind::file) {
                ++report_.files_missing;
                wrong(entry, "it is not in the backup");
                continue;
            }
            by_class_[entry.protection_class].push_back(&entry);
        }
    }

    void choose() {
        for (const auto& [number, files] : by_class_) {
            const uint64_t wanted =
                options_.deep ? files.size()
                              : std::min<uint64_t>(files.size(), options_.sample_per_class);
            for (uint64_t i = 0; i < wanted; ++i) {
                chosen_.push_back(files[static_cast<size_t>(i * files.size() / wanted)]);
                now_.bytes += chosen_.back()->size;
            }
        }
        now_.files = chosen_.size();
    }

    void check(const ManifestEntry& entry) {
        ++report_.files_checked;
        ++report_.checked_by_class[entry.protection_class];
        try {
            const MbFile row = backup_.row(entry);
            check_name(entry);
            const auto stored = backup_.stored(entry);
            if (stored && !is_stored_size(stored->size, row.size, !row.encryption_key.empty())) {
                throw Corrupt(
                    fmt::format("{} bytes are stored for a file of {}", stored->size, row.size));
            }
            check_content(entry, row);
        } catch (const Corrupt& error) {
            wrong(entry, error.message());
        } catch (const Missing& error) {
            wrong(entry, error.message());
        }
    }

    void check_name(const ManifestEntry& entry) const {
        std::string text = backup_.index().path(entry).text();
        const size_t slash = text.find('/');
        if (slash == std::string::npos) {
            text += '-';
        } else {
            text[slash] = '-';
        }
        if (crypto::sha1(as_bytes(text)) != entry.id) {
            throw Corrupt("its name in the backup belongs to another file");
        }
    }

    void check_content(const ManifestEntry& entry, const MbFile& row) {
        const auto content = backup_.decrypt(backup_.open_stored(entry), row);
        const bool has_digest = row.digest.size() == digest_size;
        hash_.finish();  // drops what a file before left that was damaged in its midst
        std::array<std::byte, 16> start{};
        uint64_t size = 0;
        while (const size_t got = content->read(part_.storage())) {
            if (stop_.stop_requested()) throw Cancelled();
            const ByteView bytes = part_.reveal().first(got);
            for (size_t i = 0; size + i < start.size() && i < got; ++i) start[size + i] = bytes[i];
            if (has_digest) hash_.update(bytes);
            size += got;
            now_.bytes_done += got;
            report_.bytes_checked += got;
            progress_(now_);
        }
        if (has_digest) compare(row);
        if (Database::looks_like_one(start)) check_database(entry, row);
    }

    void compare(const MbFile& row) {
        const auto found = hash_.finish();
        ++report_.digests_compared;
        if (!std::ranges::equal(found, row.digest)) {
            throw Corrupt("its content is not what the phone computed the digest of");
        }
    }

    // A second pass: only now is it known to be a database, and its size to be right.
    void check_database(const ManifestEntry& entry, const MbFile& row) {
        const auto content = backup_.decrypt(backup_.open_stored(entry), row);
        const Database database(*content, row.size, stop_);
        const IntegrityAnswer answer = database.check();
        switch (answer.integrity) {
            case Integrity::whole:
                ++report_.databases_whole;
                break;
            case Integrity::not_checkable:
                ++report_.databases_not_checkable;
                break;
            case Integrity::damaged:
                throw Corrupt("this database is damaged: " + answer.why);
        }
    }

    const IosBackup& backup_;
    const RehearsalOptions& options_;
    const std::function<void(const RehearsalProgress&)>& progress_;
    const std::stop_token& stop_;
    RehearsalReport report_{};
    RehearsalProgress now_{};
    std::map<uint32_t, std::vector<const ManifestEntry*>> by_class_;
    std::vector<const ManifestEntry*> chosen_;
    crypto::Sha1 hash_;
    SecretBytes part_;
};

}  // namespace

RehearsalReport rehearse(const IosBackup& backup, const RehearsalOptions& options,
                         const std::function<void(const RehearsalProgress&)>& progress,
                         const std::stop_token& stop) {
    return Rehearsal(backup, options, progress, stop).run();
}

}  // namespace lifeboat::content
