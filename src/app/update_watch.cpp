#include "app/update_watch.h"

#include "app/update_ladder.h"
#include "app/update_target.h"
#include "base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lifeboat::app {
namespace {

namespace ios = phone::ios;

UpdateMode mode_of(ios::UsbMode mode) {
    switch (mode) {
        case ios::UsbMode::recovery:
            return UpdateMode::recovery;
        case ios::UsbMode::dfu:
            return UpdateMode::dfu;
        case ios::UsbMode::normal:
            break;
    }
    return UpdateMode::starting;
}

struct Sight {
    UpdateMode mode = UpdateMode::gone;
    ios::Glance phone{};  // with a version in normal mode only
    std::optional<uint64_t> ecid{};
};

Sight sight_of(const UpdateView& view, const UpdateTarget& target) {
    for (const ios::Glance& phone : view.phones) {
        if (!target.is(phone)) continue;
        const UpdateMode mode = phone.version.empty() ? UpdateMode::starting : UpdateMode::normal;
        return {.mode = mode, .phone = phone, .ecid = phone.ecid};
    }
    for (const ios::UsbIphone& phone : view.usb) {
        if (target.is(phone)) return {.mode = mode_of(phone.mode), .ecid = phone.ecid};
    }
    return {};
}

// A build that is not told is no other build.
bool is_other_system(const ios::Glance& before, const ios::Glance& now) {
    const bool both_tell = !before.build.empty() && !now.build.empty();
    return before.version != now.version || (both_tell && before.build != now.build);
}

class Watch {
public:
    using Each = std::function<void(const UpdateStep&)>;
    Watch(const UpdateEyes& eyes, const UpdateWatchOptions& options, const Each& each,
          const std::stop_token& stop)
        : eyes_(eyes), options_(options), each_(each), stop_(stop) {}

    UpdateOutcome run() {
        started_ = last_sign_ = eyes_.clock.monotonic();
        UpdateView view = look();
        target_ = choose_target(view, options_.wanted);
        while (!takes(sight_of(view, target_))) {
            give_up_at_the_limit();
            if (!eyes_.clock.sleep(options_.interval, stop_)) throw Cancelled();
            view = look();
        }
        outcome_.took = eyes_.clock.monotonic() - started_;
        return std::move(outcome_);
    }

private:
    UpdateView look() const {
        UpdateView view{.phones = eyes_.bus.glances(stop_)};
        view.usb = ios::usb_iphones(eyes_.usb_folder).value_or(std::vector<ios::UsbIphone>{});
        return view;
    }

    // True when this is the end.
    bool takes(const Sight& sight) {
        remember(sight);
        const bool changed = !now_ || now_->mode != sight.mode ||
                             now_->version != sight.phone.version ||
                             now_->build != sight.phone.build;
        if (!changed) {
            tell_silence();
            return false;
        }
        const bool updated = is_updated(sight);
        tell({.mode = sight.mode,
              .version = sight.phone.version,
              .build = sight.phone.build,
              .back = sight.mode == UpdateMode::normal && was_away_,
              .updated = updated});
        if (updated) outcome_.version_after = sight.phone.version;
        return updated;
    }

    // What a phone tells in one mode finds it again in the others.
    void remember(const Sight& sight) {
        if (target_.udid.empty()) target_.udid = sight.phone.udid;
        if (!target_.ecid) target_.ecid = sight.ecid;
        if (outcome_.serial.empty()) outcome_.serial = sight.phone.udid;
        if (!sight.phone.model.empty()) outcome_.model = sight.phone.model;
        if (sight.mode != UpdateMode::normal && sight.mode != UpdateMode::starting) {
            was_away_ = true;
        }
    }

    bool is_updated(const Sight& sight) {
        if (sight.mode != UpdateMode::normal) return false;
        const ios::Glance& phone = sight.phone;
        if (before_) return is_other_system(*before_, phone);
        // It was away from the start: which system it had, nobody saw.
        if (was_away_) return true;
        before_ = phone;
        outcome_.version_before = phone.version;
        return false;
    }

    void tell(UpdateStep step) {
        const nanoseconds now = eyes_.clock.monotonic();
        step.serial = outcome_.serial;
        step.when = eyes_.clock.now();
        step.after = now_ ? now - last_sign_ : nanoseconds{};
        last_sign_ = now;
        told_silence_ = false;
        now_ = step;
        outcome_.steps.push_back(step);
        each_(step);
    }

    // In recovery mode a phone is as alive as it will be.
    void tell_silence() {
        const bool may_be_frozen =
            now_->mode == UpdateMode::gone || now_->mode == UpdateMode::starting;
        const nanoseconds silence = eyes_.clock.monotonic() - last_sign_;
        if (!may_be_frozen || told_silence_ || silence < frozen_after) return;
        told_silence_ = true;
        UpdateStep step = *now_;
        step.when = eyes_.clock.now();
        step.after = silence;
        step.silent = true;
        outcome_.steps.push_back(step);
        each_(step);
    }

    void give_up_at_the_limit() const {
        if (!options_.limit || eyes_.clock.monotonic() - started_ < *options_.limit) return;
        const UpdatePage page = page_of(*now_);
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*options_.limit);
        throw phone::NotReady(
            fmt::format("after {} seconds there is no other iOS on the iPhone. {}", seconds.count(),
                        page.title),
            fmt::format("{} {} Run this again to go on watching.", page.lost, page.next));
    }

    const UpdateEyes& eyes_;
    const UpdateWatchOptions& options_;
    const Each& each_;
    const std::stop_token& stop_;
    UpdateTarget target_{};
    std::optional<UpdateStep> now_{};
    std::optional<ios::Glance> before_{};
    UpdateOutcome outcome_{};
    nanoseconds started_{};
    nanoseconds last_sign_{};
    bool was_away_ = false;
    bool told_silence_ = false;
};

}  // namespace

std::string_view word(UpdateMode mode) {
    switch (mode) {
        case UpdateMode::normal:
            return "normal";
        case UpdateMode::starting:
            return "starting";
        case UpdateMode::gone:
            break;
        case UpdateMode::recovery:
            return "recovery";
        case UpdateMode::dfu:
            return "dfu";
    }
    return "gone";
}

bool can_see_usb(const std::string& usb_folder) {
    return ios::usb_iphones(usb_folder).has_value();
}

UpdateOutcome watch_update(const UpdateEyes& eyes, const UpdateWatchOptions& options,
                           const std::function<void(const UpdateStep&)>& each,
                           const std::stop_token& stop) {
    return Watch(eyes, options, each, stop).run();
}

}  // namespace lifeboat::app
