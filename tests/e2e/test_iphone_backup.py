#!/usr/bin/env python3
"""An iPhone's whole life from the command line: backed up with a password, again, unplugged in the
middle, and put back; and the passcode, asked for on the phone."""
import shutil

from harness import World, difference, put, tree_of, wait_until

UDID = "00008101-000A11112222801E"


def photos(iphone, count, first=0, size=3000):
    for number in range(first, first + count):
        content = b"\xff\xd8" + f"{number:06}".encode() * (size // 6)
        put(iphone.media / f"DCIM/200APPLE/IMG_{number:04}.JPG", content, 1_780_000_000 + number)


def backup(world, *words, code=0, **more):
    done = world.lifeboat("backup", "--json", *words, **more)
    assert done.code == code, done
    return done


def encryption(world, iphone, first, second):
    off = world.lifeboat("phone", "encryption", "off", "--phone-password-file", first)
    assert off.code == 2 and "not encrypted" in off.err, off
    nobody = world.lifeboat("phone", "encryption", "on")
    assert nobody.code == 2 and "--new-password-file" in nobody.err, nobody
    on = world.lifeboat("phone", "encryption", "on", "--new-password-file", second)
    assert on.code == 0 and iphone.control("state")["will_encrypt"], on
    assert world.lifeboat("phone", "encryption", "on", "--new-password-file", first).code == 2
    wrong = world.lifeboat("phone", "encryption", "change", "--phone-password-file", first,
                           "--new-password-file", first)
    assert wrong.code == 1 and "password" in wrong.err, wrong
    change = world.lifeboat("phone", "encryption", "change", "--phone-password-file", second,
                            "--new-password-file", first)
    assert change.code == 0, change


def twice(world, iphone, known):
    whole = backup(world, **known).last["result"]
    assert whole["complete"] and whole["iphone"]["encrypted"] and whole["iphone"]["opened"] == "yes", whole
    again = backup(world, **known).last["result"]
    # Nothing is new but the lists that the phone writes each time.
    assert again["bytes_new"] < whole["bytes_new"] / 2, (whole, again)
    photos(iphone, 5, first=300)
    backup(world, **known)
    blind = backup(world).last["result"]
    assert blind["iphone"]["opened"] == "no_password", blind
    world.restic_finds_clean("place-1")


def the_passcode(world, iphone, known):
    iphone.control("fault", "passcode-waits", "on")
    log = world.folder / "lifeboat.log"
    log.unlink(missing_ok=True)
    running = world.start_lifeboat("backup", "--phone-password-file", known["LIFEBOAT_PHONE_PASSWORD_FILE"])
    wait_until("the passcode is asked for", lambda: "Enter the passcode" in log.read_text(), 60)
    iphone.control("passcode")
    assert running.wait(120) == 0, log.read_text()
    assert log.read_text().count("Enter the passcode") == 1, log.read_text()


def unplugged(world, iphone, known):
    """The cable goes in the middle; the next run sends only the rest."""
    photos(iphone, 400, first=1000)
    iphone.control("fault", "die-after-files", 200)
    gone = world.lifeboat("backup", **known)
    assert gone.code == 13 and "went away" in gone.err, gone
    iphone.control("plug")
    rest = backup(world, **known).last["result"]
    assert rest["complete"] and rest["iphone"]["opened"] == "yes", rest


def put_back(world, iphone, known):
    before = tree_of(iphone.media)
    shutil.rmtree(iphone.media / "DCIM")
    iphone.control("find-my", "on")
    refused = world.lifeboat("phone", "restore", "--yes", **known)
    assert refused.code == 13 and "Find My" in refused.err, refused
    iphone.control("find-my", "off")
    without = world.lifeboat("phone", "restore", "--yes")
    assert without.code == 2 and "password" in without.err, without
    unsure = world.lifeboat("phone", "restore", **known)
    assert unsure.code == 2 and "--yes" in unsure.err, unsure
    assert world.lifeboat("phone", "restore", "--dry-run", **known).code == 0
    assert not (iphone.media / "DCIM").exists()
    boots = iphone.control("state")["boots"]
    done = world.lifeboat("phone", "restore", "--yes", **known)
    assert done.code == 0, done
    wait_until("the iPhone restarts", lambda: iphone.control("state")["boots"] > boots
               and iphone.control("state")["plugged"])

    def photos_of(tree):  # a backup keeps whole seconds
        return {k: (v[0], v[1] // 10**9, v[2]) for k, v in tree.items() if k.startswith("DCIM/")}

    found = tree_of(iphone.media)
    assert photos_of(found) == photos_of(before), difference(photos_of(before), photos_of(found))


with World() as world:
    iphone = world.iphone(keybag_iterations=100)
    photos(iphone, 300)
    world.place("place-1")
    assert world.lifeboat("phone", "pair").code == 0
    first, second = (world.password_file(name, f"{name} lantern 41 dune") for name in ("first", "second"))
    encryption(world, iphone, first, second)
    known = {"LIFEBOAT_PHONE_PASSWORD_FILE": str(first)}
    twice(world, iphone, known)
    the_passcode(world, iphone, known)
    unplugged(world, iphone, known)
    put_back(world, iphone, known)
print("ok")
