// A phone as the rest of the house sees it: facts about it, an inventory, hashes, and its files
// going out and back.
//
// A phone does not know that repositories exist. Backed up, it pushes into a sink; restored, it
// pulls from a tree. One thread uses a Phone at a time, except where a function says more; puts
// into a sink may come from several threads of the phone's own.
#pragma once

#include "base/error.h"
#include "base/event.h"
#include "base/id.h"
#include "item/item.h"
#include "personal/collection.h"
#include "personal/restore_outcome.h"
#include "phone/cloud_backup.h"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace lifeboat::phone {

// No phone, not trusted yet, locked, offline: exit code 13. The message says which; the guidance is
// the one instruction for the person.
struct NotReady : NeedsPerson {
    using NeedsPerson::NeedsPerson;
};

// The phone, or something on the wire, says what no phone says. Nothing of it is believed.
struct Garbled : Corrupt {
    using Corrupt::Corrupt;
};

// The phone went away in the middle: exit code 13, and the same command goes on later.
struct Gone : Temporary {
    using Temporary::Temporary;
};

enum class Platform { android, ios };

enum class Readiness { ready, unauthorized, offline, locked, no_permission, other };

struct PhoneId {
    Platform platform = Platform::android;
    std::string serial{};  // as the transport knows it: adb serial or "host:port"; udid
    bool operator==(const PhoneId&) const = default;
};

// One line of `phone list`.
struct PhoneEntry {
    PhoneId id{};
    std::string model{};  // "Pixel 7"; empty while unknown
    Readiness readiness = Readiness::ready;
    std::string instruction{};  // what the person must do; empty when ready
    // Serial number of the hardware where the transport goes by another name; may be empty.
    std::string hardware{};
};

// One machine-read fact. `value` is nothing when the phone would not tell: that is knowledge too,
// and it blocks. Fact names and values are the vocabulary of docs/evidence.md: "battery.percent" =
// "84".
struct Reading {
    std::string fact{};
    std::string subject{};  // what it is about, where there are several
    std::optional<std::string> value{};
    std::string why_unknown{};  // "the phone answers in a form this program does not know"
    std::string method{};       // the command or protocol request: "shell: dumpsys battery"
    std::string raw{};          // what it answered, for the evidence log
};

struct Facts {
    PhoneId id{};
    std::string
        device_key{};  // stable across updates and transports: serial number of the hardware
    std::string maker{};
    std::string model{};
    std::string os_name{};     // "Android"
    std::string os_version{};  // "13"
    std::string build{};       // "TQ3A.230901.001"
    std::vector<Reading> readings{};
};

// A path the phone shows but does not let us read.
struct Unreadable {
    ItemPath path{};
    std::string reason{};  // "Permission denied"
};

struct Inventory {
    std::vector<Item> items{};  // parents before children
    std::vector<Unreadable> unreadable{};
};

// What a restore onto the phone will do, shown before anything is written.
struct RestoreOutcome {
    uint64_t files = 0;
    uint64_t bytes = 0;
    std::vector<Unreadable> failed{};
};

class Phone {
public:
    virtual ~Phone() = default;

    virtual Facts facts(const std::stop_token& stop) = 0;

    // Everything that can be seen in storage now: no content is read.
    virtual Inventory inventory(const std::stop_token& stop) = 0;

    // SHA-256 of files computed on the phone itself (by an iPhone's reader: see there), in the
    // order the phone likes; a file it cannot hash comes with nothing and the reason. `each` is
    // called from one thread.
    using EachDigest = std::function<void(const ItemPath&, const std::optional<Digest>&,
                                          const std::string& why_not)>;
    virtual void digests(std::span<const ItemPath> files, const EachDigest& each,
                         const std::stop_token& stop) = 0;

    // Pushes every readable file into `sink`: `keep` where path, size and modification time equal
    // `previous`'s, `put` otherwise, `unreadable` for what it could not read after retries. Throws
    // Temporary when the phone vanishes: what was put so far stays put in the sink.
    virtual void backup(const FileTree* previous, ItemSink& sink, EventSink& events,
                        const std::stop_token& stop) = 0;

    // Writes the files of `tree` (all of them, or those at or below `only`) onto the phone with
    // their dates, and makes the gallery see them. A file that cannot be written is in `failed`;
    // the rest goes on.
    virtual RestoreOutcome restore(const FileTree& tree, std::span<const ItemPath> only,
                                   EventSink& events, const std::stop_token& stop) = 0;

    // What the phone's databases hold now, to be compared with an earlier backup: backup() puts the
    // same below `personal/`. None of a phone that gives its databases as files (an iPhone).
    virtual std::vector<personal::Collection> personal(EventSink&, const std::stop_token&) {
        return {};
    }

    // Puts records of a snapshot into the phone's databases, reads each back and compares. What is
    // there already is not written again, so it may be repeated after a cut. A class that cannot
    // come back says so in its outcome; the others go on.
    virtual std::vector<personal::RestoreOutcome> restore_personal(
        const FileTree& snapshot, const personal::RestoreRequest& request, EventSink& events,
        const std::stop_token& stop);

    // Asks the phone to store its apps' data in its maker's cloud now, and waits for what it says
    // of each. Changes no setting of the phone. Throws Denied when its backup is off, goes
    // elsewhere or has no account: nothing was asked then; Unsupported for a phone that cannot be
    // asked.
    virtual CloudBackupReport ask_cloud_backup(const std::stop_token& stop);
};

class PhoneBus {
public:
    virtual ~PhoneBus() = default;
    virtual std::vector<PhoneEntry> list(const std::stop_token& stop) = 0;
    // Throws NotReady with the instruction when the phone is not there or not ready.
    virtual std::unique_ptr<Phone> connect(const PhoneId& id, const std::stop_token& stop) = 0;
};

// The one phone that `wanted` names (serial or model, case ignored; empty = the only one there),
// ready or not. Throws NotReady when there is none. Throws Misuse: several fit; the message lists
// them.
PhoneEntry find_one(PhoneBus& bus, const std::string& wanted, const std::stop_token& stop);
// The same, and it is ready. Throws NotReady, with the instruction, when it is not.
PhoneEntry choose(PhoneBus& bus, const std::string& wanted, const std::stop_token& stop);

}  // namespace lifeboat::phone
