#include "app/opened_snapshot.h"
#include "app/records.h"
#include "app/run_lock.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands/app_backup_reports.h"
#include "cli/commands/commands.h"
#include "cli/commands/record_reports.h"
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
    bool files = true;
    // Classes of records of an Android phone; nothing: none of them. Empty: all.
    std::optional<std::vector<std::string>> records{};
    bool nothing_missing() const { return !files && !records; }
};

void check_words(const Invocation& words) {
    if (words.has("to") == words.has("onto-phone")) {
        throw Misuse("Say where the files go: either --to DIR or --onto-phone");
    }
    if (words.has("missing") && !words.argument_list("PATH").empty()) {
        throw Misuse("--missing knows its files from the last audit: leave PATH out");
    }
    if (words.has("records") && !words.has("onto-phone")) {
        throw Misuse(
            "--records go onto a phone: pass --onto-phone. In a folder they come back as "
            "files, below \"personal\"");
    }
    if (words.has("messages-by-agent") && (!words.has("onto-phone") || words.has("no-records"))) {
        throw Misuse(
            "--messages-by-agent says how messages go onto a phone: pass --onto-phone, "
            "and leave --no-records out");
    }
}

void take_missing(Session& session, const std::string& device_key, Wish& wish) {
    const auto audit = app::last_audit(session.world, device_key);
    if (!audit) {
        throw Missing("There is no audit yet that could tell what is missing",
                      "Audit the phone first: lifeboat audit");
    }
    wish.request.only = audit->missing;
    wish.files = !audit->missing.empty();
    if (!audit->missing_records.empty()) wish.records = audit->missing_records;
    // The audit compared with this backup; a newer one was made after the loss and lacks the files.
    if (wish.snapshot.empty() || wish.snapshot == "latest") wish.snapshot = audit->baseline.hex();
}

// "contacts,messages" and "all".
std::vector<std::string> classes_of(const std::vector<std::string>& words) {
    std::vector<std::string> classes;
    for (const std::string& word : words) {
        for (const std::string_view one : split(word, ',')) {
            if (one == "all") return {};
            classes.emplace_back(trim(one));
        }
    }
    return classes;
}

// Without PATH everything comes back, the records of an Android phone as well.
void take_records(const Session& session, bool android, Wish& wish) {
    const Invocation& words = session.invocation;
    if (words.has("records")) {
        wish.records = classes_of(words.values("records"));
        wish.files = !wish.request.only.empty();
    } else if (android && wish.request.only.empty() && !words.has("no-records")) {
        wish.records.emplace();
    }
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
    const auto facts = phone == nullptr ? phone::Facts{} : phone->facts(session.stop);
    if (words.has("missing")) {
        take_missing(session, facts.device_key, wish);
    } else {
        take_records(session, phone != nullptr && facts.id.platform == phone::Platform::android,
                     wish);
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

bool holds_records(repository::Repository& repository, const repository::Snapshot& snapshot,
                   const std::stop_token& stop) {
    return repository.read(snapshot, stop)->find(personal::inventory_path()).has_value();
}

// Records that were not asked for by name are left out when an older backup has none.
std::vector<personal::RestoreOutcome> bring_records(Session& session, const Wish& wish,
                                                    const app::FoundSnapshot& found,
                                                    phone::Phone& phone) {
    repository::Repository& repository = *found.place.repository;
    const bool by_name = session.invocation.has("records");
    if (!wish.records || (!by_name && !holds_records(repository, found.snapshot, session.stop)))
        return {};
    auto outcomes =
        engine::restore_records(repository, found.snapshot, phone,
                                {.classes = *wish.records,
                                 .dry_run = session.dry_run(),
                                 .messages_by_agent = session.invocation.has("messages-by-agent")},
                                session.world.context(session.stop));
    show_outcomes(session, *app::english_words(), outcomes);
    return outcomes;
}

app::Exit nothing_to_do(Session& session) {
    session.out.line("The last audit found nothing missing: nothing to bring back.");
    session.result = restore_json({});
    session.result["dry_run"] = session.dry_run();
    session.result["records"] = nlohmann::json::array();
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
    if (wish.nothing_missing()) return nothing_to_do(session);
    const bool replaces = onto_phone && words.has("overwrite") && !session.dry_run();
    if (replaces && !words.has("yes") &&
        !session.prompt.confirm("Replace different files on the phone?", session.stop)) {
        throw Misuse("Not confirmed: nothing was written");
    }
    const app::OpenedPlaces places = session.world.open_places(words.values("place"), session.stop);
    const auto found = app::find_snapshot(places, wish.snapshot, session.stop);
    if (!wish.request.as_stored)
        wish.request.phone_password = app::phone_password_for(session.world, found, session.stop);
    const SecretText app_password = app_backup_password(session);
    wish.request.app_password = &app_password;
    const engine::OperationContext context = session.world.context(session.stop);
    repository::Repository& repository = *found.place.repository;
    engine::RestoreReport report{.snapshot = found.snapshot.id};
    if (wish.files) {
        report = onto_phone ? engine::restore_to_phone(repository, found.snapshot, *phone,
                                                       wish.request, context)
                            : engine::restore_to_folder(
                                  repository, found.snapshot,
                                  app::absolute_path(session.environment, words.value("to")),
                                  wish.request, context);
    }
    if (wish.files) {
        show(session, report);
    } else {
        session.result = restore_json(report);
        session.result["dry_run"] = session.dry_run();
    }
    std::vector<personal::RestoreOutcome> records;
    if (onto_phone) records = bring_records(session, wish, found, *phone);
    session.result["records"] = outcomes_json(records);
    const app::Exit exit = exit_of(session, report);
    if (exit == app::Exit::done && has_failed(records)) return app::Exit::partly;
    if (onto_phone && exit == app::Exit::done) session.out.note("Next: lifeboat audit");
    return exit;
}

}  // namespace lifeboat::cli
