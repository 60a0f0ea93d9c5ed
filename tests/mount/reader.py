#!/usr/bin/env python3
"""One of several readers: random and sequential reads of a file, compared with the original.

    reader.py ORIGINAL MOUNTED SEED SECONDS      exit code 1 and the offset at the first difference
"""
import os
import random
import sys
import time

original, mounted, seed, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
chance = random.Random(seed)
ours, theirs = os.open(original, os.O_RDONLY), os.open(mounted, os.O_RDONLY)
size = os.fstat(ours).st_size
assert os.fstat(theirs).st_size == size
until, reads = time.monotonic() + seconds, 0
while time.monotonic() < until:
    if chance.random() < 0.1:
        # Other readers' pages are in the cache: let the kernel ask again.
        os.posix_fadvise(theirs, 0, 0, os.POSIX_FADV_DONTNEED)
    offset = chance.randrange(size + 10)
    length = chance.choice((1, 100, 4096, 65_536, 1_000_000))
    for _ in range(chance.choice((1, 1, 8))):  # some of them go on from there
        expected, got = os.pread(ours, length, offset), os.pread(theirs, length, offset)
        if expected != got:
            print(f"different at {offset}, {length} bytes: {len(expected)} and {len(got)} bytes")
            sys.exit(1)
        offset, reads = offset + length, reads + 1
print(reads)
