"""A world for end-to-end tests: a home folder, an adb server on its own port, simulated phones.

    with World() as world:
        phone = world.phone()
        fill(phone.storage, photos=60)
        world.two_places()
        assert world.lifeboat("ready").code == 0

Nothing outside the world's temporary folder is written, and no adb server but its own is asked or
ended. Processes are ended by the ids that were started here. Standard library only.
"""
import contextlib
import hashlib
import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

BIN = pathlib.Path(os.environ.get("LIFEBOAT_BIN", pathlib.Path(__file__).parents[2] / "build/release/bin"))
PATIENCE = float(os.environ.get("LIFEBOAT_TEST_PATIENCE", "1"))  # sanitizers and slow machines: more


class Result:
    """What a program did: exit code, both streams, and its JSON lines when it wrote such."""

    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines() if line.strip()]

    @property
    def last(self):
        return self.lines[-1]

    def of_type(self, kind):
        return [line for line in self.lines if line.get("type") == kind]

    def __str__(self):
        return f"$ {' '.join(self.command)}\n{self.out}{self.err}(exit code {self.code})"


def wait_until(what, condition, seconds=20.0):
    """Until `condition()` is true; an AssertionError that says `what` did not happen."""
    until = time.monotonic() + seconds * PATIENCE
    while not condition():
        if time.monotonic() > until:
            raise AssertionError(f"it did not happen in time: {what}")
        time.sleep(0.05)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process, how=signal.SIGTERM):
    """Ends one process that we started, and waits for it."""
    if process.poll() is None:
        process.send_signal(how)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def fill(folder, photos=60, size=40_000, seed=1, first=0):
    """A phone's shared storage with made-up files whose bytes do not compress: photos by day, and
    the shapes that go wrong elsewhere (odd names, empty files, empty folders)."""
    chance = random.Random(f"{seed}/{first}")
    camera = folder / "DCIM/Camera"
    camera.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + photos):
        path = camera / f"IMG_{20260101 + number // 40}_{number:06}.jpg"
        put(path, b"\xff\xd8\xff\xe0" + chance.randbytes(size - 6) + b"\xff\xd9", 1_780_000_000 + number)
    if first == 0:
        put(folder / "Documents/tax 2025.pdf", b"%PDF-1.7\n" + chance.randbytes(size), 1_750_000_000)
        put(folder / "Download/it's \"quoted\" $HOME & co.txt", b"words", 1_750_000_001)
        put(folder / "Music/\u00fcber \U0001f6df.ogg", chance.randbytes(999), 1_750_000_002)
        put(folder / "Pictures/empty.png", b"", 1_750_000_003)
        put(folder / "Movies/clip.mp4", chance.randbytes(10 * size), 1_750_000_004)
        (folder / "Recordings").mkdir(exist_ok=True)


def put(path, content, when):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, ns=(when * 10**9 + 123_456_789,) * 2)


def tree_of(folder):
    """Relative path -> (size, modified in ns, SHA-256) of every file below."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            state = path.stat()
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            found[path.relative_to(folder).as_posix()] = (state.st_size, state.st_mtime_ns, digest)
    return found


def difference(expected, found):
    lost = sorted(set(expected) - set(found))[:5]
    added = sorted(set(found) - set(expected))[:5]
    changed = [(k, expected[k], found[k]) for k in sorted(expected) if k in found and expected[k] != found[k]][:3]
    return f"missing {lost}, too much {added}, different {changed}"


class Cable(threading.Thread):
    """A wire between adb server and phone that counts what the phone sends, and can be cut."""

    def __init__(self, phone_port):
        super().__init__(daemon=True)
        self.phone_port, self.cut_after, self.received = phone_port, None, 0
        self.lock, self.ends = threading.Lock(), set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                host, _ = self.door.accept()
                phone = socket.create_connection(("127.0.0.1", self.phone_port))
            except OSError:
                return
            with self.lock:
                self.ends |= {host, phone}
            for source, sink, counted in ((host, phone, False), (phone, host, True)):
                threading.Thread(target=self.carry, args=(source, sink, counted), daemon=True).start()

    def carry(self, source, sink, counted):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
                if counted and self.count(len(piece)):
                    break
        for end_of_wire in (source, sink):
            with contextlib.suppress(OSError):
                end_of_wire.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            source.close()  # the other direction closes the other end

    def close(self):
        self.door.close()
        self.cut()

    def count(self, size):
        with self.lock:
            self.received += size
            if self.cut_after is None or self.received < self.cut_after:
                return False
        self.cut()
        return True

    def cut(self):
        with self.lock:
            ends, self.ends = self.ends, set()
        for end_of_wire in ends:
            with contextlib.suppress(OSError):
                end_of_wire.shutdown(socket.SHUT_RDWR)

    def counted(self):
        """Bytes since the last call."""
        with self.lock:
            received, self.received = self.received, 0
        return received


class Phone:
    """A simulated phone, connected to the world's adb server."""

    def __init__(self, world, name, cable, options):
        self.world, self.storage = world, world.folder / name
        self.storage.mkdir(exist_ok=True)
        self.control = world.folder / f"{name}.sock"
        ready = world.folder / f"{name}.port"
        command = [BIN / "lifeboat-sim", "android", "--storage", self.storage, "--control", self.control,
                   "--serial", f"SIM{len(world.phones):04}", "--ready-file", ready]
        for key, value in options.items():
            command += [f"--{key.replace('_', '-')}", str(value)]
        self.process = world.start(command, f"{name}.log")
        wait_until("the simulated phone is ready", lambda: ready.exists() or self.process.poll() is not None)
        assert self.process.poll() is None, (world.folder / f"{name}.log").read_text()
        self.cable = Cable(int(ready.read_text())) if cable else None
        self.address = f"127.0.0.1:{self.cable.port if cable else ready.read_text().strip()}"

    def connect(self):
        self.world.adb("disconnect", self.address)
        asked = 0.0

        def seen():
            # Its server may still be taking down the connection before, and drop the new one with it.
            nonlocal asked
            if time.monotonic() - asked > 2:
                asked = time.monotonic()
                self.world.adb("connect", self.address)
            return self.world.adb("-s", self.address, "get-state").out.strip() == "device"

        wait_until("adb sees the phone", seen)
        return self

    def ctl(self, *words):
        done = self.world.run([BIN / "lifeboat-sim", "ctl", self.control, *words])
        assert done.code == 0, done
        return done.out


class Wireless:
    """A simulated phone that no adb server knows: on the network, with wireless debugging or after `adb tcpip`."""

    def __init__(self, world, name, *options):
        self.world, self.storage = world, world.folder / name
        self.storage.mkdir()
        self.socket, ready = world.folder / f"{name}.ctl", world.folder / f"{name}.port"
        world.start([BIN / "lifeboat-sim", "android", "--storage", self.storage, "--control", self.socket,
                     "--ready-file", ready, *options], f"{name}.log")
        wait_until("the simulated phone is ready", ready.exists)

    @property
    def address(self):
        """Its port changes with each start of wireless debugging."""
        return f"127.0.0.1:{self.control('state')['port']}"

    def control(self, *words):
        done = self.world.run([BIN / "lifeboat-sim", "ctl", self.socket, *words])
        assert done.code == 0, done
        return done.last


class Iphone:
    """A simulated iPhone with a usbmux daemon of its own, which the world's programs ask."""

    def __init__(self, world, name, options):
        self.world, self.folder = world, world.folder / name
        self.media = self.folder / "files/CameraRollDomain/Media"
        self.media.mkdir(parents=True, exist_ok=True)
        self.socket = world.folder / f"{name}.mux"
        ready = world.folder / f"{name}.port"
        ready.unlink(missing_ok=True)
        self.control_socket = world.folder / f"{name}.control"
        command = [BIN / "lifeboat-sim", "iphone", "--world", self.folder, "--socket", self.socket,
                   "--control", self.control_socket, "--ready-file", ready]
        for key, value in options.items():
            command += [f"--{key.replace('_', '-')}", str(value)]
        self.process = world.start(command, f"{name}.log")
        wait_until("the simulated iPhone is ready", lambda: ready.exists() or self.process.poll() is not None)
        assert self.process.poll() is None, (world.folder / f"{name}.log").read_text()
        world.environment["USBMUXD_SOCKET_ADDRESS"] = f"UNIX:{self.socket}"

    def control(self, *words):
        """One command of lifeboat-sim ctl, as `control("add-photos", 3)`; its answer."""
        done = self.world.run([BIN / "lifeboat-sim", "ctl", self.control_socket, *map(str, words)])
        assert done.code == 0, done
        return done.last

    def unplug(self):
        """The daemon goes with it, as on a computer where it starts with the first phone."""
        end(self.process)


class World:
    """Everything one test needs; gone when the test is over."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="lifeboat-e2e."))
        self.home = self.folder / "home"
        self.home.mkdir(mode=0o700)
        self.processes = []
        self.phones = []
        self.password = self.password_file("password", secrets.token_urlsafe(18))
        self.adb_port = free_port()
        self.environment = {
            "HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
            "ADB_SERVER_SOCKET": f"tcp:localhost:{self.adb_port}",
            "USBMUXD_SOCKET_ADDRESS": f"UNIX:{self.folder}/no-usbmux",  # never the machine's own
            "LIFEBOAT_USB_DEVICES": f"{self.folder}/no-usb",
            "LIFEBOAT_PASSWORD_FILE": str(self.password),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "TMPDIR"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def __enter__(self):
        # adb's server refuses ADB_SERVER_SOCKET with a host; -P says the same. It leaves USB,
        # emulators and the network alone: those phones are not ours.
        environment = {**self.environment, "ADB_USB": "0", "ADB_EMU": "0", "ADB_MDNS": "0"}
        del environment["ADB_SERVER_SOCKET"]
        self.server = self.start(["adb", "-P", str(self.adb_port), "nodaemon", "server"], "adb.log", environment)
        wait_until("the adb server listens", lambda: listens(self.adb_port))
        return self

    def __exit__(self, kind, *_):
        for process in reversed(self.processes):
            end(process)
        for phone in self.phones:
            if phone.cable:
                phone.cable.close()
        if kind is not None:
            for log in sorted(self.folder.glob("*.log")):
                print(f"--- end of {log.name}\n" + "\n".join(log.read_text(errors="replace").splitlines()[-15:]))
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- processes
    def start(self, command, log, environment=None):
        with open(self.folder / log, "ab") as out:
            process = subprocess.Popen([str(c) for c in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       env=environment or self.environment, cwd=self.folder)
        self.processes.append(process)
        return process

    def run(self, command, seconds=120, **variables):
        command = [str(c) for c in command]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, cwd=self.folder,
                              env={**self.environment, **variables}, timeout=seconds * PATIENCE, check=False)
        return Result(command, done.returncode, done.stdout.decode("utf-8", "replace"),
                      done.stderr.decode("utf-8", "replace"))

    def adb(self, *arguments):
        return self.run(["adb", *arguments])

    def lifeboat(self, *arguments, seconds=120, **variables):
        return self.run([BIN / "lifeboat", *arguments], seconds, **variables)

    def start_lifeboat(self, *arguments):
        return self.start([BIN / "lifeboat", *arguments], "lifeboat.log")

    def restic(self, place, *arguments, password=None):
        return self.run(["restic", "--no-cache", "-r", self.folder / place, "--password-file",
                         password or self.password, *arguments], 300)

    def restic_finds_clean(self, *places):
        for place in places:
            checked = self.restic(place, "check", "--read-data")
            assert checked.code == 0 and "no errors were found" in checked.out, checked

    def restic_restores(self, place, phone):
        """What restic takes out of a place is what is on the phone: names, sizes, times, bytes."""
        target = self.folder / f"restored-{place}"
        shutil.rmtree(target, ignore_errors=True)
        done = self.restic(place, "restore", "latest", "--target", target)
        assert done.code == 0, done
        roots = [p for p in target.rglob("DCIM") if p.is_dir()]
        assert len(roots) == 1, roots
        expected, found = tree_of(phone.storage), tree_of(roots[0].parent)
        assert found == expected, difference(expected, found)

    # ---- phones and places
    def phone(self, name="phone", cable=False, **options):
        """Fill world.folder/name first, or fill phone.storage later: both is a person's phone."""
        phone = Phone(self, name, cable, options)
        self.phones.append(phone)
        return phone.connect()

    def iphone(self, name="iphone", **options):
        return Iphone(self, name, options)

    def password_file(self, name, text):
        path = self.folder / name
        path.touch(mode=0o600)
        path.write_text(text + "\n")
        return path

    def place(self, name, folder=None):
        done = self.lifeboat("place", "add", name, folder or self.folder / name)
        assert done.code == 0, done
        return folder or self.folder / name

    def two_places(self):
        return self.place("place-1"), self.place("place-2")

    @contextlib.contextmanager
    def small_disk(self, name, size):
        """A disk of `size` (as for mount: "8m") at folder/name; None where mounting is not allowed."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "lifeboat-test", str(path)],
                              capture_output=True, check=False)
        if done.returncode != 0:
            yield None
            return
        try:
            yield path
        finally:
            subprocess.run(["umount", "-l", str(path)], check=False)
