"""Writes the seeds of fuzz/corpus/{usbmux,device_link,afc}: make_wire_corpus.py FUZZ_CORPUS_FOLDER."""
import pathlib
import plistlib
import struct
import sys


def usbmux(body, version=1, message=8, tag=1, length=None):
    data = body if isinstance(body, bytes) else plistlib.dumps(body)
    return struct.pack("<4I", 16 + len(data) if length is None else length, version, message, tag) + data


def link(*message):
    data = plistlib.dumps(list(message), fmt=plistlib.FMT_BINARY)
    return struct.pack(">I", len(data)) + data


def name(text):
    return struct.pack(">I", len(text)) + text


def block(code, data=b""):
    return struct.pack(">IB", 1 + len(data), code) + data


def afc(operation, parameters=b"", payload=b"", whole=None):
    head = 40 + len(parameters)
    return b"CFA6LPAA" + struct.pack("<4Q", head + len(payload) if whole is None else whole, head, 1, operation) + parameters + payload


UDID = "00008101-000A11112222801E"
ATTACHED = {"MessageType": "Attached", "DeviceID": 3, "Properties": {
    "ConnectionSpeed": 480000000, "ConnectionType": "USB", "DeviceID": 3, "LocationID": 1, "ProductID": 0x12a8, "SerialNumber": UDID}}
NONE = "___EmptyParameterString___"
UPLOAD = link("DLMessageUploadFiles", {}, 1.5, 5)
FILES = (name(b"/var/a") + name(UDID.encode() + b"/00/a") + block(12, b"hello") + block(0) + name(b"/var/b") + name(b"../b") + block(6, b"gone") +
         struct.pack(">I", 0))
SEEDS = {
    "usbmux": {
        "attached": usbmux(ATTACHED, tag=0),
        "network": usbmux({**ATTACHED, "Properties": {**ATTACHED["Properties"], "ConnectionType": "Network", "NetworkAddress": bytes(128)}}),
        "result": usbmux({"MessageType": "Result", "Number": 3}) + usbmux(ATTACHED),
        "devices": usbmux({"DeviceList": [ATTACHED, ATTACHED]}),
        "record": usbmux({"PairRecordData": b"<plist><dict/></plist>"}),
        "binary-protocol": usbmux(struct.pack("<I", 6), version=0, message=1),
        "long": usbmux({}, length=0xffffffff),
        "short": usbmux({}, length=3),
        "hostile-serial": usbmux({**ATTACHED, "Properties": {"SerialNumber": "../../x"}}),
    },
    "device_link": {
        "start": b"\0" + link("DLMessageVersionExchange", 400, 0) + link("DLMessageDeviceReady"),
        "upload": b"\0" + UPLOAD + FILES + link("DLMessageProcessMessage", {"MessageName": "Response", "ErrorCode": 0}),
        "download": b"\0" + link("DLMessageDownloadFiles", [UDID + "/Status.plist"], {"DLFileAttributesItemOptionKey": ""}, -1.0, 0),
        "files-one-name": b"\1" + name(b"a") + block(12, b"x" * 20) + block(11) + struct.pack(">I", 0),
        "move": b"\0" + link("DLMessageMoveItems", {"a": "b"}, {}, 3.0) + link("DLMessageRemoveItems", ["a"], {}, 4.0),
        "folders": b"\0" + link("DLContentsOfDirectory", "a", {}, -1.0) + link("DLMessageCreateDirectory", "a", {}, 1.0) +
                   link("DLMessageCopyItem", "a", "b", {}, 1.0) + link("DLMessageGetFreeDiskSpace") + link("DLMessagePurgeDiskSpace", 1 << 40, 4),
        "status": b"\0" + link("DLMessageStatusResponse", 2**64 - 13, NONE, {"00": {"DLFileType": "DLFileTypeDirectory", "DLFileSize": 0}}),
        "goodbye": b"\0" + link("DLMessagePing", NONE) + link("DLMessageDisconnect", NONE),
        "five-entries": b"\0" + link("DLMessageStatusResponse", 0, NONE, {}, {}),
        "long": b"\0\xff\xff\xff\xff",
        "long-block": b"\0" + UPLOAD + name(b"a") + name(b"b") + b"\xff\xff\xff\xff\x0c",
    },
    "afc": {
        "status": afc(1, struct.pack("<Q", 8)),
        "listing": afc(2, b"", b".\0..\0DCIM\0"),
        "info": afc(2, b"", b"st_size\0" b"5\0st_ifmt\0S_IFREG\0st_mtime\0" b"1700000000000000000\0"),
        "open": afc(14, struct.pack("<Q", 3)) + afc(2, b"", b"content"),
        "long": afc(2, whole=2**63),
        "unterminated": afc(2, b"", b"a\0b"),
    },
}

for target, seeds in SEEDS.items():
    folder = pathlib.Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    for seed, data in seeds.items():
        (folder / seed).write_bytes(data)
