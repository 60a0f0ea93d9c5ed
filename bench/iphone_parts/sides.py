"""What `bench/iphone` measures with: one simulated iPhone, and two programs that back it up.

Both sides have the same verbs: backup, restore, and a look at what their store holds that is wrong.
"""
import hashlib
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests/e2e"))
from harness import BIN, World, put, wait_until  # noqa: E402

UDID = "00008101-000A11112222801E"
PASSWORD = "harbour lantern 41 dune"


def bytes_in(*folders):
    """What they take on the disk; files may vanish meanwhile."""
    total = 0
    for folder in folders:
        for where, _, names in os.walk(folder):
            for name in names:
                try:
                    total += os.lstat(os.path.join(where, name)).st_blocks * 512
                except FileNotFoundError:
                    pass
    return total


class Watch(threading.Thread):
    """The most that folders took while it ran, beyond what they took at first."""

    def __init__(self, folders):
        super().__init__(daemon=True)
        self.folders, self.first, self.most, self.over = folders, bytes_in(*folders), 0, threading.Event()
        self.start()

    def run(self):
        while not self.over.wait(0.02):
            self.most = max(self.most, bytes_in(*self.folders) - self.first)

    def end(self):
        self.over.set()
        self.join()
        return max(self.most, bytes_in(*self.folders) - self.first)

    def end_beyond(self):
        """The most, beyond what they take at the end."""
        most = self.end()
        return most - (bytes_in(*self.folders) - self.first)


class Measured:
    """How one run of a program ended: exit code (None: it hung), seconds, CPU seconds, what it wrote."""

    def __init__(self, code, wall, cpu, text):
        self.code, self.wall, self.cpu, self.text, self.extra = code, wall, cpu, text, 0

    @property
    def hung(self):
        return self.code is None

    def good(self):
        if self.code != 0:
            sys.exit(f"a measured command failed with {self.code}:\n{self.text[-3000:]}")
        return self

    def told(self):
        if self.hung:
            return f"hung, ended after {self.wall:.0f} s"
        claims = "Successful" if "Successful." in self.text else ""
        return f"exit code {self.code}" + (f", \"{claims}\"" if claims else "")


class Running:
    """A program with its clock; its CPU seconds are those of the process and what it waited for."""

    def __init__(self, bed, command, variables):
        self.log = bed.world.folder / f"run-{time.monotonic_ns()}.txt"
        self.began = time.monotonic()
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=out, env={**bed.world.environment, **variables},
                                            cwd=bed.world.folder)

    def wait(self, seconds):
        """Whether it ended by itself in that time."""
        until = time.monotonic() + seconds
        while self.process.returncode is None:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                self.process.returncode = os.waitstatus_to_exitcode(status)
                self.cpu = usage.ru_utime + usage.ru_stime
                self.ended = time.monotonic()
            elif time.monotonic() > until:
                return False
            else:
                time.sleep(0.005)
        return True

    def end(self, patience):
        """Waits so long from now on; `wall` counts from now on, too."""
        began = time.monotonic()
        return self.measured(began, patience)

    def whole(self, patience):
        return self.measured(self.began, patience)

    def measured(self, began, patience):
        in_time = self.wait(patience)
        if not in_time:
            self.kill()
        text = self.log.read_text(errors="replace")
        return Measured(self.process.returncode if in_time else None, max(0.0, self.ended - began), self.cpu, text)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.wait(60)


class Bed:
    """A paired iPhone whose backups are encrypted; its keys are cheap, so that only the work is measured."""

    def __init__(self, patience, **options):
        self.world, self.patience, self.options = World(), patience, options

    def __enter__(self):
        self.world.__enter__()
        self.phone = self.world.iphone(keybag_iterations=1000, reboot_ms=300, **self.options)
        self.secret = self.world.password_file("phone-password", PASSWORD)
        for words in (("phone", "pair"), ("phone", "encryption", "on", "--new-password-file", self.secret)):
            done = self.world.lifeboat(*words)
            if done.code != 0:
                sys.exit(str(done))
        return self

    def __exit__(self, *failure):
        return self.world.__exit__(*failure)

    def ours(self, name):
        return Ours(self, name)

    def peer(self, name):
        return Peer(self, name)

    def photos(self, count, size, first=0, seed=1):
        """Each seed gives other bytes and a later date under the same names."""
        chance = random.Random(f"{seed}/{first}")
        for number in range(first, first + count):
            content = chance.randbytes(int(size * chance.uniform(0.5, 1.5)))
            put(self.phone.media / f"DCIM/{200 + number // 500}APPLE/IMG_{number:04}.JPG", content,
                1_700_000_000 + 100_000 * seed + number)

    def pictures(self):
        return {path.relative_to(self.phone.media): hashlib.sha256(path.read_bytes()).digest()
                for path in (self.phone.media / "DCIM").rglob("IMG_*.JPG")}

    # ---- what the phone says
    def log(self):
        return (self.world.folder / "iphone.log").read_text()

    def mark(self):
        """A run begins: what is waited for comes after this."""
        self.heard = len(self.log())

    def wait_for_log(self, text):
        wait_until(f"the phone says {text!r}", lambda: text in self.log()[self.heard:], 300)

    def wait_until_there(self):
        wait_until("the iPhone is there", lambda: self.phone.control("state")["plugged"], 60)

    def there_from_before(self):
        return int(re.findall(r"(\d+) there from before", self.log())[-1])


def sent(bed):
    """How many files the phone said it sends, in its last backup."""
    return int(re.findall(r" backup: (\d+) of", bed.log())[-1])


class Ours:
    name = "Lifeboat"

    def __init__(self, bed, name):
        self.bed, self.place, self.folder = bed, name.replace("/", "-"), bed.world.folder / name
        bed.world.place(self.place, self.folder)

    def run(self, *words):
        self.bed.mark()
        # Whatever it puts aside would be seen when a restore is watched.
        temporary = self.bed.world.folder / "temporary"
        temporary.mkdir(exist_ok=True)
        return Running(self.bed, [BIN / "lifeboat", *words],
                       {"LIFEBOAT_PHONE_PASSWORD_FILE": str(self.bed.secret), "TMPDIR": str(temporary)})

    def start_backup(self):
        return self.run("backup", "--json", "--place", self.place)

    def watch(self):
        return Watch([self.folder, self.bed.world.home, self.bed.world.folder / "temporary"])

    def backup(self, watched=False):
        watch = self.watch() if watched else None
        done = self.start_backup().whole(3600)
        done.extra = watch.end_beyond() if watch else 0
        return done

    def restore(self, watched=False):
        watch = self.watch() if watched else None
        done = self.run("phone", "restore", "--yes").whole(3600)
        done.extra = watch.end() if watch else 0
        return done

    def state(self):
        """What a check of all data finds now, and how many backups there are."""
        checked = self.bed.world.lifeboat("verify", "--json", "--place", self.place, seconds=600)
        if checked.code != 0:
            return f"verify: exit code {checked.code}"
        listed = self.bed.world.lifeboat("snapshot", "list", "--json")
        return f"0 files wrong, good backups: {len(listed.last['result']['snapshots'])}"

    def judge(self, states):
        return states

    def copied(self):
        return "nothing copied"

    def keep(self):
        return None  # a restore reads only

    def put_kept(self, kept):
        pass

    def gone(self):
        self.bed.world.lifeboat("place", "remove", self.place, "--yes")
        shutil.rmtree(self.folder)


class Peer:
    name = "idevicebackup2"

    def __init__(self, bed, name):
        self.bed, self.folder = bed, bed.world.folder / name
        self.folder.mkdir()

    def run(self, *words):
        self.bed.mark()
        return Running(self.bed, ["idevicebackup2", *words, self.folder], {})

    def start_backup(self):
        return self.run("backup")

    def backup(self, watched=False):
        watch = Watch([self.folder]) if watched else None
        done = self.start_backup().whole(max(600, self.bed.patience))
        done.extra = watch.end_beyond() if watch else 0
        return done

    def restore(self, watched=False):
        watch = Watch([self.folder]) if watched else None
        running = self.run("restore", "--system", "--settings", "--password", PASSWORD)
        done = running.whole(max(120, self.bed.patience))
        done.extra = watch.end() if watch else 0
        return done

    def state(self):
        return {p.name: p.stat().st_size for p in (self.folder / UDID).glob("??/*")}

    def judge(self, states):
        """How many files are not there or not as long as in a good backup of the same phone. That
        one is made last: it gives the phone new keys, and so everything would be sent again."""
        good = Peer(self.bed, "good")
        good.backup().good()
        expected = good.state()
        wrong = [sum(found.get(name) != size for name, size in expected.items()) for found in states]
        return [f"{count} of {len(expected)} files missing or cut short" for count in wrong]

    def copied(self):
        """Of the copy that the phone asked for: files that are what they are copies of."""
        first, second = self.folder / UDID, self.folder / f"{UDID}-before-restore"
        files = [p.relative_to(first) for p in first.rglob("*") if p.is_file()]
        same = sum((second / p).is_file() and (second / p).read_bytes() == (first / p).read_bytes() for p in files)
        return f"{same} of {len(files)} files copied whole"

    def keep(self):
        kept = self.folder.with_name("kept")
        shutil.copytree(self.folder, kept)
        return kept

    def put_kept(self, kept):
        shutil.rmtree(self.folder)
        kept.rename(self.folder)

    def gone(self):
        shutil.rmtree(self.folder)
