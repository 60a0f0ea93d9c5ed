// What an operation tells while it runs, shown: a line that moves, plain lines, or JSON lines.
#pragma once

#include "app/estimate.h"
#include "base/event.h"
#include "base/guarded.h"
#include "cli/output.h"

#include <functional>
#include <map>
#include <string>

namespace lifeboat::cli {

enum class ProgressMode { none, plain, line, json };

// `wanted` is auto, plain, json or none, as --progress takes it.
ProgressMode progress_mode(std::string_view wanted, const Output& out,
                           const app::Environment& environment);

// The state of the phase under way, and the texts made of it. Pure: the time comes in.
class PhaseView {
public:
    void start(const PhaseStarted& event, nanoseconds now);
    // True when a plain line is due: another 5 % and 30 s, whichever is later.
    bool advance(const Progress& event, nanoseconds now);

    // "copying  24.6 / 64.1 GB  38 %  12.3 MB/s  about 14-18 min"
    std::string text(const Style& style, bool with_bar);
    // "copied 64.1 GB, 3,912 files in 5 min"; empty when nothing was counted.
    std::string ended(nanoseconds now) const;
    const Progress& progress() const { return progress_; }
    std::optional<app::Estimate> estimate() { return estimator_.estimate(); }
    bool running() const { return running_; }
    void end() { running_ = false; }

private:
    bool counts_bytes() const { return progress_.bytes_total > 0 || progress_.bytes_done > 0; }
    uint64_t done() const { return counts_bytes() ? progress_.bytes_done : progress_.items_done; }
    uint64_t total() const {
        return counts_bytes() ? progress_.bytes_total : progress_.items_total;
    }
    uint64_t percent() const;

    Progress progress_{};
    app::Estimator estimator_{};
    nanoseconds started_{};
    nanoseconds last_line_{};
    uint64_t last_percent_ = 0;
    bool running_ = false;
};

// Called from any thread.
class ProgressRenderer final : public EventSink {
public:
    using Now = std::function<nanoseconds()>;

    // `names`: what to call a place that an event names by where it is.
    using Names = std::map<std::string, std::string>;

    ProgressRenderer(Output& out, ProgressMode mode, Now now, unsigned frames_per_second,
                     Names names);
    ~ProgressRenderer() override;
    ProgressRenderer(const ProgressRenderer&) = delete;
    ProgressRenderer& operator=(const ProgressRenderer&) = delete;

    void on(const Event& event) noexcept override;
    // Takes the moving line away, so that other text can be written.
    void clear();

private:
    struct State {
        PhaseView view{};
        nanoseconds last_frame{};
        bool line_shown = false;
    };

    void show(State& state, const Event& event);
    Event named(Event event) const;
    void show_json(State& state, const Event& event);
    void show_text(State& state, const Event& event);
    void frame(State& state, nanoseconds now);
    void erase(State& state);

    Output& out_;
    ProgressMode mode_;
    Now now_;
    Names names_;
    nanoseconds frame_time_;
    Guarded<State> state_{};
};

// "about 14-18 min", "about 20-30 s", "less than 5 s"; "(longer than said before)" when it grew.
std::string estimate_text(const app::Estimate& estimate, const Style& style);
// "5 min 12 s"
std::string duration_text(nanoseconds duration);

}  // namespace lifeboat::cli
