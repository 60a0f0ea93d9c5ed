// The table against what it feeds, styles, and progress as text.
#include "cli/command_table.h"
#include "cli/commands/commands.h"
#include "cli/completion.h"
#include "cli/error_codes.h"
#include "cli/help.h"
#include "cli/progress.h"
#include "cli/style.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

namespace lifeboat::cli {
namespace {

using std::chrono::seconds;

TEST(CommandTable, EveryCommandIsWrittenAndExplained) {
    std::set<std::string> names;
    for (const Command& command : commands()) {
        EXPECT_NE(handler_of(command.name), nullptr) << command.name;
        EXPECT_TRUE(names.insert(command.name).second) << command.name;
        EXPECT_FALSE(command.summary.empty() || command.description.empty()) << command.name;
        EXPECT_FALSE(command.examples.empty()) << command.name;
        EXPECT_NE(command.summary.back(), '.') << command.name;
        for (const Example& example : command.examples) {
            EXPECT_NE(example.line.find("lifeboat " + command.name), std::string::npos);
        }
    }
    EXPECT_EQ(handler_of("nothing"), nullptr);
}

TEST(CommandTable, NoFlagHidesAGlobalOne) {
    std::set<std::string> global;
    for (const Flag& flag : global_flags()) global.insert(flag.name);
    for (const Command& command : commands()) {
        for (const Flag& flag : command.flags) EXPECT_EQ(global.count(flag.name), 0u) << flag.name;
    }
}

TEST(Help, NamesEveryFlagAndNoLineIsTooWide) {
    for (const Command& command : commands()) {
        const std::string text = help_about(command.name);
        for (const Flag& flag : command.flags) {
            EXPECT_NE(text.find(flag.name), std::string::npos);
            EXPECT_NE(man_page(command.name).find(".TP"), std::string::npos);
        }
        size_t start = 0;
        for (size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
            EXPECT_LE(end - start, 80u) << text.substr(start, end - start);
            start = end + 1;
        }
    }
    EXPECT_NE(help_about("place").find("place add"), std::string::npos);
}

TEST(ErrorCodes, AreUniqueAndSayWhatIsSafe) {
    std::set<std::string> codes;
    for (int kind = 0; kind <= static_cast<int>(app::FailureKind::internal); ++kind) {
        const ErrorCode& code = error_code(static_cast<app::FailureKind>(kind));
        EXPECT_EQ(static_cast<int>(code.kind), kind) << "a kind without a code";
        EXPECT_TRUE(codes.insert(code.code).second);
        EXPECT_FALSE(code.safe.empty() || code.now.empty());
    }
    const std::string text =
        error_text({.kind = app::FailureKind::locked, .message = "bad \x1b name"}, Style{});
    EXPECT_TRUE(text.starts_with("error[LB-2102]: bad \\x1b name"));
    EXPECT_NE(text.find("safe:"), std::string::npos);
    EXPECT_NE(text.find("now:"), std::string::npos);
}

TEST(Style, ColoursOnlyWhereTheyAreWanted) {
    app::Environment environment;
    environment.variables["TERM"] = "xterm";
    EXPECT_TRUE(style_for(environment, "auto", true).color);
    EXPECT_FALSE(style_for(environment, "auto", false).color);
    EXPECT_TRUE(style_for(environment, "always", false).color);
    EXPECT_FALSE(style_for(environment, "never", true).color);
    environment.variables["CLICOLOR"] = "0";
    EXPECT_FALSE(style_for(environment, "auto", true).color);
    environment.variables["CLICOLOR_FORCE"] = "1";
    EXPECT_TRUE(style_for(environment, "auto", false).color);
    environment.variables["NO_COLOR"] = "1";
    EXPECT_FALSE(style_for(environment, "auto", true).color);
    environment.variables = {{"TERM", "dumb"}};
    EXPECT_FALSE(style_for(environment, "auto", true).color);
}

TEST(Style, CountsColumnsNotBytes) {
    EXPECT_EQ(columns("abc"), 3u);
    EXPECT_EQ(columns("\u00fcber"), 4u);
    EXPECT_EQ(columns("e\u0301"), 1u);
    EXPECT_EQ(columns("\u65e5\u672c"), 4u);
    EXPECT_EQ(padded("\u00fc", 3), "\u00fc  ");
    EXPECT_EQ(padded_left("12", 4), "  12");
}

TEST(Paths, KeepTheirBytesInJson) {
    nlohmann::json json;
    put_path(json,
             "a\xff"
             "b");
    EXPECT_EQ(json["path"],
              "a\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(json["path_raw"], "Yf9i");
    nlohmann::json plain;
    put_path(plain, "\u00fcber");
    EXPECT_EQ(plain["path"], "\u00fcber");
    EXPECT_FALSE(plain.contains("path_raw"));
}

TEST(Progress, ALineSaysWhatIsKnownAndNothingElse) {
    PhaseView view;
    view.start({.phase = "copy", .place = "ssd"}, seconds(0));
    EXPECT_EQ(view.text(Style{}, false), "copying ssd");
    view.advance({.phase = "copy", .place = "ssd", .bytes_done = 1'000'000}, seconds(1));
    EXPECT_EQ(view.text(Style{}, false), "copying ssd  1.0 MB");
    for (int i = 2; i <= 20; ++i) {
        view.advance({.phase = "copy",
                      .place = "ssd",
                      .bytes_done = static_cast<uint64_t>(i) * 1'000'000,
                      .bytes_total = 200'000'000},
                     seconds(i));
    }
    const std::string text = view.text(Style{}, false);
    EXPECT_NE(text.find("20.0 MB of 200 MB"), std::string::npos) << text;
    EXPECT_NE(text.find("10 %"), std::string::npos) << text;
    EXPECT_NE(text.find("1.0 MB/s"), std::string::npos) << text;
    EXPECT_NE(text.find("about"), std::string::npos) << text;
}

TEST(Progress, RecordsAreNoFiles) {
    PhaseView view;
    view.start({.phase = "records", .place = "contacts"}, seconds(0));
    view.advance({.phase = "records", .place = "contacts", .items_done = 9, .items_total = 36},
                 seconds(1));
    EXPECT_EQ(view.text(Style{}, false), "writing contacts  9 of 36  25 %");
    EXPECT_EQ(view.ended(seconds(4)), "written contacts: 9 in 4 s");
    view.start({.phase = "read records", .place = "phone"}, seconds(5));
    view.advance({.phase = "read records", .place = "phone", .items_done = 13, .items_total = 13},
                 seconds(5));
    EXPECT_EQ(view.ended(seconds(5)), "read: 13 kinds of records");
}

TEST(Progress, PlainLinesComeSeldom) {
    PhaseView view;
    view.start({.phase = "copy", .place = ""}, seconds(0));
    int lines = 0;
    for (int i = 1; i <= 600; ++i) {
        lines += view.advance({.phase = "copy",
                               .place = "",
                               .bytes_done = static_cast<uint64_t>(i),
                               .bytes_total = 600},
                              seconds(i))
                     ? 1
                     : 0;
    }
    EXPECT_GE(lines, 18);
    EXPECT_LE(lines, 20);
}

TEST(Progress, EstimatesAreRangesInWords) {
    const Style style{.utf8 = true};
    EXPECT_EQ(estimate_text({seconds(840), seconds(1080)}, style), "about 14–18 min");
    EXPECT_EQ(estimate_text({seconds(20), seconds(30)}, Style{}), "about 20-30 s");
    EXPECT_EQ(estimate_text({seconds(1), seconds(2)}, style), "less than 5 s");
    EXPECT_NE(estimate_text({seconds(1), seconds(200), true}, style).find("longer"),
              std::string::npos);
    EXPECT_EQ(duration_text(seconds(3725)), "1 h 2 min");
}

TEST(Completion, EachShellGetsEveryCommand) {
    for (const char* shell : {"bash", "zsh", "fish"}) {
        const std::string script = completion_script(shell);
        for (const Command& command : commands()) {
            const std::string last = command.name.substr(command.name.rfind(' ') + 1);
            EXPECT_NE(script.find(last), std::string::npos) << shell << " " << command.name;
        }
    }
}

}  // namespace
}  // namespace lifeboat::cli
