// A backup folder that Finder, iTunes or idevicebackup2 made, taken into the repository: from then
// on it is a snapshot as any other, verified, and nothing can change it.
#include "base/text.h"
#include "engine/engine.h"
#include "engine/finish_backup.h"
#include "engine/meter.h"
#include "engine/recording_sink.h"
#include "phone/ios/usbmux_wire.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::engine {

namespace {

content::IosBackupKind require_backup(const FileTree& folder) {
    auto kind = content::recognise_ios_backup(folder);
    if (!kind) {
        throw content::NoIosBackup(
            "there is no backup in this folder: neither of an iPhone (Manifest.plist is missing), "
            "nor of Smart Switch or Clone Phone",
            "Finder keeps them in ~/Library/Application Support/MobileSync/Backup, iTunes in "
            "%APPDATA%\\Apple Computer\\MobileSync\\Backup, Smart Switch in "
            "Documents\\Samsung\\SmartSwitch: name one of the folders in there.");
    }
    if (!kind->finished) {
        throw Corrupt("this backup was never finished, so it is none",
                      "Nothing was taken in. Make a new one, or name another folder.");
    }
    if (!phone::ios::normal_udid(kind->udid)) {
        throw Corrupt("this backup does not say which iPhone it is of");
    }
    return *kind;
}

phone::Facts facts_of(const content::IosBackupKind& kind) {
    const std::string udid = *phone::ios::normal_udid(kind.udid);
    return {.id = {.platform = phone::Platform::ios, .serial = udid},
            .device_key = udid,
            .maker = "Apple",
            .model = kind.product_type,
            .os_name = "iOS",
            .os_version = kind.product_version};
}

// Under the phone's own name, whatever the folder was called.
void take_in(const FileTree& folder, const content::IosBackupKind& kind, ItemSink& sink,
             const OperationContext& context) {
    const std::string udid = *phone::ios::normal_udid(kind.udid);
    const size_t above = kind.root.text().empty() ? 0 : kind.root.text().size() + 1;
    std::vector<Item> items;
    ItemSink::Totals totals;
    walk(folder, kind.root, [&](const Item& item) {
        if (context.stop.stop_requested()) throw Cancelled{};
        if (item.kind != ItemKind::file && item.kind != ItemKind::folder) return;
        items.push_back(item);
        if (item.kind != ItemKind::file) return;
        ++totals.items;
        totals.bytes += item.size;
    });
    sink.expect(totals);
    for (Item item : items) {
        if (context.stop.stop_requested()) throw Cancelled{};
        if (item.kind == ItemKind::folder) continue;  // those with files come by themselves
        const auto content = folder.open(item.path);
        item.path = ItemPath(udid + "/" + item.path.text().substr(above));
        sink.put(item, *content);
    }
}

}  // namespace

BackupReport import_iphone(const FileTree& folder, repository::Repository& repository,
                           const BackupOptions& options, const OperationContext& context) {
    const auto kind = require_backup(folder);
    const phone::Facts facts = facts_of(kind);
    BackupReport report;
    const auto builder = repository.build(nullptr, std::stop_token{});
    Meter meter(context.events, context.clock, "import", repository.backend().where());
    RecordingSink sink(*builder, {}, meter, context.events);
    take_in(folder, kind, sink, context);
    report.iphone = prove_iphone(sink.so_far(), {.password = options.phone_password, .deep = true},
                                 context.events, context.clock, context.stop);
    const auto& rehearsal = report.iphone->rehearsal;
    if (!rehearsal.passed()) {
        const auto& first = rehearsal.wrong.front();
        throw Corrupt(
            fmt::format("{} of {} files of this backup are not whole: \"{}\": {}",
                        rehearsal.wrong.size(), rehearsal.files_in_backup, first.path, first.why),
            "Nothing was taken in. The program that made it may have called it "
            "successful; make a new backup with lifeboat ready.");
    }
    report.manifest = sink.recorded();
    report.manifest.device_key = facts.device_key;
    report.manifest.model = facts.model;
    report.manifest.os_version = facts.os_version;
    report.manifest.started = context.clock.now();
    report.complete = true;
    // Its own date: an old backup that is taken in today is not the newest, and none is of
    // tomorrow.
    const TimePoint now = context.clock.now();
    report.finished = std::min(kind.date.value_or(now), now);
    report.receipt = finish_backup(*builder, report.manifest, facts,
                                   {std::string(tag_imported), std::string(tag_complete)},
                                   report.finished, &*report.iphone);
    return report;
}

}  // namespace lifeboat::engine
