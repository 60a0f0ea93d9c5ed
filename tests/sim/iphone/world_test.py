"""What a simulated iPhone holds, saved by idevicebackup2, before and after an update: world_test.py LIFEBOAT_SIM."""
import gzip
import pathlib
import sqlite3
import sys
import tempfile

from backups import NEVER, ENCRYPTED_ONLY, back_up, check_done, file_id, manifest, stored, tree
from phone import Iphone, check, wait_for

UDID = "00008101-000A11112222801E"
SAFARI = "AppDomain-com.apple.mobilesafari/Library/Safari"
# Where a person's things are, and what tells them apart.
CLASSES = {
    "photos": ("CameraRollDomain/Media/PhotoData/Photos.sqlite", "SELECT ZUUID FROM ZASSET WHERE ZTRASHEDSTATE=0"),
    "messages": ("HomeDomain/Library/SMS/sms.db", "SELECT guid FROM message"),
    "contacts": ("HomeDomain/Library/AddressBook/AddressBook.sqlitedb", "SELECT guid FROM ABPerson"),
    "calendar": ("HomeDomain/Library/Calendar/Calendar.sqlitedb", "SELECT UUID FROM CalendarItem"),
    "notes": ("AppDomainGroup-group.com.apple.notes/NoteStore.sqlite", "SELECT ZIDENTIFIER FROM ZICCLOUDSYNCINGOBJECT"
              " WHERE ZNOTEDATA IS NOT NULL AND ifnull(ZMARKEDFORDELETION,0)=0"),
    "whatsapp": ("AppDomainGroup-group.net.whatsapp.WhatsApp.shared/ChatStorage.sqlite",
                 "SELECT ZSTANZAID FROM ZWAMESSAGE"),
    "bookmarks": (f"{SAFARI}/Bookmarks.db", "SELECT external_uuid FROM bookmarks WHERE type=0"),
}
ASKED = {"photos": 9, "messages": 31, "contacts": 7, "calendar": 5, "notes": 6, "whatsapp": 13, "bookmarks": 4}
OPTIONS = ["--photos", 6, "--videos", 1, "--cloud-only", 2, "--trashed", 1, "--messages", 31, "--contacts", 7,
           "--events", 5, "--notes", 6, "--whatsapp", 13, "--bookmarks", 4, "--reboot-ms", 500]


def identities(backup):
    found = {}
    for name, (where, query) in CLASSES.items():
        database = sqlite3.connect(f"file:{stored(backup, file_id(where))}?mode=ro&immutable=1", uri=True)
        found[name] = [row[0] for row in database.execute(query)]
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",), where
        database.close()
    return found


def check_bodies(backup):
    """Python's own gzip opens what a note holds; each message has its text, plain or archived."""
    notes = sqlite3.connect(stored(backup, file_id(CLASSES["notes"][0])))
    bodies = [gzip.decompress(row[0]) for row in notes.execute("SELECT ZDATA FROM ZICNOTEDATA ORDER BY Z_PK")]
    notes.close()
    check("notes can be read", len(bodies) == 7 and all(f"Note {i}\n".encode() in bodies[i] for i in range(7)), bodies)
    messages = sqlite3.connect(stored(backup, file_id(CLASSES["messages"][0])))
    rows = messages.execute("SELECT text, attributedBody FROM message").fetchall()
    messages.close()
    check("some texts are only archived", 0 < sum(text is None for text, _ in rows) < len(rows))
    check("and the others as well", all(text is None or text.encode() in body for text, body in rows))


def check_files(backup, files, work, name):
    """Every file of the phone that belongs into a backup is in it, with its content."""
    left_out = NEVER + ENCRYPTED_ONLY + ("CameraRollDomain/Media/PhotoData/Thumbnails", f"{SAFARI}/History.db")
    rows = {f"{domain}/{path}" for domain, path, flags in manifest(backup).values() if flags == 1}
    expected = {where for where, what in tree(files, work, left_out).items() if what[0] == "file"}
    check(f"{name}: its files", rows == expected, sorted(rows ^ expected)[:5])


def save_and_update(program, work):
    files, backup = work / "world/files", work / "backup"
    backup.mkdir()
    with Iphone(program, work / "world", *OPTIONS) as phone:
        phone.out("idevicepair", "pair")
        check_done("a backup", back_up(phone, backup))
        before = identities(backup)
        check("as much as was asked for", {name: len(all) for name, all in before.items()} == ASKED, before)
        check("each once", all(len(set(all)) == len(all) for all in before.values()))
        check_bodies(backup)
        check_files(backup, files, work, "at first")
        lost = phone.control("update", "26.1", "--loses", "messages", 3, "--loses", "contacts", 2)["lost"]
        check("it restarts", wait_for(lambda: phone.out("idevice_id", "-l") == UDID + "\n"))
        check_done("a backup of the new system", back_up(phone, backup))
        after = identities(backup)
        gone = {one for name in CLASSES for one in set(before[name]) - set(after[name])}
        check("it lacks what the update lost", gone == set(lost) and len(gone) == 5, (gone, lost))
        check("and nothing was made up", all(set(after[name]) <= set(before[name]) for name in CLASSES))
        check_files(backup, files, work, "after the update")
        added = phone.control("add-photos", 4)["identities"] + phone.control("add-messages", 2)["identities"]
        phone.control("delete-photos", 3)
        phone.control("change-documents", 2)
        check_done("a backup after a day", back_up(phone, backup))
        latest = identities(backup)
        check("what is new", set(added) <= set(latest["photos"] + latest["messages"]))
        check("what is gone", len(latest["photos"]) == 9 + 4 - 3 and len(latest["messages"]) == 31 - 3 + 2)
        check_files(backup, files, work, "in the end")


def move_to_another_phone(program, work):
    """An encrypted backup onto a phone that has other things: then it has what the first one had."""
    backup = work / "backup-move"
    backup.mkdir()
    cheap = ["--keybag-iterations", 1000, "--reboot-ms", 300]
    with Iphone(program, work / "old", *cheap) as phone:
        phone.out("idevicepair", "pair")
        phone.out("idevicebackup2", "-i", "encryption", "on", "sesame", backup)
        check_done("an encrypted backup", back_up(phone, backup))
    with Iphone(program, work / "new", *cheap, "--empty", "--seed", 2) as phone:
        phone.out("idevicepair", "pair")
        phone.control("add-messages", 5)
        phone.control("add-photos", 2)
        done = phone.run("idevicebackup2", "restore", "--system", "--settings", "--password", "sesame", backup,
                         timeout=240)
        check("a restore", done.returncode == 0 and b"Restore Successful." in done.stdout, done)
        left_out = NEVER + ("CameraRollDomain/Media/PhotoData/Thumbnails",)
        old, new = (tree(work / name / "files", work, left_out) for name in ("old", "new"))
        check("the same phone", new == old, sorted(set(new) ^ set(old))[:5])


def save_over_the_air(program, work):
    """A phone in the network, which Debian's library reaches at its own address, past the daemon."""
    backup = work / "backup-air"
    backup.mkdir()
    with Iphone(program, work / "air", "--network", "--photos", 3, "--cloud-only", 0, "--videos", 0) as phone:
        run = phone.run("idevicebackup2", "-n", "backup", backup, timeout=240)
        check_done("a backup over the air", run)
        check("its photos", len(identities(backup)["photos"]) == 3)


def main():
    with tempfile.TemporaryDirectory(prefix="simworld") as folder:
        save_and_update(sys.argv[1], pathlib.Path(folder))
        move_to_another_phone(sys.argv[1], pathlib.Path(folder))
        save_over_the_air(sys.argv[1], pathlib.Path(folder))


main()
