#include "phone/android/personal/thread_finder.h"

#include "phone/android/personal/content_rows.h"

namespace lifeboat::phone::android {

FoundThread ThreadFinder::thread_of(const std::vector<std::string>& recipients,
                                    const std::stop_token& stop) {
    const auto known = found_.find(recipients);
    if (known != found_.end()) return {.id = known->second};
    std::string uri = "content://mms-sms/threadID";
    for (const std::string& one : recipients)
        uri += (&one == &recipients.front() ? "?recipient=" : "&recipient=") + uri_part(one);
    const auto answer = content_.ask({.uri = uri, .projection = {"_id"}}, stop);
    if (answer.error) return {.error = answer.error};
    const std::string text = has_returns(answer.text) ? without_returns(answer.text) : answer.text;
    const std::vector<std::string> columns{"_id"};
    const auto rows = parse_number_rows(text, columns);
    const int64_t id = rows.size() == 1 ? rows[0][0].value_or(0) : 0;
    if (id == 0) return {.error = ContentError{.said = "it names no conversation of these people"}};
    found_.emplace(recipients, id);
    return {.id = id};
}

}  // namespace lifeboat::phone::android
