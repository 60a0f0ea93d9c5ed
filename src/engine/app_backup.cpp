#include "engine/app_backup.h"

#include "base/text.h"
#include "checklist/facts.h"
#include "engine/finish_backup.h"
#include "engine/meter.h"
#include "engine/recording_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace lifeboat::engine {

namespace {

constexpr size_t first_read = size_t{64} << 10;

// The bytes that were read to see whether any come, and then the rest.
class Rejoined final : public ByteSource {
public:
    Rejoined(ByteView first, ByteSource& rest) : first_(first), rest_(rest) {}
    size_t read(MutableByteView out) override {
        if (first_.empty()) return rest_.read(out);
        const size_t size = std::min(out.size(), first_.size());
        std::ranges::copy(first_.first(size), out.begin());
        first_ = first_.subspan(size);
        return size;
    }

private:
    ByteView first_;
    ByteSource& rest_;
};

class Counted final : public ByteSource {
public:
    explicit Counted(ByteSource& inner) : inner_(inner) {}
    size_t read(MutableByteView out) override {
        const size_t size = inner_.read(out);
        count_ += size;
        return size;
    }
    uint64_t count() const { return count_; }

private:
    ByteSource& inner_;
    uint64_t count_ = 0;
};

phone::AppBackupPhone& require_source(phone::Phone& phone) {
    auto* source = dynamic_cast<phone::AppBackupPhone*>(&phone);
    if (source == nullptr) {
        throw Unsupported("this phone does not give the data of its apps one by one",
                          "Only Android phones do. An iPhone's backup has it: lifeboat backup. "
                          "Nothing was copied.");
    }
    return *source;
}

void read_into(AppBackupReport& report, ByteSource& file, const SecretText& password) {
    try {
        report.listing = ab::read_listing(file, password);
        report.state =
            report.listing.has_nothing() ? AppBackupState::none_allowed : AppBackupState::saved;
    } catch (const ab::NothingSaved&) {
        report.state = AppBackupState::not_confirmed;
    } catch (const ab::WrongPassword&) {
        report.state =
            password.empty() ? AppBackupState::no_password : AppBackupState::wrong_password;
    } catch (const Corrupt& broken) {
        report.state = AppBackupState::damaged;
        report.why = broken.message();
    } catch (const Unsupported& unknown) {
        report.state = AppBackupState::damaged;
        report.why = unknown.message();
    }
}

// An .ab file does not say which phone it is of.
phone::Facts facts_of_file() {
    return {.id = {.platform = phone::Platform::android, .serial = "adb-backup"},
            .device_key = "adb-backup",
            .model = "adb backup",
            .os_name = "Android"};
}

void refuse(const AppBackupReport& report) {
    switch (report.state) {
        case AppBackupState::not_confirmed:
            throw Missing("this Android backup file is empty: nothing was ever saved in it",
                          "Nobody tapped \"Back up my data\" in time, or the password was wrong. "
                          "Nothing was taken in.");
        case AppBackupState::none_allowed:
            throw Missing("this Android backup file has no app in it",
                          "The apps that were asked for do not allow it: most do not, since "
                          "Android 12. Nothing was taken in.");
        case AppBackupState::damaged:
            throw Corrupt("this Android backup file is not whole: " + report.why,
                          "Nothing was taken in; the file is untouched.");
        case AppBackupState::wrong_password:
            throw ab::WrongPassword("the password does not open this Android backup file",
                                    "Nothing was taken in. It is the one that was typed on the "
                                    "phone when the file was made.");
        case AppBackupState::saved:
        case AppBackupState::no_password:
            return;
    }
}

}  // namespace

const ItemPath& app_backup_path() {
    static const ItemPath path("personal/legacy/adb-backup.ab");
    return path;
}

std::optional<TimePoint> app_backup_saved_at(repository::Repository& repository,
                                             const std::string& device_key,
                                             const std::stop_token& stop) {
    std::vector<repository::Snapshot> snapshots = repository.snapshots(stop);
    std::erase_if(snapshots, [&](const repository::Snapshot& one) {
        return !is_finished(one) || !has_tag(one, tag_phone(device_key));
    });
    std::ranges::sort(snapshots, std::greater{}, &repository::Snapshot::time);
    if (snapshots.size() > snapshots_looked_at) snapshots.resize(snapshots_looked_at);
    for (const repository::Snapshot& one : snapshots) {
        if (repository.read(one, stop)->find(app_backup_path())) return one.time;
    }
    return std::nullopt;
}

void add_app_backup(checklist::EvidenceBook& book, repository::Repository& repository,
                    const std::string& device_key, TimePoint now, const std::stop_token& stop) {
    checklist::Evidence found{.fact = std::string(checklist::facts::app_backup_saved_at),
                              .grade = checklist::Grade::proven,
                              .method = "the backups of this phone in the first place",
                              .observed = now};
    try {
        const auto saved = app_backup_saved_at(repository, device_key, stop);
        found.value = saved ? to_rfc3339(*saved) : std::string(checklist::facts::none);
    } catch (const Corrupt& damage) {
        found.grade = checklist::Grade::unknown;
        found.why_unknown = damage.message();
    }
    book.add(std::move(found));
}

bool AppBackupReport::is_kept() const {
    return state == AppBackupState::saved || state == AppBackupState::no_password ||
           state == AppBackupState::wrong_password;
}

std::vector<std::string> AppBackupReport::allowed_nothing() const {
    std::vector<std::string> silent;
    if (state != AppBackupState::saved && state != AppBackupState::none_allowed) return silent;
    std::ranges::copy_if(asked, std::back_inserter(silent),
                         [&](const std::string& app) { return !listing.apps.contains(app); });
    return silent;
}

AppBackupReport read_app_backup(ByteSource& file, const SecretText& password) {
    Counted counted(file);
    AppBackupReport report;
    read_into(report, counted, password);
    report.bytes = counted.count();
    return report;
}

WithAppBackup::WithAppBackup(phone::Phone& phone, AppBackupWish wish, sys::Clock& clock)
    : phone_(phone), source_(require_source(phone)), wish_(std::move(wish)), clock_(clock) {}

// False when no byte came.
bool WithAppBackup::take_file(ItemSink& sink, EventSink& events, const std::stop_token& stop) {
    const PersonNeeded tap{.code = "phone.allow_backup",
                           .instruction = "Unlock the phone and tap \"Back up my data\""};
    const auto backup = source_.app_backup(wish_.apps, stop);
    report_.asked = backup.asked;
    events.on(tap);
    Bytes first(first_read);
    first.resize(backup.archive->read(first));
    events.on(PersonNeeded{tap.code, tap.instruction, true});
    if (first.empty()) return false;
    Rejoined whole(first, *backup.archive);
    Counted counted(whole);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.now());
    sink.put({.path = app_backup_path(), .mode = 0600, .modified = now}, counted);
    report_.bytes = counted.count();
    return true;
}

// What was stored is read back, not what came by: so it is known to be whole where it lies.
void WithAppBackup::backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                           const std::stop_token& stop) {
    report_ = {};
    if (take_file(sink, events, stop)) {
        const auto stored = sink.so_far().open(app_backup_path());
        read_into(report_, *stored, wish_.password);
        if (!report_.is_kept()) sink.remove(app_backup_path());
    }
    phone_.backup(previous, sink, events, stop);
}

AppBackupImport import_app_backup(const FileTree& folder, const ItemPath& file,
                                  repository::Repository& repository, const SecretText& password,
                                  const OperationContext& context) {
    const auto item = folder.find(file);
    if (!item || item->kind != ItemKind::file) throw Missing("there is no such file");
    AppBackupImport result;
    result.apps = read_app_backup(*folder.open(file), password);
    refuse(result.apps);
    result.apps.bytes = item->size;
    const phone::Facts facts = facts_of_file();
    BackupReport& report = result.backup;
    const auto builder = repository.build(nullptr, std::stop_token{});
    Meter meter(context.events, context.clock, "import", repository.backend().where());
    RecordingSink sink(*builder, {}, meter, context.events);
    sink.expect({.items = 1, .bytes = item->size});
    if (context.stop.stop_requested()) throw Cancelled{};
    const auto content = folder.open(file);
    Item stored = *item;
    stored.path = app_backup_path();
    sink.put(stored, *content);
    report.manifest = sink.recorded();
    report.manifest.device_key = facts.device_key;
    report.manifest.model = facts.model;
    report.manifest.started = context.clock.now();
    report.complete = true;
    // Its own date: an old one is not the newest, and none is of tomorrow.
    report.finished = std::min(item->modified, context.clock.now());
    report.receipt =
        finish_backup(*builder, report.manifest, facts,
                      {std::string(tag_imported), std::string(tag_complete)}, report.finished);
    return result;
}

}  // namespace lifeboat::engine
