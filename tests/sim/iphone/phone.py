"""Starts a simulated iPhone, and runs programs against it that nobody here wrote."""
import json
import os
import pathlib
import shutil
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


def check(what, condition, detail=""):
    if not condition:
        raise AssertionError(f"{what}: {detail}")
    print("ok  ", what, flush=True)


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def environment(address):
    return dict(os.environ, USBMUXD_SOCKET_ADDRESS=address, LC_ALL="C.UTF-8")


class Iphone:
    """lifeboat-sim iphone over a world; use as a context manager."""

    def __init__(self, program, world, *options):
        self.program, self.world = program, pathlib.Path(world)
        self.work = tempfile.mkdtemp(prefix="simphone")
        self.socket = os.path.join(self.work, "usbmuxd")
        ready = os.path.join(self.work, "ready")
        self.control_socket = os.path.join(self.work, "control")
        command = [program, "iphone", "--world", str(world), "--ready-file", ready, "--socket", self.socket,
                   "--control", self.control_socket, *map(str, options)]
        self.log = open(os.path.join(self.work, "log"), "w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 60
        while not os.path.exists(ready):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.log.seek(0)
                sys.exit("the simulator did not start: " + self.log.read())
            time.sleep(0.02)
        self.port = int(open(ready).read())
        self.address = f"127.0.0.1:{self.port}"

    def text(self):
        self.log.flush()
        return open(os.path.join(self.work, "log")).read()

    def control(self, *words):
        """One command of lifeboat-sim ctl; what it answers, which must be ok."""
        done = subprocess.run([self.program, "ctl", self.control_socket, *map(str, words)], capture_output=True,
                              text=True, timeout=120)
        assert done.returncode == 0, (words, done.stdout, done.stderr, self.text())
        return json.loads(done.stdout)

    def run(self, *words, timeout=120, data=None, over="UNIX:", address=None):
        """A program of the system as a client; over UNIX: or TCP, or as `address` spells it."""
        address = address or (f"UNIX:{self.socket}" if over == "UNIX:" else self.address)
        return subprocess.run([need(str(words[0])), *map(str, words[1:])], env=environment(address),
                              capture_output=True, timeout=timeout, input=data)

    def start(self, *words):
        """The same in the background: the caller ends it."""
        return subprocess.Popen([need(words[0]), *map(str, words[1:])], env=environment(f"UNIX:{self.socket}"),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def out(self, *words, **more):
        done = self.run(*words, **more)
        assert done.returncode == 0, (words, done.stdout, done.stderr, self.text())
        return done.stdout.decode()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        alive = self.process.poll() is None
        self.process.terminate()
        code = self.process.wait(timeout=30)
        text = self.text()
        self.log.close()
        shutil.rmtree(self.work, ignore_errors=True)
        assert alive, "the simulator died during the test: " + text
        assert code == 0, f"SIGTERM must end it cleanly, not with {code}: {text}"
