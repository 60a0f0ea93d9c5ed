// A small world for the engine's tests: a phone and two places in memory, a clock set by hand.
#pragma once

#include "engine/engine.h"
#include "engine/engine_fakes.h"
#include "storage/faulty_backend.h"
#include "storage/memory_backend.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace lifeboat::engine {

class CollectingEvents final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        events_.with([&](auto& events) { events.push_back(event); });
    }
    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        events_.with([&](const auto& events) {
            for (const Event& event : events) {
                if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
            }
        });
        return found;
    }

private:
    Guarded<std::vector<Event>> events_;
};

class EngineTest : public testing::Test {
protected:
    EngineTest() {
        first_disk.set_files(prepared().files);
        repository::create_copy(second_disk, first_disk, {});
        reopen();
        for (int i = 0; i < 20; ++i) add_photo(i);
        phone.readings = {reading("battery.percent", "95"),
                          reading("battery.charging", "yes"),
                          reading("battery.plugged", "yes"),
                          reading("wifi.connected", "yes"),
                          reading("network.metered", "no"),
                          reading("network.validated", "yes"),
                          reading("storage.free_bytes", "20000000000"),
                          reading("packages.messengers", ""),
                          reading("packages.authenticators", "")};
    }

    // As the next run of the program finds it: nothing remembered but what the disks hold.
    void reopen() {
        first = repository::open_copy(first_faults, *prepared().repository, options(), {});
        second = repository::open_copy(second_faults, *prepared().repository, options(), {});
    }

    // An empty repository: deriving its key is costly by design, so all tests share one.
    struct Prepared {
        sys::SystemClock clock{};
        sys::SystemRandom random{};
        storage::MemoryBackend disk{};
        storage::MemoryBackend::Files files{};
        std::unique_ptr<repository::Repository> repository{};
    };
    static const Prepared& prepared() {
        static const auto made = [] {
            auto made_now = std::make_unique<Prepared>();
            const SecretText password("kite ottawa lagoon plum tractor violet 42");
            const repository::Options options{.clock = made_now->clock, .random = made_now->random};
            repository::create(made_now->disk, password, options, {});
            made_now->files = made_now->disk.files();
            made_now->repository = repository::open(made_now->disk, password, options, {});
            return made_now;
        }();
        return *made;
    }

    repository::Options options() {
        return {.clock = clock,
                .random = random,
                .hostname = "test",
                .username = "tester",
                .workers = 2};
    }
    OperationContext context() {
        return {.events = events, .clock = clock, .program_version = "test"};
    }
    std::vector<Place> places() {
        return {
            {.name = "place-1", .repository = first.get(), .location = "/a", .device = "disk-a"},
            {.name = "place-2", .repository = second.get(), .location = "/b", .device = "disk-b"}};
    }
    static phone::Reading reading(std::string fact, std::string value) {
        return {.fact = std::move(fact), .value = std::move(value), .method = "test"};
    }
    static ItemPath photo(int number) {
        return ItemPath(fmt::format("sdcard/DCIM/IMG_{:03}.jpg", number));
    }
    void add_photo(int number) {
        Bytes content(3000 + static_cast<size_t>(number));
        sys::SeededRandom(static_cast<uint64_t>(number) + 1).fill(content);
        phone.files.add_file(photo(number), content,
                             TimePoint{std::chrono::seconds(1'700'000'000 + number)});
    }
    BackupReport make_backup() { return backup(phone, phone.facts({}), *first, context()); }
    repository::Snapshot latest() { return *newest_backup(first->snapshots({}), "S1"); }
    // A phone that shows all its databases; nothing is in them.
    void show_records() {
        for (const char* id : {"contacts", "messages", "calls", "calendar"})
            phone.records.push_back({.id = id});
    }
    ReadyReport make_ready(const ReadyOptions& wanted) {
        auto all = places();
        if (phone.records.empty()) show_records();
        return ready(phone, all, wanted, context());
    }
    ReadyOptions strong() {
        return {.password =
                    repository::password_strength("kite ottawa lagoon plum tractor violet 42")};
    }

    sys::ManualClock clock{*from_rfc3339("2026-11-25T10:00:00Z")};
    sys::SeededRandom random{11};
    storage::MemoryBackend first_disk{}, second_disk{};
    storage::FaultyBackend first_faults{first_disk}, second_faults{second_disk};
    std::unique_ptr<repository::Repository> first{}, second{};
    CollectingEvents events{};
    MemoryPhone phone{};
};

}  // namespace lifeboat::engine
