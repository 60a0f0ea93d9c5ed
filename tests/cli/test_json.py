#!/usr/bin/env python3
"""Every command with --json, well and badly: each line fits its schema, the last is the outcome."""
import os
import subprocess
import threading

from common import COMMANDS, Schemas, World, expect, fill, free_port, put, wait_until


def well(world, schemas):
    def run(code, *words, **more):
        return schemas.validate(expect(world.lifeboat(*words, "--json", **more), code))

    run(0, "version")
    run(0, "help")
    run(0, "help", "place", "add")
    run(0, "completion", "bash")
    run(0, "completion", "words", "setting")
    run(0, "config", "set", "ui.color", "never")
    for verb in ("get", "explain"):
        assert run(0, "config", verb, "ui.color")["result"]["value"] == "never"
    run(0, "config", "list")
    run(0, "place", "list")
    phone = world.phone()
    fill(phone.storage, photos=20, size=5000)
    put(phone.storage / "Download/new\nline \u00e9.txt", b"x", 1_750_000_000)
    assert len(run(0, "phone", "list")["result"]["phones"]) == 1
    run(0, "phone", "info")
    assert run(0, "phone", "wifi", phone.address)["result"]["serial"] == phone.address
    assert len(run(0, "phone", "list")["result"]["phones"]) == 1  # by two ways, and still one phone
    assert isinstance(run(0, "phone", "wifi")["result"]["phones"], list)
    assert run(0, "phone", "wifi", phone.address, "--forget")["result"]["was_known"]
    assert run(0, "phone", "cloud-backup", "--dry-run")["result"]["packages"] == []
    asked = run(0, "phone", "cloud-backup")["result"]
    assert {one["result"] for one in asked["packages"]} == {"asked"}, asked
    assert run(0, "attest", "R-204", "--note", "all of it")["result"]["note"] == "all of it"
    assert run(0, "attest", "R-204", "--withdraw")["result"]["note"] is None
    assert run(0, "place", "add", "one", str(world.folder / "one"), "--dry-run")["result"]["repository"] == ""
    run(0, "place", "add", "one", str(world.folder / "one"))
    run(0, "place", "add", "two", str(world.folder / "two"))
    run(0, "place", "list")
    run(0, "place", "test")
    run(0, "snapshot", "list")
    run(4, "ready", "--dry-run")
    run(0, "backup", "--dry-run")
    first = run(0, "backup")["result"]
    put(phone.storage / "DCIM/Camera/IMG_NEW.jpg", b"\xff\xd8new\xff\xd9", 1_780_100_000)
    world.lifeboat("ready", "--json")  # its exit code is a matter of the end-to-end tests
    schemas.validate(world.lifeboat("ready", "--json"))
    schemas.validate(world.lifeboat("ready", "-vv", "--json"))
    run(0, "verify")
    run(0, "verify", "--deep")
    run(0, "verify", "latest", "--deep")
    for _ in range(3):
        run(0, "verify", "--sample", "40%")
    assert run(0, "place", "repair")["result"]["whole"]
    run(0, "place", "repair", "one", "--from", "two", "--quick", "--dry-run")
    assert len(run(0, "snapshot", "list")["result"]["snapshots"]) >= 2
    shown = run(0, "snapshot", "show")["result"]
    assert shown["places"] == ["one", "two"] and shown["files"] > 20, shown
    assert run(0, "snapshot", "diff", first["snapshot"], "latest")["result"]["added"] == 1
    other, secret = world.folder / "other", world.password_file("other-password", "granite pillow 63 canyon")
    subprocess.run(["restic", "--no-cache", "--password-file", secret, "-r", other, "init"], check=True)
    run(0, "snapshot", "copy", "latest", "--from", "one", "--to", str(other), "--to-password-file", str(secret))
    assert run(0, "ls", "latest", "-r")["result"]["items"] > 20
    assert run(0, "find", "img_new*", "--snapshot", "latest")["result"]["items"] == 1
    assert run(0, "find", "--larger", "100", "--newer", "2020-01-01", "--older", "2035-01-01")["result"]["items"] > 20
    mounted(world, schemas)
    room = run(0, "phone", "space")["result"]
    assert room["before"] is None and room["places"] == ["one", "two"], room
    assert run(0, "phone", "space", "--larger", "1k")["result"]["before"]["free_bytes"] == room["free_bytes"]
    figures = run(0, "stats")["result"]["places"]
    assert [place["name"] for place in figures] == ["one", "two"], figures
    assert all(place["storage"]["missing_packs"] == 0 for place in figures), figures
    run(0, "stats", "latest", "--mode", "blobs-per-file")
    assert run(0, "place", "locks")["result"]["places"][0]["locks"] == []
    keys(world, run)
    assert run(0, "audit")["result"]["lost"] == []
    (phone.storage / "DCIM/Camera/IMG_NEW.jpg").unlink()
    assert len(run(6, "audit")["result"]["lost"]) == 1
    run(0, "restore", "--onto-phone", "--missing", "--dry-run")
    run(0, "restore", "--onto-phone", "--missing")
    run(0, "restore", "latest", "--to", str(world.folder / "back"))
    run(0, "audit", "--put-back")
    tidy(world, run)
    of_apps(world, run, phone)
    of_iphones(world, run)
    run(0, "doctor")
    run(0, "place", "remove", "two")


def of_apps(world, run, phone):
    """What apps give, from the phone and from a file; a maker's folder."""
    phone.ctl("adb-backup", "app", "com.example.notes", "allow")
    phone.ctl("adb-backup", "file", "com.example.notes", "f/a", "milk")
    assert run(0, "backup", "--legacy-ab")["result"]["app_backup"]["state"] == "saved"
    apps = run(0, "snapshot", "apps", "latest")["result"]["apps"]
    assert [app["bytes"] for app in apps if app["package"] == "com.example.notes"] == [4], apps
    file = world.folder / "theirs.ab"
    world.run(["adb", "-s", phone.address, "backup", "-f", file, "com.example.notes"])
    os.utime(file, (1_700_000_000, 1_700_000_000))
    run(0, "snapshot", "import", str(file))
    for name in ("Contact/contact.vcf", "Sms/sms.vmsg"):
        path = world.folder / "20240102030405" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("BEGIN:VCARD\nEND:VCARD\n")
    assert run(0, "snapshot", "import", str(path.parents[1]))["result"]["vendor"]["parts"]


def of_iphones(world, run):
    """An Android phone is there as well, so the iPhone is named where both could be meant."""
    iphone = world.iphone(keybag_iterations=100)
    assert not run(0, "phone", "pair", "--dry-run")["result"]["was_paired"]
    run(0, "phone", "pair")
    udid = [p for p in run(0, "phone", "list")["result"]["phones"] if p["platform"] == "ios"][0]["serial"]
    assert run(0, "phone", "info", udid)["result"]["phone"]["platform"] == "ios"
    secret = world.password_file("phone-password", "harbour candle 27 fog")
    assert not run(0, "phone", "encryption", "on", "--dry-run")["result"]["encrypted"]
    assert run(0, "phone", "encryption", "on", "--new-password-file", str(secret))["result"]["encrypted"]
    known = {"LIFEBOAT_PHONE_PASSWORD_FILE": str(secret)}
    assert run(0, "backup", udid, **known)["result"]["iphone"]["opened"] == "yes"
    assert run(0, "backup", udid)["result"]["iphone"]["opened"] == "no_password"
    exported = world.folder / "exported"
    run(0, "snapshot", "export", str(exported), "--dry-run", **known)
    run(0, "snapshot", "export", str(exported), **known)
    run(0, "snapshot", "import", str(exported), **known)
    run(0, "phone", "restore", "--dry-run", **known)
    assert run(0, "phone", "restore", "--yes", **known)["result"]["encrypted"]
    wait_until("the iPhone has restarted", lambda: len(run(0, "phone", "list")["result"]["phones"]) == 2)
    watched(run, iphone, udid)
    assert run(0, "phone", "forget")["result"]["was_paired"]
    iphone.unplug()


def watched(run, iphone, udid):
    """Updates come one behind another, so the watch sees one whenever it begins."""
    over = threading.Event()

    def updates():
        for number in range(1, 100):
            iphone.control("update", f"19.{number}")
            wait_until("the iPhone is back", lambda: iphone.control("state")["plugged"])
            if over.wait(1):
                return

    phone = threading.Thread(target=updates)
    phone.start()
    try:
        result = run(0, "update", "watch", udid)["result"]
    finally:
        over.set()
        phone.join()
    assert result["version_after"].startswith("19.") and result["serial"] == udid, result


def tidy(world, run):
    """Holds, rules, and the room that comes back."""
    oldest = run(0, "snapshot", "list")["result"]["snapshots"][0]["id"]
    assert run(0, "snapshot", "hold", oldest, "--note", "for the test")["result"]["note"] == "for the test"
    told = run(0, "snapshot", "forget", "--keep-last", "1", "--dry-run")["result"]
    assert [row["reasons"] for row in told["snapshots"] if row["id"] == oldest] == [["held"]], told
    assert run(1, "snapshot", "forget", oldest)["type"] == "error"
    (world.folder / "one/snapshots" / oldest).unlink()
    assert run(0, "snapshot", "list")["result"]["held"][0]["lost_in"] == ["one"]
    run(0, "place", "prune", "one", "--max-unused", "0")
    run(0, "snapshot", "recover", oldest)
    assert (world.folder / "one/snapshots" / oldest).exists()
    run(0, "verify", oldest, "--deep")
    run(0, "snapshot", "release", oldest)
    gone = run(0, "snapshot", "forget", "--keep-last", "1", "--prune", "--max-unused", "0")["result"]
    assert gone["forgotten"] == told["forgotten"] + 1 > 1, gone
    assert [(place["place"], place["problem"]) for place in gone["pruned"]] == [("one", ""), ("two", "")], gone
    for place in run(0, "place", "prune", "--max-unused", "0", "--dry-run")["result"]["pruned"]:
        assert place["bytes_freed"] == 0, place
    assert len(run(0, "snapshot", "list", "--all")["result"]["snapshots"]) == 1
    run(0, "verify", "--deep")


def mounted(world, schemas):
    """Runs until somebody unmounts it: tests/mount has the tests of what is in there."""
    folder = world.folder / "mounted"
    end = threading.Thread(target=lambda: (wait_until("it is mounted", lambda: os.path.ismount(folder)),
                                           subprocess.run(["fusermount3", "-u", folder], check=False)))
    end.start()
    done = world.lifeboat("mount", folder, "--json")
    end.join()
    schemas.validate(expect(done, 0))
    assert [line["state"] for line in done.of_type("status")] == ["mounted"], done


def keys(world, run):
    """A second password, the change to a third, and the second taken away again."""
    second = world.password_file("second", "tulip anchor meadow 77 quartz")
    third = world.password_file("third", "violet harbour pebble 31 comet")
    added = run(0, "key", "add", "--new-password-file", str(second))["result"]
    assert all(place["done"] for place in added["places"]) and not added["was_there"], added
    assert run(0, "key", "add", "--new-password-file", str(second))["result"]["was_there"]
    run(0, "key", "change", "--new-password-file", str(third))
    world.password.write_text(third.read_text())
    run(0, "key", "remove", added["key"][:10], "--dry-run")
    run(0, "key", "remove", added["key"][:10])
    listed = run(0, "key", "list")["result"]["keys"]
    assert len(listed) == 1 and listed[0]["current"] and listed[0]["places"] == ["one", "two"], listed


def badly(world, schemas):
    """One failure of each command, with nothing there at all."""
    nothing = ["--home", str(world.folder / "empty")]
    ways = {
        "ready": (["ready"], 13), "audit": (["audit"], 13), "backup": (["backup"], 13),
        "attest": (["attest", "R-301", "--note", "full"], 2), "restore": (["restore", "latest"], 2), "verify": (["verify"], 2),
        "phone list": (["phone", "list", "--adb-server", f"tcp:localhost:{free_port()}"], 1),
        "phone info": (["phone", "info", "nobody"], 13), "phone pair": (["phone", "pair", "nobody"], 13),
        "phone wifi": (["phone", "wifi", f"127.0.0.1:{free_port()}"], 13),
        "phone forget": (["phone", "forget", "nobody"], 13),
        "phone encryption": (["phone", "encryption", "on", "nobody"], 13),
        "phone restore": (["phone", "restore", "--phone", "nobody"], 13),
        "phone cloud-backup": (["phone", "cloud-backup", "nobody"], 13),
        "phone space": (["phone", "space", "nobody"], 13),
        "update watch": (["update", "watch", "nobody"], 13),
        "place add": (["place", "add", "bad name", "/nowhere"], 2),
        "place list": (["place", "list", "--config", str(world.folder)], 2),
        "place test": (["place", "test", "nothing"], 2), "place remove": (["place", "remove", "nothing"], 2),
        "place repair": (["place", "repair", "nothing"], 2),
        "snapshot copy": (["snapshot", "copy", "--from", "nothing"], 2),
        "snapshot list": (["snapshot", "list"], 2), "snapshot show": (["snapshot", "show"], 2),
        "snapshot export": (["snapshot", "export"], 2),
        "snapshot import": (["snapshot", "import", "/nowhere"], 2),
        "snapshot apps": (["snapshot", "apps"], 2),
        "place prune": (["place", "prune", "nothing"], 2), "snapshot forget": (["snapshot", "forget", "a"], 2),
        "snapshot hold": (["snapshot", "hold"], 2), "snapshot release": (["snapshot", "release", "a"], 2),
        "snapshot recover": (["snapshot", "recover", "a"], 2),
        "snapshot diff": (["snapshot", "diff", "a", "b"], 2), "ls": (["ls"], 2), "find": (["find", "x"], 2),
        "mount": (["mount"], 2), "stats": (["stats"], 2), "key list": (["key", "list"], 2),
        "key add": (["key", "add"], 2), "key change": (["key", "change"], 2),
        "key remove": (["key", "remove", "00"], 2), "place locks": (["place", "locks"], 2),
        "config get": (["config", "get", "nothing"], 2), "config set": (["config", "set", "nothing", "1"], 2),
        "config list": (["config", "list", "--config", str(world.folder)], 2),
        "config explain": (["config", "explain", "nothing"], 2),
        "doctor": (["doctor", "--config", str(world.folder)], 2),
        "version": (["version", "--config", str(world.folder)], 2),
        "completion": (["completion", "words", "nothing"], 2), "help": (["help", "nothing"], 2),
    }
    for name, (words, code) in ways.items():
        last = schemas.validate(expect(world.lifeboat(*words, *nothing, "--json", LIFEBOAT_ADB_START="no"), code))
        assert last["type"] == "error" and last["command"] == name, last
    for words in (["--json"], ["--json", "nothing"], ["place", "--json"], ["version", "--json", "--nothing"]):
        schemas.validate(expect(world.lifeboat(*words), 2))


with World() as world:
    schemas = Schemas()
    badly(world, schemas)
    assert schemas.errors >= set(COMMANDS), sorted(set(COMMANDS) - schemas.errors)
    well(world, schemas)
    assert schemas.summaries >= set(COMMANDS), sorted(set(COMMANDS) - schemas.summaries)
