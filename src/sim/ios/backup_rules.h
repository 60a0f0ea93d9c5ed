// Which of a phone's files go into a backup, and how strongly they are protected: the rules that
// the phone's own list of domains holds.
#pragma once

#include <cstdint>
#include <string_view>

namespace lifeboat::sim::ios {

// A file of a phone: "HomeDomain", "Library/SMS/sms.db".
struct DomainPath {
    std::string_view domain{};
    std::string_view relative{};
};

// Caches, locks and what a computer put there itself: in no backup. Also of folders, with all that
// is in them.
bool is_never_backed_up(const DomainPath& path);

// Call history, Health, the history of Safari, the keychain: only where a password protects them.
bool is_only_in_encrypted_backups(const DomainPath& path);

// 1: while unlocked, 2: may be written while locked, 3: after the first unlock, 4: always.
uint32_t protection_class(const DomainPath& path);

// What a restore leaves alone unless system files are wanted.
bool is_system_domain(std::string_view domain);
// What a restore keeps as it is on the phone when settings are to be preserved.
bool is_setting(const DomainPath& path);

}  // namespace lifeboat::sim::ios
