#!/usr/bin/env python3
"""What is mounted is what was backed up, byte for byte: against the original folder, against what
restic mounts of the same repository, and against `lifeboat restore`."""
import os
import pathlib

from mounting import (Mounted, World, awkward_folder, difference, fill, listing, require_fuse, restic_backup, restic_mount, same,
                      tree_of, wait_until)


def only(folder):
    names = sorted(os.listdir(folder))
    assert len(names) == 1, names
    return pathlib.Path(folder) / names[0]


def dated(folder):
    return sorted(name for name in os.listdir(folder) if name != "latest")


def against_original_and_restic(world, source, mounted):
    expected = listing(source)
    host = mounted.folder / "desk"
    names = dated(host)
    assert len(names) == 1 and names[0].count(".") == 2, names
    assert os.readlink(host / "latest") == names[0]
    found = listing(host / names[0])
    same(expected, found, "mounted and original")
    ids = sorted(os.listdir(mounted.folder / "ids"))
    snapshots = world.restic("one", "snapshots", "--json").out
    assert all(f'"short_id":"{one}"' in snapshots for one in ids), (ids, snapshots)
    with restic_mount(world, "one", world.folder / "restic-mnt") as theirs:
        restics = listing(theirs / "hosts/desk/latest")
        # restic's mount drops the sticky bit, and rounds dates before 1970 the wrong way; ours are the original's.
        for name in (b"mode 1777", b"zeros.bin"):
            del restics[name], found[name]
        same(restics, found, "mounted by lifeboat and by restic")


def against_restore(world, mounted, snapshot):
    """A phone's backup: what is mounted is what `lifeboat restore` writes."""
    phone = mounted.folder / [n for n in os.listdir(mounted.folder) if n not in ("ids", "desk")][0] / "latest"
    target = world.folder / "restored"
    done = world.lifeboat("restore", snapshot, "--to", target)
    assert done.code == 0, done
    found = tree_of(phone)
    restored = tree_of(target)
    part = {k: v for k, v in found.items() if k in restored}
    assert restored and part == restored, difference(restored, part)
    assert all(extra.startswith("lifeboat/") for extra in set(found) - set(restored)), sorted(set(found) - set(restored))[:5]


def appears(world, mounted, source):
    """Backups that restic and we make while it is mounted."""
    (source / "later.txt").write_text("made later")
    restic_backup(world, "one", source)
    wait_until("restic's new backup appears", lambda: len(dated(mounted.folder / "desk")) == 2, 30)
    latest = mounted.folder / "desk/latest"
    assert (latest / "later.txt").read_text() == "made later"
    same(listing(source), listing(latest), "the backup that appeared")
    ids = len(os.listdir(mounted.folder / "ids"))
    assert world.lifeboat("backup").code == 0
    wait_until("our new backup appears", lambda: len(os.listdir(mounted.folder / "ids")) == ids + 1, 30)


def refuses_writing(mounted):
    for attempt in (lambda: (mounted.folder / "new").write_text("x"),
                    lambda: (mounted.folder / "desk/latest/big.bin").write_text("x"),
                    lambda: (mounted.folder / "desk/latest/big.bin").unlink(),
                    lambda: (mounted.folder / "desk/new").mkdir()):
        try:
            attempt()
        except OSError as refused:
            assert refused.errno in (30, 38, 1, 13), refused
        else:
            raise AssertionError("a backup could be written to")


require_fuse()
with World() as world:
    phone = world.phone()
    fill(phone.storage, photos=25)
    world.place("one")
    backed_up = world.lifeboat("backup", "--json")
    assert backed_up.code == 0, backed_up
    source = awkward_folder(world.folder / "source")
    restic_backup(world, "one", source)
    with Mounted(world) as mounted:
        assert {"ids", "desk"} < set(os.listdir(mounted.folder)), os.listdir(mounted.folder)
        against_original_and_restic(world, source, mounted)
        against_restore(world, mounted, backed_up.last["result"]["snapshot"])
        refuses_writing(mounted)
        appears(world, mounted, source)
        assert "  ! " not in mounted.said(), mounted.said()
    world.restic_finds_clean("one")
print("contents: mounted, restored, restic's mount and the original are the same")
