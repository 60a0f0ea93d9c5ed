"""What steering a simulated iPhone changes for Debian's clients: control_test.py LIFEBOAT_SIM."""
import pathlib
import subprocess
import sys
import tempfile

from phone import Iphone, check, wait_for

UDID = "00008101-000A11112222801E"


def value(phone, domain, key):
    return phone.out("ideviceinfo", "-q", domain, "-k", key).strip()


def steer(program, work):
    with Iphone(program, work / "world", "--photos", 5, "--reboot-ms", 2000) as phone:
        phone.control("consent", "wait")
        waiting = phone.run("idevicepair", "pair")
        check("consent is asked", waiting.returncode != 0 and b"trust dialog" in waiting.stdout, waiting)
        phone.control("consent", "accept")
        phone.out("idevicepair", "pair")
        phone.control("battery", 17, "discharging")
        check("the battery", value(phone, "com.apple.mobile.battery", "BatteryCurrentCapacity") == "17")
        phone.control("find-my", "on")
        check("Find My", value(phone, "com.apple.fmip", "IsAssociated") == "true")
        before = len(list((work / "world/files/CameraRollDomain/Media/DCIM/100APPLE").glob("*.JPG")))
        added = phone.control("add-photos", 3)["identities"]
        after = len(list((work / "world/files/CameraRollDomain/Media/DCIM/100APPLE").glob("*.JPG")))
        check("new photos", len(added) == 3 and after == before + 3, (added, before, after))
        phone.control("unplug")
        check("unplugged", wait_for(lambda: phone.out("idevice_id", "-l") == ""))
        phone.control("plug")
        check("plugged", wait_for(lambda: phone.out("idevice_id", "-l") == UDID + "\n"))
        lost = phone.control("update", "26.1", "--loses", "messages", 2)
        check("an update", len(lost["lost"]) == 2 and lost["version"] == "26.1", lost)
        check("it restarts", wait_for(lambda: phone.out("idevice_id", "-l") == UDID + "\n"))
        check("the new system", phone.out("ideviceinfo", "-k", "ProductVersion") == "26.1\n")
        phone.control("locks-on-reboot", "on")
        phone.out("idevicediagnostics", "restart")
        check("it goes", wait_for(lambda: not phone.control("state")["plugged"]))
        check("it restarts again", wait_for(lambda: phone.out("idevice_id", "-l") == UDID + "\n"))
        locked = phone.run("ideviceinfo", "-k", "SerialNumber")
        check("locked until the first unlock", locked.returncode != 0, locked)
        phone.control("passcode")
        check("open after it", phone.out("ideviceinfo", "-k", "SerialNumber") == "F17SIM00LBOT\n")
        phone.control("consent", "deny")  # or it would pair anew without being asked
        phone.control("forget")
        check("a forgotten computer", phone.run("ideviceinfo", "-k", "SerialNumber").returncode != 0)
        check("is no longer known", phone.control("state")["computers"] == 0)
        refused = subprocess.run([program, "ctl", phone.control_socket, "fly"], capture_output=True, text=True)
        check("an unknown word", refused.returncode == 1 and "unknown command" in refused.stdout, refused)


def main():
    with tempfile.TemporaryDirectory(prefix="simphonetest") as folder:
        steer(sys.argv[1], pathlib.Path(folder))


main()
