// Android phones in the network, without adb.
#include "app/network_phones.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

app::Exit forget(Session& session, const std::string& address) {
    if (session.dry_run()) {
        session.out.line(fmt::format("{}forget {}", would(session), printable(address)));
        return app::Exit::done;
    }
    const bool was = app::forget_network_phone(session.world, address);
    session.result["was_known"] = was;
    session.out.line(was ? fmt::format("{} is forgotten.", printable(address))
                         : fmt::format("{} was not known.", printable(address)));
    return app::Exit::done;
}

}  // namespace

app::Exit phone_wifi(Session& session) {
    const Invocation& words = session.invocation;
    const std::string address = words.argument("HOST:PORT");
    session.result["serial"] = valid_utf8(address);
    session.result["model"] = "";
    session.result["was_known"] = false;
    session.result["dry_run"] = session.dry_run();
    if (words.has("forget")) return forget(session, address);
    app::NetworkPhoneRequest request{.address = address};
    if (words.has("pair")) request.pairing_address = words.value("pair");
    if (session.dry_run()) {
        session.out.line(fmt::format("{}{}connect to {} and remember it", would(session),
                                     request.pairing_address ? "pair, " : "", printable(address)));
        return app::Exit::done;
    }
    const auto done = app::add_network_phone(session.world, request, session.stop);
    session.result["serial"] = valid_utf8(done.phone.address);
    session.result["model"] = valid_utf8(done.phone.model);
    session.result["was_known"] = done.was_known;
    session.out.line(fmt::format("{} {} answers at {} and is remembered.", session.out.out().tick(),
                                 printable(done.phone.model), printable(done.phone.address)));
    session.out.note("Next: lifeboat ready");
    return app::Exit::done;
}

}  // namespace lifeboat::cli
