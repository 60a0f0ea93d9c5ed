"""Debian's `adb backup` and `adb restore` against the simulated phone: backup_test.py LIFEBOAT_SIM."""
import io
import json
import pathlib
import sys
import tarfile
import tempfile
import threading
import time
import zlib

from simulator import Adb, Phone, check

EMPTY = 41  # bytes of a version 5 file without any app


def entries(path):
    data = path.read_bytes()
    header = data[:24]
    check("header", header == b"ANDROID BACKUP\n5\n1\nnone\n", header)
    with tarfile.open(fileobj=io.BytesIO(zlib.decompress(data[24:]))) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}


def backup(phone, adb, work, *words):
    target = work / "x.ab"
    target.unlink(missing_ok=True)
    done = adb.on(phone, "backup", "-f", str(target), *words)
    check("adb backup " + " ".join(words), done.returncode == 0 and target.exists(), done)
    return target


def saved(phone, adb, work):
    phone.control("adb-backup", "app", "com.example.notes", "allow")
    phone.control("adb-backup", "file", "com.example.notes", "f/first note.txt", "milk, eggs")
    phone.control("adb-backup", "file", "com.example.notes", "db/" + "n" * 150 + ".db", "ünïcode")
    phone.control("adb-backup", "app", "com.example.bank", "deny")
    phone.control("adb-backup", "file", "com.example.bank", "f/secret", "nobody gets this")
    got = entries(backup(phone, adb, work, "-noapk", "com.example.notes", "com.example.bank"))
    check("the app that allows it", got["apps/com.example.notes/f/first note.txt"] == b"milk, eggs", got)
    check("a long name", got["apps/com.example.notes/db/" + "n" * 150 + ".db"].decode() == "ünïcode", got)
    check("the manifest comes first", next(iter(got)) == "apps/com.example.notes/_manifest", got)
    check("not the other", not any("bank" in name for name in got), got)
    with_apk = entries(backup(phone, adb, work, "-apk", "-all"))
    check("-all with apps", "apps/com.example.notes/a/base.apk" in with_apk, with_apk)
    shared = entries(backup(phone, adb, work, "-shared"))
    check("-shared", shared["shared/0/hello.txt"] == b"hello\n", shared)
    alone = backup(phone, adb, work, "-noapk", "com.example.bank")
    check("an app that allows nothing: 41 bytes", alone.stat().st_size == EMPTY)


def not_allowed(phone, adb, work):
    phone.control("adb-backup", "deny")
    check("tapped away: no byte", backup(phone, adb, work, "com.example.notes").stat().st_size == 0)
    phone.control("adb-backup", "wait", 300)
    check("nobody taps: no byte", backup(phone, adb, work, "com.example.notes").stat().st_size == 0)
    phone.control("adb-backup", "wait")
    asked = phone.control("adb-backup", "state")["asked"]

    def tap():
        while phone.control("adb-backup", "state")["asked"] == asked:
            time.sleep(0.05)
        phone.control("adb-backup", "allow")

    person = threading.Thread(target=tap)
    person.start()
    check("a slow tap", "apps/com.example.notes/_manifest" in entries(backup(phone, adb, work, "com.example.notes")))
    person.join()
    phone.control("adb-backup", "needs-password", "on")
    check("encrypted phone without a password: no byte",
          backup(phone, adb, work, "com.example.notes").stat().st_size == 0)
    phone.control("adb-backup", "needs-password", "off")


def restored(phone, adb, work):
    for password in ("", "pässwörd-密码"):
        if password:
            phone.control("adb-backup", "password", password)
        phone.control("adb-backup", "file", "com.example.notes", "f/first note.txt", "milk, eggs")
        saved_file = backup(phone, adb, work, "-noapk", "com.example.notes")
        kept = saved_file.rename(work / "kept.ab")
        if password:
            check("encrypted", b"AES-256" in kept.read_bytes()[:40])
        phone.control("adb-backup", "file", "com.example.notes", "f/first note.txt", "overwritten")
        phone.control("adb-backup", "file", "com.example.notes", "f/later", "will be gone")
        before = phone.control("adb-backup", "state")["restored"]
        done = adb.on(phone, "restore", str(kept))
        check("adb restore", done.returncode == 0, done)
        state = phone.control("adb-backup", "state")
        files = state["apps"]["com.example.notes"]["files"]
        check("it came back", files["f/first note.txt"] == "milk, eggs" and "f/later" not in files, files)
        check("one app", state["restored"] == before + 1, state)
    phone.control("adb-backup", "deny")
    phone.control("adb-backup", "file", "com.example.notes", "f/first note.txt", "stays")
    adb.on(phone, "restore", str(kept))
    files = phone.control("adb-backup", "state")["apps"]["com.example.notes"]["files"]
    check("a restore that was tapped away", files["f/first note.txt"] == "stays", files)


TELEPHONY = "com.android.providers.telephony"


def no_texts(phone):
    """When messages came whose bytes are no text: the agent's files cannot hold them."""
    return {r["date"] for r in phone.control("personal", "dump", "sms")["tables"]["sms"] if isinstance(r["body"], dict)}


def texts(phone, without):
    """What a person would call their messages, whatever the rows' numbers."""
    rows = phone.control("personal", "dump", "sms")["tables"]["sms"]
    return sorted((r["date"], r["type"], r["address"] or "", r["body"] or "") for r in rows if r["date"] not in without)


def messages(program, storage, work):
    """The agent of the messages: a core package, which gives what no app gives."""
    with Phone(program, storage, "--messages", "2300", "--mms", "6") as phone, Adb() as adb:
        adb.connect(phone)
        broken = no_texts(phone)
        before = texts(phone, broken)
        kept = backup(phone, adb, work, "-noapk", TELEPHONY).rename(work / "messages.ab")
        got = {name.rpartition("/")[2]: content for name, content in entries(kept).items() if "/d_f/" in name}
        check("six digits, one counter", sorted(name[:6] for name in got) == [f"{i:06}" for i in range(len(got))], got.keys())
        sms = [one for name, content in sorted(got.items()) if name.endswith("_sms_backup")
               for one in json.loads(zlib.decompress(content))]
        check("at most 1000 a file", max(len(json.loads(zlib.decompress(c))) for c in got.values()) <= 1000)
        count = len(phone.control("personal", "dump", "sms")["tables"]["sms"])
        check("all texts, drafts too", len(sms) == count and any(one["type"] == "3" for one in sms), (len(sms), count))
        check("oldest first", [int(one["date"]) for one in sms] == sorted(int(one["date"]) for one in sms))
        check("all values are strings", all(isinstance(v, str) for one in sms for k, v in one.items() if k != "recipients"))
        wanted = {(d, b) for d, _, _, b in before}
        phone.control("personal", "wipe")
        adb.on(phone, "restore", str(kept))
        # The agent works a moment after the restore has ended. Equal texts in one millisecond become one.
        deadline = time.monotonic() + 60
        while {(d, b) for d, _, _, b in texts(phone, broken)} != wanted and time.monotonic() < deadline:
            time.sleep(0.2)
        after = texts(phone, broken)
        check("what comes back", {(d, b) for d, _, _, b in after} == wanted, (len(before), len(after)))
        adb.on(phone, "restore", str(kept))
        time.sleep(2)
        check("a second time nothing is doubled", texts(phone, broken) == after)


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "sdcard").mkdir()
        (work / "sdcard" / "hello.txt").write_bytes(b"hello\n")
        with Phone(program, work / "sdcard") as phone, Adb() as adb:
            adb.connect(phone)
            saved(phone, adb, work)
            not_allowed(phone, adb, work)
            restored(phone, adb, work)
        messages(program, work / "sdcard", work)


main()
