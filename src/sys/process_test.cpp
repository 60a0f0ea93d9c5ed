#include "sys/process.h"

#include "base/error.h"

#include <gtest/gtest.h>

namespace lifeboat::sys {
namespace {

Finished shell(const std::string& script) {
    return SystemProcess().run({.argv = {"sh", "-c", script}}, {});
}

TEST(Process, GivesOutputErrorsAndExitCode) {
    const Finished done = shell("echo out; echo err >&2; exit 3");
    EXPECT_EQ(to_text(done.output), "out\n");
    EXPECT_EQ(to_text(done.errors), "err\n");
    EXPECT_EQ(done.exit_code, 3);
}

TEST(Process, ReadsNothingFromOurInput) {
    EXPECT_EQ(to_text(shell("cat; echo end").output), "end\n");
}

TEST(Process, SignalIsAnExitCode) {
    EXPECT_EQ(shell("kill -9 $$").exit_code, 137);
}

TEST(Process, UnknownProgramIsMissing) {
    EXPECT_THROW(SystemProcess().run({.argv = {"no-such-program-here"}}, {}), Missing);
    EXPECT_THROW(SystemProcess().run({}, {}), Misuse);
}

TEST(Process, EndsWhatSaysTooMuchOrTakesTooLong) {
    SystemProcess process;
    EXPECT_THROW(process.run({.argv = {"yes"}, .output_limit = 10'000}, {}), Temporary);
    EXPECT_THROW(
        process.run({.argv = {"sleep", "60"}, .time_limit = std::chrono::milliseconds(100)}, {}),
        Temporary);
}

TEST(Process, StopsWhenAsked) {
    std::stop_source source;
    source.request_stop();
    EXPECT_THROW(SystemProcess().run({.argv = {"sleep", "60"}}, source.get_token()), Cancelled);
}

}  // namespace
}  // namespace lifeboat::sys
