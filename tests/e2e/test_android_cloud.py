#!/usr/bin/env python3
"""What an Android phone tells of its clouds, the request for a backup with Google, and what could
go from the phone to make room: with the real program and a simulated phone."""
import os

from harness import World, fill, put


def finding(verdict, check):
    found = [one for one in verdict.of_type("verdict")[-1]["findings"] if one["check"] == check]
    assert len(found) == 1, (check, verdict)
    return found[0]["code"], found[0]["outcome"], found[0]["gate"]


def facts_of(world):
    told = world.lifeboat("phone", "info", "--json")
    assert told.code == 0, told
    facts = {}
    for reading in told.last["result"]["readings"]:
        facts.setdefault(reading["fact"], {})[reading["subject"]] = reading["value"]
    return facts


def clouds(world, phone):
    facts = facts_of(world)
    contacts = [subject for subject in facts["sync.state"] if subject.startswith("com.android.contacts@com.google")]
    assert [facts["sync.state"][one] for one in contacts] == ["ok"], facts
    assert "ada@example.com" not in str(facts), "an account's name is nobody's business"
    assert facts["google_backup.transport"][""] == "google" and facts["google_backup.account"][""] == "yes", facts
    assert facts["update.pending"][""] is None, facts
    verdict = world.lifeboat("ready", "--dry-run", "--json")
    assert finding(verdict, "R-201.contacts") == ("sync_contacts.ok", "pass", "blocks"), verdict
    assert finding(verdict, "R-202") == ("google_backup.on", "pass", "warns"), verdict
    assert finding(verdict, "R-204")[:2] == ("google_photos.told", "unknown"), verdict
    phone.ctl("sync", "com.android.contacts", "off", "com.google")
    phone.ctl("sync", "com.android.calendar", "failed")
    phone.ctl("google-backup", "old")
    phone.ctl("update-announce")
    phone.ctl("activity", "microphone", "on")
    verdict = world.lifeboat("ready", "--dry-run", "--json")
    assert finding(verdict, "R-201.contacts")[:2] == ("sync_contacts.off", "fail"), verdict
    assert finding(verdict, "R-201.calendar") == ("sync_calendar.failed", "fail", "warns"), verdict
    assert finding(verdict, "R-202") == ("google_backup.old", "fail", "warns"), verdict
    assert finding(verdict, "R-006.android")[:2] == ("update.waiting", "pass"), verdict
    assert finding(verdict, "R-805") == ("activity.recording", "fail", "warns"), verdict
    said = world.lifeboat("ready", "--dry-run")
    for sentence in ("Contacts: sync is off", "Calendars: the last sync failed", "Hours since Google Backup was at work",
                     "An app records sound", "Not in any backup: the phone's own system"):
        assert sentence in said.out, (sentence, said)
    phone.ctl("sync-master", "off")
    assert finding(world.lifeboat("ready", "--dry-run", "--json"), "R-201.calendar")[0] == "sync_calendar.off"
    for words in (("sync-master", "on"), ("sync", "com.android.contacts", "ok"), ("sync", "com.android.calendar", "ok"),
                  ("google-backup", "on"), ("activity", "microphone", "off")):
        phone.ctl(*words)


def told(world):
    """What only a person can see in Google Photos: their word, with its time, and never a tick."""
    refused = world.lifeboat("attest", "R-204")
    assert refused.code == 2 and "--note" in refused.err, refused
    measured = world.lifeboat("attest", "R-301", "--note", "it is full")
    assert measured.code == 2 and "R-301 (Battery) is measured" in measured.err, measured
    assert world.lifeboat("attest", "R-204", "--note", "backup is on", "--dry-run").code == 0
    assert finding(world.lifeboat("ready", "--dry-run", "--json"), "R-204")[1] == "unknown"
    said = world.lifeboat("attest", "R-204", "--note", "backup is on")
    assert said.code == 0 and "Google Photos: you said backup is on" in said.out, said
    verdict = world.lifeboat("ready", "--dry-run", "--json")
    found = [one for one in verdict.of_type("verdict")[-1]["findings"] if one["check"] == "R-204"][0]
    assert (found["outcome"], found["grade"], found["params"]["note"]) == ("pass", "told", "backup is on"), found
    shown = world.lifeboat("ready", "--dry-run")
    row = [line for line in shown.out.splitlines() if "you said backup is on" in line]
    assert len(row) == 1 and row[0].lstrip().startswith("!") and "you told us" in row[0], shown
    assert world.lifeboat("attest", "R-204", "--withdraw").code == 0
    assert finding(world.lifeboat("ready", "--dry-run", "--json"), "R-204")[1] == "unknown"


def asked_for(world, phone):
    phone.ctl("backup-result", "com.whatsapp", "NO_DATA")
    phone.ctl("backup-result", "com.example.bank", "Size", "quota", "exceeded")
    asked = world.lifeboat("phone", "cloud-backup", "--json")
    assert asked.code == 3, asked
    results = {one["package"]: one["result"] for one in asked.last["result"]["packages"]}
    assert results["com.whatsapp"] == "stored_nothing" and results["com.example.bank"] == "over_quota", results
    assert results["com.android.settings"] == "asked", results
    said = world.lifeboat("phone", "cloud-backup")
    assert "Stored nothing: 1" in said.out and "nothing of this counts as a copy" in said.out, said
    assert "saved" not in said.out, said
    assert '"backups_asked":2' in phone.ctl("cloud"), phone.ctl("cloud")
    phone.ctl("google-backup", "off")
    refused = world.lifeboat("phone", "cloud-backup")
    assert refused.code != 0 and "Google Backup is off" in refused.err and "Nothing was asked" in refused.err, refused
    phone.ctl("google-backup", "on")
    assert '"backup_enabled":true' in phone.ctl("cloud"), phone.ctl("cloud")


def room(world, phone):
    chance = os.urandom(30_000)
    put(phone.storage / "Movies/holiday.mp4", os.urandom(300_000), 1_780_000_000)
    put(phone.storage / "Pictures/Screenshots/old.png", chance, 1_700_000_000)
    put(phone.storage / "Pictures/Screenshots/copy.png", chance, 1_700_000_100)
    put(phone.storage / "Download/old.zip", os.urandom(20_000), 1_700_000_000)
    phone.ctl("fill-disk", "9000000000")
    wanted = ("phone", "space", "--larger", "200k", "--json")
    before = world.lifeboat(*wanted)
    assert before.code == 0 and before.last["result"]["proposed_bytes"] == 0, before
    assert any(group["not_proven"] for group in before.last["result"]["groups"]), before
    world.lifeboat("ready", "--json")
    found = world.lifeboat(*wanted)
    assert found.code == 0, found
    result = found.last["result"]
    groups = {group["reason"]: [one["path"].split("/")[-1] for one in group["proposed"]] for group in result["groups"]}
    assert groups["duplicate"] == ["copy.png"] and groups["large_video"] == ["holiday.mp4"], groups
    assert groups["old_screenshot"] == ["old.png"] and groups["old_download"][0] == "old.zip", groups
    assert (phone.storage / "Movies/holiday.mp4").exists(), "Lifeboat deletes nothing"
    (phone.storage / "Movies/holiday.mp4").unlink()
    phone.ctl("fill-disk", "9000300000")
    after = world.lifeboat(*wanted).last["result"]
    assert after["before"]["free_bytes"] == result["free_bytes"] < after["free_bytes"], after
    said = world.lifeboat("phone", "space", "--larger", "200k")
    assert "Lifeboat deletes nothing on a phone" in said.out and "read back from one and two" in said.out, said
    # A place whose data is damaged gives nothing back.
    for pack in (world.folder / "two/data").rglob("*"):
        if pack.is_file():
            os.chmod(pack, 0o600)
            pack.write_bytes(bytes(len(pack.read_bytes())))
    assert world.lifeboat(*wanted).last["result"]["proposed_bytes"] == 0


with World() as world:
    phone = world.phone(personality="a14")
    fill(phone.storage, photos=12, size=5000)
    world.place("one")
    world.place("two")
    clouds(world, phone)
    told(world)
    asked_for(world, phone)
    room(world, phone)
