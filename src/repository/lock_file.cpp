#include "repository/lock_file.h"

#include "base/text.h"
#include "repository/go_text.h"
#include "repository/json_reader.h"

#include <fmt/format.h>

namespace lifeboat::repository {

namespace {

uint32_t number32(JsonReader& json) {
    const uint64_t value = json.number();
    if (value > UINT32_MAX) json.fail("a number is too large");
    return static_cast<uint32_t>(value);
}

TimePoint read_time(JsonReader& json) {
    const auto time = from_rfc3339(json.string());
    if (!time) json.fail("a time that is none");
    return *time;
}

LockHolder read_holder(JsonReader& json) {
    LockHolder holder;
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "since") {
            holder.since = read_time(json);
        } else if (key == "boot") {
            holder.boot = json.string();
        } else if (key == "pid_namespace") {
            holder.pid_namespace = json.number();
        } else if (key == "started") {
            holder.started = json.number();
        } else {
            json.skip();
        }
    }
    return holder;
}

std::string to_the_second(TimePoint time) {
    return to_rfc3339(std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace

std::string encode_lock(const LockFile& lock) {
    std::string json = fmt::format(R"({{"time":"{}","exclusive":{},"hostname":)",
                                   to_rfc3339(lock.time), lock.exclusive);
    append_json_string(json, lock.hostname);
    json += ",\"username\":";
    append_json_string(json, lock.username);
    json += fmt::format(",\"pid\":{}", lock.pid);
    if (lock.uid != 0) json += fmt::format(",\"uid\":{}", lock.uid);
    if (lock.gid != 0) json += fmt::format(",\"gid\":{}", lock.gid);
    if (lock.holder) {
        json +=
            fmt::format(R"(,"lifeboat":{{"since":"{}","boot":)", to_rfc3339(lock.holder->since));
        append_json_string(json, lock.holder->boot);
        json += fmt::format(R"(,"pid_namespace":{},"started":{}}})", lock.holder->pid_namespace,
                            lock.holder->started);
    }
    return json + "}";
}

LockFile decode_lock(std::string_view text) {
    JsonReader json(text, "a lock");
    LockFile lock;
    std::string_view key;
    bool has_time = false;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "time") {
            lock.time = read_time(json);
            has_time = true;
        } else if (key == "exclusive") {
            lock.exclusive = json.boolean();
        } else if (key == "hostname") {
            lock.hostname = json.string();
        } else if (key == "username") {
            lock.username = json.string();
        } else if (key == "pid") {
            lock.pid = json.number();
        } else if (key == "uid") {
            lock.uid = number32(json);
        } else if (key == "gid") {
            lock.gid = number32(json);
        } else if (key == "lifeboat") {
            lock.holder = read_holder(json);
        } else {
            json.skip();
        }
    }
    json.end();
    if (!has_time) json.fail("it has no time");
    return lock;
}

std::string lock_sentence(const LockFile& lock) {
    const std::string who = fmt::format(
        "{} on {} (process {})", printable(lock.username.empty() ? "somebody" : lock.username),
        printable(lock.hostname.empty() ? "another computer" : lock.hostname), lock.pid);
    const char* how = lock.exclusive ? "uses it alone" : "adds to it";
    if (!lock.holder) {
        return fmt::format("{} {}; its last sign of life is of {}", who, how,
                           to_the_second(lock.time));
    }
    return fmt::format("{} {} since {}; its last sign of life is of {}", who, how,
                       to_the_second(lock.holder->since), to_the_second(lock.time));
}

}  // namespace lifeboat::repository
