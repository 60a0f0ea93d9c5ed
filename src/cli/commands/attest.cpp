#include "app/attestations.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

checklist::Evidence said_of(const Session& session, const std::string& row, TimePoint now) {
    const bool withdraw = session.invocation.has("withdraw");
    if (withdraw == session.invocation.has("note"))
        throw Misuse("Say either --note TEXT or --withdraw", "Nothing was written down.");
    return withdraw ? app::withdrawal(row, now)
                    : app::attestation(row, session.invocation.value("note"), now);
}

}  // namespace

app::Exit attest(Session& session) {
    const std::string row = session.invocation.argument("ID");
    const TimePoint now = session.world.clock().now();
    // A row that takes no word is said before a phone is looked for.
    const checklist::Evidence said = said_of(session, row, now);
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    const phone::Facts facts = phone->facts(session.stop);
    if (!session.dry_run()) app::attest(session.world, facts.device_key, said);

    const Style& style = session.out.out();
    const std::string title = app::row_title(row);
    session.out.line(phone_title(style, facts));
    session.out.line(said.value ? fmt::format("  {} {}: you said {}",
                                              style.paint(Tone::warn, style.exclamation()), title,
                                              printable(*said.value))
                                : fmt::format("  {}: your word is taken back", title));
    session.out.line(said.value ? "  It is shown as your word for 24 hours, never as proof."
                                : "  The row is open again.");
    session.result["row"] = row;
    session.result["title"] = title;
    session.result["fact"] = said.fact;
    session.result["note"] = said.value ? nlohmann::json(*said.value) : nlohmann::json();
    session.result["at"] = to_rfc3339(now);
    session.result["phone"] = facts_json(facts);
    session.result["dry_run"] = session.dry_run();
    return app::Exit::done;
}

}  // namespace lifeboat::cli
