"""What the tests of `lifeboat mount` share: a world with a place, folders that restic backs up into
it, and the mount as a process of its own."""
import contextlib
import os
import pathlib
import random
import signal
import subprocess
import sys

PROJECT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "tests/e2e"))

from harness import BIN, World, difference, end, fill, tree_of, wait_until  # noqa: E402, F401

NOT_RUN = 77


def require_fuse():
    """Fails where FUSE is missing, except where somebody said that it is."""
    if os.access("/dev/fuse", os.R_OK | os.W_OK):
        return
    why = "/dev/fuse is missing or may not be used"
    if os.environ.get("LIFEBOAT_WITHOUT_FUSE") == "1":
        print(f"NOT RUN: {why} (LIFEBOAT_WITHOUT_FUSE=1)", flush=True)
        sys.exit(NOT_RUN)
    print(f"FAILED: {why}. LIFEBOAT_WITHOUT_FUSE=1 reports these tests as not run instead.")
    sys.exit(1)


def is_mounted(folder):
    # As the kernel writes it: blanks and such are octal.
    name = str(folder).encode("unicode_escape").decode().replace(" ", "\\040")
    return any(line.split()[1] == name for line in pathlib.Path("/proc/self/mounts").read_text().splitlines())


class Mounted:
    """`lifeboat mount` while a `with` lasts; ended with SIGINT unless the test did it otherwise."""

    def __init__(self, world, *options, folder="mnt"):
        self.world, self.folder, self.log = world, world.folder / folder, world.folder / f"{folder}.mount.log"
        self.log.unlink(missing_ok=True)
        self.folder.mkdir(exist_ok=True)
        self.process = world.start([BIN / "lifeboat", "mount", self.folder, *options], self.log.name)
        wait_until(f"{self.folder} is mounted", lambda: is_mounted(self.folder) or self.process.poll() is not None, 60)
        assert self.process.poll() is None, self.said()

    def said(self):
        return self.log.read_text(errors="replace")

    def wait(self, seconds=20):
        code = self.process.wait(seconds)
        return code

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print("--- what the mount said\n" + self.said())
        if self.process.poll() is None:
            end(self.process, signal.SIGINT)
        if is_mounted(self.folder):  # a test that failed must not leave it to the next
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


def restic_backup(world, place, folder, *options, host="desk"):
    done = world.run(["restic", "--no-cache", "-q", "-r", world.folder / place, "--password-file", world.password,
                      "backup", "--host", host, *options, "."], 300) if folder is None else \
        world.run(["sh", "-c", 'cd "$0" && exec restic --no-cache -q -r "$1" --password-file "$2" backup '
                   '--host "$3" .', folder, world.folder / place, world.password, host], 300)
    assert done.code == 0, done
    return done


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def awkward_folder(folder, seed=5):
    """Every kind of entry that a file system can hold and that a mount must show."""
    chance = random.Random(seed)
    fill(folder, photos=30, size=20_000, seed=seed)
    write(folder / "big.bin", chance.randbytes(25_000_000))
    write(folder / "zeros.bin", bytes(9_000_001))
    write(folder / "one byte", b"x")
    raw = os.fsencode(folder)
    for name in (b"not utf-8 \xff\xfe", b"new\nline", b"back\\slash \"quote\"", b"\xe2\x80\xae turned", b"n" * 255):
        with open(os.path.join(raw, name), "wb") as out:
            out.write(name)
    (folder / "link").symlink_to("big.bin")
    (folder / "dangling").symlink_to("no/such/file")
    os.link(folder / "one byte", folder / "hard link")
    os.mkfifo(folder / "fifo")
    (folder / "deep").mkdir()
    at = folder / "deep"
    for i in range(40):
        at = at / f"level {i}"
    write(at / "bottom", b"found")
    for mode in (0o400, 0o755, 0o1777, 0o4755):
        path = folder / f"mode {mode:o}"
        write(path, b"m")
        path.chmod(mode)
    (folder / "one byte").touch()
    os.utime(folder / "big.bin", ns=(1, 1_234_567_890_123_456_789))
    os.utime(folder / "zeros.bin", ns=(1, -5_000_000_001))
    return folder


def listing(folder, content=True):
    """Raw relative path -> all that is the same on both sides of a comparison."""
    root = os.fsencode(folder)
    found = {}
    for at, folders, files in os.walk(root):
        for name in folders + files:
            path = os.path.join(at, name)
            state = os.lstat(path)
            kind = state.st_mode >> 12
            size = state.st_size if kind != 4 else 0
            entry = [oct(state.st_mode), size, state.st_mtime_ns]
            if kind == 10:
                entry.append(os.readlink(path))
            elif kind == 8 and content:
                with open(path, "rb") as file:
                    entry.append(file.read())
            found[os.path.relpath(path, root)] = entry
    return found


def same(expected, found, what):
    lost, added = sorted(set(expected) - set(found))[:5], sorted(set(found) - set(expected))[:5]
    changed = [(k, [v[:200] if isinstance(v, bytes) else v for v in expected[k]],
                [v[:200] if isinstance(v, bytes) else v for v in found[k]])
               for k in sorted(expected) if k in found and expected[k] != found[k]][:3]
    assert not lost and not added and not changed, f"{what}: missing {lost}, too much {added}, different {changed}"


@contextlib.contextmanager
def restic_mount(world, place, folder):
    """The same repository as restic mounts it."""
    folder.mkdir(exist_ok=True)
    process = world.start(["restic", "--no-cache", "-r", world.folder / place, "--password-file", world.password,
                           "mount", folder], "restic.mount.log")
    try:
        wait_until("restic mounts", lambda: is_mounted(folder) or process.poll() is not None)
        assert process.poll() is None, (world.folder / "restic.mount.log").read_text()
        yield folder
    finally:
        end(process, signal.SIGINT)
        if is_mounted(folder):
            subprocess.run(["umount", "-l", str(folder)], check=False)
