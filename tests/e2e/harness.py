"""A world for end-to-end tests: a home folder, an adb server on its own port, simulated phones.

    with World() as world:
        phone = world.phone(photos=60)
        world.two_places()
        assert world.lifeboat("ready").code == 0

Nothing outside the world's temporary folder is written, and no adb server but its own is asked or
ended. Processes are ended by the ids that were started here. Standard library only.
"""
import contextlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
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


class Phone:
    """A simulated phone, connected to the world's adb server."""

    def __init__(self, world, name, options):
        self.world, self.storage = world, world.folder / name
        self.control, self.port = world.folder / f"{name}.sock", free_port()
        self.serial = f"127.0.0.1:{self.port}"
        command = [BIN / "lifeboat-sim", "android", "--storage", self.storage, "--port", str(self.port),
                   "--control", self.control]
        for key, value in options.items():
            command += [f"--{key.replace('_', '-')}", str(value)]
        self.process = world.start(command, f"{name}.log")

    def connect(self):
        wait_until("the simulated phone listens", lambda: listens(self.port), 60)
        self.world.adb("connect", self.serial)
        wait_until("adb sees the phone", lambda: self.world.adb("-s", self.serial, "get-state").out.strip() == "device")
        return self

    def ctl(self, *words):
        done = self.world.run([BIN / "lifeboat-sim", "ctl", self.control, *words])
        assert done.code == 0, done
        return done.out


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
        done = self.run(["restic", "--no-cache", "-r", self.folder / place, "--password-file",
                         password or self.password, *arguments], 300)
        return done

    # ---- phones and places
    def phone(self, name="phone", **options):
        phone = Phone(self, name, options)
        self.phones.append(phone)
        return phone.connect()

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
