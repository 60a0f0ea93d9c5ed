#!/usr/bin/env python3
"""An iPhone becomes safe to update: verdict, a run that is killed, what a person finds in the backup,
and the backup folders of other programs, in and out."""
import re
import shutil
import signal
import time
import unittest

from harness import World, tree_of, wait_until

UDID = "00008101-000A11112222801E"


class IphoneReady(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.world.__enter__()
        self.addCleanup(self.world.__exit__, None, None, None)

    def phone(self, **more):
        self.iphone = self.world.iphone(**{"keybag_iterations": 100, "photos": 12, "cloud_only": 0,
                                           "reboot_ms": 200, **more})
        self.world.two_places()
        self.done("phone", "pair")
        password = self.world.password_file("phone-password", "harbour lantern 41 dune")
        self.done("phone", "encryption", "on", "--new-password-file", password)
        self.world.environment["LIFEBOAT_PHONE_PASSWORD_FILE"] = str(password)

    def done(self, *words, code=0, **variables):
        done = self.world.lifeboat(*words, **variables)
        self.assertEqual(done.code, code, done)
        return done

    def snapshots(self):
        return [one["id"] for one in self.done("snapshot", "list", "--json").last["result"]["snapshots"]]

    def finding(self, done, check):
        verdict = done.of_type("verdict")[-1]
        return next(one for one in verdict["findings"] if one["check"] == check)

    def test_go_and_what_withdraws_it(self):
        self.phone()
        ready = self.done("ready", "--deep", "--json")
        opened = self.finding(ready, "R-110")
        self.assertEqual((opened["outcome"], opened["grade"]), ("pass", "restored"), opened)
        self.assertEqual(opened["params"]["files"], opened["params"]["checked"])
        self.assertEqual(self.finding(ready, "R-402")["outcome"], "pass")
        self.assertEqual(self.finding(ready, "R-108")["outcome"], "not_applicable")
        for days_ago, code in ((2, "icloud_backup.old"), (0, "icloud_backup.today")):  # "Back Up Now" was tapped
            self.iphone.control("cloud-backup", "on", days_ago)
            looked = self.world.lifeboat("ready", "--dry-run", "--json")
            self.assertEqual(self.finding(looked, "R-108")["code"], code, looked)
        self.iphone.control("add-photos", 2)
        looked = self.done("ready", "--dry-run", "--json", code=4)
        rows = {row["class"]: row for row in looked.last["result"]["completeness"]["classes"]}
        self.assertEqual(rows["photos"]["only_on_phone"]["count"], 2, rows["photos"])
        self.done("ready")
        # Without the password nobody knows whether it opens: no GO.
        blind = self.done("ready", "--json", code=4, LIFEBOAT_PHONE_PASSWORD_FILE="")
        self.assertEqual(self.finding(blind, "R-110")["outcome"], "unknown")
        wrong = self.world.password_file("wrong", "another one entirely")
        self.done("ready", "--phone-password-file", wrong, code=4)
        self.done("ready")

    def test_what_is_only_in_icloud_blocks_until_it_is_accepted(self):
        self.phone(cloud_only=3)
        ready = self.done("ready", "--json", code=4)
        self.assertEqual(self.finding(ready, "R-113")["params"]["count"], "3")
        self.done("ready", "--accept-cloud-only", "they are on my other computer")

    def test_what_icloud_does_not_have_yet_warns_and_is_no_loss(self):
        self.phone(not_uploaded=5)
        ready = self.done("ready", "--json")
        waiting = self.finding(ready, "R-113.uploaded")
        self.assertEqual((waiting["outcome"], waiting["gate"], waiting["params"]["count"]),
                         ("fail", "warns", "5"), waiting)
        self.iphone.control("upload-photos", 4)
        self.assertFalse(self.done("audit", "--json").last["result"]["lost"])
        ready = self.done("ready", "--json")
        self.assertEqual(self.finding(ready, "R-113.uploaded")["params"]["count"], "1")
        self.iphone.control("upload-photos", 1)
        self.assertEqual(self.finding(self.done("ready", "--json"), "R-113.uploaded")["outcome"], "pass")

    def test_an_unencrypted_phone_is_no_go(self):
        self.phone()
        password = self.world.environment.pop("LIFEBOAT_PHONE_PASSWORD_FILE")
        self.done("phone", "encryption", "off", "--phone-password-file", password)
        ready = self.done("ready", "--json", code=4)
        self.assertEqual(self.finding(ready, "R-111")["outcome"], "fail")

    def sent(self):
        """What the phone said of its last backup: (to send, there from before)."""
        log = (self.world.folder / "iphone.log").read_text()
        return [tuple(map(int, pair)) for pair in
                re.findall(r"(\d+) of \d+ entries to send, (\d+) there from before", log)][-1]

    def test_a_killed_run_goes_on_and_the_last_backup_stays(self):
        self.phone(photos=400)
        self.iphone.control("fault", "batch", 20)
        self.done("backup")
        first = self.snapshots()[0]
        before = self.restored(first, "before")
        self.iphone.control("add-photos", 100)
        for fault, phase in (("stall-after-files", 60), ("stop-in-moving", 1)):
            self.iphone.control("fault", fault, phase)
            running = self.world.start_lifeboat("backup")
            wait_until(f"the iPhone waits ({fault})", lambda: self.settled_since(running) or running.poll() is not None, 60)
            running.send_signal(signal.SIGKILL)
            self.assertEqual(running.wait(), -signal.SIGKILL)
            self.iphone.control("faults", "clear")
            self.iphone.control("fault", "batch", 20)
            self.assertEqual(self.restored(first, "again"), before, "the last good backup")
        self.done("backup")
        # The run after the first kill found two batches of 20 here; the one after the second only
        # had to finish the moves.
        to_send, there = self.sent()
        self.assertGreaterEqual(there, 40, (to_send, there))
        self.done("verify", "--deep")
        self.world.restic_finds_clean("place-1", "place-2")
        self.assertFalse(self.journal())
        self.done("audit")

    def journal(self):
        folder = self.world.home / ".local/state/lifeboat/unfinished"
        return {path: path.stat().st_size for path in folder.glob("*.jsonl")}

    def settled_since(self, running):
        """Whether the journal has grown and then stood still: the phone waits."""
        before = self.journal()
        time.sleep(1.5)
        return running.poll() is None and before and max(before.values()) > 2000 and self.journal() == before

    def restored(self, snapshot, name):
        target = self.world.folder / name
        shutil.rmtree(target, ignore_errors=True)
        self.done("restore", snapshot, "DCIM", "--to", target)
        return tree_of(target)

    def test_a_person_finds_things_by_their_names(self):
        self.phone()
        self.done("backup")
        on_phone = tree_of(self.iphone.media / "DCIM")
        listed = self.done("ls", "latest", "DCIM", "-r", "--json").of_type("item")
        names = {one["path"] for one in listed if one["kind"] == "file"}
        self.assertEqual(names, {"DCIM/" + name for name in on_phone})
        found = self.done("find", "sms.db")
        self.assertIn("HomeDomain/Library/SMS/sms.db", found.out)
        back = self.restored("latest", "photos")
        self.assertEqual({name: (size, digest) for name, (size, _, digest) in back.items()},
                         {"DCIM/" + name: (size, digest) for name, (size, _, digest) in on_phone.items()})
        stored = self.done("ls", "latest", "--as-stored")
        self.assertIn(UDID, stored.out)
        self.iphone.control("delete-photos", 1)
        self.done("backup")
        ids = self.snapshots()
        gone = self.done("snapshot", "diff", ids[0], ids[1], "--json").last["result"]
        removed = [one["path"] for one in gone["entries"] if one["kind"] == "removed"]
        self.assertEqual(len(removed), 1, gone)
        self.assertIn("CameraRollDomain/Media/DCIM/", removed[0])

    def test_one_name_for_a_photo_in_every_command(self):
        self.phone()
        self.done("backup")
        before = tree_of(self.iphone.media)
        self.iphone.control("delete-photos", 1)
        lost = self.done("audit", "--json", code=6).last["result"]["lost"]
        self.assertEqual(len(lost), 1, lost)
        name = lost[0]["path"]
        found = self.done("find", name.rpartition("/")[2], "--json").of_type("item")
        self.assertEqual({one["path"] for one in found if "/DCIM/" in one["path"]}, {name})
        listed = name.removeprefix("CameraRollDomain/")
        first = self.snapshots()[0]
        for given in (name, listed):
            target = self.world.folder / "one photo"
            shutil.rmtree(target, ignore_errors=True)
            self.done("restore", first, given, "--to", target)
            self.assertEqual([one[2] for one in tree_of(target).values()],
                             [before[listed.removeprefix("Media/")][2]])
        self.assertIn(name, self.done("audit", "--baseline", first, code=6).out)
        self.done("restore", first, name, "--onto-phone")
        self.assertEqual(tree_of(self.iphone.media)[listed.removeprefix("Media/")][2],
                         before[listed.removeprefix("Media/")][2])
        pinned = self.done("ready", "--json", "--pin", name, "--pin", listed)
        self.assertEqual({one["outcome"] for one in pinned.of_type("verdict")[-1]["findings"]
                          if one["code"].startswith("pinned")}, {"pass"})

    def test_folders_of_other_programs(self):
        self.phone()
        folder = self.world.folder / "theirs"
        folder.mkdir()
        made = self.world.run(["idevicebackup2", "backup", folder])
        self.assertIn("Backup Successful", made.out, made)
        taken = self.done("snapshot", "import", folder, "--json").last["result"]
        self.assertTrue(taken["opened"], taken)
        self.done("snapshot", "export", self.world.folder / "ours")
        theirs, ours = tree_of(folder / UDID), tree_of(self.world.folder / "ours" / UDID)
        self.assertEqual({name: one[2] for name, one in theirs.items()},
                         {name: one[2] for name, one in ours.items()})
        before = tree_of(self.iphone.media / "DCIM")
        restored = self.world.run(["idevicebackup2", "restore", "--system", "--settings", "--password",
                                   "harbour lantern 41 dune", self.world.folder / "ours"])
        self.assertIn("Restore Successful", restored.out, restored)
        wait_until("the iPhone is back", lambda: self.iphone.control("state")["plugged"])
        self.assertEqual(tree_of(self.iphone.media / "DCIM"), before)

    def test_a_folder_with_a_cut_file_is_refused_by_name(self):
        self.phone()
        folder = self.world.folder / "theirs"
        folder.mkdir()
        self.world.run(["idevicebackup2", "backup", folder])
        big = max((path for path in folder.rglob("*") if len(path.name) == 40), key=lambda path: path.stat().st_size)
        with open(big, "r+b") as file:
            file.truncate(big.stat().st_size - 100)
        refused = self.done("snapshot", "import", folder, code=7)
        self.assertIn("1 of", refused.err)
        self.done("snapshot", "import", self.world.folder / "place-1", code=1)
        self.assertEqual(self.snapshots(), [])


if __name__ == "__main__":
    unittest.main()
