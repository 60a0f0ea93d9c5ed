"""Trees with difficult names, and the comparison of two of them."""
import hashlib
import os
import random

from simulator import check

ODD_NAMES = ["two  blanks", "it's", 'say "hi"', "emoji \U0001F600", "line\nbreak", "tab\there", "$HOME `x` ; &",
             "back\\slash", "-dash", "star * and ?", "日本語", " leading", "n" * 255]


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def make_tree(top, count, seed=5):
    """Files of many sizes in nested folders, with names that break careless programs."""
    chance = random.Random(seed)
    folders = [top / "a", top / "a" / "deep er", top / "b'q", top / "c \U0001F600", top / "d\nnew"]
    for folder in folders:
        folder.mkdir(parents=True)
    for i in range(count):
        odd = ODD_NAMES[i % len(ODD_NAMES)]
        name = odd if len(odd) == 255 and i < len(ODD_NAMES) else f"{odd[:60]} {i}"
        path = folders[i % len(folders)] / name
        size = 0 if i % 50 == 0 else chance.randrange(1, 9000)
        path.write_bytes(chance.randbytes(size))
        os.utime(path, ns=(10**18, (1_500_000_000 + i) * 10**9 + chance.randrange(10**9)))


def tree_of(top):
    """Relative path -> (size, hash, whole seconds of the modification)."""
    found = {}
    for path in sorted(top.rglob("*")):
        if path.is_file():
            stat = path.stat()
            found[str(path.relative_to(top))] = (stat.st_size, sha256(path), int(stat.st_mtime))
    return found


def same_tree(what, left, right):
    one, two = tree_of(left), tree_of(right)
    missing = sorted(set(one) - set(two))[:5]
    extra = sorted(set(two) - set(one))[:5]
    check(what + ": names", not missing and not extra, f"missing {missing}, extra {extra}")
    changed = [name for name in one if one[name] != two[name]][:5]
    check(what + ": sizes, contents, times", not changed, changed)
    return len(one)
