#!/usr/bin/env python3
"""Passwords of two places: added, changed, taken away; with a place that is not there meanwhile, a
change that was cut off, a damaged key file. restic opens with what should open, and with nothing else."""
import json
import shutil

from common import World, expect


def opens(world, place, password):
    return world.restic(place, "snapshots", password=password).code == 0


def words(world, password, new):
    return ["--password-file", password, "--new-password-file", new]


def key_files(world, place):
    return sorted(path.name for path in (world.folder / place / "keys").iterdir())


def change(world, first, second):
    expect(world.lifeboat("key", "change", *words(world, first, second)), 0, "The new password opens")
    for place in ("one", "two"):
        assert opens(world, place, second) and not opens(world, place, first), place
    assert key_files(world, "one") == key_files(world, "two") and len(key_files(world, "one")) == 1
    # The places are still one repository.
    expect(world.lifeboat("place", "test", "--password-file", second), 0)
    expect(world.lifeboat("key", "list", "--password-file", first), 12, "error[LB-2103]")


def refusals(world, password, weak):
    expect(world.lifeboat("key", "change", *words(world, password, password)), 2, "is the old one")
    expect(world.lifeboat("key", "add", *words(world, weak, world.password_file("never", "marble copper violin 12 heron"))), 12)
    own = json.loads(world.lifeboat("key", "list", "--json", "--password-file", password).out)["result"]["keys"][0]["id"]
    expect(world.lifeboat("key", "remove", own[:8], "--password-file", password), 2, "cannot be removed")
    expect(world.lifeboat("key", "remove", "0" * 12, "--password-file", password), 1, "no password with the id")
    expect(world.lifeboat("key", "add", *words(world, password, weak)), 0, "easy to guess")
    expect(world.lifeboat("key", "list", "--password-file", weak), 0, "one, two")


def away(world, old, new):
    """One place is not there: it is said; the same command later catches up."""
    (world.folder / "two").rename(world.folder / "two.away")
    expect(world.lifeboat("key", "change", *words(world, old, new)), 3, "two: not done", "run the same command again")
    assert opens(world, "one", new) and not opens(world, "one", old)
    (world.folder / "two.away").rename(world.folder / "two")
    assert opens(world, "two", old) and not opens(world, "two", new)
    expect(world.lifeboat("key", "change", *words(world, old, new)), 0)
    for place in ("one", "two"):
        assert opens(world, place, new) and not opens(world, place, old), place
    assert key_files(world, "one") == key_files(world, "two")


def cut_off(world, old, new):
    """The new key is in one place only, the old one everywhere: as after a kill in the middle."""
    expect(world.lifeboat("key", "add", *words(world, old, new)), 0)
    added = set(key_files(world, "two"))
    listed = json.loads(world.lifeboat("key", "list", "--json", "--password-file", new).out)["result"]["keys"]
    newest = next(key["id"] for key in listed if key["current"])
    assert newest in added
    (world.folder / "two/keys" / newest).unlink()
    assert opens(world, "two", old) and not opens(world, "two", new)
    expect(world.lifeboat("key", "change", *words(world, old, new)), 0)
    for place in ("one", "two"):
        assert opens(world, place, new) and not opens(world, place, old), place
    # And once more, when all is done already: only the new password opens, and that is enough.
    expect(world.lifeboat("key", "change", *words(world, old, new)), 0)


def damaged(world, password, other):
    expect(world.lifeboat("key", "add", *words(world, password, other)), 0)
    listed = json.loads(world.lifeboat("key", "list", "--json", "--password-file", password).out)["result"]["keys"]
    victim = next(key["id"] for key in listed if not key["current"])
    path = world.folder / "one/keys" / victim
    whole = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(whole.replace(b'"N"', b'"M"'))
    expect(world.lifeboat("key", "list", "--password-file", password), 7, "damage:", f"{victim[:8]}")
    path.write_bytes(whole)
    expect(world.lifeboat("key", "remove", victim[:8], "--password-file", password, "--dry-run"), 0, "Would be done")
    assert victim in key_files(world, "one")
    expect(world.lifeboat("key", "remove", victim[:8], "--password-file", password), 0)
    for place in ("one", "two"):
        assert victim not in key_files(world, place) and opens(world, place, password)


with World() as world:
    passwords = [world.password_file(f"p{i}", text) for i, text in enumerate((
        "tulip anchor meadow 77 quartz", "violet harbour pebble 31 comet", "walnut ember lagoon 58 spiral",
        "saddle ivory breeze 90 timber"))]
    weak = world.password_file("weak", "abc")
    world.environment["LIFEBOAT_PASSWORD_FILE"] = str(passwords[0])
    world.place("one")
    world.place("two")
    change(world, passwords[0], passwords[1])
    away(world, passwords[1], passwords[2])
    cut_off(world, passwords[2], passwords[3])
    damaged(world, passwords[3], passwords[0])
    refusals(world, passwords[3], weak)
    shutil.rmtree(world.folder / "two")
print("keys: restic opens with what should open, and with nothing else")
