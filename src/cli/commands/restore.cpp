#include "app/opened_snapshot.h"
#include "app/records.h"
#include "app/run_lock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/reports.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace lifeboat::cli {
namespace {

// What is to be brought back, and from which backup.
struct Wish {
    std::string snapshot{};
    engine::RestoreRequest request{};
    bool nothing_missing = false;
};

void check_words(const Invocation& words) {
    if (words.has("to") == words.has("onto-phone")) {
        throw Misuse("Say where the files go: either --to DIR or --onto-phone");
    }
    if (words.has("missing") && !words.argument_list("PATH").empty()) {
        throw Misuse("--missing knows its files from the last audit: leave PATH out");
    }
}

void take_missing(Session& session, const std::string& device_key, Wish& wish) {
    const auto audit = app::last_audit(session.world, device_key);
    if (!audit) {
        throw Missing("There is no audit yet that could tell what is missing",
                      "Audit the phone first: lifeboat audit");
    }
    wish.request.only = audit->missing;
    wish.nothing_missing = audit->missing.empty();
    // The audit compared with this backup; a newer one was made after the loss and lacks the files.
    if (wish.snapshot.empty() || wish.snapshot == "latest") wish.snapshot = audit->baseline.hex();
}

Wish wish_of(Session& session, phone::Phone* phone) {
    const Invocation& words = session.invocation;
    Wish wish{.snapshot = words.argument("SNAPSHOT")};
    for (const std::string& path : words.argument_list("PATH")) {
        wish.request.only.emplace_back(path);
    }
    wish.request.overwrite =
        words.has("overwrite") ? engine::Overwrite::replace : engine::Overwrite::refuse;
    wish.request.dry_run = session.dry_run();
    wish.request.as_stored = words.has("as-stored");
    if (words.has("missing")) {
        const std::string key =
            phone == nullptr ? std::string() : phone->facts(session.stop).device_key;
        take_missing(session, key, wish);
    }
    return wish;
}

void show(Session& session, const engine::RestoreReport& report) {
    Output& out = session.out;
    show_written(session, report);
    if (!report.conflicts.empty() && !session.invocation.has("overwrite")) {
        out.note("Nothing in the way was replaced. Choose another folder, or pass --overwrite.");
    }
    session.result = restore_json(report);
    session.result["dry_run"] = session.dry_run();
}

app::Exit exit_of(const Session& session, const engine::RestoreReport& report) {
    if (!report.failed.empty()) return app::Exit::partly;
    const bool refused =
        !report.conflicts.empty() && !session.dry_run() && !session.invocation.has("overwrite");
    return refused ? app::Exit::failed : app::Exit::done;
}

app::Exit nothing_to_do(Session& session) {
    session.out.line("The last audit found nothing missing: nothing to bring back.");
    session.result = restore_json({});
    session.result["dry_run"] = session.dry_run();
    return app::Exit::done;
}

}  // namespace

app::Exit restore(Session& session) {
    const Invocation& words = session.invocation;
    check_words(words);
    std::optional<app::RunLock> lock;
    if (!session.dry_run())
        lock.emplace(app::run_lock_wait(session.world), "restore", session.stop);
    const bool onto_phone = words.has("onto-phone");
    const auto phone = onto_phone ? connect_phone(session, words.value("phone")) : nullptr;
    Wish wish = wish_of(session, phone.get());
    if (wish.nothing_missing) return nothing_to_do(session);
    const bool replaces = onto_phone && words.has("overwrite") && !session.dry_run();
    if (replaces && !words.has("yes") &&
        !session.prompt.confirm("Replace different files on the phone?", session.stop)) {
        throw Misuse("Not confirmed: nothing was written");
    }
    const app::OpenedPlaces places = session.world.open_places(words.values("place"), session.stop);
    const auto found = app::find_snapshot(places, wish.snapshot, session.stop);
    if (!wish.request.as_stored)
        wish.request.phone_password = app::phone_password_for(session.world, found, session.stop);
    const engine::OperationContext context = session.world.context(session.stop);
    repository::Repository& repository = *found.place.repository;
    const engine::RestoreReport report =
        onto_phone
            ? engine::restore_to_phone(repository, found.snapshot, *phone, wish.request, context)
            : engine::restore_to_folder(repository, found.snapshot,
                                        app::absolute_path(session.environment, words.value("to")),
                                        wish.request, context);
    show(session, report);
    if (onto_phone && exit_of(session, report) == app::Exit::done) {
        session.out.note("Next: lifeboat audit");
    }
    return exit_of(session, report);
}

}  // namespace lifeboat::cli
