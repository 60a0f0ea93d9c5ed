#include "content/ios_backup/rehearsal.h"

#include "base/error.h"
#include "base/guarded.h"
#include "base/task_group.h"
#include "base/text.h"
#include "crypto/aes_cbc.h"
#include "crypto/sha1.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <iterator>
#include <thread>
#include <utility>

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

WrongFile wrong_file(const IosBackup& backup, const ManifestEntry& entry, std::string why) {
    return {.path = printable(backup.index().path(entry).text()),
            .why = std::move(why),
            .stored = backup.stored_path(entry)};
}

// Opens files and compares them; one thread's, with what that thread found.
class FileChecks {
public:
    FileChecks(const IosBackup& backup, std::function<void(uint64_t)> on_bytes,
               std::stop_token stop)
        : backup_(backup),
          on_bytes_(std::move(on_bytes)),
          stop_(std::move(stop)),
          part_(part_size) {}

    // `at` is its place among the chosen: what is wrong is told in their order.
    void check(size_t at, const ManifestEntry& entry) {
        ++found_.files_checked;
        ++found_.checked_by_class[entry.protection_class];
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
            wrong_.emplace_back(at, wrong_file(backup_, entry, error.message()));
        } catch (const Missing& error) {
            wrong_.emplace_back(at, wrong_file(backup_, entry, error.message()));
        }
    }

    // Adds the counts to the report of all.
    void add_to(RehearsalReport& report) const {
        report.files_checked += found_.files_checked;
        report.bytes_checked += found_.bytes_checked;
        report.digests_compared += found_.digests_compared;
        report.databases_whole += found_.databases_whole;
        report.databases_not_checkable += found_.databases_not_checkable;
        for (const auto& [number, files] : found_.checked_by_class)
            report.checked_by_class[number] += files;
    }
    std::vector<std::pair<size_t, WrongFile>>& wrong() { return wrong_; }

private:
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
            found_.bytes_checked += got;
            on_bytes_(got);
        }
        if (has_digest) compare(row);
        if (Database::looks_like_one(start)) check_database(entry, row);
    }

    void compare(const MbFile& row) {
        const auto found = hash_.finish();
        ++found_.digests_compared;
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
                ++found_.databases_whole;
                break;
            case Integrity::not_checkable:
                ++found_.databases_not_checkable;
                break;
            case Integrity::damaged:
                throw Corrupt("this database is damaged: " + answer.why);
        }
    }

    const IosBackup& backup_;
    const std::function<void(uint64_t)> on_bytes_;
    const std::stop_token stop_;
    RehearsalReport found_{};  // its counts only
    std::vector<std::pair<size_t, WrongFile>> wrong_;
    crypto::Sha1 hash_;
    SecretBytes part_;
};

class Rehearsal {
public:
    Rehearsal(const IosBackup& backup, const RehearsalOptions& options,
              const std::function<void(const RehearsalProgress&)>& progress,
              const std::stop_token& stop)
        : backup_(backup), options_(options), progress_(progress), stop_(stop) {}

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
        check_chosen();
        return std::move(report_);
    }

private:
    void wrong(std::string path, std::string why) {
        report_.wrong.push_back({.path = std::move(path), .why = std::move(why)});
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
                report_.wrong.push_back(wrong_file(backup_, entry, "it is not in the backup"));
                continue;
            }
            by_class_[entry.protection_class].push_back(&entry);
        }
    }

    void choose() {
        uint64_t bytes = 0;
        for (const auto& [number, files] : by_class_) {
            const uint64_t wanted =
                options_.deep ? files.size()
                              : std::min<uint64_t>(files.size(), options_.sample_per_class);
            for (uint64_t i = 0; i < wanted; ++i) {
                chosen_.push_back(files[static_cast<size_t>(i * files.size() / wanted)]);
                bytes += chosen_.back()->size;
            }
        }
        now_.with([&](RehearsalProgress& now) {
            now.files = chosen_.size();
            now.bytes = bytes;
        });
    }

    // Opening a file is reading and computing: every core takes the next one.
    void check_chosen() {
        std::atomic<size_t> next{0};
        Guarded<std::vector<std::pair<size_t, WrongFile>>> wrong;
        Guarded<RehearsalReport*> report(&report_);
        TaskGroup group(stop_);
        const size_t threads = std::max(1u, std::thread::hardware_concurrency());
        for (size_t i = 0; i < std::min(threads, chosen_.size()); ++i) {
            group.run([&](const std::stop_token& stop) {
                FileChecks checks(
                    backup_, [&](uint64_t bytes) { advance(0, bytes); }, stop);
                for (size_t at = next++; at < chosen_.size(); at = next++) {
                    checks.check(at, *chosen_[at]);
                    advance(1, 0);
                }
                report.with([&](RehearsalReport* all) { checks.add_to(*all); });
                wrong.with(
                    [&](auto& all) { std::ranges::move(checks.wrong(), std::back_inserter(all)); });
            });
        }
        group.join();
        wrong.with([&](auto& all) {
            std::ranges::sort(all, {}, [](const auto& one) { return one.first; });
            for (auto& [at, file] : all) report_.wrong.push_back(std::move(file));
        });
    }

    void advance(uint64_t files, uint64_t bytes) {
        now_.with([&](RehearsalProgress& now) {
            now.files_done += files;
            now.bytes_done += bytes;
            progress_(now);
        });
    }

    const IosBackup& backup_;
    const RehearsalOptions& options_;
    const std::function<void(const RehearsalProgress&)>& progress_;
    const std::stop_token& stop_;
    RehearsalReport report_{};
    Guarded<RehearsalProgress> now_;
    std::map<uint32_t, std::vector<const ManifestEntry*>> by_class_;
    std::vector<const ManifestEntry*> chosen_;
};

}  // namespace

RehearsalReport rehearse(const IosBackup& backup, const RehearsalOptions& options,
                         const std::function<void(const RehearsalProgress&)>& progress,
                         const std::stop_token& stop) {
    return Rehearsal(backup, options, progress, stop).run();
}

}  // namespace lifeboat::content
