#include "sys/child_process.h"

#include "base/error.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <thread>

namespace lifeboat::sys {
namespace {

TEST(ChildProcess, GoesWithItsOwner) {
    pid_t pid = 0;
    {
        ChildProcess child({"sleep", "60"}, {});
        pid = child.pid();
        EXPECT_FALSE(child.ended());
        EXPECT_EQ(::kill(pid, 0), 0);
    }
    EXPECT_NE(::kill(pid, 0), 0);
}

TEST(ChildProcess, TellsItsExitCodeAndSeesTheEnvironment) {
    ChildProcess child({"sh", "-c", "exit $ANSWER"}, {{"ANSWER", "42"}});
    while (!child.ended()) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    EXPECT_EQ(child.ended(), 42);
}

TEST(ChildProcess, MissingProgramIsMissing) {
    EXPECT_THROW(ChildProcess({"no-such-program-here"}, {}), Missing);
    EXPECT_THROW(ChildProcess({}, {}), Misuse);
}

}  // namespace
}  // namespace lifeboat::sys
