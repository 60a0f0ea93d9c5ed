"""The five recorded adb commands, replayed: the phone's packets must have the recorded shape.
recording_test.py LIFEBOAT_SIM RECORDING"""
import ast
import pathlib
import re
import sys
import tempfile

from host import NAMES, OKAY, WRTE, Host, Stream
from simulator import Phone, check

LINE = re.compile(r"(H>D|D>H) (\w{4}) arg0=(\S+) arg1=(\S+) len=(\d+) crc=\S+ magic=ok (.*)")


def read_recording(path):
    """Command -> list of (direction, packet name, length, payload or None when it was shortened)."""
    sections, current = {}, []
    for line in open(path):
        if line.startswith("=== "):
            current = sections.setdefault(line[4:].strip(), [])
        elif found := LINE.match(line.strip()):
            literal = found[6]
            payload = ast.literal_eval(literal) if re.fullmatch(r"b(['\"]).*\1", literal) else None
            length = int(found[5])
            if payload is not None and len(payload) != length:
                payload = None
            current.append((found[1], found[2], length, payload))
        elif line.startswith("--- "):
            current = sections.setdefault("handshake", [])
    return sections


def shape(packets):
    """What the phone sent, without the run of CLSEs that it may repeat."""
    told = []
    for name, length in packets:
        if not (name == "CLSE" and told and told[-1][0] == "CLSE"):
            told.append((name, length))
    return told


def recorded_shape(section, names=("OKAY", "WRTE", "CLSE")):
    return shape([(name, length) for way, name, length, _ in section if way == "D>H" and name in names])


class Recorder(Stream):
    """A stream that notes what the phone sends. The host says when it answers."""

    def __init__(self, host, destination):
        self.seen = []
        super().__init__(host, destination)
        self.seen.append(("OKAY", 0))

    def pump(self):
        receive = self.host.receive

        def noting():
            packet = receive()
            if packet[2] == self.local:
                self.seen.append((NAMES[packet[0]], len(packet[3])))
            return packet
        self.host.receive = noting
        try:
            super().pump()
        finally:
            self.host.receive = receive


def replay_shell(host):
    stream = Recorder(host, b"shell,v2,TERM=xterm,raw:echo hello")
    text = stream.rest()
    check("echo: the recorded bytes", text == b"\x01\x06\x00\x00\x00hello\n\x03\x01\x00\x00\x00\x00", text)
    return shape(stream.seen)


def replay_sync(host, requests, quit_at_end=True):
    stream = Recorder(host, b"sync:")
    for request, answer_length in requests:
        stream.write(request)
        stream.read(answer_length)
    if quit_at_end:
        host.send(WRTE, stream.local, stream.remote, b"QUIT\0\0\0\0")
        stream.rest()
    return shape(stream.seen)


def request(name, path, more=b""):
    return name + len(path).to_bytes(4, "little") + path + more


def main():
    program, recording = sys.argv[1:]
    sections = read_recording(recording)
    by_word = {key.split()[1]: value for key, value in sections.items() if key.startswith("adb ")}
    check("the recording has its five commands", set(by_word) == {"shell", "ls", "pull", "push", "install"}, by_word.keys())
    features = "shell_v2,cmd,stat_v2,ls_v2,sendrecv_v2"
    with tempfile.TemporaryDirectory(prefix="simrec") as work:
        storage = pathlib.Path(work)
        (storage / "src").mkdir()
        (storage / "src" / "b.txt").write_bytes(b"hi\n")
        with Phone(program, storage, "--auth", "off", "--without", "delayed_ack") as phone:
            host = Host(phone.port, features)
            check("banner", host.banner.startswith(b"device::ro.product.name=") and b";features=shell_v2,cmd,stat_v2" in
                  host.banner, host.banner)
            check("CNXN", (host.version, host.max_payload) == (0x01000001, 1 << 20))
            # The host's close-stdin crosses the phone's answer: it may be acknowledged or not.
            check("shell", replay_shell(host) == recorded_shape(by_word["shell"]), recorded_shape(by_word["shell"]))
            pulled = replay_sync(host, [(request(b"STA2", b"/sdcard/src/b.txt"), 72),
                                        (request(b"RCV2", b"/sdcard/src/b.txt", b"RCV2\0\0\0\0"), 19)])
            check("pull", pulled == recorded_shape(by_word["pull"]), (pulled, recorded_shape(by_word["pull"])))
            path = b"/sdcard/src/p.txt,33188"
            pushed = replay_sync(host, [(request(b"STA2", b"/sdcard/src/p.txt"), 72),
                                        (request(b"SEND", path, b"DATA\3\0\0\0hi\nDONE\xa5]\r^"), 8)])
            check("push", pushed == recorded_shape(by_word["push"]), (pushed, recorded_shape(by_word["push"])))
            check("push: content and time", (storage / "src/p.txt").read_bytes() == b"hi\n" and
                  int((storage / "src/p.txt").stat().st_mtime) == 0x5e0d5da5)
            listing_length = sum(76 + len(name) for name in (b".", b"..", b"b.txt", b"p.txt")) + 76
            listed = replay_sync(host, [(request(b"LIS2", b"/sdcard/src"), listing_length)])
            recorded = [(n, None if n == "WRTE" else l) for n, l in recorded_shape(by_word["ls"])]
            check("ls", [(n, None if n == "WRTE" else l) for n, l in listed] == recorded, (listed, recorded))
            host.send(int.from_bytes(b"OPEN", "little"), 900, 0, b"abb_exec:package\0install\0-S\x005\0")
            command, remote, local, _ = host.receive()
            # The recorded adbd ran outside of a phone: no package manager, so it refused. A phone has one.
            check("install: the service opens", (command, local) == (OKAY, 900) and remote != 0, NAMES.get(command))
            check("and is refused in the recording", recorded_shape(by_word["install"]) == [("CLSE", 0)])


main()
