#!/usr/bin/env python3
"""What an Android phone's apps gave, below "apps" of a mounted backup: the files that `snapshot apps --to`
writes; closed without the password, and not in the way of anything else."""
import os
import pathlib
import threading

from mounting import PROJECT, Mounted, World, fill, require_fuse, tree_of

SAMPLES = PROJECT / "tests/data/ab"


def contents(folder):
    return {name: digest for name, (_, _, digest) in tree_of(folder).items()}


def imported(world, name, *options):
    done = world.lifeboat("snapshot", "import", SAMPLES / name, *options, "--json")
    assert done.code in (0, 3), done
    return done.last["result"]["snapshot"][:8]


def many_at_once(folder, expected):
    wrong = []

    def look():
        found = contents(folder)
        if found != expected:
            wrong.append(sorted(found))
    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    for looker in lookers:
        looker.join()
    assert not wrong, wrong


require_fuse()
with World() as world:
    world.place("one")
    phone = world.phone()
    fill(phone.storage, photos=3)
    assert world.lifeboat("backup").code == 0
    password = world.password_file("apps", "lifeboat")
    clear, closed = imported(world, "v5-c1-none.ab"), imported(world, "v5-c1-pw-lifeboat.ab")
    out = world.folder / "out"
    done = world.lifeboat("snapshot", "apps", SAMPLES / "v5-c1-none.ab", "--to", out)
    assert done.code == 0, done
    expected = contents(out / "apps")
    assert len(expected) > 5, expected

    with Mounted(world) as mounted:
        ids = mounted.folder / "ids"
        assert sorted(os.listdir(ids / clear)) == ["apps", "lifeboat", "personal"], os.listdir(ids / clear)
        many_at_once(ids / clear / "apps", expected)
        assert (ids / clear / "personal/legacy/adb-backup.ab").read_bytes() == (SAMPLES / "v5-c1-none.ab").read_bytes()
        assert not (ids / closed / "apps").exists()
        assert "it is encrypted" in mounted.said(), mounted.said()
        plain = [name for name in os.listdir(ids) if name not in (clear, closed)]
        assert len(plain) == 1 and "apps" not in os.listdir(ids / plain[0]), plain
    with Mounted(world, "--ab-password-file", password) as mounted:
        many_at_once(mounted.folder / "ids" / closed / "apps", expected)
    with Mounted(world, "--as-stored") as mounted:
        assert not (mounted.folder / "ids" / clear / "apps").exists()
        assert (mounted.folder / "ids" / clear / pathlib.Path("personal/legacy/adb-backup.ab")).exists()
print("app data: mounted as files, equal to what is taken out of the file")
