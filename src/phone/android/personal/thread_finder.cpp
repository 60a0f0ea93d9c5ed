#include "phone/android/personal/thread_finder.h"

#include "phone/android/personal/content_rows.h"

namespace lifeboat::phone::android {

std::optional<int64_t> ThreadFinder::thread_of(const std::vector<std::string>& recipients,
                                               const std::stop_token& stop) {
    if (recipients.empty()) return std::nullopt;
    const auto known = found_.find(recipients);
    if (known != found_.end()) return known->second;
    std::string uri = "content://mms-sms/threadID";
    for (const std::string& one : recipients)
        uri += (&one == &recipients.front() ? "?recipient=" : "&recipient=") + uri_part(one);
    const auto answer = content_.ask({.uri = uri, .projection = {"_id"}}, stop);
    if (answer.error) return std::nullopt;
    const std::string text = has_returns(answer.text) ? without_returns(answer.text) : answer.text;
    const std::vector<std::string> columns{"_id"};
    const auto rows = parse_number_rows(text, columns);
    if (rows.size() != 1 || !rows[0][0]) return std::nullopt;
    return found_.emplace(recipients, *rows[0][0]).first->second;
}

}  // namespace lifeboat::phone::android
