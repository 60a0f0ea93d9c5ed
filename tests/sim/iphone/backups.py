"""What the tests of the simulated iPhone's backups share: contents of a phone, a look into a backup."""
import hashlib
import os
import pathlib
import plistlib
import sqlite3

from phone import check

UDID = "00008101-000A11112222801E"
LIMIT = 240  # seconds for one run of a client: it is known to hang


def fill(files, photos=300):
    """A phone with photos, a long film, an empty file, a database with a journal, a link; deterministic."""
    files = pathlib.Path(files)
    dcim = files / "CameraRollDomain" / "Media" / "DCIM" / "100APPLE"
    dcim.mkdir(parents=True, exist_ok=True)
    for i in range(photos):
        block = hashlib.sha256(str(i).encode()).digest()
        (dcim / f"IMG_{i:04d}.JPG").write_bytes(block * (20 + i))
    (dcim / "IMG_9999.MOV").write_bytes(bytes(range(256)) * 12000)
    prefs = files / "HomeDomain" / "Library" / "Preferences"
    prefs.mkdir(parents=True)
    (prefs / "com.apple.springboard.plist").write_bytes(plistlib.dumps({"a": 1}))
    (prefs / "empty.plist").write_bytes(b"")
    odd = files / "AppDomain-org.example.ship-log" / "Documents" / "Überfahrt 1'2"
    odd.mkdir(parents=True)
    (odd / "log \"a\".txt").write_text("wind from the west")
    (odd / "last").symlink_to("log \"a\".txt")
    (odd / "nothing in it").mkdir()
    make_messages(files / "HomeDomain" / "Library" / "SMS" / "sms.db", 200)
    calls = files / "HomeDomain" / "Library" / "CallHistoryDB" / "CallHistory.storedata"
    make_messages(calls, 20)
    keychain = files / "KeychainDomain" / "keychain-backup.plist"
    keychain.parent.mkdir()
    keychain.write_bytes(b"keys")
    health = files / "HealthDomain" / "Health" / "healthdb_secure.sqlite"
    make_messages(health, 30)
    cache = files / "AppDomain-org.example.ship-log" / "Library" / "Caches"
    cache.mkdir(parents=True)
    (cache / "junk").write_bytes(b"never saved")


def make_messages(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE IF NOT EXISTS message (guid TEXT PRIMARY KEY, text TEXT)")
    database.executemany("INSERT INTO message VALUES (?, ?)", [(f"g{i}", "hello " * 50) for i in range(rows)])
    database.commit()
    # Left as a running phone leaves it: the journal is not written back.
    left = {end: pathlib.Path(str(path) + end).read_bytes() for end in ("", "-wal")}
    database.close()
    for end, content in left.items():
        pathlib.Path(str(path) + end).write_bytes(content)


def is_database(path):
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def content_of(path, work):
    """Bytes of a file; of a database what is in it, since a backup holds a compacted copy."""
    if not is_database(path):
        return pathlib.Path(path).read_bytes()
    copy = pathlib.Path(work) / "looked-at.db"
    for end in ("", "-wal", "-shm"):
        pathlib.Path(str(copy) + end).unlink(missing_ok=True)
        if os.path.exists(str(path) + end) and end != "-shm":
            pathlib.Path(str(copy) + end).write_bytes(pathlib.Path(str(path) + end).read_bytes())
    database = sqlite3.connect(copy)
    dump = "\n".join(database.iterdump())
    database.close()
    return dump.encode()


def tree(files, work, left_out=()):
    """Everything below a phone's files: path -> kind and content. Journals belong to their database."""
    found = {}
    for folder, folders, names in os.walk(files):
        for name in folders + names:
            path = pathlib.Path(folder) / name
            relative = str(path.relative_to(files))
            if any(relative == one or relative.startswith(one + "/") for one in left_out):
                continue
            if path.is_symlink():
                found[relative] = ("link", os.readlink(path))
            elif path.is_dir():
                found[relative] = ("folder",)
            elif not relative.endswith(("-wal", "-shm")):
                found[relative] = ("file", content_of(path, work))
    return found


# Of fill(): in no backup, and in encrypted ones only.
NEVER = ("AppDomain-org.example.ship-log/Library/Caches", "CameraRollDomain/Media/iTunes_Control",
         "CameraRollDomain/Media/com.apple.itunes.lock_sync", "CameraRollDomain/Media/iTunesRestore")
ENCRYPTED_ONLY = ("HomeDomain/Library/CallHistoryDB", "HealthDomain", "KeychainDomain")


def manifest(backup):
    """The rows of an unencrypted Manifest.db: id -> domain, path, flags."""
    database = sqlite3.connect(f"file:{backup}/{UDID}/Manifest.db?mode=ro", uri=True)
    rows = {row[0]: row[1:] for row in database.execute("SELECT fileID, domain, relativePath, flags FROM Files")}
    database.close()
    return rows


def status(backup):
    return plistlib.loads(pathlib.Path(backup, UDID, "Status.plist").read_bytes())


def file_id(where):
    """The name in a backup of "Domain/path"."""
    return hashlib.sha1(where.replace("/", "-", 1).encode()).hexdigest()


def stored(backup, file_id):
    return pathlib.Path(backup, UDID, file_id[:2], file_id)


def check_plain_backup(backup, files, work, name):
    """Every file of the phone is in the backup, under the right name, with the right content, and no more."""
    rows = manifest(backup)
    expected = tree(files, work, NEVER + ENCRYPTED_ONLY)
    found = {}
    for file_id, (domain, path, flags) in rows.items():
        check_id = hashlib.sha1(f"{domain}-{path}".encode()).hexdigest()
        assert check_id == file_id, (domain, path)
        where = f"{domain}/{path}".rstrip("/")
        if flags == 1:
            found[where] = ("file", content_of(stored(backup, file_id), work))
        else:
            found[where] = ("folder",) if flags == 2 else ("link",)
    for where, what in expected.items():
        assert where in found, f"{where} is not in the backup"
        assert found[where] == (what if what[0] != "link" else ("link",)), f"{where} differs"
    extra = {where for where in found if where not in expected}
    check(f"{name}: every file, and no more", not extra, sorted(extra)[:5])
    payload = {p.name for p in pathlib.Path(backup, UDID).glob("??/*")}
    check(f"{name}: every stored file has a row", payload == {i for i, row in rows.items() if row[2] == 1})
    check(f"{name}: finished", status(backup)["SnapshotState"] == "finished"
          and not pathlib.Path(backup, UDID, "Snapshot").exists(), status(backup))
    return rows


def back_up(phone, folder, *options, timeout=LIMIT):
    return phone.run("idevicebackup2", "backup", *options, folder, timeout=timeout)


def check_done(what, run):
    check(what, run.returncode == 0 and b"Backup Successful." in run.stdout, (run.returncode, run.stdout[-2000:], run.stderr))
