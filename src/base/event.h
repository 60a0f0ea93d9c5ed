// What an operation tells while it runs: one variant, one method. Renderers (terminal, JSON lines,
// browser) visit it; a new kind of event breaks each of them at compile time, which is wanted.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

namespace lifeboat {

// Phases are words of the trade in present tense: "scan", "copy", "replicate", "read back",
// "prove", "restore".
struct PhaseStarted {
    std::string phase;
    std::string place;  // the place or phone it is about; may be empty
};
struct PhaseEnded {
    std::string phase;
    std::string place;
};
// One item is done. Not shown one by one to a person; `--json` prints them only with -v.
struct ItemDone {
    std::string path;
    uint64_t bytes = 0;
};
struct ItemFailed {
    std::string path;
    std::string reason;
};
// Something only a person can do now: "Unlock the phone". `resolved` says the same thing is over.
struct PersonNeeded {
    std::string code;  // stable, as "phone.unauthorized"
    std::string instruction;
    bool resolved = false;
};
enum class Severity { debug, info, warning };
struct Noted {
    Severity severity = Severity::info;
    std::string text;
};
// Counters of a phase; totals are 0 until the scan is complete.
struct Progress {
    std::string phase;
    std::string place;
    uint64_t items_done = 0;
    uint64_t items_total = 0;
    uint64_t bytes_done = 0;
    uint64_t bytes_total = 0;
};

using Event =
    std::variant<PhaseStarted, PhaseEnded, ItemDone, ItemFailed, PersonNeeded, Noted, Progress>;

// Called from any thread; must not block for long and must not throw.
class EventSink {
public:
    virtual ~EventSink() = default;
    virtual void on(const Event& event) noexcept = 0;
};

}  // namespace lifeboat
