// A simulated phone behind an adb server, and a link to it for one source at a time.
#pragma once

#include "phone/android/adb_server.h"
#include "phone/android/contract_world_test.h"
#include "phone/android/shell.h"
#include "phone/android/storage_scan.h"

#include <optional>

namespace lifeboat::phone::android {

class PersonalContract : public AndroidContract {
protected:
    sim::AndroidPhone& start(sim::AndroidPhone::Config config = {}) {
        sim::AndroidPhone& phone = simulated(std::move(config));
        transport_ = std::make_unique<AdbServer>(server_.settings(), process_);
        const std::string serial = phone.address();
        link_.emplace(
            PhoneLink{*transport_, serial, SyncDialect::of(transport_->features(serial, {}))});
        return phone;
    }
    sim::AndroidPhone& start_as(const std::string& personality) {
        sim::AndroidPhone::Config config;
        config.personality = personality;
        return start(std::move(config));
    }
    PhoneLink& link() { return *link_; }
    std::string shell(const std::string& command) {
        return Shell(*transport_, link_->serial).run({.text = command}, {}).output;
    }
    // Cuts the next command that holds this text: before it runs, or behind it.
    void cut_at(const std::string& text, bool behind) {
        phone_->faults().with([&](sim::FaultPlan& plan) {
            plan.hang_up = sim::HangUp{text, behind};
        });
    }

    std::unique_ptr<AdbServer> transport_{};
    std::optional<PhoneLink> link_{};
};

}  // namespace lifeboat::phone::android
