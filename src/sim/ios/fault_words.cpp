#include "sim/ios/fault_words.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

namespace lifeboat::sim::ios {

namespace {

using Flag = bool FaultPlan::*;
using Optional = std::optional<uint64_t> FaultPlan::*;
using Size = size_t FaultPlan::*;
using Time = std::chrono::milliseconds FaultPlan::*;
using Files = std::map<std::string, int> FaultPlan::*;
using Kind = Hostile FaultPlan::*;
using Password = std::optional<NewPassword> FaultPlan::*;

struct Word {
    std::string_view name{};
    std::variant<Flag, Optional, Size, Time, Files, Kind, Password> field{};
    std::string_view what{};
};

struct HostileWord {
    std::string_view name{};
    Hostile kind = Hostile::none;
};

constexpr std::array hostile_words{HostileWord{"none", Hostile::none},
                                   HostileWord{"escaping-path", Hostile::escaping_path},
                                   HostileWord{"huge-length", Hostile::huge_length},
                                   HostileWord{"truncated-plist", Hostile::truncated_plist},
                                   HostileWord{"negative-size", Hostile::negative_size},
                                   HostileWord{"five-items", Hostile::five_items}};

const std::array<Word, 26>& words() {
    using P = FaultPlan;
    static const std::array<Word, 26> list{
        Word{"device-link", &P::device_link, "the version of DeviceLink that is offered"},
        Word{"pause-per-batch", &P::pause_per_batch, "milliseconds between two batches"},
        Word{"batch", &P::batch, "files in one batch"},
        Word{"frame", &P::frame, "bytes in one block"},
        Word{"die-after-files", &P::die_after_files, "the stream breaks after so many files"},
        Word{"die-detaches", &P::die_detaches, "and the phone leaves the bus (at first: on)"},
        Word{"cut-after-bytes", &P::cut_after_bytes, "the stream breaks inside of a file"},
        Word{"stall-after-files", &P::stall_after_files, "silent until taken back"},
        Word{"lock-after-files", &P::lock_after_files, "somebody locks the phone: 208"},
        Word{"new-password", &P::new_password, "N=TEXT: another one after N files, or before (0)"},
        Word{"stop-in-moving", &P::stop_in_moving, "waits after so many moves of 128 files"},
        Word{"stop-in-removing", &P::stop_in_removing, "waits before it removes"},
        Word{"purge", &P::purge, "asks the computer to make room"},
        Word{"needs-bytes", &P::needs_bytes, "claims to need so much room: 105"},
        Word{"copy-item", &P::copy_item, "wants the backup copied before a restore"},
        Word{"passcode-waits", &P::passcode_waits, "asks for its passcode until taken back"},
        Word{"passcode-timeout", &P::passcode_timeout, "nobody types the passcode: 208"},
        Word{"mdm", &P::mdm, "a company forbids it: 22"},
        Word{"cloud-restore", &P::cloud_restore, "is being restored from iCloud: 25"},
        Word{"force-full", &P::force_full, "every backup is a full one"},
        Word{"overlook-file", &P::overlook_file, "misses a file of the listing: a full one"},
        Word{"fail-files", &P::fail_files, "DOMAIN/PATH=CODE: this file cannot be sent"},
        Word{"old-trailer", &P::old_trailer, "good files end with a bare 0x0b"},
        Word{"hostile", &P::hostile, "a message that no phone sends"},
        Word{"afc-locks-busy", &P::afc_locks_busy, "so many locks are refused"},
        Word{"afc-drops", &P::afc_drops, "the file service hangs up"}};
    return list;
}

[[noreturn]] void refuse(const Word& word, std::string_view wants) {
    throw Misuse(fmt::format("the fault {} takes {}", word.name, wants));
}

uint64_t number_of(const Word& word, std::string_view value) {
    const auto number = parse_u64(value);
    if (!number) refuse(word, "a number");
    return *number;
}

// Sets one kind of field.
struct Setter {
    FaultPlan& plan;
    const Word& word;
    std::string_view value;

    void operator()(Flag field) const {
        if (value != "on" && value != "off") refuse(word, "on or off");
        plan.*field = value == "on";
    }
    void operator()(Optional field) const {
        if (value == "off") {
            plan.*field = std::nullopt;
        } else {
            plan.*field = number_of(word, value);
        }
    }
    void operator()(Size field) const {
        plan.*field = value == "off" ? FaultPlan{}.*field : number_of(word, value);
        if (plan.*field == 0) refuse(word, "a number above 0");
    }
    void operator()(Time field) const {
        plan.*field = std::chrono::milliseconds(value == "off" ? 0 : number_of(word, value));
    }
    void operator()(Files field) const {
        if (value == "off") {
            (plan.*field).clear();
            return;
        }
        constexpr uint64_t no_code = 256;
        const size_t equals = value.rfind('=');
        const uint64_t code = equals == std::string_view::npos
                                  ? no_code
                                  : parse_u64(value.substr(equals + 1)).value_or(no_code);
        if (code >= no_code) refuse(word, "DOMAIN/PATH=CODE with a code from 0 to 255");
        (plan.*field)[std::string(value.substr(0, equals))] = static_cast<int>(code);
    }
    void operator()(Kind field) const {
        const std::string_view name = value == "off" ? "none" : value;
        const auto* found = std::ranges::find(hostile_words, name, &HostileWord::name);
        if (found == hostile_words.end()) refuse(word, "one of " + hostile_names());
        plan.*field = found->kind;
    }
    void operator()(Password field) const {
        if (value == "off") {
            (plan.*field).reset();
            return;
        }
        const size_t equals = value.find('=');
        const auto files = parse_u64(value.substr(0, equals));
        if (!files || equals == std::string_view::npos || equals + 1 == value.size()) {
            refuse(word, "N=TEXT: how many files later, and the password");
        }
        plan.*field =
            NewPassword{.after_files = *files, .password = std::string(value.substr(equals + 1))};
    }

    static std::string hostile_names() {
        std::string names;
        for (const HostileWord& one : hostile_words) {
            names += (names.empty() ? "" : ", ") + std::string(one.name);
        }
        return names;
    }
};

// Tells one kind of field, as a word that sets it.
struct Getter {
    const FaultPlan& plan;

    std::string operator()(Flag field) const { return plan.*field ? "on" : "off"; }
    std::string operator()(Optional field) const {
        return plan.*field ? fmt::format("{}", *(plan.*field)) : "off";
    }
    std::string operator()(Size field) const { return fmt::format("{}", plan.*field); }
    std::string operator()(Time field) const { return fmt::format("{}", (plan.*field).count()); }
    std::string operator()(Files field) const {
        std::string text;
        for (const auto& [path, code] : plan.*field) {
            text += fmt::format("{}{}={}", text.empty() ? "" : " ", path, code);
        }
        return text;
    }
    std::string operator()(Kind field) const {
        const auto* found = std::ranges::find(hostile_words, plan.*field, &HostileWord::kind);
        return std::string(found->name);
    }
    std::string operator()(Password field) const {
        const auto& planned = plan.*field;
        return planned ? fmt::format("{}={}", planned->after_files, planned->password) : "off";
    }
};

}  // namespace

std::map<std::string, std::string> fault_values(const FaultPlan& plan) {
    std::map<std::string, std::string> changed;
    for (const Word& word : words()) {
        const std::string value = std::visit(Getter{plan}, word.field);
        if (value == std::visit(Getter{FaultPlan()}, word.field)) continue;
        changed.emplace(word.name, value);
    }
    return changed;
}

void set_fault(FaultPlan& plan, std::string_view name, std::string_view value) {
    const auto* found = std::ranges::find(words(), name, &Word::name);
    if (found == words().end()) {
        throw Misuse(fmt::format("there is no fault \"{}\"", printable(name)), fault_help());
    }
    std::visit(Setter{plan, *found, value}, found->field);
}

std::string fault_help() {
    std::string text;
    for (const Word& word : words()) text += fmt::format("      {:<18} {}\n", word.name, word.what);
    return text;
}

}  // namespace lifeboat::sim::ios
