#!/usr/bin/env python3
"""An iPhone from the command line: seen, paired, asked; alone, and beside an Android phone."""

from harness import World, fill, wait_until

UDID = "00008101-000A11112222801E"


def only(world):
    done = world.lifeboat("phone", "list", "--json")
    assert done.code == 0, done
    phones = done.last["result"]["phones"]
    assert len(phones) == 1, phones
    return phones[0]


def nothing_is_there(world):
    done = world.lifeboat("phone", "pair")
    assert done.code != 0 and "usbmux" in done.err, done
    doctor = world.lifeboat("doctor", "--json")
    mux = [c for c in doctor.last["result"]["checks"] if c["subject"] == "usbmux daemon"]
    assert mux[0]["health"] == "warning" and "apt" not in mux[0]["seen"], mux
    assert world.lifeboat("phone", "list", "--json").last["result"]["phones"] == []


def consent(world):
    """Accepted, refused, waited for; and what the list says meanwhile."""
    denying = world.iphone(trust="deny")
    seen = only(world)
    assert seen["platform"] == "ios" and seen["serial"] == UDID and seen["model"] == "iPhone 12", seen
    assert seen["readiness"] == "unauthorized" and "lifeboat phone pair" in seen["instruction"], seen
    not_paired = world.lifeboat("phone", "info")
    assert not_paired.code == 13 and "lifeboat phone pair" in not_paired.err, not_paired
    refused = world.lifeboat("phone", "pair")
    assert refused.code == 13 and "Don't Trust" in refused.err, refused
    assert "plug it in again" in refused.err, refused
    denying.unplug()

    waiting = world.iphone(trust="wait")
    patient = world.lifeboat("phone", "pair", "--wait", "1")
    assert patient.code == 13 and "tap \"Trust\"" in patient.err, patient
    assert world.lifeboat("phone", "pair", "--wait", "soon").code == 2
    waiting.unplug()

    world.iphone()
    paired = world.lifeboat("phone", "pair")
    assert paired.code == 0 and "trusts this computer" in paired.out, paired
    again = world.lifeboat("phone", "pair", "--json")
    assert again.code == 0 and again.last["result"]["was_paired"], again
    assert only(world)["readiness"] == "ready" and only(world)["instruction"] == ""


def a_vanished_phone_ends_the_wait(world):
    phone = world.iphone("other", trust="wait", udid="00008101-000A11112222802E")
    log = world.folder / "lifeboat.log"
    log.unlink(missing_ok=True)
    running = world.start_lifeboat("phone", "pair", "--wait", "3600")
    wait_until("the question is told", lambda: "Trust" in log.read_text())
    phone.unplug()
    assert running.wait(30) == 13, log.read_text()
    assert "went away" in log.read_text(), log.read_text()


def others_use_the_same_pairing(world, iphone):
    """What we paired serves Debian's client, and the other way round."""
    address = {"USBMUXD_SOCKET_ADDRESS": f"UNIX:{iphone.socket}"}
    theirs = world.run(["ideviceinfo", "-k", "SerialNumber"], **address)
    assert theirs.code == 0 and theirs.out.strip() == "F17SIM00LBOT", theirs
    assert world.lifeboat("phone", "forget").code == 0
    assert only(world)["readiness"] == "unauthorized"
    pairing = world.run(["idevicepair", "pair"], **address)
    assert pairing.code == 0, pairing
    assert only(world)["readiness"] == "ready"


def facts(world):
    done = world.lifeboat("phone", "info", "--json")
    assert done.code == 0, done
    result = done.last["result"]
    assert result["phone"]["model"] == "iPhone 12" and result["phone"]["os_version"] == "17.6.1", result["phone"]
    told = {r["fact"]: r["value"] for r in result["readings"]}
    for fact, value in {"battery.percent": "84", "backup.encrypted": "no", "activation.state": "Activated",
                        "find_my.on": "no", "passcode.set": "yes", "connection.kind": "cable"}.items():
        assert told[fact] == value, (fact, told[fact])
    assert "com.google.Authenticator" in told["packages.authenticators"], told
    assert told["wifi.connected"] is None, told


def side_by_side(world):
    android = world.phone()
    fill(android.storage, photos=3)
    phones = world.lifeboat("phone", "list", "--json").last["result"]["phones"]
    assert sorted(p["platform"] for p in phones) == ["android", "ios"], phones
    ambiguous = world.lifeboat("phone", "info")
    assert ambiguous.code == 2 and UDID in ambiguous.err, ambiguous
    for name, platform in (("iphone 12", "ios"), (UDID.lower(), "ios"), (android.address, "android")):
        done = world.lifeboat("phone", "info", name, "--json")
        assert done.code == 0 and done.last["result"]["phone"]["platform"] == platform, done
    assert world.lifeboat("phone", "pair").code == 0  # only one of them can be meant
    wrong = world.lifeboat("phone", "pair", android.address)
    assert wrong.code == 2 and "USB debugging" in wrong.err, wrong


def no_adb_hides_no_iphone(world):
    """Somebody with an iPhone only has no adb."""
    done = world.lifeboat("phone", "list", "--json", LIFEBOAT_ADB_START="no",
                          LIFEBOAT_ADB_SERVER="tcp:localhost:1")
    assert done.code == 0 and [p["serial"] for p in done.last["result"]["phones"]] == [UDID], done
    doctor = world.lifeboat("doctor", "--json", LIFEBOAT_ADB_START="no", LIFEBOAT_ADB_PROGRAM="/nonexistent/adb",
                            LIFEBOAT_ADB_SERVER="tcp:localhost:1")
    health = {check["subject"]: check["health"] for check in doctor.last["result"]["checks"]}
    assert health["adb"] == health["adb server"] == "warning" and health["usbmux daemon"] == "well", health


with World() as world:
    nothing_is_there(world)
    a_vanished_phone_ends_the_wait(world)
    consent(world)
    iphone = world.iphone("second")
    assert world.lifeboat("phone", "pair").code == 0
    others_use_the_same_pairing(world, iphone)
    facts(world)
    no_adb_hides_no_iphone(world)
    side_by_side(world)
print("ok")
