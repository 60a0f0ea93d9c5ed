#!/usr/bin/env python3
"""What a phone's apps give: asked for with a tap, taken from old files, and makers' own folders."""
import json
import random
import shutil
import threading
import time
import unittest

from harness import World, fill

NOTES = "com.example.notes"
BANK = "com.example.bank"


class AppBackup(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)
        self.phone = self.world.phone()
        fill(self.phone.storage, photos=5, size=3000)
        self.world.two_places()
        self.phone.ctl("adb-backup", "app", NOTES, "allow")
        self.phone.ctl("adb-backup", "file", NOTES, "f/first note.txt", "milk, eggs")
        self.phone.ctl("adb-backup", "file", NOTES, "f/deep/er/note.txt", "bread")
        self.phone.ctl("adb-backup", "app", BANK, "deny")

    def done(self, *words, code=0, **variables):
        """code None: whichever."""
        done = self.world.lifeboat(*words, **variables)
        if code is not None:
            self.assertEqual(done.code, code, done)
        return done

    def apps(self, *words, code=0):
        return self.done(*words, "--json", code=code).last["result"]

    def paths(self):
        listed = self.done("ls", "latest", "personal/legacy", "-r", "--json", code=0)
        return [one["path"] for one in listed.of_type("item")]

    def asked(self):
        return json.loads(self.phone.ctl("adb-backup", "state"))["asked"]

    def row(self):
        looked = self.world.lifeboat("ready", "--dry-run", "--json")
        return next(one["code"] for one in looked.of_type("verdict")[-1]["findings"] if one["check"] == "R-209")

    def test_a_backup_asks_and_tells_each_app(self):
        self.assertEqual(self.row(), "app_backup.none")
        done = self.done("backup", "--legacy-ab", "--json")
        told = [one for one in done.of_type("status") if one.get("code") == "phone.allow_backup"]
        self.assertIn("tap \"Back up my data\"", told[0]["message"])
        self.assertEqual([one["state"] for one in told], ["person_needed", "person_done"])
        report = done.last["result"]["app_backup"]
        self.assertEqual(report["state"], "saved")
        notes = next(app for app in report["apps"] if app["package"] == NOTES)
        self.assertEqual((notes["files"], notes["bytes"]), (2, 15))
        self.assertIn(BANK, report["allowed_nothing"])
        self.assertNotIn(NOTES, report["allowed_nothing"])
        self.done("verify")
        listed = self.done("snapshot", "apps", "latest")
        self.assertIn(f"{NOTES}: 2 files (15 B)", listed.out)
        target = self.world.folder / "back"
        self.done("restore", "latest", "personal/legacy", "--to", target)
        file = next(target.rglob("adb-backup.ab"))
        self.assertEqual(self.apps("snapshot", "apps", file)["apps"], report["apps"])
        out = self.world.folder / "out"
        written = self.apps("snapshot", "apps", "latest", "--to", out)["written_files"]
        self.assertEqual(written, sum(path.is_file() for path in out.rglob("*")))
        self.assertEqual((out / f"apps/{NOTES}/f/first note.txt").read_text(), "milk, eggs")
        deep = out / f"apps/{NOTES}/f/deep/er"
        self.assertEqual((deep / "note.txt").read_text(), "bread")
        # Android names each folder before what is in it: its date is that of the phone.
        self.assertEqual(deep.stat().st_mtime, (deep / "note.txt").stat().st_mtime)
        self.looked_into(out)
        # What is in the way stays, and is named.
        blocked = self.world.folder / "blocked" / f"apps/{NOTES}/f/deep"
        blocked.parent.mkdir(parents=True)
        blocked.write_text("mine")
        left = self.apps("snapshot", "apps", "latest", "--to", self.world.folder / "blocked", code=3)
        self.assertEqual((left["left_out_count"], len(left["left_out"])), (3, 3))  # two folders, one file
        self.assertEqual(blocked.read_text(), "mine")
        self.assertEqual((blocked.parent / "first note.txt").read_text(), "milk, eggs")
        # The next backup does not ask, and nothing is called lost.
        asked = self.asked()
        self.done("audit")
        self.done("backup")
        self.assertEqual(self.asked(), asked)
        self.assertEqual(self.row(), "app_backup.kept")

    def looked_into(self, out):
        """The same files, by the commands for files."""
        listed = self.done("ls", "latest", "--json").of_type("item")
        self.assertIn("apps", [one["path"] for one in listed])
        listed = self.done("ls", "latest", "apps", "-r", "--json").of_type("item")
        self.assertEqual({one["path"]: one["bytes"] for one in listed if one["kind"] == "file"},
                         {str(path.relative_to(out)): path.stat().st_size for path in out.rglob("*") if path.is_file()})
        found = self.done("find", "first note*", "--json").of_type("item")
        self.assertEqual([one["path"] for one in found], [f"apps/{NOTES}/f/first note.txt"])
        target = self.world.folder / "one app"
        done = self.done("restore", "latest", f"apps/{NOTES}", "--to", target, "--json").last["result"]
        self.assertEqual(done["compared_equal"], 3)
        self.assertEqual((target / f"apps/{NOTES}/f/first note.txt").read_text(), "milk, eggs")
        self.done("ls", "latest", "apps", "--as-stored", code=1)
        everything = self.world.folder / "everything"
        self.done("restore", "latest", "--to", everything)
        self.assertTrue((everything / f"apps/{NOTES}/f/first note.txt").exists())
        # Onto the phone they do not go as files.
        before = sorted(self.phone.storage.rglob("*"))
        self.done("restore", "latest", "--onto-phone", "--no-records")
        self.assertEqual(sorted(self.phone.storage.rglob("*")), before)

    def on_phone(self):
        return json.loads(self.phone.ctl("adb-backup", "state"))["apps"][NOTES]["files"]

    def test_apps_get_their_data_back(self):
        self.phone.ctl("adb-backup", "file", NOTES, "db/notes.db", "row \u00e9 " * 5000)
        before = self.on_phone()
        self.apps("backup", "--legacy-ab")
        self.phone.ctl("adb-backup", "wipe", NOTES)
        self.assertEqual(self.on_phone(), {})
        words = ["snapshot", "apps", "latest", "--onto-phone", "--app", NOTES]
        asked = self.asked()
        planned = self.apps(*words, "--dry-run")["onto_phone"]
        self.assertEqual(planned["state"], "planned")
        self.assertEqual([(app["package"], app["obstacle"]) for app in planned["apps"]], [(NOTES, "")])
        self.done(*words, code=2)  # nobody said yes
        self.assertEqual((self.asked(), self.on_phone()), (asked, {}))
        self.phone.ctl("adb-backup", "deny")
        denied = self.apps(*words, "--yes", code=None)["onto_phone"]
        self.assertIn(denied["state"], ("asked", "ended_by_phone"))
        self.assertEqual(self.on_phone(), {})
        self.phone.ctl("adb-backup", "allow")
        done = self.done(*words, "--yes")
        self.assertIn("Asked: 1 apps", done.out)
        self.assertNotIn("restored", done.out.lower())
        self.assertIn("tap \"Restore my data\"", done.out + done.err)
        self.assertEqual(self.on_phone(), before)
        # What cannot come back is named before anything starts.
        self.phone.ctl("adb-backup", "app", NOTES, "deny")
        asked = self.asked()
        refused = self.done(*words, "--yes", code=3)
        self.assertIn(f"Cannot come back: {NOTES}", refused.out)
        self.assertEqual(self.asked(), asked)
        self.done("snapshot", "apps", "latest", "--onto-phone", "--app", BANK, "--yes", code=1)
        self.done("snapshot", "apps", "latest", "--app", NOTES, code=2)

    def test_a_phone_that_leaves_while_apps_get_their_data(self):
        self.apps("backup", "--legacy-ab")
        self.phone.ctl("adb-backup", "wait")
        asked = self.asked()

        def leave():
            while self.asked() == asked:
                time.sleep(0.05)
            self.phone.ctl("disappear")

        person = threading.Thread(target=leave)
        person.start()
        done = self.world.lifeboat("snapshot", "apps", "latest", "--onto-phone", "--app", NOTES, "--yes")
        person.join()
        self.assertEqual(done.code, 3, done)
        self.assertIn("partly replaced", done.out)
        self.assertNotIn("Asked:", done.out)

    def test_nobody_taps_or_no_app_allows(self):
        self.phone.ctl("adb-backup", "deny")
        done = self.done("backup", "--legacy-ab", code=3)
        self.assertIn("nothing came", done.out)
        self.phone.ctl("adb-backup", "wait", "200")
        self.assertEqual(self.apps("backup", "--legacy-ab", code=3)["app_backup"]["state"], "not_confirmed")
        self.phone.ctl("adb-backup", "allow")
        none = self.apps("backup", "--legacy-ab", "--app", BANK)["app_backup"]
        self.assertEqual((none["state"], none["allowed_nothing"]), ("none_allowed", [BANK]))
        self.done("snapshot", "apps", code=1)  # nothing of it was kept
        self.done("backup", "--legacy-ab", "--app", "no name", code=2)

    def test_a_slow_tap(self):
        self.phone.ctl("adb-backup", "wait")

        def tap():
            while self.asked() == 0:
                time.sleep(0.05)
            self.phone.ctl("adb-backup", "allow")

        person = threading.Thread(target=tap)
        person.start()
        report = self.apps("backup", "--legacy-ab", "--app", NOTES)["app_backup"]
        person.join()
        self.assertEqual(report["state"], "saved")

    def test_the_phone_goes_while_somebody_is_asked(self):
        self.phone.ctl("adb-backup", "wait")

        def pull():
            while self.asked() == 0:
                time.sleep(0.05)
            self.phone.ctl("disappear")

        person = threading.Thread(target=pull)
        person.start()
        self.done("backup", "--legacy-ab", code=13)
        person.join()
        self.phone.ctl("come-back")
        self.phone.ctl("adb-backup", "allow")
        self.phone.connect()
        self.assertEqual(self.apps("backup", "--legacy-ab")["app_backup"]["state"], "saved")
        self.done("verify")

    def test_passwords(self):
        self.phone.ctl("adb-backup", "password", "pässwörd-密码")
        closed = self.done("backup", "--legacy-ab", code=3)
        self.assertIn("--ab-password-file", closed.out)
        wrong = self.world.password_file("wrong", "another")
        self.assertEqual(self.apps("backup", "--legacy-ab", "--ab-password-file", wrong, code=3)["app_backup"]["state"],
                         "wrong_password")
        right = self.world.password_file("right", "pässwörd-密码")
        self.assertEqual(self.apps("backup", "--legacy-ab", "--ab-password-file", right)["app_backup"]["state"], "saved")
        self.done("snapshot", "apps", "latest", code=3)
        listed = self.apps("snapshot", "apps", "latest", "--ab-password-file", right)
        self.assertIn(NOTES, [app["package"] for app in listed["apps"]])
        closed = self.done("ls", "latest")
        self.assertIn("it is encrypted", closed.err)
        self.assertNotIn("apps/", closed.out)
        self.assertIn("does not open it", self.done("ls", "latest", "--ab-password-file", wrong).err)
        # The record of the app has the same name, and is something else.
        target = self.world.folder / "nothing"
        refused = self.done("restore", "latest", f"apps/{NOTES}", "--to", target, code=1)
        self.assertIn("the data of apps in this backup is closed", refused.err)
        self.done("restore", "latest", f"apps/{NOTES}", "--to", target, "--ab-password-file", wrong, code=1)
        self.assertFalse(target.exists() and any(target.rglob("*")))
        self.assertIn("first note.txt", self.done("ls", "latest", "apps", "-r", "--ab-password-file", right).out)
        # Taken from adb itself, and given to another repository.
        file = self.world.folder / "theirs.ab"
        made = self.world.run(["adb", "-s", self.phone.address, "backup", "-f", file, "-noapk", NOTES])
        self.assertEqual(made.code, 0, made)
        taken = self.apps("snapshot", "import", file, "--ab-password-file", right)
        self.assertTrue(taken["opened"])
        self.assertEqual(taken["app_backup"]["apps"][0]["package"], NOTES)
        self.assertIn("not opened", self.done("snapshot", "apps", file, code=3).out)
        self.done("snapshot", "import", file, "--ab-password-file", wrong, code=1)
        self.assertFalse(self.apps("snapshot", "import", file, code=3)["opened"])

    def packs(self):
        return set((self.world.folder / "place-1/data").rglob("*"))

    def test_a_lost_piece_is_not_called_empty(self):
        self.done("backup")
        before = self.packs()
        self.phone.ctl("adb-backup", "file", NOTES, "db/notes.db", random.Random(1).randbytes(20_000).hex())
        self.done("backup", "--legacy-ab")
        new = sorted((path for path in self.packs() - before if path.is_file()), key=lambda path: path.stat().st_size)
        new.pop().unlink()
        told = self.done("snapshot", "apps", "latest", "--place", "place-1", code=7)
        self.assertIn("the file is not whole", told.out)
        self.assertNotIn("tapped", told.out)
        listed = self.done("ls", "latest", "--place", "place-1")
        self.assertNotIn("it is empty", listed.err)
        self.assertIn("is shown as one file", listed.err)
        # One backup that cannot be looked into hides nothing of the others.
        for path in new:
            path.unlink()
            (self.world.folder / "place-1/parity" / path.parent.name / path.name).unlink(missing_ok=True)
        found = self.done("find", "*.jpg", "--place", "place-1", "--json", code=3)
        self.assertEqual(found.last["result"]["skipped"], 1)
        self.assertEqual(len(found.of_type("item")), 5)

    def test_files_that_are_not_whole_are_refused(self):
        file = self.world.folder / "theirs.ab"
        self.world.run(["adb", "-s", self.phone.address, "backup", "-f", file, "-noapk", NOTES])
        whole = file.read_bytes()
        before = self.done("snapshot", "list", "--json").last["result"]["snapshots"]
        file.write_bytes(whole[:-20])
        self.assertIn("not whole", self.done("snapshot", "import", file, code=7).err)
        self.assertIn("the file is not whole", self.done("snapshot", "apps", file, code=7).out)
        file.write_bytes(b"")
        self.assertIn("empty", self.done("snapshot", "import", file, code=1).err)
        self.assertIn("the file is empty", self.done("snapshot", "apps", file, code=3).out)
        file.write_bytes(b"PK\x03\x04 something else")
        self.done("snapshot", "import", file, code=7)
        self.world.run(["adb", "-s", self.phone.address, "backup", "-f", file, "-noapk", BANK])
        self.assertIn("no app in it", self.done("snapshot", "import", file, code=1).err)
        self.assertEqual(self.done("snapshot", "list", "--json").last["result"]["snapshots"], before)

    # ---- makers' folders
    def smart_switch(self, app_data):
        folder = self.world.folder / "SmartSwitch" / "SM-S926B_20261124214902"
        for name, content in {
                "SmartSwitchBackup.json": json.dumps({"ModelName": "SM-S926B", "SavedTime": "2026-11-24T21:49:02"}),
                "ReqItemsInfo.json": json.dumps({"ListItems": [{"Type": "CALLLOG", "ContentCount": 3}, {"Type": "Photo"}]}),
                "Photo/DCIM/a.jpg": "jpeg", "MESSAGE/Message.smem": "sealed", "CONTACT/all.vcf":
                "BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n"}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        (folder / "APKFILE").mkdir()
        (folder / f"APKFILE/{NOTES}.noedata").write_bytes(app_data)
        return folder

    def test_a_folder_of_smart_switch(self):
        file = self.world.folder / "theirs.ab"
        self.world.run(["adb", "-s", self.phone.address, "backup", "-f", file, "-noapk", NOTES])
        folder = self.smart_switch(file.read_bytes())
        taken = self.apps("snapshot", "import", folder.parent, code=3)
        vendor = taken["vendor"]
        self.assertEqual((vendor["tool"], vendor["model"]), ("smart_switch", "SM-S926B"))
        parts = {(part["category"], part["openness"]): part for part in vendor["parts"]}
        self.assertEqual(parts["MESSAGE", "sealed"]["grade"], "told")
        self.assertEqual(parts["CONTACT", "opened"]["records"], 1)
        self.assertEqual(parts["APKFILE", "opened"]["records"], 2)
        self.assertEqual(parts["Photo", "plain"]["grade"], "proven")
        self.assertTrue(any("CALLLOG was chosen" in one for one in vendor["problems"]), vendor)
        self.done("verify", taken["snapshot"])
        back = self.world.folder / "back"
        self.done("restore", taken["snapshot"], "--to", back)
        restored = next(back.rglob("Message.smem"))
        self.assertEqual(restored.read_text(), "sealed")
        listed = self.done("snapshot", "list", "--json").last["result"]["snapshots"]
        mine = next(one for one in listed if one["id"] == taken["snapshot"])
        self.assertIn("imported", mine["tags"])
        shutil.rmtree(folder)
        (folder / "empty").mkdir(parents=True)
        self.done("snapshot", "import", folder.parent, code=1)

    def test_a_folder_of_clone_phone(self):
        folder = self.world.folder / "opbackup"
        for name, content in {"Contact/contact.vcf": "BEGIN:VCARD\nEND:VCARD\n", "Sms/sms.vmsg":
                              "BEGIN:VMSG\nEND:VMSG\n"}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
        taken = self.apps("snapshot", "import", folder, code=3)  # it does not say when it was made
        self.assertEqual(taken["vendor"]["tool"], "clone_phone")
        self.assertEqual([part["openness"] for part in taken["vendor"]["parts"]], ["opened", "opened"])
        shown = self.done("snapshot", "import", folder, code=3)
        self.assertIn("Clone Phone", shown.out)


if __name__ == "__main__":
    unittest.main()
