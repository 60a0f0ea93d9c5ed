// The numbers of threads on this phone, by who is in them. The phone makes one that it lacks.
#pragma once

#include "phone/android/personal/content_commands.h"

#include <map>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

struct FoundThread {
    int64_t id = 0;
    std::optional<ContentError> error{};  // why there is none
};

class ThreadFinder {
public:
    explicit ThreadFinder(ContentCommands& content) : content_(content) {}

    // `recipients`: at least one. Throws what the connection throws.
    FoundThread thread_of(const std::vector<std::string>& recipients, const std::stop_token& stop);

private:
    ContentCommands& content_;
    std::map<std::vector<std::string>, int64_t> found_{};
};

}  // namespace lifeboat::phone::android
