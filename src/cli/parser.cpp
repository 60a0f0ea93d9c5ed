#include "cli/parser.h"

#include "app/suggest.h"
#include "base/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace lifeboat::cli {
namespace {

// One flag or argument as CLI11 knows it. `values` is what CLI11 writes into: a deque keeps its
// address.
struct Slot {
    std::string name{};
    bool is_switch = false;
    std::vector<std::string> values{};
    CLI::Option* option = nullptr;
};

struct Leaf {
    const Command* command = nullptr;
    CLI::App* app = nullptr;
    std::deque<Slot> flags{};
    std::deque<Slot> arguments{};
};

constexpr int max_values = 100'000;

std::string without_dashes(const std::string& name) {
    return name.substr(name.find_first_not_of('-'));
}

// CLI11 forgets "--" when it goes back from a command to its parent. So the words behind it get a
// mark that makes them no flag, and lose it again when they are collected.
constexpr char literal_mark = '\x01';

// The words in the order CLI11 wants them: last first.
std::vector<std::string> marked(const std::vector<std::string>& words) {
    std::vector<std::string> result;
    bool literal = false;
    for (const std::string& word : words) {
        if (!literal && word == "--")
            literal = true;
        else
            result.push_back(literal ? literal_mark + word : word);
    }
    std::ranges::reverse(result);
    return result;
}

std::string unmarked(const std::string& word) {
    return word.starts_with(literal_mark) ? word.substr(1) : word;
}

std::string spelled(const Flag& flag) {
    return flag.letter.empty() ? flag.name : flag.letter + "," + flag.name;
}

class Grammar {
public:
    Grammar() {
        prepare(root_);
        for (const Flag& flag : global_flags()) add_flag(root_, flag, global_);
        for (const Command& command : commands()) add_command(command);
    }

    Parsed parse(const std::vector<std::string>& words) {
        words_ = words;
        if (const auto help = help_wanted()) return *help;
        try {
            root_.parse(marked(words));
        } catch (const CLI::ParseError& error) {
            return problem(error.what());
        }
        return outcome();
    }

private:
    static void prepare(CLI::App& app) {
        app.set_help_flag();
        app.fallthrough();   // global flags work behind the command, too
        app.allow_extras();  // reported by us, with a suggestion
        app.require_subcommand(0, 1);
    }

    static void add_flag(CLI::App& app, const Flag& flag, std::deque<Slot>& slots) {
        Slot& slot = slots.emplace_back();
        slot.name = without_dashes(flag.name);
        slot.is_switch = flag.value.empty();
        if (slot.is_switch) {
            slot.option = app.add_flag(spelled(flag));
            return;
        }
        slot.option = app.add_option(spelled(flag), slot.values);
        // One value each time: a flag must not swallow the arguments behind it.
        slot.option->expected(1)->allow_extra_args(false)->multi_option_policy(
            flag.many ? CLI::MultiOptionPolicy::TakeAll : CLI::MultiOptionPolicy::TakeLast);
    }

    CLI::App* app_for(const std::string& name) {
        CLI::App* parent = &root_;
        for (const std::string_view word : split(name, ' ')) {
            CLI::App*& child = apps_[parent == &root_ ? std::string(word) : name];
            if (child == nullptr) {
                child = parent->add_subcommand(std::string(word));
                prepare(*child);
            }
            parent = child;
        }
        return parent;
    }

    void add_command(const Command& command) {
        Leaf& leaf = leaves_.emplace_back();
        leaf.command = &command;
        leaf.app = app_for(command.name);
        for (const Flag& flag : command.flags) add_flag(*leaf.app, flag, leaf.flags);
        for (const Argument& argument : command.arguments) {
            Slot& slot = leaf.arguments.emplace_back();
            slot.name = argument.name;
            slot.option = leaf.app->add_option(argument.name, slot.values);
            slot.option->expected(1, argument.many ? max_values : 1)
                ->allow_extra_args(argument.many);
        }
    }

    const Leaf* chosen() const {
        for (const Leaf& leaf : leaves_) {
            if (leaf.app->parsed() && leaf.app->get_subcommands().empty()) return &leaf;
        }
        return nullptr;
    }

    // The words that name a command, flags left out: "place add".
    std::string named() const {
        std::string name;
        for (const std::string& word : words_) {
            if (word == "--") break;
            if (word.starts_with('-')) continue;
            const std::string longer = name.empty() ? word : name + " " + word;
            if (find_command(longer) == nullptr && group_summary(longer).empty()) break;
            name = longer;
        }
        return name;
    }

    std::optional<HelpWanted> help_wanted() const {
        for (const std::string& word : words_) {
            if (word == "--") break;
            if (word == "--help" || word == "-h") return HelpWanted{named()};
        }
        return std::nullopt;
    }

    Parsed outcome() const;
    Parsed extra_word(const std::string& word, const Leaf* leaf) const;
    std::vector<std::string> known_words(const std::string& word, const Leaf* leaf) const;
    std::optional<UsageProblem> bad_choice(const Leaf& leaf) const;

    UsageProblem problem(std::string message, std::string hint = {}) const {
        return {.message = std::move(message),
                .hint = std::move(hint),
                .about = named(),
                .json = std::ranges::count(words_, "--json") > 0};
    }

    CLI::App root_{"", "lifeboat"};
    std::map<std::string, CLI::App*> apps_{};
    std::deque<Slot> global_{};
    std::deque<Leaf> leaves_{};
    std::vector<std::string> words_{};
};

void collect(const std::deque<Slot>& slots,
             std::map<std::string, std::vector<std::string>, std::less<>>& into) {
    for (const Slot& slot : slots) {
        if (slot.option->count() == 0) continue;
        std::vector<std::string>& values = into[slot.name];
        if (slot.is_switch)
            values.assign(slot.option->count(), "true");
        else
            std::ranges::transform(slot.values, std::back_inserter(values), unmarked);
    }
}

Parsed Grammar::outcome() const {
    const Leaf* leaf = chosen();
    const std::vector<std::string> extras = root_.remaining(true);
    if (!extras.empty()) return extra_word(unmarked(extras.front()), leaf);
    if (leaf == nullptr) {
        const std::string name = named();
        if (name.empty()) return HelpWanted{};
        std::vector<std::string> members;
        for (const Command* command : group(name)) members.push_back(command->name);
        return problem(fmt::format("\"{}\" needs one more word", name),
                       fmt::format("One of: {}", fmt::join(members, ", ")));
    }
    for (size_t i = 0; i < leaf->arguments.size(); ++i) {
        const Argument& argument = leaf->command->arguments[i];
        if (argument.required && leaf->arguments[i].option->count() == 0) {
            return problem(fmt::format("{} is missing: {}", argument.name, argument.help),
                           "Usage: " + usage_line(*leaf->command));
        }
    }
    if (auto bad = bad_choice(*leaf)) return *bad;
    Invocation result{.command = leaf->command};
    collect(global_, result.flags);
    collect(leaf->flags, result.flags);
    collect(leaf->arguments, result.arguments);
    return result;
}

std::optional<UsageProblem> Grammar::bad_choice(const Leaf& leaf) const {
    const auto judge = [&](const std::string& name, const std::vector<std::string>& choices,
                           const Slot& slot) -> std::optional<UsageProblem> {
        for (const std::string& value : slot.values) {
            if (choices.empty() || std::ranges::count(choices, value) > 0) continue;
            const auto near = app::nearest(value, choices);
            return problem(fmt::format("{} is one of {}, not \"{}\"", name,
                                       fmt::join(choices, ", "), printable(value)),
                           near ? fmt::format("Did you mean \"{}\"?", *near) : "");
        }
        return std::nullopt;
    };
    for (size_t i = 0; i < global_.size(); ++i) {
        const Flag& flag = global_flags()[i];
        if (auto bad = judge(flag.name, flag.choices, global_[i])) return bad;
    }
    for (size_t i = 0; i < leaf.arguments.size(); ++i) {
        const Argument& argument = leaf.command->arguments[i];
        if (auto bad = judge(argument.name, argument.choices, leaf.arguments[i])) return bad;
    }
    return std::nullopt;
}

std::vector<std::string> Grammar::known_words(const std::string& word, const Leaf* leaf) const {
    std::vector<std::string> known;
    if (word.starts_with('-')) {
        for (const Flag& flag : global_flags()) known.push_back(flag.name);
        if (leaf == nullptr) return known;
        for (const Flag& flag : leaf->command->flags) known.push_back(flag.name);
        return known;
    }
    const std::string before = named();
    for (const Command& command : commands()) {
        const auto words = split(command.name, ' ');
        if (before.empty())
            known.emplace_back(words.front());
        else if (words.size() > 1 && words.front() == before)
            known.emplace_back(words.back());
    }
    return known;
}

Parsed Grammar::extra_word(const std::string& word, const Leaf* leaf) const {
    const auto near = app::nearest(word.substr(0, word.find('=')), known_words(word, leaf));
    const std::string hint =
        near ? fmt::format("Did you mean \"{}\"?", *near) : "`lifeboat help` shows all commands.";
    if (word.starts_with('-')) {
        return problem(fmt::format("There is no flag {}", printable(word)), hint);
    }
    if (leaf != nullptr) {
        return problem(fmt::format("\"{}\" is one word too many", printable(word)),
                       "Usage: " + usage_line(*leaf->command));
    }
    return problem(fmt::format("There is no command \"{}\"", printable(word)), hint);
}

}  // namespace

size_t Invocation::count(std::string_view flag) const {
    const auto found = flags.find(flag);
    return found == flags.end() ? 0 : found->second.size();
}

std::string Invocation::value(std::string_view flag) const {
    const auto found = flags.find(flag);
    return found == flags.end() ? std::string() : found->second.back();
}

std::vector<std::string> Invocation::values(std::string_view flag) const {
    const auto found = flags.find(flag);
    return found == flags.end() ? std::vector<std::string>{} : found->second;
}

std::string Invocation::argument(std::string_view name) const {
    const auto found = arguments.find(name);
    return found == arguments.end() ? std::string() : found->second.front();
}

std::vector<std::string> Invocation::argument_list(std::string_view name) const {
    const auto found = arguments.find(name);
    return found == arguments.end() ? std::vector<std::string>{} : found->second;
}

Parsed parse(const std::vector<std::string>& words) {
    return Grammar().parse(words);
}

}  // namespace lifeboat::cli
