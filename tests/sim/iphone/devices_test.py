"""Debian's clients of lockdown and the small services: devices_test.py LIFEBOAT_SIM pairing|services|files."""
import pathlib
import subprocess
import sys
import tempfile

from phone import Iphone, check, need, wait_for

UDID = "00008101-000A11112222801E"


def values(text):
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def pairing(program, work):
    with Iphone(program, work / "world", "--trust", "wait") as phone:
        for over in ("UNIX:", "TCP"):
            check(f"idevice_id over {over}", phone.out("idevice_id", "-l", over=over) == UDID + "\n")
        simple = values(phone.out("ideviceinfo", "-s"))
        check("values before pairing", simple["ProductVersion"] == "17.6.1" and simple["UniqueDeviceID"] == UDID
              and "SerialNumber" not in simple, simple)
        waiting = phone.run("idevicepair", "pair")
        check("an unanswered dialog", waiting.returncode != 0 and b"trust dialog" in waiting.stdout, waiting)
    with Iphone(program, work / "world", "--trust", "deny") as phone:
        denied = phone.run("idevicepair", "pair")
        check("a denied dialog", denied.returncode != 0 and b"denied the trust dialog" in denied.stdout, denied)
        check("no session without a pairing", phone.run("ideviceinfo").returncode != 0)
    with Iphone(program, work / "world") as phone:
        check("pair", "SUCCESS: Paired with device" in phone.out("idevicepair", "pair"))
        check("validate", "SUCCESS: Validated pairing" in phone.out("idevicepair", "validate"))
        check("hostid", len(phone.out("idevicepair", "hostid").strip()) == 36)
        full = values(phone.out("ideviceinfo"))
        check("values after it", full["SerialNumber"] == "F17SIM00LBOT" and full["ActivationState"] == "Activated")
        battery = values(phone.out("ideviceinfo", "-q", "com.apple.mobile.battery"))
        check("a domain", battery["BatteryCurrentCapacity"] == "84" and battery["HasBattery"] == "true", battery)
        one = phone.out("ideviceinfo", "-q", "com.apple.mobile.backup", "-k", "WillEncrypt")
        check("a key", one == "false\n", one)
        check("a name", phone.out("idevicename") == "Ada's iPhone\n")
        phone.out("idevicename", "Élan 7")
    # Validating pairs anew where it can: only a person who says no shows that it is forgotten.
    with Iphone(program, work / "world", "--trust", "deny") as phone:
        check("pairing and name outlive a restart", phone.out("idevicename", over="TCP") == "Élan 7\n")
        check("unpair", "SUCCESS: Unpaired" in phone.out("idevicepair", "unpair"))
        check("unpaired is unpaired", phone.run("idevicepair", "validate").returncode != 0)


def services(program, work):
    # Away for long enough that a busy machine does not miss it.
    with Iphone(program, work / "world", "--reboot-ms", 5000) as phone:
        phone.out("idevicepair", "pair")
        apps = phone.out("ideviceinstaller", "-l")
        check("the person's apps", "net.whatsapp.WhatsApp" in apps and "com.google.Authenticator" in apps
              and "com.apple.mobilesafari" not in apps, apps)
        check("the system's apps", "com.apple.mobilesafari" in phone.out("ideviceinstaller", "-l", "-o", "list_system"))
        gauge = phone.out("idevicediagnostics", "diagnostics", "GasGauge")
        check("diagnostics", "<key>CycleCount</key>" in gauge and "<integer>312</integer>" in gauge, gauge)
        registry = phone.out("idevicediagnostics", "ioregentry", "AppleSmartBattery")
        check("ioregentry", "<key>AppleRawMaxCapacity</key>" in registry, registry)
        check("mobilegestalt is refused since iOS 17.4", "MobileGestaltDeprecated" in
              phone.out("idevicediagnostics", "mobilegestalt", "PasswordConfigured"))
        check("profiles", "Device has 0 provisioning profiles" in phone.out("ideviceprovision", "list"))
        check("a notification", phone.run("idevicenotificationproxy", "post", "com.example.hello").returncode == 0)
        phone.out("idevicediagnostics", "restart")
        check("a restart takes it off the bus", wait_for(lambda: phone.out("idevice_id", "-l") == ""))
        check("it comes back", wait_for(lambda: phone.out("idevice_id", "-l") == UDID + "\n"))
        check("and knows its computer", phone.out("idevicepair", "validate").startswith("SUCCESS"))
    with Iphone(program, work / "old", "--personality", "ios14") as phone:
        phone.out("idevicepair", "pair")
        check("the longer name of old phones", len(phone.out("idevice_id", "-l").strip()) == 40)
        check("mobilegestalt of old", "<key>PasswordConfigured</key>" in
              phone.out("idevicediagnostics", "mobilegestalt", "PasswordConfigured"))


def files(program, work):
    media = work / "world" / "files" / "CameraRollDomain" / "Media"
    (media / "DCIM" / "100APPLE").mkdir(parents=True)
    content = bytes(range(256)) * 12345
    (media / "DCIM" / "100APPLE" / "IMG_0001.JPG").write_bytes(content)
    mounted = work / "mounted"
    mounted.mkdir()
    with Iphone(program, work / "world") as phone:
        phone.out("idevicepair", "pair")
        phone.out("ifuse", mounted)
        try:
            names = sorted(p.name for p in (mounted / "DCIM" / "100APPLE").iterdir())
            check("ls", names == ["IMG_0001.JPG"], names)
            check("read", (mounted / "DCIM" / "100APPLE" / "IMG_0001.JPG").read_bytes() == content)
            (mounted / "Books").mkdir()
            (mounted / "Books" / "new.bin").write_bytes(content[::-1])
            check("write", (media / "Books" / "new.bin").read_bytes() == content[::-1])
            (mounted / "Books" / "new.bin").rename(mounted / "Books" / "old.bin")
            check("rename", sorted(p.name for p in (media / "Books").iterdir()) == ["old.bin"])
            (mounted / "Books" / "old.bin").unlink()
            check("remove", not (media / "Books" / "old.bin").exists())
        finally:
            subprocess.run([need("fusermount"), "-u", str(mounted)], check=True)


def main():
    with tempfile.TemporaryDirectory(prefix="simphonetest") as folder:
        {"pairing": pairing, "services": services, "files": files}[sys.argv[2]](sys.argv[1], pathlib.Path(folder))


main()
