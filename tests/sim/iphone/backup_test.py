"""Debian's idevicebackup2 backs the simulated iPhone up: backup_test.py LIFEBOAT_SIM THEME."""
import os
import pathlib
import shutil
import sys
import tempfile

import backups
from backups import back_up, check_done, check_plain_backup
from phone import Iphone, check


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


def main():
    themes = {"plain": plain}
    with tempfile.TemporaryDirectory(prefix="simphonetest") as folder:
        themes[sys.argv[2]](sys.argv[1], pathlib.Path(folder))


main()
