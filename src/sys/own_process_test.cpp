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

TEST(OwnProcess, survivesAHangup) {
    survive_hangup();
    EXPECT_EQ(raise(SIGHUP), 0);  // without it, the test program would end here
}

}  // namespace
}  // namespace lifeboat::sys
