#!/usr/bin/env python3
"""Many at once: four processes that read at random, a folder of 100,000 files, memory that stays
within bounds, and how fast one large file comes."""
import os
import pathlib
import random
import subprocess
import sys
import time

from mounting import Mounted, World, require_fuse, restic_backup, write

HERE = pathlib.Path(__file__).parent
MANY = 100_000


def resident(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def at_random(world, source, mounted):
    readers = [subprocess.Popen([sys.executable, HERE / "reader.py", source / "big.bin",
                                 mounted.folder / "desk/latest/big.bin", str(seed), "6"],
                                stdout=subprocess.PIPE, text=True) for seed in range(4)]
    for reader in readers:
        out, _ = reader.communicate(timeout=120)
        assert reader.returncode == 0, out
        assert int(out) > 20, out


def many(mounted):
    """Listing and looking at each of 100,000 files: not a walk from the root for each."""
    folder = mounted.folder / "desk/latest/many"
    begin = time.monotonic()
    names = os.listdir(folder)
    assert len(names) == MANY and len(set(names)) == MANY
    listed = time.monotonic()
    for entry in os.scandir(folder):
        assert entry.stat(follow_symlinks=False).st_size == 0
    seen = time.monotonic()
    print(f"100,000 entries: listed in {listed - begin:.1f} s, looked at in {seen - listed:.1f} s")
    assert seen - begin < 120, seen - begin


def sequential(source, mounted):
    path = mounted.folder / "desk/latest/large.bin"
    begin, size = time.monotonic(), 0
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(1 << 20):
            size += len(piece)
    took = time.monotonic() - begin
    assert size == (source / "large.bin").stat().st_size
    print(f"sequential: {size / took / 1e6:.0f} MB/s")


def little_is_read(world, mounted):
    """One byte in the middle of a large file: a few pieces are read, not the file."""
    def read_so_far():
        for line in pathlib.Path(f"/proc/{mounted.process.pid}/io").read_text().splitlines():
            if line.startswith("rchar:"):
                return int(line.split()[1])
        return 0
    file = os.open(mounted.folder / "desk/latest/once.bin", os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
    before = read_so_far()
    assert len(os.pread(file, 1, 70_000_000)) == 1
    os.close(file)
    assert read_so_far() - before < 30_000_000, read_so_far() - before


require_fuse()
with World() as world:
    world.place("one")
    source = world.folder / "source"
    chance = random.Random(9)
    write(source / "big.bin", chance.randbytes(60_000_000))
    write(source / "once.bin", chance.randbytes(100_000_000))
    write(source / "large.bin", chance.randbytes(200_000_000))
    (source / "many").mkdir()
    for i in range(MANY):
        (source / f"many/file {i:06}").touch()
    restic_backup(world, "one", source)
    with Mounted(world) as mounted:
        little_is_read(world, mounted)
        at_random(world, source, mounted)
        many(mounted)
        sequential(source, mounted)
        memory = resident(mounted.process)
        print(f"memory: {memory / 1e6:.0f} MB")
        assert memory < 400_000_000, memory
        assert "  ! " not in mounted.said(), mounted.said()
print("readers: all of them got the right bytes")
