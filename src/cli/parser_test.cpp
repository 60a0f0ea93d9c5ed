#include "cli/parser.h"

#include <gtest/gtest.h>

namespace lifeboat::cli {
namespace {

Invocation must(const std::vector<std::string>& words) {
    const Parsed parsed = parse(words);
    if (const auto* problem = std::get_if<UsageProblem>(&parsed)) {
        ADD_FAILURE() << problem->message;
        return {};
    }
    if (!std::holds_alternative<Invocation>(parsed)) {
        ADD_FAILURE() << "help";
        return {};
    }
    return std::get<Invocation>(parsed);
}

UsageProblem problem(const std::vector<std::string>& words) {
    const Parsed parsed = parse(words);
    if (const auto* found = std::get_if<UsageProblem>(&parsed)) return *found;
    ADD_FAILURE() << "no problem seen";
    return {};
}

TEST(Parser, EveryCommandOfTheTableIsReached) {
    for (const Command& command : commands()) {
        std::vector<std::string> words;
        std::string word;
        for (const char c : command.name + " ") {
            if (c != ' ')
                word += c;
            else
                words.push_back(std::exchange(word, {}));
        }
        for (const Argument& argument : command.arguments) {
            if (!argument.required) continue;
            words.push_back(argument.choices.empty() ? "x" : argument.choices.front());
        }
        const Invocation seen = must(words);
        ASSERT_NE(seen.command, nullptr) << command.name;
        EXPECT_EQ(seen.command->name, command.name);
    }
}

TEST(Parser, GlobalFlagsBeforeAndBehindTheCommand) {
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"--json", "place", "list", "--home", "/h"},
                                               {"place", "--json", "list", "--home=/h"},
                                               {"place", "list", "--json", "--home", "/h"}}) {
        const Invocation seen = must(words);
        EXPECT_EQ(seen.command->name, "place list");
        EXPECT_TRUE(seen.has("json"));
        EXPECT_EQ(seen.value("home"), "/h");
    }
}

TEST(Parser, RepeatedFlagsDoNotSwallowArguments) {
    const Invocation seen = must({"verify", "--place", "a", "latest", "--place", "b", "-vv", "-v"});
    EXPECT_EQ(seen.values("place"), (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(seen.argument("SNAPSHOT"), "latest");
    EXPECT_EQ(seen.count("verbose"), 3u);
}

TEST(Parser, ManyArgumentsAndTheEndOfFlags) {
    const Invocation seen = must({"restore", "latest", "a", "b", "--to", "/t", "--", "--odd-name"});
    EXPECT_EQ(seen.argument("SNAPSHOT"), "latest");
    EXPECT_EQ(seen.argument_list("PATH"), (std::vector<std::string>{"a", "b", "--odd-name"}));
    EXPECT_EQ(seen.value("to"), "/t");
}

TEST(Parser, ArgumentsThatLookLikeCommandsStayArguments) {
    EXPECT_EQ(must({"find", "config"}).argument("PATTERN"), "config");
    EXPECT_EQ(must({"place", "add", "list", "/x"}).argument("NAME"), "list");
}

TEST(Parser, LastOneOfASingleFlagWins) {
    EXPECT_EQ(must({"version", "--color", "never", "--color", "always"}).value("color"), "always");
}

TEST(Parser, ProblemsComeWithASuggestion) {
    EXPECT_EQ(problem({"redy"}).hint, "Did you mean \"ready\"?");
    EXPECT_EQ(problem({"place", "lsit"}).hint, "Did you mean \"list\"?");
    EXPECT_EQ(problem({"version", "--jsno"}).hint, "Did you mean \"--json\"?");
    EXPECT_EQ(problem({"verify", "--depe"}).hint, "Did you mean \"--deep\"?");
    EXPECT_EQ(problem({"version", "--color", "alwys"}).hint, "Did you mean \"always\"?");
    EXPECT_EQ(problem({"completion", "bsh"}).hint, "Did you mean \"bash\"?");
}

TEST(Parser, ProblemsSayWhatIsMissingOrTooMuch) {
    EXPECT_NE(problem({"place", "add", "ssd"}).message.find("FOLDER is missing"),
              std::string::npos);
    EXPECT_NE(problem({"version", "x"}).message.find("too many"), std::string::npos);
    EXPECT_NE(problem({"place"}).hint.find("place add"), std::string::npos);
    EXPECT_FALSE(problem({"version", "--home"}).message.empty());
    EXPECT_TRUE(problem({"--json", "nothing"}).json);
}

TEST(Parser, HelpAnywhere) {
    EXPECT_EQ(std::get<HelpWanted>(parse({})).about, "");
    EXPECT_EQ(std::get<HelpWanted>(parse({"place", "add", "--help"})).about, "place add");
    EXPECT_EQ(std::get<HelpWanted>(parse({"-h"})).about, "");
    EXPECT_EQ(std::get<HelpWanted>(parse({"place", "--help"})).about, "place");
}

}  // namespace
}  // namespace lifeboat::cli
