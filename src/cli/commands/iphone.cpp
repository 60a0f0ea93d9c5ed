// What only iPhones need: pairing.
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

// The iPhone that is meant, paired or not.
phone::PhoneEntry chosen_iphone(Session& session) {
    const std::string argument = session.invocation.argument("PHONE");
    const std::string wanted = argument.empty() ? session.settings().phone : argument;
    // One iPhone among Android phones is meant without being named.
    if (wanted.empty()) {
        session.world.iphones().require_daemon(session.stop);
        return phone::find_one(session.world.iphones(), wanted, session.stop);
    }
    const auto entry = phone::find_one(session.world.phones(), wanted, session.stop);
    if (entry.id.platform == phone::Platform::ios) return entry;
    throw Misuse(
        fmt::format("{} is an Android phone, and these are not paired", printable(entry.id.serial)),
        "Unlock it and tap \"Allow\" when it asks about USB debugging.");
}

std::string name_of(const phone::PhoneEntry& entry) {
    if (entry.model.empty()) return printable(entry.id.serial);
    return fmt::format("{} ({})", printable(entry.model), printable(entry.id.serial));
}

void tell(Session& session, const phone::PhoneEntry& entry) {
    session.result["serial"] = valid_utf8(entry.id.serial);
    session.result["model"] = valid_utf8(entry.model);
    session.result["dry_run"] = session.dry_run();
}

std::chrono::milliseconds wait_of(Session& session) {
    constexpr uint64_t longest = 86'400;
    const std::string text = session.invocation.value("wait");
    if (text.empty()) return std::chrono::seconds{120};
    const auto seconds = parse_u64(text);
    if (seconds && *seconds <= longest) return std::chrono::seconds{*seconds};
    throw Misuse(fmt::format("--wait takes seconds, not \"{}\"", printable(text)),
                 "A number from 0 to 86400.");
}

}  // namespace

app::Exit phone_pair(Session& session) {
    const auto wait = wait_of(session);
    const phone::PhoneEntry entry = chosen_iphone(session);
    tell(session, entry);
    const bool was_ready = entry.readiness == phone::Readiness::ready;
    session.result["was_paired"] = was_ready;
    if (session.dry_run()) {
        session.out.line(fmt::format("{}{}", would(session),
                                     was_ready ? "nothing, they are paired already" : "pair"));
        return app::Exit::done;
    }
    session.world.iphones().pair(entry.id.serial, wait, session.stop);
    session.out.line(
        fmt::format("{} {} trusts this computer.", session.out.out().tick(), name_of(entry)));
    session.out.note("Next: lifeboat ready");
    return app::Exit::done;
}

app::Exit phone_forget(Session& session) {
    const phone::PhoneEntry entry = chosen_iphone(session);
    tell(session, entry);
    if (session.dry_run()) {
        session.out.line(fmt::format("{}forget {}", would(session), name_of(entry)));
        session.result["was_paired"] = entry.readiness == phone::Readiness::ready;
        return app::Exit::done;
    }
    const bool was = session.world.iphones().forget(entry.id.serial, session.stop);
    session.result["was_paired"] = was;
    session.out.line(was ? fmt::format("{} and this computer forgot each other.", name_of(entry))
                         : fmt::format("{} was not paired.", name_of(entry)));
    return app::Exit::done;
}

}  // namespace lifeboat::cli
