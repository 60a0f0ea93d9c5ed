// The phone's content tool, many times at once, and what is told of it.
#include "phone/android/contract_world_test.h"
#include "phone/android/personal/content_commands.h"
#include "phone/android/personal/content_table.h"
#include "phone/android/personal_source.h"

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr const char* words = "content://user_dictionary/words";

class ContentTool : public AndroidContract {
protected:
    void start(sim::android::PersonalCounts counts = {},
               std::chrono::milliseconds content_start = {}) {
        simulated({.content_start = content_start, .personal = counts});
        server_link_ = std::make_unique<AdbServer>(server_.settings(), process_);
        link_ = std::make_unique<PhoneLink>(PhoneLink{*server_link_, phone_->address(), {}});
        content_ = std::make_unique<ContentCommands>(*link_);
    }
    // Every seventh is refused.
    std::vector<std::string> inserts(size_t count) {
        std::vector<std::string> commands;
        for (size_t i = 0; i < count; ++i) {
            const std::vector<Bind> binds{bind_text("word", fmt::format("word {}", i)),
                                          bind_number("frequency", 7)};
            const std::string uri = i % 7 == 3 ? "content://nobody/words" : words;
            commands.push_back(content_->insert(uri, binds, {}));
        }
        return commands;
    }
    std::set<std::string> words_there() {
        const ContentQuery query{.uri = words, .texts = {"word"}};
        std::set<std::string> there;
        for (const ContentRow& row : read_table(*content_, query, {}).rows)
            there.insert(row.texts.front().value_or("nothing"));
        return there;
    }

    std::unique_ptr<AdbServer> server_link_{};
    std::unique_ptr<PhoneLink> link_{};
    std::unique_ptr<ContentCommands> content_{};
};

// What the shell has of a script when the cable is pulled may be a command without its condition.
TEST_F(ContentTool, ACommandThatComesInHalfIsNotRun) {
    start();
    content_->run(inserts(3), {});
    const std::vector<Bind> binds{bind_text("word", "gone")};
    const std::vector<std::string> commands{content_->update(words, binds, "word='word 0'", {}),
                                            content_->update(words, binds, "word='word 1'", {})};
    const size_t second = commands[1].rfind(" --where");
    const uint64_t cut_at = content_->script_of(commands).find(commands[1]) + second;
    phone_->faults().with(
        [&](sim::FaultPlan& plan) { plan.hang_up = sim::HangUp{.at = "sh", .input = cut_at}; });
    EXPECT_THROW(content_->run(commands, {}), Temporary);
    EXPECT_FALSE(phone_->faults().copy().hang_up);
    plug_in_again();
    EXPECT_EQ(words_there(), (std::set<std::string>{"gone", "word 1", "word 2"}));
}

TEST_F(ContentTool, ManyCallsAtOnceAndTheErrorOfEach) {
    start();
    for (const size_t count : {0, 1, 3, 130}) {
        const auto commands = inserts(count);
        std::atomic<size_t> over = 0;
        const auto errors =
            content_->run_side_by_side(commands, each_alone(commands.size()), [&] { ++over; }, {});
        EXPECT_EQ(over, count);
        ASSERT_EQ(errors.size(), count);
        for (size_t i = 0; i < count; ++i) EXPECT_EQ(errors[i].has_value(), i % 7 == 3) << i;
    }
    const auto there = words_there();
    for (size_t i = 0; i < 130; ++i)
        EXPECT_EQ(there.contains(fmt::format("word {}", i)), i % 7 != 3) << i;
}

TEST_F(ContentTool, WhatBelongsTogetherStaysInItsOrder) {
    start({}, std::chrono::milliseconds(1));
    std::vector<std::string> commands;
    std::vector<size_t> owners;
    for (size_t i = 0; i < 200; ++i) {
        const std::vector<Bind> binds{bind_text("word", fmt::format("{:03}", i)),
                                      bind_number("frequency", static_cast<int64_t>(i / 40 + 1))};
        commands.push_back(content_->insert(words, binds, {}));
        owners.push_back(i / 40);
    }
    content_->run_side_by_side(commands, owners, {}, {});
    const ContentQuery query{.uri = words, .numbers = {"frequency"}, .texts = {"word"}};
    std::map<int64_t, std::string> latest;  // by owner
    for (const ContentRow& row : read_table(*content_, query, {}).rows) {
        std::string& last = latest[row.numbers.front().value_or(0)];
        EXPECT_LT(last, row.texts.front().value_or(""));
        last = row.texts.front().value_or("");
    }
    EXPECT_EQ(latest.size(), 5u);
}

TEST_F(ContentTool, WireThatBreaksIsToldAndNotTakenForDone) {
    start({}, std::chrono::milliseconds(20));
    const auto commands = inserts(400);
    std::atomic<size_t> over = 0;
    const auto cut_off = [&] {
        if (++over == 10) phone_->drop_connections();
    };
    EXPECT_THROW(content_->run_side_by_side(commands, each_alone(commands.size()), cut_off, {}),
                 Temporary);
    EXPECT_LT(over, commands.size());
}

TEST_F(ContentTool, StopEndsThem) {
    start({}, std::chrono::milliseconds(20));
    const auto commands = inserts(400);
    std::stop_source stop;
    const auto stop_soon = [&] { stop.request_stop(); };
    EXPECT_THROW(content_->run_side_by_side(commands, each_alone(commands.size()), stop_soon,
                                            stop.get_token()),
                 Cancelled);
}

TEST_F(ContentTool, ATurnOfReadsFitsIntoTheMemory) {
    constexpr uint64_t mb = 1'000'000;
    for (const uint64_t limit : {mb / 10, mb, 16 * mb, 64 * mb})
        EXPECT_LE(4 * limit * reads_in_a_turn(10'000, limit), 256u << 20) << limit;
    EXPECT_EQ(reads_in_a_turn(10'000, mb), 50u);
    EXPECT_EQ(reads_in_a_turn(10'000, 16 * mb), 4u);
    EXPECT_EQ(reads_in_a_turn(8, mb), 2u);
    EXPECT_EQ(reads_in_a_turn(0, 1 << 30), 1u);
}

TEST_F(ContentTool, AReadThatIsEndedInTheMiddleIsNoAnswer) {
    start({.mms = 30});
    std::vector<std::string> uris;
    phone_->device().personal().with([&](sim::android::PersonalData& data) {
        const auto parts =
            data.messages().sql().rows("SELECT _id FROM part WHERE _data IS NOT NULL").rows;
        for (const auto& row : parts)
            uris.push_back(
                fmt::format("content://mms/part/{}", sim::android::number_of(row[0]).value_or(0)));
    });
    const auto whole = content_->read(uris, 1 << 20, {});
    ASSERT_GE(uris.size(), 30u);
    for (const auto& one : whole) EXPECT_TRUE(one && !one->empty());
    const auto kill = [&](uint32_t times) {
        phone_->faults().with([&](sim::FaultPlan& plan) {
            plan.content.killed = sim::KilledTool{.verb = "read", .after = 9, .times = times};
        });
    };
    kill(1);
    EXPECT_EQ(content_->read(uris, 1 << 20, {}), whole);
    kill(1);
    EXPECT_THROW(content_->read(uris[0], 1 << 20, {}), ContentRefused);
    EXPECT_EQ(content_->read(uris[0], 1 << 20, {}), *whole[0]);
    // One that is too long is nothing; the others of its turn are whole.
    const uint64_t longest =
        std::ranges::max(whole, {}, [](const auto& one) { return one->size(); })->size();
    const auto some = content_->read(uris, longest - 1, {});
    size_t missing = 0;
    for (size_t i = 0; i < some.size(); ++i) {
        EXPECT_TRUE(some[i] == whole[i] || (!some[i] && whole[i]->size() == longest)) << i;
        missing += some[i] ? 0 : 1;
    }
    EXPECT_GE(missing, 1u);
}

TEST_F(ContentTool, AToolThatIsEndedIsAnErrorWhateverItSaid) {
    start({.messages = 3, .mms = 1});
    const int64_t part = phone_->device().personal().with([](sim::android::PersonalData& data) {
        data.app_ops().set("com.android.shell", "WRITE_SMS", "allow");
        return data.messages().sql().number("SELECT _id FROM part WHERE _data IS NOT NULL");
    });
    const auto kill = [&](std::string verb) {
        phone_->faults().with([&](sim::FaultPlan& plan) {
            plan.content.killed = sim::KilledTool{.verb = std::move(verb)};
        });
    };
    kill("write");
    const auto error =
        content_->write(fmt::format("content://mms/part/{}", part), as_bytes("x"), {});
    ASSERT_TRUE(error);
    EXPECT_EQ(error->said, "Killed");
    kill("query");
    EXPECT_TRUE(content_->ask({.uri = "content://sms", .projection = {"_id"}}, {}).error);
    kill("insert");
    const auto errors = content_->run(inserts(3), {});
    EXPECT_TRUE(errors[0] && !errors[1] && !errors[2]);
}

struct Recorded final : EventSink {
    void on(const Event& event) noexcept override {
        all.with([&](auto& events) { events.push_back(event); });
    }
    Guarded<std::vector<Event>> all{};
};

TEST_F(ContentTool, WritingRecordsTellsHowFarItIs) {
    start({.contacts = 30, .calls = 40, .events = 10, .words = 20});
    const auto phone = connected();
    WatchedSink saved;
    phone->backup(nullptr, saved, events_, {});
    phone_->device().personal().with([](sim::android::PersonalData& data) { data.wipe(); });
    Recorded told;
    const auto outcomes = phone->restore_personal(saved.tree, {}, told, {});
    const auto events = told.all.with([](const auto& all) { return all; });
    for (const std::string id : {"contacts", "calls", "calendar", "dictionary"}) {
        const auto outcome = std::ranges::find(outcomes, id, &personal::RestoreOutcome::id);
        ASSERT_NE(outcome, outcomes.end());
        uint64_t last = 0, total = 0;
        bool begun = false, ended = false;
        for (const Event& event : events) {
            if (const auto* one = std::get_if<PhaseStarted>(&event)) begun |= one->place == id;
            if (const auto* one = std::get_if<PhaseEnded>(&event)) ended |= one->place == id;
            const auto* progress = std::get_if<Progress>(&event);
            if (progress == nullptr || progress->place != id) continue;
            EXPECT_TRUE(begun && !ended) << id;
            EXPECT_LE(progress->items_done, progress->items_total);
            last = std::max(last, progress->items_done);
            total = progress->items_total;
        }
        EXPECT_TRUE(begun && ended) << id;
        EXPECT_EQ(total, outcome->written) << id;
        EXPECT_GT(total, 0u) << id;
        EXPECT_EQ(last, total) << id;
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
