// The data of apps that a phone gives by `adb backup`, in a backup beside its files: asked for only
// when a person wants it, since somebody has to tap, and most apps give nothing. It never counts
// for a verdict.
#pragma once

#include "ab/archive.h"
#include "engine/engine.h"
#include "phone/app_backup.h"

#include <optional>
#include <string>
#include <vector>

namespace lifeboat::engine {

// Where it lies in a snapshot, as the phone sent it.
const ItemPath& app_backup_path();

enum class AppBackupState {
    saved,           // read back whole, and it has something in it
    none_allowed,    // a whole file without any app
    not_confirmed,   // no byte came: tapped away, or nobody tapped in time
    no_password,     // kept, encrypted; nobody gave its password
    wrong_password,  // kept, encrypted; the password given does not open it
    damaged,         // not kept: cut, or not readable
};

struct AppBackupReport {
    AppBackupState state = AppBackupState::not_confirmed;
    std::vector<std::string> asked{};  // packages; empty for a file from elsewhere
    uint64_t bytes = 0;                // of the file
    ab::Listing listing{};             // when saved
    std::string why{};                 // when damaged

    bool is_kept() const;
    // Those asked that have nothing in the file; when it was read.
    std::vector<std::string> allowed_nothing() const;
};

// Reads an .ab file to its end and says what it is. Throws what the source throws but for Corrupt.
AppBackupReport read_app_backup(ByteSource& file, const SecretText& password);

// When the newest finished backup of this phone was made that has one; nothing when none of the
// newest `snapshots_looked_at` has.
inline constexpr size_t snapshots_looked_at = 100;
std::optional<TimePoint> app_backup_saved_at(repository::Repository& repository,
                                             const std::string& device_key,
                                             const std::stop_token& stop);
// The same as evidence, for an Android phone.
void add_app_backup(checklist::EvidenceBook& book, repository::Repository& repository,
                    const std::string& device_key, TimePoint now, const std::stop_token& stop);

struct AppBackupWish {
    std::vector<std::string> apps{};  // empty: all
    SecretText password{};            // empty: not known
};

// A phone whose backup begins with what its apps give. Everything else is the phone's own.
class WithAppBackup final : public phone::Phone {
public:
    // Throws Unsupported for a phone that has no such thing. `phone` and `clock` outlive it.
    WithAppBackup(phone::Phone& phone, AppBackupWish wish, sys::Clock& clock);

    // Of the last backup().
    const AppBackupReport& report() const { return report_; }

    phone::Facts facts(const std::stop_token& stop) override { return phone_.facts(stop); }
    phone::Inventory inventory(const std::stop_token& stop) override {
        return phone_.inventory(stop);
    }
    void digests(std::span<const ItemPath> files, const EachDigest& each,
                 const std::stop_token& stop) override {
        phone_.digests(files, each, stop);
    }
    // The person is asked first: they are there now.
    void backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                const std::stop_token& stop) override;
    phone::RestoreOutcome restore(const FileTree& tree, std::span<const ItemPath> only,
                                  EventSink& events, const std::stop_token& stop) override {
        return phone_.restore(tree, only, events, stop);
    }
    std::vector<personal::Collection> personal(EventSink& events,
                                               const std::stop_token& stop) override {
        return phone_.personal(events, stop);
    }
    std::vector<personal::RestoreOutcome> restore_personal(const FileTree& snapshot,
                                                           const personal::RestoreRequest& request,
                                                           EventSink& events,
                                                           const std::stop_token& stop) override {
        return phone_.restore_personal(snapshot, request, events, stop);
    }

private:
    bool take_file(ItemSink& sink, EventSink& events, const std::stop_token& stop);

    phone::Phone& phone_;
    phone::AppBackupPhone& source_;
    AppBackupWish wish_;
    sys::Clock& clock_;
    AppBackupReport report_{};
};

// Takes an .ab file of another program in, with its own date, once it was read to its end. Without
// the password of an encrypted one it is taken in unread. Throws ab::WrongPassword, Missing (it has
// nothing in it), Corrupt: nothing was taken in.
struct AppBackupImport {
    BackupReport backup{};
    AppBackupReport apps{};
};
AppBackupImport import_app_backup(const FileTree& folder, const ItemPath& file,
                                  repository::Repository& repository, const SecretText& password,
                                  const OperationContext& context);

}  // namespace lifeboat::engine
