#include "engine/iphone_proof.h"

#include "engine/meter.h"

namespace lifeboat::engine {

namespace {

void rehearse_opened(const content::IosBackup& backup, const RehearsalWish& wish,
                     IphoneProof& proof, EventSink& events, const sys::Clock& clock,
                     const std::stop_token& stop) {
    Meter meter(events, clock, "rehearse", "");
    content::RehearsalProgress before;
    proof.rehearsal = content::rehearse(
        backup, {.deep = wish.deep},
        [&](const content::RehearsalProgress& now) {
            if (before.files == 0) meter.expect(now.files, now.bytes);
            meter.add_items(now.files_done - before.files_done);
            meter.add_bytes(now.bytes_done - before.bytes_done);
            before = now;
        },
        stop);
    proof.contents = contents_of(backup, proof.rehearsal, wish.deep, stop);
}

}  // namespace

std::optional<IphoneProof> prove_iphone(const FileTree& raw, const RehearsalWish& wish,
                                        EventSink& events, const sys::Clock& clock,
                                        const std::stop_token& stop) {
    const auto kind = content::recognise_ios_backup(raw);
    if (!kind) return std::nullopt;
    IphoneProof proof{.encrypted = kind->encrypted};
    proof.rehearsal.finished = kind->finished;
    if (kind->encrypted && wish.password == nullptr) {
        proof.not_opened = NotOpened::no_password;
        return proof;
    }
    try {
        const SecretText none;
        const content::IosBackup backup(raw, kind->encrypted ? *wish.password : none, stop);
        rehearse_opened(backup, wish, proof, events, clock, stop);
    } catch (const content::WrongBackupPassword& wrong) {
        proof.not_opened = NotOpened::wrong_password;
        proof.password_hint = wrong.full_text();
    }
    return proof;
}

bool opens_with(const FileTree& raw, const SecretText& password) {
    const auto kind = content::recognise_ios_backup(raw);
    if (!kind || !kind->encrypted) return false;
    try {
        content::require_backup_password(raw, password);
    } catch (const content::WrongBackupPassword&) {
        return false;
    }
    return true;
}

}  // namespace lifeboat::engine
