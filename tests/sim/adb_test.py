"""Debian's adb against the simulated phone: adb_test.py LIFEBOAT_SIM basic|tree|auth."""
import pathlib
import subprocess
import sys
import tempfile
import time

from adb_tools import make_tree, same_tree, sha256
from simulator import Adb, Phone, check

FOUR_GIB = 1 << 32


def basic(program, work):
    storage = work / "sdcard"
    storage.mkdir()
    (storage / "hello.txt").write_bytes(b"hello\r\nworld\x00\xff\n")
    with Phone(program, storage, "--serial", "SIM42", "--personality", "a13") as phone, Adb() as adb:
        adb.connect(phone)
        listed = adb.run("devices", "-l").stdout.decode()
        check("devices -l", "product:panther model:Pixel_7 device:panther" in listed, listed)
        for code in (0, 1, 7, 255):
            done = adb.on(phone, "shell", f"echo out; nope; exit {code}")
            check(f"exit code {code}", done.returncode == code, done)
        check("stdout and stderr apart", done.stdout == b"out\n" and b"nope: inaccessible or not found" in done.stderr,
              done)
        check("exit 127", adb.on(phone, "shell", "nope").returncode == 127)
        check("quotes", adb.on(phone, "shell", "echo 'a  b' \"c'd\" e\\ f").stdout == b"a  b c'd e f\n")
        got = adb.on(phone, "exec-out", "cat /sdcard/hello.txt").stdout
        check("exec-out is binary", got == (storage / "hello.txt").read_bytes(), got)
        serial = adb.on(phone, "shell", "getprop ro.serialno").stdout
        check("getprop", serial == b"SIM42\n", serial)
        summed = adb.on(phone, "shell", "xargs -0 sha256sum", data=b"/sdcard/hello.txt\0/sdcard/none\0")
        wanted = (sha256(storage / "hello.txt") + "  /sdcard/hello.txt\n").encode()
        check("xargs from standard input", summed.stdout == wanted and summed.returncode == 123, summed)
        missing = adb.on(phone, "pull", "/sdcard/none", str(work))
        check("a missing file", missing.returncode == 1 and b"No such file" in missing.stdout + missing.stderr, missing)
        outside = adb.on(phone, "shell", "cat /sdcard/../../../../etc/passwd /etc/passwd")
        check("no way out of the storage", outside.returncode == 1 and outside.stdout == b"", outside)
        phone.control("battery", 35, "discharging")
        battery = adb.on(phone, "shell", "dumpsys battery").stdout.decode()
        check("battery", "  level: 35\n" in battery and "AC powered: false" in battery, battery)
        pushed_back(phone, adb, work, storage)
        updated(phone, adb)


def pushed_back(phone, adb, work, storage):
    source = work / "push me"
    make_tree(source, 300)
    done = adb.on(phone, "push", str(source), "/sdcard/pushed")
    check("push", done.returncode == 0, done)
    same_tree("push", source, storage / "pushed")
    shown = phone.control("gallery")["paths"]
    check("pushed files are not in the gallery yet", not any("pushed" in p for p in shown))
    (storage / "pushed" / "new.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    adb.on(phone, "shell", "content call --uri content://media --method scan_volume --arg external_primary")
    shown = phone.control("gallery")["paths"]
    check("scanned ones are", "/storage/emulated/0/pushed/new.jpg" in shown, shown)
    phone.control("fill-disk", 100)
    full = adb.on(phone, "push", str(source), "/sdcard/full")
    check("a full disk", full.returncode != 0 and b"No space left on device" in full.stdout + full.stderr, full)


def updated(phone, adb):
    before = adb.on(phone, "shell", "getprop ro.build.fingerprint").stdout
    phone.control("update-install", 14)
    time.sleep(1.5)
    adb.connect(phone)
    after = adb.on(phone, "shell", "getprop ro.build.fingerprint").stdout
    check("an update changes the fingerprint", b":14/" in after and before != after, after)


def tree(program, work):
    storage = work / "sdcard"
    make_tree(storage, 5000)
    sparse = storage / "sparse.bin"
    with open(sparse, "wb") as file:
        file.truncate(FOUR_GIB + 12345)
        file.seek(FOUR_GIB - 3)
        file.write(b"across the border")
    with Phone(program, storage) as phone, Adb() as adb:
        adb.connect(phone)
        check("size over 4 GiB", str(FOUR_GIB + 12345).encode() in
              adb.on(phone, "shell", "stat -c %s /sdcard/sparse.bin").stdout)
        big = subprocess.run(f"{adb.program} -P {adb.port} -s {phone.serial} exec-out cat /sdcard/sparse.bin | "
                             f"cmp - '{sparse}'", shell=True, env=adb.environment, timeout=600)
        check("exec-out of the sparse file", big.returncode == 0)
        target = work / "pulled.bin"
        done = adb.on(phone, "pull", "-a", "/sdcard/sparse.bin", str(target), timeout=600)
        check("pull of the sparse file", done.returncode == 0, done)
        check("its bytes", subprocess.run(["cmp", target, sparse], timeout=600).returncode == 0)
        target.unlink()
        sparse.unlink()
        done = adb.on(phone, "pull", "-a", "/sdcard/.", str(work / "pulled"), timeout=600)
        check("pull -a", done.returncode == 0, done.stderr[-500:])
        count = same_tree("pull -a", storage, work / "pulled")
        check("5,000 files", count == 5000, count)


def auth(program, work):
    storage = work / "sdcard"
    storage.mkdir()
    with Phone(program, storage, "--auth", "deny") as phone, Adb() as adb:
        adb.connect(phone, "unauthorized")
        denied = adb.on(phone, "shell", "echo hi")
        check("denied", denied.returncode != 0 and b"unauthorized" in denied.stderr, denied)
        phone.control("auth", "accept")
        adb.run("disconnect", phone.serial)
        adb.connect(phone)
        check("accepted later", adb.on(phone, "shell", "echo hi").stdout == b"hi\n")
        check("one key is trusted", phone.control("state")["trusted_keys"] == 1)
        phone.control("auth", "deny")
        adb.run("disconnect", phone.serial)
        adb.connect(phone)
        check("a trusted key is not asked again", adb.on(phone, "shell", "echo hi").stdout == b"hi\n")
    with Phone(program, storage, "--auth", "wait") as phone, Adb() as adb:
        adb.connect(phone, "unauthorized")
        phone.control("auth", "accept")
        deadline = time.monotonic() + 15
        while adb.state(phone) != "device" and time.monotonic() < deadline:
            time.sleep(0.1)
        check("tapped while the host waits", adb.state(phone) == "device", adb.state(phone))
    with Phone(program, storage, "--auth", "deny", "--trust", str(public_key(work))) as phone, Adb() as adb:
        adb.connect(phone, "unauthorized")
        print("ok   another computer's key does not help")


def public_key(work):
    with Adb() as other:
        path = work / "otherkey"
        made = other.run("keygen", str(path))
        check("keygen", made.returncode == 0 and path.with_suffix(".pub").exists(), made)
        return path.with_suffix(".pub")


def main():
    program, what = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="simadb") as work:
        {"basic": basic, "tree": tree, "auth": auth}[what](program, pathlib.Path(work))


main()
