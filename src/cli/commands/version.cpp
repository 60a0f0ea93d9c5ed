#include "cli/commands/commands.h"
#include "lifeboat_version.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {

app::Exit version(Session& session) {
    session.out.line(fmt::format("lifeboat {} ({})", LIFEBOAT_VERSION, LIFEBOAT_COMMIT));
    session.result["version"] = LIFEBOAT_VERSION;
    session.result["commit"] = LIFEBOAT_COMMIT;
    return app::Exit::done;
}

}  // namespace lifeboat::cli
