#include "phone/android/fact_reader.h"

#include "base/text.h"

namespace lifeboat::phone::android {

FactReader::FactReader(const PhoneLink& link, const std::stop_token& stop)
    : shell_(link.server, link.serial), stop_(stop) {}

Answered FactReader::ask(const std::string& command) {
    const auto result = shell_.run({.text = command}, stop_);
    return {.method = "shell: " + command, .text = result.output, .errors = result.errors};
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
