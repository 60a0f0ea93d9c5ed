#include "storage/retry_backend.h"

#include "base/guarded.h"
#include "storage/backend_contract.h"
#include "storage/faulty_backend.h"
#include "storage/memory_backend.h"

#include <variant>
#include <vector>

namespace lifeboat::storage {
namespace {

using Kind = Fault::Kind;

// Every third operation fails for the moment: the promises hold all the same.
class ShakyPlace {
public:
    ShakyPlace() {
        for (uint64_t at = 3; at < 3000; at += 3) faulty_.inject({.first = at});
    }
    Backend& backend() { return backend_; }

private:
    MemoryBackend memory_;
    FaultyBackend faulty_{memory_};
    sys::ManualClock clock_{TimePoint{}};
    RetryBackend backend_{faulty_, clock_, nullptr, {.attempts = 20}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Shaky, BackendContract, ShakyPlace);

class Notes final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        if (const auto* noted = std::get_if<Noted>(&event)) {
            notes_.with([&](auto& notes) { notes.push_back(noted->text); });
        }
    }
    size_t count() const {
        return notes_.with([](const auto& notes) { return notes.size(); });
    }

private:
    Guarded<std::vector<std::string>> notes_;
};

class RetryBackendTest : public testing::Test {
protected:
    double waited() const { return std::chrono::duration<double>(clock_.monotonic()).count(); }

    MemoryBackend memory_;
    FaultyBackend faulty_{memory_};
    sys::ManualClock clock_{TimePoint{}};
    Notes notes_;
    RetryBackend backend_{
        faulty_, clock_, &notes_, {.attempts = 4, .first_wait = std::chrono::seconds(1)}};
};

TEST_F(RetryBackendTest, TriesAgainAndWaitsLonger) {
    faulty_.inject({.count = 3});
    backend_.save("config", to_bytes("x"), {});
    EXPECT_EQ(memory_.files().size(), 1U);
    EXPECT_EQ(faulty_.count(), 4U);
    EXPECT_DOUBLE_EQ(waited(), 1 + 2 + 4);
    EXPECT_EQ(notes_.count(), 3U);
}

TEST_F(RetryBackendTest, IsUnreachableInTheEnd) {
    faulty_.inject({.count = UINT64_MAX});
    try {
        backend_.load("config", {}, {});
        FAIL() << "it never answers";
    } catch (const Unreachable& error) {
        EXPECT_NE(error.full_text().find("trying 4 times"), std::string::npos);
        EXPECT_FALSE(error.guidance().empty());
    }
    EXPECT_EQ(faulty_.count(), 4U);
}

TEST_F(RetryBackendTest, WaitsNoLongerThanAllowed) {
    RetryBackend patient(faulty_, clock_, nullptr,
                         {.attempts = 6,
                          .first_wait = std::chrono::seconds(1),
                          .longest_wait = std::chrono::seconds(3)});
    faulty_.inject({.count = 5});
    EXPECT_NO_THROW(patient.size("config", {}));
    EXPECT_DOUBLE_EQ(waited(), 1 + 2 + 3 + 3 + 3);
}

TEST_F(RetryBackendTest, DoesNotTryAgainWhatWillNotChange) {
    for (const Kind kind : {Kind::no_space, Kind::denied, Kind::missing}) {
        const uint64_t before = faulty_.count();
        faulty_.inject({.kind = kind});
        EXPECT_THROW(backend_.save("config", {}, {}), Error);
        EXPECT_EQ(faulty_.count(), before + 1);
    }
    EXPECT_DOUBLE_EQ(waited(), 0);
}

TEST_F(RetryBackendTest, ListsEachFileOnce) {
    backend_.save("keys/a", {}, {});
    backend_.save("keys/b", {}, {});
    faulty_.inject(
        {.kind = Kind::lost_answer, .operations = static_cast<uint32_t>(Operation::list)});
    std::vector<std::string> names;
    backend_.list("", [&](const std::string& name, uint64_t) { names.push_back(name); }, {});
    EXPECT_EQ(names, (std::vector<std::string>{"keys/a", "keys/b"}));
}

TEST_F(RetryBackendTest, LeavesTheFailureOfTheListenerAlone) {
    backend_.save("keys/a", {}, {});
    const auto each = [](const std::string&, uint64_t) { throw Temporary("mine"); };
    EXPECT_THROW(backend_.list("", each, {}), Temporary);
    EXPECT_EQ(faulty_.count(static_cast<uint32_t>(Operation::list)), 1U);
}

TEST_F(RetryBackendTest, StopsWaitingWhenAsked) {
    sys::SystemClock real;
    RetryBackend slow(faulty_, real, nullptr, {.attempts = 2, .first_wait = std::chrono::hours(1)});
    faulty_.inject({.count = UINT64_MAX});
    std::stop_source source;
    TaskGroup group({});
    group.run([&](const std::stop_token&) {
        real.sleep(std::chrono::milliseconds(20), {});
        source.request_stop();
    });
    EXPECT_THROW(slow.size("config", source.get_token()), Cancelled);
    group.join();
}

}  // namespace
}  // namespace lifeboat::storage
