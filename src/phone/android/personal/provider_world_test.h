// A simulated phone with people, calls, events and words on it, and its sources.
#pragma once

#include "phone/android/contract_world_test.h"
#include "phone/android/personal/content_table.h"
#include "phone/android/personal_source.h"

namespace lifeboat::phone::android {

using personal::Collection;
using sim::android::PersonalCounts;

class ProviderWorld : public AndroidContract {
protected:
    void start(PersonalCounts counts, const std::string& personality = "pixel-a15") {
        simulated({.personality = personality, .personal = counts});
        server_link_ = std::make_unique<AdbServer>(server_.settings(), process_);
        link_ = std::make_unique<PhoneLink>(PhoneLink{*server_link_, phone_->address(), {}});
    }
    PersonalSource& source(std::string_view id) {
        sources_ = personal_sources(*link_);
        for (const auto& one : sources_) {
            if (one->id() == id) return *one;
        }
        throw Misuse("no such class");
    }
    Collection read(std::string_view id) { return source(id).read({}, events_, {}); }
    Collection save(std::string_view id, WatchedSink& sink, const FileTree* previous = nullptr) {
        return source(id).read({&sink, previous}, events_, {});
    }
    personal::RestoreOutcome restore(std::string_view id, const FileTree& tree,
                                     bool dry_run = false) {
        return source(id).restore(tree, dry_run, events_, {});
    }
    // As the phone's backup does: again, while the connection is not there yet.
    template <class Work>
    auto patiently(Work work) {
        for (int attempt = 1;; ++attempt) {
            try {
                plug_in_again();
                return work();
            } catch (const Temporary&) {
                if (attempt == 8) throw;
            } catch (const NeedsPerson&) {
                if (attempt == 8) throw;
            }
        }
    }
    template <class Use>
    void data(Use use) {
        phone_->device().personal().with(use);
    }
    void wipe() {
        data([](sim::android::PersonalData& data) { data.wipe(); });
    }
    // An account that is not on the phone, as before the person signs in again.
    void forget_account(const std::string& type) {
        data([&](sim::android::PersonalData& data) {
            data.contacts().sql().run("UPDATE accounts SET account_type='" + type +
                                      ".gone' WHERE account_type='" + type + "'");
            data.calendar().run("UPDATE Calendars SET account_type='" + type +
                                ".gone' WHERE account_type='" + type + "'");
        });
    }
    static void expect_same(const Collection& before, const Collection& after) {
        const auto change = compare(before, after);
        EXPECT_TRUE(change.comparable) << change.why;
        EXPECT_EQ(change.same, before.records.size());
        EXPECT_TRUE(change.lost.empty()) << change.lost.front().label;
        EXPECT_TRUE(change.changed.empty()) << change.changed.front().label;
        EXPECT_TRUE(change.added.empty()) << change.added.front().label;
    }
    static std::string reasons(const personal::RestoreOutcome& outcome) {
        std::string text;
        for (const auto& one : outcome.failed) text += one.label + ": " + one.reason + "\n";
        for (const auto& one : outcome.conflicts) text += one.label + "! " + one.reason + "\n";
        for (const auto& one : outcome.cannot_come_back) text += one + "\n";
        return text;
    }
    // Away, cut after so many bytes of the phone's, and again without a cut. Whether it was cut.
    bool cut_and_again(std::string_view id, const FileTree& tree, uint64_t bytes) {
        wipe();
        patiently([&] { return read(id); });
        phone_->faults().with([&](sim::FaultPlan& plan) { plan.cut_after = bytes; });
        bool cut = false;
        try {
            restore(id, tree);
        } catch (const Temporary&) {
            cut = true;
        } catch (const NeedsPerson&) {
            cut = true;
        }
        phone_->faults().clear();
        const auto again = patiently([&] { return restore(id, tree); });
        EXPECT_TRUE(again.failed.empty()) << reasons(again);
        EXPECT_TRUE(again.conflicts.empty()) << reasons(again);
        return cut;
    }
    // Out, away, back, and back once more.
    void round_trip(std::string_view id) {
        WatchedSink sink;
        const Collection before = save(id, sink);
        ASSERT_FALSE(before.records.empty());
        EXPECT_TRUE(before.gaps.empty()) << before.gaps.front();
        wipe();
        const auto first = restore(id, sink.tree);
        EXPECT_EQ(first.compared_equal, before.records.size()) << reasons(first);
        EXPECT_TRUE(first.failed.empty()) << reasons(first);
        EXPECT_TRUE(first.conflicts.empty()) << reasons(first);
        expect_same(before, read(id));
        const auto second = restore(id, sink.tree);
        EXPECT_EQ(second.already_there, before.records.size());
        EXPECT_EQ(second.written, 0u);
        expect_same(before, read(id));
    }

    std::unique_ptr<AdbServer> server_link_{};
    std::unique_ptr<PhoneLink> link_{};
    std::vector<std::unique_ptr<PersonalSource>> sources_{};
};

inline constexpr PersonalCounts some{.contacts = 60, .calls = 80, .events = 40, .words = 15};

}  // namespace lifeboat::phone::android
