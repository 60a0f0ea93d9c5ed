#!/usr/bin/env python3
"""Phones that say in the network that they are there, and pairing by a picture. python3-zeroconf, which nobody here
wrote, browses what the simulated phone says and says things that our browser hears; jsqr reads the pictures."""
import contextlib
import json
import os
import pathlib
import re
import select
import signal
import socket
import subprocess
import sys

from zeroconf import ServiceBrowser, ServiceInfo, Zeroconf

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "sim"))
from harness import BIN, World, Wireless, end, fill, free_port, wait_until  # noqa: E402
from node_peers import install  # noqa: E402: it lies in another folder
from simulator import need  # noqa: E402
from terminal import Answers, on_terminal  # noqa: E402

CONNECT, PAIRING = "_adb-tls-connect._tcp.local.", "_adb-tls-pairing._tcp.local."
READER = BIN.parent / "tests/e2e-node"
BLOCKS = {" ": "00", "▀": "10", "▄": "01", "█": "11"}


def read_code(rows):
    """The text of a QR code, as a program from npm reads it."""
    done = subprocess.run([need("node"), "peer.mjs"], cwd=READER, input="\n".join(rows), capture_output=True,
                          text=True, timeout=60, check=False)
    assert done.returncode == 0, (done.stderr, "\n".join(rows))
    return done.stdout.strip()


def code_on_terminal(shown):
    """Rows of modules from half blocks; None until the picture is there as a whole."""
    lines = re.findall("\x1b\\[38;5;16;48;5;231m([^\x1b]*)\x1b\\[0m", shown)
    if not lines or len(lines) * 2 < len(lines[0]):
        return None
    rows = []
    for line in lines:
        rows += ["".join(BLOCKS[c][0] for c in line), "".join(BLOCKS[c][1] for c in line)]
    return rows[:len(lines[0])]


def code_in_svg(text):
    side = int(re.search(r'viewBox="0 0 (\d+) ', text)[1])
    dark = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", text)}
    return ["".join("1" if (x, y) in dark else "0" for x in range(side)) for y in range(side)]


def nearby(world, serial):
    phone = Wireless(world, serial, "--wireless", "--mdns", "--serial", serial)
    phone.name = f"adb-{serial}-pRd7Qw"
    return phone


class Heard:
    """What zeroconf hears of one type: name -> (address, port)."""

    def __init__(self, zeroconf, kind):
        self.now = {}
        self.browser = ServiceBrowser(zeroconf, kind, self)

    def add_service(self, zeroconf, kind, name):
        info = zeroconf.get_service_info(kind, name, 10_000)
        self.now[name.removesuffix("." + kind)] = info and (info.parsed_addresses()[0], info.port, info.properties)

    update_service = add_service

    def remove_service(self, _, kind, name):
        self.now.pop(name.removesuffix("." + kind), None)


@contextlib.contextmanager
def announced(zeroconf, name, port, address="127.0.0.1", kind=CONNECT):
    """zeroconf says that there is such a service."""
    info = ServiceInfo(kind, f"{name}.{kind}", port, addresses=[socket.inet_aton(address)],
                       server=f"h{port}.local.", properties={"v": "1"})
    zeroconf.register_service(info)
    try:
        yield
    finally:
        zeroconf.unregister_service(info)


def listed(world, *more):
    """Name -> line of `lifeboat phone wifi`. Other tests may have phones of their own at the same time."""
    done = world.lifeboat("phone", "wifi", "--json", *more)
    assert done.code == 0, done
    phones = done.last["result"]["phones"]
    return {(p["name"], p["state"] == "pairing"): p for p in phones}


def heard(world, name, *more, pairing=False):
    """The line of one that is there: on a busy machine its answer may take longer than we listen."""
    found = {}

    def is_there():
        found.update(listed(world, *more))
        return (name, pairing) in found

    wait_until(f"{name} is heard", is_there, 60)
    return found[name, pairing]


class Liar:
    """Takes every connection and ends it."""

    def __init__(self):
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.calls = 0

    def answer(self):
        while select.select([self.door], [], [], 0)[0]:
            caller, _ = self.door.accept()
            caller.close()
            self.calls += 1


install(pathlib.Path(__file__).resolve().parent / "node", READER)
me = f"{os.getpid():06}"  # names of our own: the loopback interface is everybody's
with contextlib.closing(Zeroconf(interfaces=["127.0.0.1"])) as zeroconf, World() as world:
    world.environment["PATH"] = "/nonexistent"  # no adb to be found, and none that answers
    world.environment["ADB_SERVER_SOCKET"] = f"tcp:localhost:{free_port()}"

    # A responder that nobody here wrote: heard, until it says good-bye. One that names an address elsewhere: not.
    name = f"adb-OUT{me}-abcdef"
    with announced(zeroconf, name, 40001), announced(zeroconf, f"adb-LIE{me}-abcdef", 40002, "198.51.100.7"):
        line = heard(world, name)
        assert line["address"] == "127.0.0.1:40001" and line["state"] == "new", line
        assert not any("LIE" in told for told, _ in listed(world))
    wait_until("it is heard no more", lambda: (name, False) not in listed(world), 60)

    # The simulated phone, as others hear it.
    connects, pairs = Heard(zeroconf, CONNECT), Heard(zeroconf, PAIRING)
    phone = nearby(world, f"HW{me}")
    fill(phone.storage, photos=12)
    port = phone.control("state")["port"]
    wait_until("zeroconf hears of the phone", lambda: connects.now.get(phone.name))
    assert connects.now[phone.name] == ("127.0.0.1", port, {b"v": b"1"}), connects.now
    door = phone.control("pairing-code", "592781")["port"]
    wait_until("zeroconf hears of the pairing", lambda: pairs.now.get(phone.name))
    assert pairs.now[phone.name][:2] == ("127.0.0.1", door), pairs.now
    assert heard(world, phone.name)["state"] == "new"
    assert heard(world, phone.name, pairing=True)["address"] == f"127.0.0.1:{door}"
    phone.control("pairing-code", "off")
    wait_until("zeroconf hears of its end", lambda: phone.name not in pairs.now)

    # No picture where it could stay: in a log, on a pipe, over a file that is there.
    done = world.lifeboat("phone", "wifi", "--qr", "--json")
    assert done.code == 2 and "--qr-file" in done.out and "WIFI:" not in done.out + done.err, done
    assert world.lifeboat("phone", "wifi", "--qr", "--no-input").code == 2
    kept = world.folder / "kept.svg"
    kept.write_text("mine")
    assert world.lifeboat("phone", "wifi", "--qr-file", kept).code == 2 and kept.read_text() == "mine"

    # Nobody reads it: it ends, and the picture is gone. So it is after Ctrl-C.
    picture = world.folder / "picture.svg"
    done = world.lifeboat("phone", "wifi", "--qr-file", picture, "--wait", "1")
    assert done.code == 13 and not picture.exists(), done
    process = world.start([BIN / "lifeboat", "phone", "wifi", "--qr-file", picture], "interrupted.log")
    wait_until("the picture is there", picture.exists)
    assert picture.stat().st_mode & 0o777 == 0o600
    end(process, signal.SIGINT)
    assert process.returncode not in (0, 13, -signal.SIGKILL) and not picture.exists(), process.returncode

    # The real thing, in a terminal. Somebody else took the name that is in the picture: the phone is paired still.
    liar, seen = Liar(), {}

    def scan(shown):
        if "scanned" in seen:
            return
        if "text" not in seen:
            rows = code_on_terminal(shown)
            if rows is None:
                return
            seen["text"] = read_code(rows)
            seen["name"] = re.fullmatch("WIFI:T:ADB;S:(lifeboat-[A-Za-z0-9]{8});P:[A-Za-z0-9]{12};;", seen["text"])[1]
            stack.enter_context(announced(zeroconf, seen["name"], liar.port, kind=PAIRING))
        liar.answer()
        if liar.calls == 0:
            return
        stack.close()
        seen["scanned"] = phone.control("scan-qr", seen["text"])

    with contextlib.ExitStack() as stack:
        code, shown = on_terminal(world, scan, "phone", "wifi", "--qr")
    assert code == 0 and "Pixel 8" in shown and "did not pair" in shown, (code, shown)
    password = seen["text"].split(";P:")[1].rstrip(";")
    assert password not in shown, "only in the picture"
    assert phone.control("state")["trusted_keys"] == 1
    record = world.home / ".local/state/lifeboat/network-phones.json"
    assert json.loads(record.read_text())[0]["address"] == phone.address
    for path in record.parent.rglob("*"):
        assert not path.is_file() or password.encode() not in path.read_bytes(), path
    assert heard(world, phone.name)["state"] == "known"

    # Its port changes, as it does whenever wireless debugging is switched on: every command finds it again.
    world.place("one", world.folder / "one")
    old = phone.address
    phone.control("new-port")
    assert phone.address != old
    wait_until("a command finds it", lambda: world.lifeboat("backup", "--no-replicate").code == 0, 60)
    assert json.loads(record.read_text())[0]["address"] == phone.address
    phone.control("new-port")
    assert heard(world, phone.name, "--dry-run")["state"] == "elsewhere"
    assert heard(world, phone.name)["state"] == "followed"
    assert json.loads(record.read_text())[0]["address"] == phone.address

    # Somebody says that it has a port where nobody listens: nothing is changed.
    kept = record.read_text()
    phone.control("disappear")
    wait_until("zeroconf hears that it is gone", lambda: phone.name not in connects.now)
    with announced(zeroconf, phone.name, free_port()):
        assert heard(world, phone.name)["state"] == "elsewhere"
    assert record.read_text() == kept
    phone.control("come-back")
    assert heard(world, phone.name)["state"] == "known"

    # Somebody at another host takes its name when it is gone: nobody follows him, and he is named.
    phone.control("disappear")
    wait_until("zeroconf hears that it is gone", lambda: phone.name not in connects.now)
    kept = record.read_text()
    with announced(zeroconf, phone.name, 40003, "127.0.0.2"):
        assert heard(world, phone.name)["state"] == "elsewhere"

        def is_named():
            (line,) = world.lifeboat("phone", "list", "--json").last["result"]["phones"]
            assert line["readiness"] == "offline", line
            return "127.0.0.2:40003" in line["instruction"]

        wait_until("he is named", is_named, 60)
    assert record.read_text() == kept

    # He says so while it is there, too: it is found at its own host all the same.
    phone.control("come-back")
    with announced(zeroconf, f"adb-HW{me}-000000", 40004, "127.0.0.2"):
        assert heard(world, f"adb-HW{me}-000000")["address"] == "127.0.0.2:40004"
        phone.control("new-port")
        wait_until("a command finds it", lambda: world.lifeboat("backup", "--no-replicate").code == 0, 60)
    assert json.loads(record.read_text())[0]["address"] == phone.address

    # A second one, by the picture in a file; and by six digits without its own address, which it says itself.
    second = nearby(world, f"HX{me}")
    process = subprocess.Popen([BIN / "lifeboat", "phone", "wifi", "--qr-file", picture, "--json"], cwd=world.folder,
                               env=world.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    wait_until("the picture is there", picture.exists)
    second.control("scan-qr", read_code(code_in_svg(picture.read_text())))
    out, _ = process.communicate(timeout=150)
    result = json.loads(out.splitlines()[-1])["result"]
    assert process.returncode == 0 and result["serial"] == second.address and result["model"] == "Pixel 8", out
    assert not picture.exists() and "WIFI:" not in out
    third = nearby(world, f"HY{me}")
    door = third.control("pairing-code", "735201")["port"]
    code, shown = on_terminal(world, Answers("735201", question="shows:"),
                              "phone", "wifi", "--pair", f"127.0.0.1:{door}")
    assert code == 0 and third.address in shown, (code, shown)
