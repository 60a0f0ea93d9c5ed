#!/usr/bin/env python3
"""A damaged repository: an error for what is damaged and for nothing else, with its name; never a
wrong byte, never an end of the mount."""
import json
import os
import pathlib

from mounting import Mounted, World, require_fuse, restic_backup, write

PAGE = 4096


def pages(path, size):
    """Reads page by page: offset -> bytes, or None where there was an error."""
    found = {}
    # Read-ahead would make one request of many pages; what is asked one by one is told one by one.
    file = os.open(path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
    for offset in range(0, size, PAGE):
        try:
            found[offset] = os.pread(file, PAGE, offset)
        except OSError as error:
            assert error.errno == 5, error
            found[offset] = None
    os.close(file)
    return found


def blob_of(world, name, number):
    """The pack, offset and length of a file's blob, as restic knows them."""
    listed = world.restic("one", "ls", "latest", "--json").out.splitlines()
    snapshot = json.loads(listed[0])["tree"]
    tree = json.loads(world.restic("one", "cat", "blob", snapshot).out)
    node = next(n for n in tree["nodes"] if n["name"] == name)
    blob = node["content"][number]
    for index in (world.folder / "one/index").iterdir():
        for pack in json.loads(world.restic("one", "cat", "index", index.name).out)["packs"]:
            for entry in pack["blobs"]:
                if entry["id"] == blob:
                    return world.folder / "one/data" / pack["id"][:2] / pack["id"], entry
    raise AssertionError(f"no blob {number} of {name}")


def flip(path, offset):
    path.chmod(0o600)
    with open(path, "r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 0x10]))


def check(world, source, name, bad, total):
    """Every page is right or an error; `bad` of them at most are errors, and at least one."""
    original = (source / name).read_bytes()
    with Mounted(world) as mounted:
        folder = mounted.folder / "desk/latest"
        found = pages(folder / name, total)
        wrong = [o for o, got in found.items() if got is not None and got != original[o:o + PAGE]]
        assert wrong == [], f"wrong bytes at {wrong[:5]}"
        errors = [o for o, got in found.items() if got is None]
        assert 0 < len(errors) <= bad, (len(errors), bad)
        said = mounted.said()
        assert f"/{name}: " in said, said
        # Once is enough: not a line for each page.
        assert said.count(f"/{name}: ") <= 3, said
        assert (folder / "whole.txt").read_text() == "whole"
        return said


require_fuse()
with World() as world:
    world.place("one")
    source = world.folder / "source"
    for name in ("flipped.bin", "unlisted.bin"):
        write(source / name, os.urandom(12_000_000))
    write(source / "whole.txt", b"whole")
    restic_backup(world, "one", source)

    pack, entry = blob_of(world, "flipped.bin", 2)
    flip(pack, entry["offset"] + entry["length"] // 2)
    said = check(world, source, "flipped.bin", entry.get("uncompressed_length", entry["length"]) // PAGE + 2,
                 12_000_000)
    assert "seal is broken" in said or "damaged" in said, said
    flip(pack, entry["offset"] + entry["length"] // 2)

    pack, entry = blob_of(world, "unlisted.bin", 1)
    away = pathlib.Path(str(pack) + ".away")
    pack.rename(away)
    check(world, source, "unlisted.bin", 12_000_000 // PAGE + 1, 12_000_000)
    away.rename(pack)

    # The index that names the data packs is gone: nothing of a file can be found, folders can.
    with Mounted(world) as mounted:
        assert (mounted.folder / "desk/latest/flipped.bin").read_bytes() == (source / "flipped.bin").read_bytes()
    assert world.restic("one", "check", "--read-data").code == 0
print("damage: an error where it is, right bytes everywhere else")
