"""Debian's adb installs and removes apps on the simulated phone: install_test.py LIFEBOAT_SIM."""
import pathlib
import sys
import tempfile
import zipfile

from simulator import Adb, Phone, check

APP = "com.whatsapp"


def paths_of(adb, phone):
    out = adb.on(phone, "shell", "pm", "path", APP).stdout.decode()
    return [line.removeprefix("package:") for line in out.splitlines()]


def pulled(adb, phone, work):
    files = []
    for path in paths_of(adb, phone):
        target = work / pathlib.PurePosixPath(path).name
        done = adb.on(phone, "pull", path, str(target))
        check(f"pull {target.name}", done.returncode == 0, done)
        check(f"{target.name} is a whole zip", zipfile.ZipFile(target).testzip() is None)
        files.append(str(target))
    return files


def main(program, work):
    storage = work / "sdcard"
    storage.mkdir()
    with Phone(program, storage) as phone, Adb() as adb:
        adb.connect(phone)
        files = pulled(adb, phone, work)
        check("three parts", len(files) == 3, files)
        removed = adb.on(phone, "uninstall", APP)
        check("uninstall", b"Success" in removed.stdout, removed)
        check("it is gone", adb.on(phone, "shell", "pm", "path", APP).returncode == 1)
        again = adb.on(phone, "uninstall", APP)
        check("uninstall of what is not there", b"Failure" in again.stdout + again.stderr, again)

        alone = adb.on(phone, "install", files[0])
        check("a base without its part", b"INSTALL_FAILED_MISSING_SPLIT" in alone.stdout + alone.stderr, alone)
        whole = adb.on(phone, "install-multiple", *files)
        check("install-multiple", b"Success" in whole.stdout and whole.returncode == 0, whole)
        check("all parts are back", len(paths_of(adb, phone)) == 3)
        for path, file in zip(paths_of(adb, phone), files):
            same = adb.on(phone, "exec-out", "cat", path).stdout == pathlib.Path(file).read_bytes()
            check(f"{pathlib.Path(file).name} is the same", same)

        single = adb.on(phone, "shell", "pm", "path", "com.example.bank").stdout.decode().strip()
        target = work / "bank.apk"
        adb.on(phone, "pull", single.removeprefix("package:"), str(target))
        adb.on(phone, "uninstall", "com.example.bank")
        done = adb.on(phone, "install", "-r", str(target))
        check("install", b"Success" in done.stdout, done)
        broken = work / "broken.apk"
        broken.write_bytes(b"no zip at all" * 100)
        refused = adb.on(phone, "install", str(broken))
        check("what is no app is refused", b"INSTALL_PARSE_FAILED_NOT_APK" in refused.stdout + refused.stderr, refused)
        phone.control("fill-disk", 1000)
        adb.on(phone, "uninstall", "com.example.bank")
        full = adb.on(phone, "install", str(target))
        check("a full phone", full.returncode != 0 and b"space" in full.stdout + full.stderr, full)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(sys.argv[1], pathlib.Path(folder))
