"""Debian's idevicebackup2 backs the simulated iPhone up: backup_test.py LIFEBOAT_SIM THEME."""
import os
import pathlib
import plistlib
import shutil
import sys
import tempfile
import time

import backups
from backups import back_up, check_done, check_plain_backup
from phone import Iphone, check, wait_for


def sent_files(phone):
    """How many files the phone said that it sends, backup by backup."""
    return [int(line.split(" backup: ")[1].split(" of ")[0]) for line in phone.text().splitlines()
            if " backup: " in line and " to send" in line]


def plain(program, work):
    """Full, nothing changed, changed."""
    world, backup = work / "world", work / "backup"
    files = world / "files"
    backups.fill(files)
    backup.mkdir()
    with Iphone(program, world) as phone:
        phone.out("idevicepair", "pair")
        check_done("a full backup", back_up(phone, backup))
        before = check_plain_backup(backup, files, work, "full")
        check("it is a full one", backups.status(backup)["IsFullBackup"] is True)
        check_done("nothing changed", back_up(phone, backup))
        check("no file is sent again", sent_files(phone) == [sum(r[2] == 1 for r in before.values()), 0], phone.text())
        check("it is none", backups.status(backup)["IsFullBackup"] is False)
        check_plain_backup(backup, files, work, "again")
        dcim = files / "CameraRollDomain" / "Media" / "DCIM" / "100APPLE"
        (dcim / "IMG_0001.JPG").write_bytes(b"edited")
        (dcim / "IMG_0002.JPG").unlink()
        (dcim / "IMG_0700.JPG").write_bytes(b"new" * 1000)
        shutil.rmtree(files / "AppDomain-org.example.ship-log" / "Documents")
        check_done("changed, added, removed", back_up(phone, backup))
        check("two files are sent", sent_files(phone)[-1] == 2, phone.text())
        check_plain_backup(backup, files, work, "incremental")
        check_done("a full one on request", back_up(phone, backup, "--full"))
        check("everything is sent", sent_files(phone)[-1] > 290, phone.text())
        check_plain_backup(backup, files, work, "forced")
        os.unlink(next((backup / backups.UDID).glob("??/*")))
        check_done("a file was lost on the computer", back_up(phone, backup))
        check("everything is sent again", sent_files(phone)[-1] > 290, phone.text())
        check_plain_backup(backup, files, work, "mended")


def will_encrypt(phone):
    return phone.out("ideviceinfo", "-q", "com.apple.mobile.backup", "-k", "WillEncrypt") == "true\n"


def encrypted(program, work):
    """A password is set, changed, and taken away; what is stored changes with it."""
    world, backup = work / "world", work / "backup"
    files = world / "files"
    backups.fill(files, photos=40)
    backup.mkdir()
    inside = backup / backups.UDID
    with Iphone(program, world, "--keybag-iterations", 10) as phone:
        phone.out("idevicepair", "pair")
        check_done("first without a password", back_up(phone, backup))
        plain_names = {p.name for p in inside.glob("??/*")}
        on = phone.run("idevicebackup2", "encryption", "on", "first", backup)
        check("a password is set", on.returncode == 0 and will_encrypt(phone), on)
        again = phone.run("idevicebackup2", "encryption", "on", "other", backup)
        check("not twice", b"already" in again.stdout, again)
        check_done("an encrypted backup", back_up(phone, backup))
        names = {p.name for p in inside.glob("??/*")}
        check("it is a full one", backups.status(backup)["IsFullBackup"] is True)
        secret = {backups.file_id(where) for where in backups.tree(files, work) if where.startswith(backups.ENCRYPTED_ONLY)
                  and (files / where).is_file()}
        check("with what no plain one has", names - plain_names == secret and len(secret) == 3, names - plain_names)
        check("nothing is readable", b"SQLite format" not in (inside / "Manifest.db").read_bytes()
              and not any(b"SQLite format" in p.read_bytes() or b"wind from" in p.read_bytes()
                          for p in inside.glob("??/*")))
        first = {p.name: p.read_bytes() for p in inside.glob("??/*")}
        check_done("nothing changed", back_up(phone, backup))
        check("no file is sent again", sent_files(phone)[-1] == 0, phone.text())
        wrong = phone.run("idevicebackup2", "changepw", "frist", "second", backup)
        check("a wrong old password: 207", b"207" in wrong.stdout, wrong)
        changed = phone.run("idevicebackup2", "changepw", "first", "second", backup)
        check("the password is changed", changed.returncode == 0 and will_encrypt(phone), changed)
        check_done("under the new password", back_up(phone, backup))
        second = {p.name: p.read_bytes() for p in inside.glob("??/*")}
        check("every file looks different", first.keys() == second.keys()
              and not any(first[name] == second[name] for name in first))
        secrets = world / "backup" / "secrets.plist"
        check("the phone keeps keys, not the password, for itself", secrets.stat().st_mode & 0o77 == 0
              and b"second" not in secrets.read_bytes() and b"second" not in (world / "phone.plist").read_bytes())
    with Iphone(program, world) as phone:
        check_done("after a restart of the phone", back_up(phone, backup))
        check("it knows its keys", sent_files(phone)[-1] == 0, phone.text())
        off = phone.run("idevicebackup2", "encryption", "off", "second", backup)
        check("the password is taken away", off.returncode == 0 and not will_encrypt(phone), off)
        check_done("plain again", back_up(phone, backup))
        check_plain_backup(backup, files, work, "plain again")


def costs(program, work):
    """A password is worth what it is on a phone; a version that Debian's client does not speak is refused."""
    world, backup = work / "world", work / "backup"
    backups.fill(world / "files", photos=3)
    backup.mkdir()
    with Iphone(program, world) as phone:
        phone.out("idevicepair", "pair")
        phone.out("idevicebackup2", "encryption", "on", "secret", backup, timeout=backups.LIMIT)
        check_done("an encrypted backup", back_up(phone, backup))
        bag = plistlib.loads((backup / backups.UDID / "Manifest.plist").read_bytes())["BackupKeyBag"]
        number = lambda tag: int.from_bytes(bag[bag.index(tag) + 8:][:4], "big")
        check("ten million rounds, and ten thousand", (number(b"DPIC"), number(b"ITER")) == (10000000, 10000))
        for version in (300, 400):
            phone.control("fault", "device-link", version)
            check_done(f"version {version}", back_up(phone, backup))
        phone.control("fault", "device-link", 401)
        check("version 401 is too new for Debian", back_up(phone, backup).returncode != 0)


def snapshot_sizes(backup, after=0):
    """The files of an unfinished backup, and how long they are."""
    time.sleep(after)
    return {p.name: p.stat().st_size for p in (backup / backups.UDID / "Snapshot").glob("??/*")}


def resumed(program, work):
    """The phone goes away in the middle; the next run sends only what is missing."""
    world, backup = work / "world", work / "backup"
    files = world / "files"
    backups.fill(files)
    backup.mkdir()
    with Iphone(program, world, "--fault", "die-after-files=150") as phone:
        phone.out("idevicepair", "pair")
        client = phone.start("idevicebackup2", "backup", backup)
        check("the phone dies", wait_for(lambda: "the phone dies after 150 files" in phone.text()), phone.text())
        check("and is off the bus", phone.out("idevice_id", "-l") == "")
        # The client may still be busy with what had come.
        check("what came is written", wait_for(lambda: snapshot_sizes(backup) == snapshot_sizes(backup, after=0.2)
                                               and len(snapshot_sizes(backup)) == 150), snapshot_sizes(backup))
        # Debian's client does not notice, and hangs: it is ended here.
        client.kill()
        client.wait()
    check("what came is kept", backups.status(backup)["SnapshotState"] == "uploading")
    with Iphone(program, world) as phone:
        check_done("the next run", back_up(phone, backup))
        there = int(phone.text().split(" to send, ")[1].split(" there")[0])
        check("150 files are there from before", there == 150, phone.text())
        check_plain_backup(backup, files, work, "resumed")
    # Cut inside of the film: Debian's client leaves a part of it under its name.
    film = files / "CameraRollDomain" / "Media" / "DCIM" / "100APPLE" / "IMG_9999.MOV"
    film.write_bytes(bytes(range(256)) * 16000)
    name = backups.file_id("CameraRollDomain/Media/DCIM/100APPLE/IMG_9999.MOV")
    with Iphone(program, world, "--fault", "cut-after-bytes=2000000") as phone:
        client = phone.start("idevicebackup2", "backup", backup)
        check("the phone dies inside of a file", wait_for(lambda: "dies after 0 files" in phone.text()), phone.text())
        check("a part of it is written", wait_for(lambda: snapshot_sizes(backup).get(name, 0) > 0), name)
        client.kill()
        client.wait()
    check("not all of it", snapshot_sizes(backup)[name] < film.stat().st_size, snapshot_sizes(backup))
    with Iphone(program, world) as phone:
        check_done("the run after the cut", back_up(phone, backup))
        check("it is sent whole", sent_files(phone) == [1], phone.text())
        check_plain_backup(backup, files, work, "after the cut")
    changed = files / "HomeDomain" / "Library" / "Preferences" / "com.apple.springboard.plist"
    for phase, fault in (("moving", "stop-in-moving=1"), ("removing", "stop-in-removing=on")):
        changed.write_text(phase)
        next((files / "CameraRollDomain" / "Media" / "DCIM" / "100APPLE").iterdir()).unlink()
        with Iphone(program, world, "--fault", fault) as phone:
            client = phone.start("idevicebackup2", "backup", backup)
            check(f"it stops in {phase}", wait_for(lambda: f"the phone stops in {phase}" in phone.text()), phone.text())
            client.kill()
            client.wait()
        check(f"the computer was left in {phase}", backups.status(backup)["SnapshotState"] == phase)
        with Iphone(program, world) as phone:
            check_done(f"the run after {phase}", back_up(phone, backup))
            check("it only finishes", f"interrupted in {phase}" in phone.text() and not sent_files(phone), phone.text())
            check_plain_backup(backup, files, work, f"after {phase}")


def apps_of(phone):
    """What ideviceinstaller lists: "bundle, version, name" after a line of titles."""
    return sorted(line.split(",")[0] for line in phone.out("ideviceinstaller", "-l").splitlines()[1:])


def new_password(program, work):
    """Somebody changes the password in the middle of a backup, and before one: each opens with its own."""
    world, backup = work / "world", work / "backup"
    backups.fill(world / "files", photos=140)
    backup.mkdir()

    def opens(phone, password):
        return phone.run("idevicebackup2", "restore", "--system", "--settings", "--no-reboot", "--password", password,
                         backup, timeout=backups.LIMIT)

    with Iphone(program, world, "--keybag-iterations", 10) as phone:
        phone.out("idevicepair", "pair")
        phone.out("idevicebackup2", "encryption", "on", "first words", backup)
        phone.control("fault", "new-password", "50=second words")
        check_done("changed in the middle", back_up(phone, backup))
        check("it was changed", "another one after 50 files" in phone.text(), phone.text())
        wrong = opens(phone, "second words")
        check("the new one does not open it: 207", b"207" in wrong.stdout and wrong.returncode != 0, wrong)
        done = opens(phone, "first words")
        check("the old one does", done.returncode == 0 and b"Restore Successful" in done.stdout, done)
        check_done("the next one", back_up(phone, backup))
        done = opens(phone, "second words")
        check("opens with the new one", done.returncode == 0 and b"Restore Successful" in done.stdout, done)
        phone.control("backup-password", "third words")
        phone.control("fault", "new-password", "20=fourth words")
        phone.control("fault", "die-after-files", 60)
        client = phone.start("idevicebackup2", "backup", backup)
        check("changed, and then gone", wait_for(lambda: "the phone dies after 60 files" in phone.text()), phone.text())
        client.kill()
        client.wait()
        phone.control("plug")
        check_done("anew under the fourth", back_up(phone, backup))
        done = opens(phone, "fourth words")
        check("and it opens", done.returncode == 0 and b"Restore Successful" in done.stdout, done)


def restored(program, work):
    """Onto an empty phone: everything that was saved is there again, from plain and encrypted backups."""
    for secret in (False, True):
        name = "encrypted" if secret else "plain"
        world, backup, new = work / f"world-{name}", work / f"backup-{name}", work / f"new-{name}"
        backups.fill(world / "files", photos=140)
        (world / "files" / "SystemPreferencesDomain").mkdir()
        (world / "files" / "SystemPreferencesDomain" / "network.plist").write_text("its networks")
        backup.mkdir()
        password = ("--password", "secret words") if secret else ()
        with Iphone(program, world, "--keybag-iterations", 10) as phone:
            phone.out("idevicepair", "pair")
            if secret:
                phone.out("idevicebackup2", "encryption", "on", password[1], backup)
            check_done(f"the {name} backup", back_up(phone, backup))
        left_out = backups.NEVER if secret else backups.NEVER + backups.ENCRYPTED_ONLY
        expected = backups.tree(world / "files", work, left_out)
        with Iphone(program, new, "--empty", "--reboot-ms", 6000) as phone:
            phone.out("idevicepair", "pair")
            before_removal = apps_of(phone)
            phone.control("remove-app", "net.whatsapp.WhatsApp")
            check("an app is removed", "net.whatsapp.WhatsApp" not in apps_of(phone), apps_of(phone))
            (new / "files" / "HomeDomain").mkdir(exist_ok=True)
            (new / "files" / "HomeDomain" / "leftover").write_text("of somebody else")
            if secret:
                wrong = phone.run("idevicebackup2", "restore", "--system", "--settings", "--password", "no", backup)
                check("a wrong password: 207", b"207" in wrong.stdout and wrong.returncode != 0, wrong)
                check("nothing has changed", (new / "files" / "HomeDomain" / "leftover").exists())
            options = password if secret else ("--remove",)
            done = phone.run("idevicebackup2", "restore", "--system", "--settings", *options, backup, timeout=backups.LIMIT)
            check(f"the {name} restore", done.returncode == 0 and b"Restore Successful" in done.stdout, done)
            apps = len(plistlib.loads((backup / backups.UDID / "Info.plist").read_bytes())["Applications"])
            check("apps are installed again", apps > 0 and f"{apps} apps installed again" in phone.text(), phone.text())
            check("the phone restarts", wait_for(lambda: phone.out("idevice_id", "-l") == "")
                  and wait_for(lambda: phone.out("idevice_id", "-l") != ""), phone.text())
            check("as it lists them", apps_of(phone) == before_removal, apps_of(phone))
        found = backups.tree(new / "files", work, left_out)
        if secret:  # not asked to remove what is in no backup
            domains = {where.split("/")[0] for where in expected}
            check("other domains stay", any(where.split("/")[0] not in domains for where in found))
            found = {where: what for where, what in found.items() if where.split("/")[0] in domains}
        check(f"{name}: everything is there again", found == expected,
              sorted(set(found) ^ set(expected)) or [w for w in found if found[w] != expected[w]])
        dates = [w for w, what in expected.items() if what[0] == "file" and not backups.is_database(new / "files" / w)
                 and int((new / "files" / w).stat().st_mtime) != int((world / "files" / w).stat().st_mtime)]
        check(f"{name}: with its dates", not dates, dates[:3])


def refused(program, work):
    """What a phone refuses, with its number; and that nothing is broken by it."""
    world, backup = work / "world", work / "backup"
    backups.fill(world / "files", photos=10)
    backup.mkdir()

    def refuses(what, number, *words):
        run = phone.run("idevicebackup2", *words, backup, timeout=backups.LIMIT)
        text = run.stdout.decode()
        check(what, f"({number})" in text or f"rrorCode {number}" in text or f"rror code {number}" in text,
              (run.returncode, text[-1500:], run.stderr, phone.text()))

    with Iphone(program, world, "--keybag-iterations", 10) as phone:
        phone.out("idevicepair", "pair")
        check_done("a backup", back_up(phone, backup))
        for what, number, fault in (("too little room: 105", 105, "needs-bytes=1000000000000000000"),
                                    ("no passcode: 208", 208, "passcode-timeout=on"),
                                    ("a company's rule: 22", 22, "mdm=on"),
                                    ("a restore from iCloud: 25", 25, "cloud-restore=on"),
                                    ("locked in the middle: 208", 208, "lock-after-files=3")):
            phone.control("fault", *fault.split("="))
            phone.control("fault", "force-full", "on")
            refuses(what, number, "backup")
            phone.control("faults", "clear")
            phone.control("unlock")
        phone.control("setup-done", "off")
        refuses("not set up: 212", 212, "backup")
        phone.control("setup-done", "on")
        phone.control("requires-encryption", "on")
        refuses("must be encrypted: 207", 207, "backup")
        phone.control("requires-encryption", "off")
        phone.control("find-my", "on")
        check_done("afterwards", back_up(phone, backup))
        refuses("Find My is on: 211", 211, "restore", "--no-reboot")
        phone.control("find-my", "off")
        phone.control("disk-free", 1000)
        refuses("the phone is full: 106", 106, "restore", "--no-reboot")
        phone.control("disk-free", 10**10)
        info = backup / backups.UDID / "Info.plist"
        told = plistlib.loads(info.read_bytes())
        info.write_bytes(plistlib.dumps(dict(told, **{"Product Version": "18.0"})))
        refuses("of a newer iOS: 203", 203, "restore", "--no-reboot")
        info.write_bytes(plistlib.dumps(told))
        victim = next(p for p in (backup / backups.UDID).glob("??/*") if p.stat().st_size > 100)
        victim.write_bytes(victim.read_bytes()[:-1])
        refuses("a file was cut: 205", 205, "restore", "--no-reboot")
        victim.unlink()
        refuses("a file is gone: 205", 205, "restore", "--no-reboot")
        check("the phone is as it was", (world / "files" / "HomeDomain" / "Library" / "SMS" / "sms.db").exists())
        refuses("what no phone does any more", 1, "info")


def main():
    themes = {"refused": refused, "costs": costs, "plain": plain, "encrypted": encrypted, "resumed": resumed,
              "restored": restored, "new_password": new_password}
    with tempfile.TemporaryDirectory(prefix="simphonetest") as folder:
        themes[sys.argv[2]](sys.argv[1], pathlib.Path(folder))


main()
