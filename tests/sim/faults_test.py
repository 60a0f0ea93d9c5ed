"""The fault plan, seen by a host that speaks sync itself: faults_test.py LIFEBOAT_SIM."""
import os
import pathlib
import sys
import tempfile
import time

from host import Gone, Host
from simulator import Phone, check


def sync_names(entries):
    return [name for _, name in entries if name not in (b".", b"..")]


def run(phone, storage):
    host = Host(phone.port)
    sync = host.sync()
    phone.control("refuse", "DCIM/a.jpg", "EIO")
    check("refused", sync.read("/sdcard/DCIM/a.jpg") == b"FAIL open failed: Input/output error")
    check("and that ends the service", not reads(sync, "/sdcard/DCIM/b.jpg"))
    sync = host.sync()
    check("another one goes on", sync.read("/sdcard/DCIM/b.jpg") == b"b" * 200000)
    phone.control("clear")
    check("clear", sync.read("/sdcard/DCIM/a.jpg") == b"a" * 200000)

    phone.control("lie-size", "DCIM/a.jpg", 5 << 32)
    check("lies about the size", sync.stat("/sdcard/DCIM/a.jpg")["size"] == 5 << 32)
    check("and sends what is there", len(sync.read("/sdcard/DCIM/a.jpg")) == 200000)

    phone.control("change-while-read", "DCIM/a.jpg", "grow")
    grown = sync.read("/sdcard/DCIM/a.jpg")
    check("grows while it is read", len(grown) > 200000, len(grown))
    check("once", len(sync.read("/sdcard/DCIM/a.jpg")) == len(grown))
    phone.control("change-while-read", "DCIM/b.jpg", "shrink")
    check("shrinks while it is read", len(sync.read("/sdcard/DCIM/b.jpg")) < 200000)
    before = sync.stat("/sdcard/DCIM/c.jpg")["mtime"]
    phone.control("change-while-read", "DCIM/c.jpg", "rewrite")
    torn = sync.read("/sdcard/DCIM/c.jpg")
    check("is rewritten while it is read", len(torn) == 200000 and sync.stat("/sdcard/DCIM/c.jpg")["mtime"] > before)

    phone.control("vanish-between-list-and-read", "DCIM/d.jpg")
    check("still listed", b"d.jpg" in sync_names(sync.list("/sdcard/DCIM")))
    check("gone when opened", sync.read("/sdcard/DCIM/d.jpg").startswith(b"FAIL open failed: No such file"))
    check("really gone", not (storage / "DCIM/d.jpg").exists())

    sync = host.sync()
    first = sync.stat("/sdcard/DCIM/b.jpg")
    content = sync.read("/sdcard/DCIM/b.jpg")
    phone.control("change-while-read", "DCIM/b.jpg", "replace")
    check("what was opened is read to its end", sync.read("/sdcard/DCIM/b.jpg") == content)
    check("another file is there", sync.read("/sdcard/DCIM/b.jpg") == b"#" * first["size"])
    after = sync.stat("/sdcard/DCIM/b.jpg")
    check("of the same date and size", after["ino"] != first["ino"] and
          all(after[key] == first[key] for key in ("mtime", "size")), after)
    phone.control("endless-content", "DCIM/c.jpg")
    other = host.sync()
    other.ask_read("/sdcard/DCIM/c.jpg")
    check("a file without end", len(other.stream.read(2000000)) == 2000000)
    other.host.close()
    phone.control("clear")
    host = Host(phone.port)
    sync = host.sync()

    phone.control("hostile-names", "DCIM")
    names = sync_names(sync.list("/sdcard/DCIM"))
    check("hostile names", b"../../escaped.txt" in names and b"/etc/passwd" in names and b"nul\0name.txt" in names)
    phone.control("clear")
    phone.control("refuse-stat", "DCIM/a.jpg")
    errors = {name: stat["error"] for stat, name in sync.list("/sdcard/DCIM")}
    check("an errno for one entry", errors[b"a.jpg"] == 13 and errors[b"b.jpg"] == 0, errors)
    phone.control("refuse", "DCIM")
    check("a folder that refuses lists as empty", sync.list("/sdcard/DCIM") == [])
    phone.control("clear")
    many_queued(phone, sync)
    links(phone, storage)


def answers(phone):
    try:
        Host(phone.port)
    except (Gone, OSError):
        return False
    return True


def reads(sync, path):
    try:
        sync.read(path)
    except Gone:
        return False
    return True


def many_queued(phone, sync):
    phone.control("refuse", "DCIM/b.jpg")
    paths = [f"/sdcard/DCIM/{letter}.jpg" for letter in "abcab"]
    for path in paths:
        sync.ask_read(path)
    answers = [sync.take_read()[:6] for _ in paths[:2]]
    check("queued requests are answered in order", answers == [b"aaaaaa", b"FAIL o"], answers)
    try:
        answers.append(sync.take_read()[:6])
    except Gone:
        pass
    check("and nothing is answered behind a refusal", len(answers) == 2, answers)
    phone.control("clear")


def links(phone, storage):
    phone.control("split-packets", "on")
    split = Host(phone.port).sync()
    check("one-byte writes", split.read("/sdcard/small.txt") == b"small")
    phone.control("clear")
    endless = Host(phone.port)
    phone.control("endless-listing", "DCIM")
    count = endless.sync().count_entries("/sdcard/DCIM", 5000)
    check("endless listing", count == 5000)
    endless.close()
    phone.control("clear")
    phone.control("cut-after", 150000)
    cut = Host(phone.port).sync()
    check("the link is cut", not reads(cut, "/sdcard/DCIM/a.jpg"))
    # An OKAY sent into the cut link may cost this host bytes that had arrived: it can see fewer, never more.
    check("at the byte", 0 < cut.host.payload_bytes <= 150000, cut.host.payload_bytes)
    check("and works again", Host(phone.port).sync().read("/sdcard/small.txt") == b"small")
    phone.control("stall-after", 0, 700)
    begin = time.monotonic()
    Host(phone.port).sync().read("/sdcard/small.txt")
    check("stalls", time.monotonic() - begin > 0.6)
    phone.control("clear")
    phone.control("garbage", "on")
    stream = Host(phone.port).open(b"sync:")
    check("garbage instead of an answer", stream.read(8) == b"\xa5" * 8)
    phone.control("clear")
    phone.control("disappear")
    check("disappears", not answers(phone))
    phone.control("come-back")
    check("comes back", Host(phone.port).sync().read("/sdcard/small.txt") == b"small")
    phone.control("storage", "lock")
    locked = Host(phone.port).sync()
    check("locked storage", locked.list("/sdcard/DCIM") == [] and locked.stat("/sdcard/DCIM")["error"] == 2)


def main():
    with tempfile.TemporaryDirectory(prefix="simfault") as work:
        storage = pathlib.Path(work) / "sdcard"
        (storage / "DCIM").mkdir(parents=True)
        for letter in "abcd":
            path = storage / "DCIM" / f"{letter}.jpg"
            path.write_bytes(letter.encode() * 200000)
            os.utime(path, (1_500_000_000, 1_500_000_000))
        (storage / "small.txt").write_bytes(b"small")
        for options in ([], ["--without", "delayed_ack"], ["--max-payload", "4096", "--without", "delayed_ack"]):
            for letter in "abcd":
                (storage / "DCIM" / f"{letter}.jpg").write_bytes(letter.encode() * 200000)
                os.utime(storage / "DCIM" / f"{letter}.jpg", (1_500_000_000, 1_500_000_000))
            print("with", options or "everything")
            with Phone(sys.argv[1], storage, "--auth", "off", *options) as phone:
                run(phone, storage)


main()
