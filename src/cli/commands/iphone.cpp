// What only iPhones have: pairing, a password for their backups, restores of the whole phone.
#include "app/backup_encryption.h"
#include "app/run_lock.h"
#include "app/snapshots.h"
#include "app/whole_phone.h"
#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

// The iPhone that is meant, paired or not.
phone::PhoneEntry chosen_iphone(Session& session, const std::string& named) {
    const std::string wanted = named.empty() ? session.settings().phone : named;
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

}  // namespace

app::Exit phone_pair(Session& session) {
    const auto wait = person_wait(session);
    const phone::PhoneEntry entry = chosen_iphone(session, session.invocation.argument("PHONE"));
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
    const phone::PhoneEntry entry = chosen_iphone(session, session.invocation.argument("PHONE"));
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

namespace {

app::EncryptionWish wish_of(const std::string& action) {
    if (action == "on") return app::EncryptionWish::on;
    return action == "off" ? app::EncryptionWish::off : app::EncryptionWish::change;
}

std::string outcome_of(app::EncryptionWish wish) {
    switch (wish) {
        case app::EncryptionWish::on:
            return "Backups of the iPhone are encrypted from now on.";
        case app::EncryptionWish::off:
            return "Backups of the iPhone are not encrypted any more.";
        case app::EncryptionWish::change:
            break;
    }
    return "The password of the iPhone's backups is changed.";
}

}  // namespace

app::Exit phone_encryption(Session& session) {
    const Invocation& words = session.invocation;
    const app::EncryptionWish wish = wish_of(words.argument("ACTION"));
    const phone::PhoneEntry entry = chosen_iphone(session, words.argument("PHONE"));
    tell(session, entry);
    session.out.note(
        "New keys: the next backup sends everything again, and your places need room for it. "
        "Backups made until now open as before.");
    const app::EncryptionResult done = app::set_backup_encryption(
        session.world, entry.id.serial, wish,
        {.file = words.value("new-password-file"), .command = words.value("new-password-command")},
        session.dry_run(), session.stop);
    session.result["was_encrypted"] = done.was_on;
    const bool is_now = session.dry_run() ? done.was_on : wish != app::EncryptionWish::off;
    session.result["encrypted"] = is_now;
    if (session.dry_run()) {
        session.out.line(would(session) + outcome_of(wish));
        return app::Exit::done;
    }
    session.out.line(fmt::format("{} {}", session.out.out().tick(), outcome_of(wish)));
    if (done.strength && !done.strength->sufficient) {
        session.out.warn(fmt::format("{} The new password is easy to guess (about {:.0f} bits).",
                                     session.out.err().paint(Tone::warn, "warning:"),
                                     done.strength->bits));
    }
    if (wish == app::EncryptionWish::on) {
        session.out.note("Write the password down now: nobody can tell it to you later.");
    }
    if (wish == app::EncryptionWish::off) {
        session.out.note("Until it is on again, the verdict is NO-GO.");
    }
    return app::Exit::done;
}

app::Exit phone_restore(Session& session) {
    const Invocation& words = session.invocation;
    std::optional<app::RunLock> lock;
    if (!session.dry_run()) {
        lock.emplace(app::run_lock_wait(session.world), "restore", session.stop);
    }
    const phone::PhoneEntry entry = chosen_iphone(session, words.value("phone"));
    tell(session, entry);
    const app::OpenedPlaces places = session.world.open_places(words.values("place"), session.stop);
    const app::FoundSnapshot found =
        app::find_snapshot(places, words.argument("SNAPSHOT"), session.stop, entry.id.serial);
    const bool sure = session.dry_run() || words.has("yes");
    if (!sure && !session.prompt.confirm(
                     fmt::format("Replace everything on {} by backup {} of {}?", name_of(entry),
                                 short_id(found.snapshot.id), date_text(found.snapshot.time)),
                     session.stop)) {
        throw Misuse("Not confirmed: nothing was written");
    }
    const app::WholePhoneResult result =
        app::restore_whole_phone(session.world, entry.id.serial, found,
                                 {.keep_settings = words.has("keep-settings"),
                                  .remove_others = words.has("remove-others"),
                                  .dry_run = session.dry_run()},
                                 session.stop);
    session.result["snapshot"] = found.snapshot.id.hex();
    session.result["backup_of"] = valid_utf8(result.backup_of);
    session.result["ios_version"] = valid_utf8(result.ios_version);
    session.result["encrypted"] = result.encrypted;
    session.result["bytes"] = result.bytes;
    session.out.line(fmt::format("{} {}backup {} ({}) {} {}", session.out.out().tick(),
                                 would(session), short_id(found.snapshot.id),
                                 human_bytes(result.bytes),
                                 session.dry_run() ? "can be put onto" : "is on", name_of(entry)));
    if (!session.dry_run()) {
        session.out.note(
            "The iPhone restarts and then fetches its apps, which may take hours. Next, when it is "
            "unlocked again: lifeboat audit");
    }
    return app::Exit::done;
}

}  // namespace lifeboat::cli
