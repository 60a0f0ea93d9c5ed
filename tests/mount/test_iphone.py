#!/usr/bin/env python3
"""An iPhone's backup by the phone's own names, decrypted on the way, beside an Android phone's; and what
happens without its password, and with a wrong one."""
import os
import sqlite3
import threading

from mounting import BIN, Mounted, World, difference, fill, require_fuse, tree_of, wait_until

UDID = "00008101-000A11112222801E"
MESSAGES = "HomeDomain/Library/SMS/sms.db"


def whole_seconds(tree):
    """A backup of an iPhone knows dates in seconds."""
    return {name: (size, modified // 10**9, digest) for name, (size, modified, digest) in tree.items()}


def the_same(phone, backup):
    expected, found = whole_seconds(tree_of(phone)), whole_seconds(tree_of(backup))
    assert expected and found == expected, difference(expected, found)


def two_phones(world):
    android = world.phone()
    fill(android.storage, photos=10)
    world.place("one")
    done = world.lifeboat("backup", "--json")
    assert done.code == 0, done
    world.adb("disconnect", android.address)
    iphone = world.iphone(keybag_iterations=100, photos=12, cloud_only=0, reboot_ms=200)
    password = world.password_file("phone-password", "harbour lantern 41 dune")
    for words in (["phone", "pair"], ["phone", "encryption", "on", "--new-password-file", password]):
        done = world.lifeboat(*words)
        assert done.code == 0, done
    messages = iphone.folder / "files" / MESSAGES
    messages.parent.mkdir(parents=True, exist_ok=True)
    messages.unlink(missing_ok=True)
    with sqlite3.connect(messages) as database:
        database.execute("PRAGMA page_size = 4096")
        database.execute("CREATE TABLE message (number INTEGER PRIMARY KEY, text TEXT)")
        database.executemany("INSERT INTO message (text) VALUES (?)",
                             ((f"message {i} " * 30,) for i in range(20_000)))
    database.close()
    done = world.lifeboat("backup", LIFEBOAT_PHONE_PASSWORD_FILE=str(password))
    assert done.code == 0, done
    return android, iphone, password


def backups(mounted):
    """The newest backup of the Android phone and of the iPhone."""
    found = {}
    for name in os.listdir(mounted.folder):
        if name != "ids":
            found["iphone" if name.startswith("iPhone") else "android"] = mounted.folder / name / "latest"
    assert sorted(found) == ["android", "iphone"], found
    return found


def read_messages(path):
    database = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    rows = database.execute("SELECT number, text FROM message ORDER BY number").fetchall()
    database.close()
    return rows


def many_at_once(backup, phone):
    wrong = []

    def look():
        try:
            the_same(phone, backup)
        except BaseException as problem:  # noqa: BLE001: told by the thread that joins
            wrong.append(problem)
    lookers = [threading.Thread(target=look) for _ in range(6)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    assert not wrong, wrong


def by_the_phones_names(world, android, iphone):
    with Mounted(world) as mounted:
        found = backups(mounted)
        many_at_once(found["iphone"] / "CameraRollDomain/Media/DCIM", iphone.media / "DCIM")
        expected = read_messages(iphone.folder / "files" / MESSAGES)
        assert len(expected) == 20_000
        assert read_messages(found["iphone"] / MESSAGES) == expected
        # A phone sends a compact copy of a database: its rows are the phone's, its bytes the backup's.
        target = world.folder / "restored"
        done = world.lifeboat("restore", "latest", MESSAGES, "--to", target)
        assert done.code == 0, done
        restored, = target.rglob("sms.db")
        assert (found["iphone"] / MESSAGES).read_bytes() == restored.read_bytes()
        assert UDID not in os.listdir(found["iphone"]), os.listdir(found["iphone"])
        theirs, ours = tree_of(android.storage), tree_of(next(found["android"].rglob("DCIM")).parent)
        assert {name: ours.get(name) for name in theirs} == theirs, difference(theirs, ours)
        assert "  ! " not in mounted.said(), mounted.said()
        iphone.control("add-photos", 2)
        before = os.readlink(found["iphone"])
        done = world.lifeboat("backup")
        assert done.code == 0, done
        wait_until("the new backup appears", lambda: os.readlink(found["iphone"]) != before, 30)
        the_same(iphone.media / "DCIM", found["iphone"] / "CameraRollDomain/Media/DCIM")


def as_stored(world, *options, says=None):
    with Mounted(world, *options) as mounted:
        found = backups(mounted)
        inside = [path.name for path in found["iphone"].rglob("Manifest.db")]
        assert inside == ["Manifest.db"], inside
        assert not (found["iphone"] / "CameraRollDomain").exists()
        if says:
            assert says in mounted.said(), mounted.said()


def wrong_password(world):
    wrong = world.password_file("wrong", "another one entirely")
    folder = world.folder / "refused"
    done = world.run([BIN / "lifeboat", "mount", folder], LIFEBOAT_PHONE_PASSWORD_FILE=str(wrong))
    assert done.code == 12 and "does not open the iPhone" in done.err, done
    assert not folder.exists()


require_fuse()
with World() as world:
    android, iphone, password = two_phones(world)
    as_stored(world, says="their password is not known")
    wrong_password(world)
    world.environment["LIFEBOAT_PHONE_PASSWORD_FILE"] = str(password)
    by_the_phones_names(world, android, iphone)
    as_stored(world, "--as-stored")
print("iphone: mounted by the phone's names, equal to the phone; as stored without its password")
