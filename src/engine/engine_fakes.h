// A phone in memory for the engine's own tests: files in a MemoryTree, faults on demand. Tests
// across real wires use sim.
#pragma once

#include "crypto/sha256.h"
#include "item/memory_items.h"
#include "phone/phone.h"

#include <algorithm>
#include <set>

namespace lifeboat::engine {

// A phone that drives its own backup, as an iPhone does, and does nothing else.
class SelfDrivingPhone : public phone::Phone {
public:
    explicit SelfDrivingPhone(std::string udid) : udid_(std::move(udid)) {}

    phone::Facts facts(const std::stop_token&) override {
        return {.id = {.platform = phone::Platform::ios, .serial = udid_},
                .device_key = udid_,
                .model = "iPhone",
                .os_name = "iOS",
                .os_version = "17.6.1"};
    }
    phone::Inventory inventory(const std::stop_token&) override { return {}; }
    void digests(std::span<const ItemPath>, const EachDigest&, const std::stop_token&) override {}
    phone::RestoreOutcome restore(const FileTree&, std::span<const ItemPath>, EventSink&,
                                  const std::stop_token&) override {
        return {};
    }

private:
    std::string udid_;
};

class MemoryPhone final : public phone::Phone {
public:
    MemoryTree files{};
    std::vector<phone::Reading> readings{};
    std::set<ItemPath> refused{};
    std::optional<size_t> vanish_after{};  // files pushed before the cable is pulled
    size_t sent = 0;                       // files whose content went over the wire
    size_t facts_asked = 0;
    std::vector<personal::Collection> records{};  // what its databases hold
    std::set<size_t> mute_at{};                   // at these times of asking it tells no fact

    phone::Facts facts(const std::stop_token&) override {
        auto told = readings;
        if (mute_at.contains(++facts_asked)) {
            for (phone::Reading& reading : told) reading.value.reset();
        }
        return {.id = {.serial = "S1"},
                .device_key = "S1",
                .model = "Pixel 7",
                .os_name = "Android",
                .os_version = "13",
                .build = "B1",
                .readings = std::move(told)};
    }
    phone::Inventory inventory(const std::stop_token&) override {
        phone::Inventory inventory;
        walk(files, ItemPath{}, [&](const Item& item) { inventory.items.push_back(item); });
        for (const ItemPath& path : refused)
            inventory.unreadable.push_back({path, "Permission denied"});
        return inventory;
    }
    void digests(std::span<const ItemPath> paths, const EachDigest& each,
                 const std::stop_token&) override {
        for (const ItemPath& path : paths) {
            if (!files.find(path)) {
                each(path, std::nullopt, "No such file");
            } else {
                each(path, Digest{crypto::sha256(read_all(*files.open(path), UINT64_MAX))}, "");
            }
        }
    }
    void backup(const FileTree* previous, ItemSink& sink, EventSink&,
                const std::stop_token&) override {
        walk(files, ItemPath{}, [&](const Item& item) { push(previous, item, sink); });
        for (const ItemPath& path : refused) sink.unreadable(path, "Permission denied");
        if (!records.empty()) push_records(sink);
    }
    std::vector<personal::Collection> personal(EventSink&, const std::stop_token&) override {
        return records;
    }
    // A class comes back whole.
    std::vector<personal::RestoreOutcome> restore_personal(const FileTree& snapshot,
                                                           const personal::RestoreRequest& request,
                                                           EventSink&,
                                                           const std::stop_token&) override {
        std::vector<personal::RestoreOutcome> outcomes;
        const auto held = personal::load_collections(snapshot);
        for (const auto& stored : *held) {
            const auto& wanted = request.classes;
            if (std::find(wanted.begin(), wanted.end(), stored.id) == wanted.end()) continue;
            for (auto& now : records) {
                if (now.id == stored.id && !request.dry_run) now = stored;
            }
            outcomes.push_back({.id = stored.id, .written = stored.records.size()});
        }
        return outcomes;
    }
    phone::RestoreOutcome restore(const FileTree& tree, std::span<const ItemPath> only, EventSink&,
                                  const std::stop_token&) override {
        phone::RestoreOutcome outcome;
        for (const ItemPath& path : only) {
            const auto item = tree.find(path);
            files.add_file(path, read_all(*tree.open(path), UINT64_MAX), item->modified);
            ++outcome.files;
            outcome.bytes += item->size;
        }
        return outcome;
    }

private:
    void push_records(ItemSink& sink) const {
        const Bytes text = to_bytes(personal::encode(records));
        MemorySource source(text);
        sink.put({.path = personal::inventory_path(), .size = text.size()}, source);
    }
    void push(const FileTree* previous, const Item& item, ItemSink& sink) {
        if (item.kind == ItemKind::folder) return;
        const auto before = previous != nullptr ? previous->find(item.path) : std::nullopt;
        if (before && before->size == item.size && same_date(before->modified, item.modified) &&
            sink.keep(item))
            return;
        if (vanish_after && sent >= *vanish_after) throw Temporary("the phone vanished");
        ++sent;
        sink.put(item, *files.open(item.path));
    }
};

}  // namespace lifeboat::engine
