#include "storage/faulty_backend.h"

#include "storage/backend_contract.h"
#include "storage/memory_backend.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lifeboat::storage {
namespace {

using Kind = Fault::Kind;

class FaultlessPlace {
public:
    Backend& backend() { return backend_; }

private:
    MemoryBackend memory_;
    FaultyBackend backend_{memory_};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Faultless, BackendContract, FaultlessPlace);

constexpr uint32_t saves = static_cast<uint32_t>(Operation::save);
constexpr uint32_t loads = static_cast<uint32_t>(Operation::load);

class FaultyBackendTest : public testing::Test {
protected:
    void save(const std::string& name, std::string_view text = "text") {
        backend_.save(name, to_bytes(text), {});
    }
    Bytes load(const std::string& name) { return backend_.load(name, {}, {}); }

    MemoryBackend memory_;
    FaultyBackend backend_{memory_};
};

TEST_F(FaultyBackendTest, FailsTheOperationThatWasNamed) {
    backend_.inject({.operations = saves, .first = 2});
    save("a");
    EXPECT_EQ(to_text(load("a")), "text");
    EXPECT_THROW(save("b"), Temporary);
    save("c");
    EXPECT_EQ(memory_.files().size(), 2U);
}

TEST_F(FaultyBackendTest, FailsInEveryKind) {
    save("a");
    backend_.inject({.kind = Kind::temporary});
    EXPECT_THROW(load("a"), Temporary);
    backend_.inject({.kind = Kind::unreachable});
    EXPECT_THROW(backend_.size("a", {}), Unreachable);
    backend_.inject({.kind = Kind::no_space});
    EXPECT_THROW(save("a"), NoSpace);
    backend_.inject({.kind = Kind::denied});
    EXPECT_THROW(backend_.remove("a", {}), Denied);
    backend_.inject({.kind = Kind::missing});
    EXPECT_THROW(load("a"), Missing);
    EXPECT_EQ(to_text(load("a")), "text");
}

TEST_F(FaultyBackendTest, LosesTheAnswerOfWhatIsDone) {
    backend_.inject({.kind = Kind::lost_answer});
    EXPECT_THROW(save("a"), Temporary);
    EXPECT_EQ(memory_.files().size(), 1U);
}

TEST_F(FaultyBackendTest, BendsBytes) {
    save("a", "0123456789");
    backend_.inject({.kind = Kind::short_read});
    EXPECT_EQ(to_text(load("a")), "012345678");
    backend_.inject({.kind = Kind::flipped_bit});
    EXPECT_EQ(to_text(load("a")), "01234%6789");
    EXPECT_EQ(to_text(load("a")), "0123456789");
    backend_.inject({.kind = Kind::flipped_bit, .operations = saves});
    save("a", "0123456789");
    EXPECT_EQ(to_text(load("a")), "01234%6789");
}

TEST_F(FaultyBackendTest, VanishesForGoodAndHeals) {
    save("a");
    backend_.inject({.kind = Kind::unreachable, .first = 2, .count = UINT64_MAX});
    EXPECT_NO_THROW(load("a"));
    for (int i = 0; i < 3; ++i) EXPECT_THROW(load("a"), Unreachable);
    EXPECT_THROW(backend_.space({}), Unreachable);
    backend_.heal();
    EXPECT_NO_THROW(load("a"));
}

TEST_F(FaultyBackendTest, FailsOnlyTheNamesThatWereMeant) {
    backend_.inject({.operations = saves, .prefix = "index/", .count = UINT64_MAX});
    save("data/aa/a");
    EXPECT_THROW(save("index/a"), Temporary);
}

TEST_F(FaultyBackendTest, IsFullAfterSomeBytes) {
    backend_.limit_bytes(10);
    save("a", "12345678");
    EXPECT_THROW(save("b", "123"), NoSpace);
    EXPECT_THROW(save("c", "1"), NoSpace) << "a full disk stays full";
    EXPECT_EQ(memory_.files().size(), 1U);
}

TEST_F(FaultyBackendTest, RemembersTheCalls) {
    save("a");
    backend_.inject({.operations = loads});
    EXPECT_THROW(load("a"), Temporary);
    backend_.list("x", [](const std::string&, uint64_t) {}, {});
    const std::vector<FaultyBackend::Call> expected{
        {.operation = Operation::save, .name = "a", .bytes = 4},
        {.operation = Operation::load, .name = "a", .bytes = UINT64_MAX},
        {.operation = Operation::list, .name = "x"}};
    EXPECT_EQ(backend_.calls(), expected);
    EXPECT_EQ(backend_.count(Operation::load | Operation::save), 2U);
}

TEST_F(FaultyBackendTest, KillsTheProcess) {
    for (const Kind kind : {Kind::killed_before, Kind::killed_after}) {
        const pid_t child = ::fork();
        if (child == 0) {
            backend_.inject({.kind = kind, .operations = saves});
            save("a");
            ::_exit(0);
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
}

}  // namespace
}  // namespace lifeboat::storage
