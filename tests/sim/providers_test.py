"""The content tool and the agent for messages, through Debian's adb: providers_test.py LIFEBOAT_SIM."""
import collections
import hashlib
import io
import json
import pathlib
import re
import sys
import tarfile
import tempfile
import time
import zlib

from simulator import Adb, Phone, check

AGENT = "apps/com.android.providers.telephony/d_f/"


def shell(phone, adb, command):
    return adb.on(phone, "shell", "-T", command)


def rows(phone, adb, uri, numbers):
    """A query of numbers only: nothing in them can be mistaken."""
    done = shell(phone, adb, f"content query --uri content://{uri} --projection {':'.join(numbers)}")
    pattern = "Row: [0-9]+ " + ", ".join(f"{n}=([0-9]+|NULL)" for n in numbers)
    return [m.groups() for m in re.finditer(pattern, done.stdout.decode())]


def table(phone, name):
    return phone.control("personal", "dump", name)["tables"][name]


def queried(phone, adb):
    hidden = {row["_id"] for row in table(phone, "sms") if row["type"] not in (1, 2)}
    check("hidden messages are in the world", len(hidden) == 5, hidden)
    done = shell(phone, adb, "content query --uri content://sms --projection '_id:hex(body)' "
                             "--where 'length(body)<1000 OR body IS NULL' --sort '_id ASC LIMIT 1000'")
    check("exit code 0 and nothing said", done.returncode == 0 and done.stderr == b"", done.stderr)
    got = dict(re.findall(r"Row: \d+ _id=(\d+), hex\(body\)=([0-9A-F]*)\n", done.stdout.decode()))
    truth = {}
    for row in table(phone, "sms"):
        body = row["body"]
        text = bytes.fromhex(body["hex"]) if isinstance(body, dict) else (body or "").encode()
        if row["_id"] not in hidden and len(text) < 5000:
            truth[str(row["_id"])] = text.hex().upper()
    check("every body to the byte", got == truth, len(got))
    done = shell(phone, adb, "content query --uri content://sms --projection body --sort _id")
    check("a row that is too large: an error, and exit code 0",
          done.returncode == 0 and b"Row too big to fit into CursorWindow" in done.stderr, done.stderr)
    check("contacts", len(rows(phone, adb, "com.android.contacts/contacts", ["_id"])) == 60)
    check("calls", len(rows(phone, adb, "call_log/calls", ["_id"])) == 80)
    check("events", len(rows(phone, adb, "com.android.calendar/events", ["_id"])) == 40)
    check("words", len(rows(phone, adb, "user_dictionary/words", ["_id"])) == 15)


def files_read(phone, adb):
    kept = {row["path"]: row["bytes"] for row in table(phone, "part_files")}
    parts = [row for row in table(phone, "part") if row["_data"]]
    check("parts with files", len(parts) == len(kept) > 10)
    for part in parts[:6]:
        done = adb.on(phone, "exec-out", f"content read --uri content://mms/part/{part['_id']}")
        check(f"part {part['_id']}", hashlib.sha256(done.stdout).hexdigest() == kept[part["_data"]]["sha256"])
    key = next(row["lookup"] for row in table(phone, "contacts") if row["photo_id"])
    done = adb.on(phone, "exec-out", "content read --uri "
                  f"content://com.android.contacts/contacts/as_multi_vcard/{key}%3Anobody")
    check("a vCard with its picture", done.stdout.startswith(b"BEGIN:VCARD\r\nVERSION:2.1\r\n")
          and b"PHOTO;ENCODING=BASE64;JPEG:" in done.stdout, done.stdout[:200])
    shell(phone, adb, "appops set com.android.shell WRITE_SMS allow")
    picture = b"\xff\xd8\r\n\x00\x04picture" * 9000
    written = adb.on(phone, "shell", "-T", f"content write --uri content://mms/part/{parts[0]['_id']}", data=picture)
    check("content write", written.stderr == b"", written.stderr)
    done = adb.on(phone, "exec-out", f"content read --uri content://mms/part/{parts[0]['_id']}")
    check("reads back", done.stdout == picture, len(done.stdout))
    shell(phone, adb, "appops set com.android.shell WRITE_SMS default")


def agent_files(path):
    with tarfile.open(fileobj=io.BytesIO(zlib.decompress(path.read_bytes()[24:]))) as tar:
        return {m.name[len(AGENT):]: json.loads(zlib.decompress(tar.extractfile(m).read()))
                for m in tar if m.name.startswith(AGENT)}


def visible(phone):
    def text(value):
        return value["hex"] if isinstance(value, dict) else value
    return collections.Counter((r["date"], text(r["body"]), r["type"], r["address"]) for r in table(phone, "sms"))


def agent(phone, adb, work):
    saved = work / "messages.ab"
    done = adb.on(phone, "backup", "-f", str(saved), "-noapk", "com.android.providers.telephony")
    check("adb backup of the messages", done.returncode == 0, done)
    files = agent_files(saved)
    names = sorted(files)
    check("one counter", [n[:6] for n in names] == [f"{i:06}" for i in range(len(names))], names)
    sms = [m for n in names if n.endswith("_sms_backup") for m in files[n]]
    mms = [m for n in names if n.endswith("_mms_backup") for m in files[n]]
    check("all SMS, drafts too", len(sms) == len(table(phone, "sms")) == 205, len(sms))
    check("MMS with text only", 0 < len(mms) < len(table(phone, "pdu")) and all("mms_body" in m for m in mms))
    check("values are strings", all(isinstance(m[k], str) for m in sms for k in m if k not in ("recipients", "archived")))
    before = visible(phone)
    phone.control("personal", "wipe")
    check("wiped", table(phone, "sms") == [])
    for _ in range(2):
        done = adb.on(phone, "restore", str(saved))
        check("adb restore", done.returncode == 0, done)
        deadline = time.monotonic() + 60
        while phone.control("personal", "count")["restores_waiting"] and time.monotonic() < deadline:
            time.sleep(0.1)
    # Java writes half a character as '?', and two that are the same come back as one.
    after = visible(phone)
    lost = before - after
    check("what is lost is known", sum(lost.values()) <= 2, lost)
    check("nothing comes twice", max(after.values()) == 1, after.most_common(2))


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="simproviders") as name:
        storage = pathlib.Path(name, "sdcard")
        storage.mkdir()
        with Phone(program, storage, "--people-data", "small", "--quiet") as phone, Adb() as adb:
            adb.connect(phone)
            queried(phone, adb)
            files_read(phone, adb)
            agent(phone, adb, pathlib.Path(name))
        with Phone(program, storage, "--messages", "3", "--contacts", "2", "--personality", "a12-samsung",
                   "--quiet") as phone, Adb() as adb:
            adb.connect(phone)
            done = shell(phone, adb, "content query --uri content://call_log/calls --projection _id")
            check("the call log is refused with exit code 0", done.returncode == 0 and done.stdout == b""
                  and b"READ_CALL_LOG" in done.stderr, done)
            check("exact counts", phone.control("personal", "count")["counts"]["contacts"] == 2)


main()
