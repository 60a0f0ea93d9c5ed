#include "phone/android/fact_reader.h"

#include "base/task_group.h"
#include "base/text.h"

#include <algorithm>
#include <atomic>

namespace lifeboat::phone::android {

namespace {

// More would only make a phone swap.
constexpr size_t commands_at_a_time = 4;

}  // namespace

FactReader::FactReader(const PhoneLink& link, const std::stop_token& stop)
    : link_(link), stop_(stop) {}

Answered FactReader::run(const std::string& command, const std::stop_token& stop) const {
    const auto result = Shell(link_.server, link_.serial).run({.text = command}, stop);
    return {.method = "shell: " + command, .text = result.output, .errors = result.errors};
}

void FactReader::ask_ahead(const std::vector<std::string>& commands) {
    std::vector<Answered> answers(commands.size());
    std::atomic<size_t> next{0};
    TaskGroup group(stop_);
    for (size_t i = 0; i < std::min(commands_at_a_time, commands.size()); ++i) {
        group.run([&](const std::stop_token& stop) {
            for (size_t at = next++; at < commands.size(); at = next++)
                answers[at] = run(commands[at], stop);
        });
    }
    group.join();
    for (size_t i = 0; i < commands.size(); ++i) ahead_[commands[i]] = std::move(answers[i]);
}

Answered FactReader::ask(const std::string& command) {
    const auto found = ahead_.find(command);
    return found != ahead_.end() ? found->second : run(command, stop_);
}

void FactReader::add(const Answered& answer, std::string fact, std::optional<std::string> value,
                     std::string why, std::string subject) {
    if (value)
        why.clear();
    else if (why.empty())
        why = "the phone does not tell";
    if (!value && answer.text.empty() && !trim(answer.errors).empty()) {
        why = "the phone refuses: " + printable(lines(trim(answer.errors)).front());
    }
    readings.push_back({.fact = std::move(fact),
                        .subject = std::move(subject),
                        .value = std::move(value),
                        .why_unknown = std::move(why),
                        .method = answer.method,
                        .raw = answer.text.empty() ? answer.errors : answer.text});
}

std::string yes_no(bool value) {
    return value ? "yes" : "no";
}

}  // namespace lifeboat::phone::android
