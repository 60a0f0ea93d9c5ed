// Commands on the phone, and what they answered as readings: a value, or why there is none.
#pragma once

#include "phone/android/parsed.h"
#include "phone/android/shell.h"
#include "phone/android/storage_scan.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lifeboat::phone::android {

// What one command said, as the evidence of several facts.
struct Answered {
    std::string method{};
    std::string text{};
    std::string errors{};
};

class FactReader {
public:
    FactReader(const PhoneLink& link, const std::stop_token& stop);

    // Runs these commands, several at a time: most of a command's time is waiting. `ask` has their
    // answers from then on. Throws what Shell::run throws.
    void ask_ahead(const std::vector<std::string>& commands);
    // Throws what Shell::run throws.
    Answered ask(const std::string& command);

    void add(const Answered& answer, std::string fact, std::optional<std::string> value,
             std::string why = {}, std::string subject = {});

    // A fact out of something parsed: known where `get` finds a value in it.
    template <class T>
    void add_parsed(const Answered& answer, const char* fact, const Parsed<T>& parsed,
                    const std::function<std::optional<std::string>(const T&)>& get) {
        if (parsed.value) return add(answer, fact, get(*parsed.value));
        add(answer, fact, std::nullopt, parsed.why_unknown);
    }

    std::vector<Reading> readings{};

private:
    Answered run(const std::string& command, const std::stop_token& stop) const;

    const PhoneLink& link_;
    std::stop_token stop_;
    std::map<std::string, Answered, std::less<>> ahead_{};
};

std::string yes_no(bool value);

// The commands of read_cloud_facts and of read_update_facts.
std::vector<std::string> cloud_commands();
std::vector<std::string> update_commands();

// What the phone does with clouds: accounts, sync, Google's backup, Find My Device.
void read_cloud_facts(FactReader& reader);

// An update that waits, room for it, and who is at work on the phone.
void read_update_facts(FactReader& reader, bool is_seamless);

}  // namespace lifeboat::phone::android
