#include "sys/own_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace lifeboat::sys {
namespace {

TEST(OwnProcess, knowsTheLivingAndTheDead) {
    EXPECT_TRUE(process_exists(own_process().pid));
    EXPECT_FALSE(process_exists(0));
    EXPECT_FALSE(process_exists(UINT64_MAX));
    const pid_t child = fork();
    if (child == 0) _exit(0);
    ASSERT_GT(child, 0);
    ASSERT_EQ(waitpid(child, nullptr, 0), child);
    EXPECT_FALSE(process_exists(static_cast<uint64_t>(child)));
}

TEST(OwnProcess, isToldFromOthersOfItsNumber) {
    const ProcessIdentity self = own_identity();
    EXPECT_EQ(self, own_identity());
    EXPECT_EQ(self.pid, own_process().pid);
    EXPECT_FALSE(self.boot.empty());
    EXPECT_NE(self.pid_namespace, 0U);
    EXPECT_NE(self.started, 0U);
    EXPECT_EQ(process_started(self.pid), self.started);
    EXPECT_EQ(process_started(UINT64_MAX), std::nullopt);
    EXPECT_EQ(process_age(UINT64_MAX), std::nullopt);
}

TEST(OwnProcess, knowsForHowLongItHasRun) {
    const pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    ASSERT_GT(child, 0);
    const auto age = process_age(static_cast<uint64_t>(child));
    const auto own_age = process_age(own_process().pid);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    ASSERT_TRUE(age && own_age);
    EXPECT_LT(*age, std::chrono::minutes{1});
    EXPECT_GT(*age, std::chrono::minutes{-1});
    EXPECT_LE(*age, *own_age);
}

TEST(OwnProcess, survivesAHangup) {
    survive_hangup();
    EXPECT_EQ(raise(SIGHUP), 0);  // without it, the test program would end here
}

}  // namespace
}  // namespace lifeboat::sys
