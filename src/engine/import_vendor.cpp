#include "engine/import_vendor.h"

#include "base/text.h"
#include "engine/finish_backup.h"
#include "engine/meter.h"
#include "engine/recording_sink.h"
#include "personal/message.h"

#include <algorithm>

namespace lifeboat::engine {

namespace {

constexpr uint64_t longest_message_file = uint64_t{2} << 30;

std::string folder_name(content::VendorTool tool) {
    return tool == content::VendorTool::smart_switch ? "smart-switch" : "clone-phone";
}

// Of no phone that was ever plugged in: such a folder must never be what an audit compares with.
phone::Facts facts_of(const content::VendorBackup& what) {
    const std::string model =
        what.model.empty() ? std::string(content::name_of(what.tool)) : what.model;
    const std::string key = folder_name(what.tool) + "-" + model;
    return {.id = {.platform = phone::Platform::android, .serial = key},
            .device_key = key,
            .model = model,
            .os_name = "Android",
            .os_version = what.os_version};
}

// The newest backup that Lifeboat made of a phone of this model.
std::optional<repository::Snapshot> own_backup(repository::Repository& repository,
                                               const std::string& model,
                                               const std::stop_token& stop) {
    std::optional<repository::Snapshot> newest;
    for (const auto& snapshot : repository.snapshots(stop)) {
        if (model.empty() || snapshot.hostname != model || !is_finished(snapshot)) continue;
        if (has_tag(snapshot, tag_imported)) continue;
        if (!newest || snapshot.time >= newest->time) newest = snapshot;
    }
    return newest;
}

std::optional<TimePoint> newest_message(repository::Repository& repository,
                                        const std::string& model, const std::stop_token& stop) {
    const auto snapshot = own_backup(repository, model, stop);
    if (!snapshot) return std::nullopt;
    const auto tree = repository.read(*snapshot, stop);
    const ItemPath path("personal/messages/messages.jsonl");
    if (!tree->find(path)) return std::nullopt;
    const Bytes text = read_all(*tree->open(path), longest_message_file);
    std::optional<TimePoint> newest;
    for (const auto& message : personal::decode_messages(as_text(text))) {
        const TimePoint at{std::chrono::milliseconds(personal::date_of(message))};
        if (!newest || at > *newest) newest = at;
    }
    return newest;
}

struct Files {
    std::vector<Item> items{};
    ItemSink::Totals totals{};
    TimePoint newest{};
};

Files files_of(const FileTree& folder, const ItemPath& root, const std::stop_token& stop) {
    Files files;
    walk(folder, root, [&](const Item& item) {
        if (stop.stop_requested()) throw Cancelled{};
        if (item.kind != ItemKind::file) return;
        files.items.push_back(item);
        ++files.totals.items;
        files.totals.bytes += item.size;
        files.newest = std::max(files.newest, item.modified);
    });
    if (files.items.empty()) {
        throw Missing("there is no file in this backup", "Nothing was taken in.");
    }
    return files;
}

void take_in(const FileTree& folder, const content::VendorBackup& what, const Files& files,
             ItemSink& sink, const std::stop_token& stop) {
    const size_t above = what.root.is_root() ? 0 : what.root.text().size() + 1;
    sink.expect(files.totals);
    for (Item item : files.items) {
        if (stop.stop_requested()) throw Cancelled{};
        const auto content = folder.open(item.path);
        item.path = ItemPath(folder_name(what.tool) + "/" + item.path.text().substr(above));
        sink.put(item, *content);
    }
}

}  // namespace

bool VendorImport::all_opened() const {
    return look.problems.empty() &&
           std::ranges::all_of(look.parts, [](const content::VendorPart& part) {
               return part.openness == content::Openness::plain ||
                      part.openness == content::Openness::opened;
           });
}

VendorImport import_vendor(const FileTree& folder, const content::VendorBackup& what,
                           repository::Repository& repository, const OperationContext& context) {
    const Files files = files_of(folder, what.root, context.stop);
    VendorImport result{.what = what};
    result.look =
        content::look_into(folder, what,
                           {.now = context.clock.now(),
                            .newest_message = newest_message(repository, what.model, context.stop)},
                           context.stop);
    const phone::Facts facts = facts_of(what);
    BackupReport& report = result.backup;
    const auto builder = repository.build(nullptr, std::stop_token{});
    Meter meter(context.events, context.clock, "import", repository.backend().where());
    RecordingSink sink(*builder, {}, meter, context.events);
    take_in(folder, what, files, sink, context.stop);
    report.manifest = sink.recorded();
    report.manifest.device_key = facts.device_key;
    report.manifest.model = facts.model;
    report.manifest.os_version = facts.os_version;
    report.manifest.started = context.clock.now();
    report.complete = true;
    // A date in the future would make it the newest for ever.
    report.finished = std::min(what.saved.value_or(files.newest), context.clock.now());
    report.receipt =
        finish_backup(*builder, report.manifest, facts,
                      {std::string(tag_imported), std::string(tag_complete)}, report.finished);
    return result;
}

}  // namespace lifeboat::engine
