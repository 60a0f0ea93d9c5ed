"""Starts a simulated phone, and an adb server of its own that no other adb can see."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time


def need(program):
    """A test whose peer is missing proves nothing: it fails."""
    path = shutil.which(program)
    if path is None:
        sys.exit(f"{program} is missing: install it, this test cannot stand without it")
    return path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Phone:
    """lifeboat-sim android over a folder; use as a context manager."""

    def __init__(self, program, storage, *options):
        self.program = program
        self.work = tempfile.mkdtemp(prefix="sim")
        self.control_path = os.path.join(self.work, "control")
        ready = os.path.join(self.work, "ready")
        command = [program, "android", "--storage", str(storage), "--port", "0", "--ready-file", ready,
                   "--control", self.control_path, *options]
        self.log = open(os.path.join(self.work, "log"), "w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                sys.exit("the simulator did not start: " + self.log.read())
            time.sleep(0.02)
        self.port = int(open(ready).read())
        self.serial = f"127.0.0.1:{self.port}"

    def control(self, *words):
        done = subprocess.run([self.program, "ctl", self.control_path, *map(str, words)],
                              capture_output=True, text=True, timeout=60)
        answer = json.loads(done.stdout)
        assert answer["ok"], (words, answer)
        return answer

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        alive = self.process.poll() is None
        self.process.terminate()
        code = self.process.wait(timeout=30)
        self.log.seek(0)
        text = self.log.read()
        shutil.rmtree(self.work, ignore_errors=True)
        assert alive, "the simulator died during the test: " + text
        assert code == 0, f"SIGTERM must end it cleanly, not with {code}: {text}"


class Adb:
    """Debian's adb with its own server, home and key."""

    def __init__(self):
        self.program = need("adb")
        self.home = tempfile.mkdtemp(prefix="adbhome")
        self.port = free_port()
        self.environment = dict(os.environ, HOME=self.home, ADB_VENDOR_KEYS="", ANDROID_ADB_SERVER_PORT=str(self.port),
                                ANDROID_SDK_HOME=self.home, ADB_MDNS="0")

    def run(self, *words, timeout=60, data=None):
        return subprocess.run([self.program, "-P", str(self.port), *words], env=self.environment,
                              capture_output=True, timeout=timeout, input=data)

    def on(self, phone, *words, **more):
        return self.run("-s", phone.serial, *words, **more)

    def connect(self, phone, wanted="device", seconds=20):
        self.run("connect", phone.serial)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.state(phone) == wanted:
                return
            time.sleep(0.1)
        sys.exit(f"the phone is {self.state(phone)!r}, not {wanted!r}")

    def state(self, phone):
        for line in self.run("devices").stdout.decode().splitlines():
            if line.startswith(phone.serial + "\t"):
                return line.split("\t")[1]
        return None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.run("kill-server")
        shutil.rmtree(self.home, ignore_errors=True)


def check(what, condition, detail=""):
    if not condition:
        raise AssertionError(f"{what}: {detail}")
    print("ok  ", what, flush=True)
