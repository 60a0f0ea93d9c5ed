#!/usr/bin/env python3
"""An iPhone is updated: what it holds afterwards is held against the backup, row by row."""
from harness import World, wait_until

LOST = {"messages": 3, "contacts": 2, "photos": 1, "calls": 2, "notes": 1, "health": 4, "whatsapp": 2, "bookmarks": 1}


def audit(world, known, code):
    done = world.lifeboat("audit", "--json", **known)
    assert done.code == code, done
    return {one["class"]: one for one in done.last["result"]["classes"]}, done.last["result"]


def update(iphone, version, *losses):
    """The phone restarts, and lets nobody in before its passcode was typed."""
    lost = iphone.control("update", version, *losses)["lost"]
    wait_until("the iPhone is back", lambda: iphone.control("state")["plugged"])
    return lost


with World() as world:
    iphone = world.iphone(keybag_iterations=100, photos=12, cloud_only=2, messages=30, reboot_ms=200)
    world.place("place-1")
    assert world.lifeboat("phone", "pair").code == 0
    password = world.password_file("phone-password", "harbour lantern 41 dune")
    known = {"LIFEBOAT_PHONE_PASSWORD_FILE": str(password)}
    on = world.lifeboat("phone", "encryption", "on", "--new-password-file", password)
    assert on.code == 0, on
    assert world.lifeboat("backup", **known).code == 0

    classes, result = audit(world, known, 0)
    assert set(LOST) <= {name for name, one in classes.items() if one["comparable"] and one["by_identity"]}, classes
    assert not result["lost"] and all(one.get("lost", 0) == 0 for one in classes.values()), result
    before = {name: one["before"] for name, one in classes.items() if one["comparable"]}

    # The new system migrates every database and loses nothing: so says the audit.
    iphone.control("locks-on-reboot", "on")
    update(iphone, "18.1")
    locked = world.lifeboat("audit", **known)
    assert locked.code == 13 and "nlock" in locked.err, locked
    iphone.control("passcode")
    classes, result = audit(world, known, 0)
    assert {name: one["after"] for name, one in classes.items() if one["comparable"]} == before, classes
    assert result["phone"]["os_version"] == "18.1", result["phone"]

    # One that does: each class with its number, the photo as a file, too.
    words = [word for name, count in LOST.items() for word in ("--loses", name, count)]
    gone = update(iphone, "26.1", *words)
    assert len(gone) == sum(LOST.values()), gone
    iphone.control("passcode")
    classes, result = audit(world, known, 6)
    for name, count in LOST.items():
        one = classes[name]
        assert one["comparable"] and one["lost"] == count, one
        assert one["after"] == one["before"] - count and one["before"] == before[name], one
    assert classes["calendar"]["lost"] == 0, classes["calendar"]
print("ok")
