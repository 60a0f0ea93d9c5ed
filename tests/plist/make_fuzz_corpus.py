"""Writes the seeds of fuzz/corpus/plist: make_fuzz_corpus.py FOLDER."""
import datetime
import pathlib
import plistlib
import sys

EVERYTHING = {
    "text": "a & b", "wide": "å 😀", "numbers": [0, -1, 255, 70000, 2**64 - 1, -2**63], "real": 1.5, "yes": True, "no": False,
    "data": b"\0\xff", "date": datetime.datetime(2026, 11, 25), "empty": [[], {}, "", b""], "long": "x" * 300,
}
ARCHIVE = {"$version": 100000, "$archiver": "NSKeyedArchiver", "$top": {"root": plistlib.UID(1)},
           "$objects": ["$null", {"Size": 3, "$class": plistlib.UID(2)}, {"$classname": "MBFile", "$classes": ["MBFile", "NSObject"]}]}
SEEDS = {
    "everything-binary": plistlib.dumps(EVERYTHING, fmt=plistlib.FMT_BINARY),
    "everything-xml": plistlib.dumps(EVERYTHING),
    "archive": plistlib.dumps(ARCHIVE, fmt=plistlib.FMT_BINARY),
    "ring": b"bplist00\xa1\x00\x08" + bytes(6) + b"\1\1" + bytes(7) + b"\1" + bytes(15) + b"\x0a",
    "unfolding": b"bplist00" + b"".join(b"\xae" + bytes([i + 1]) * 14 for i in range(12)) + b"\x51a" +
                 bytes(8 + 15 * i for i in range(13)) + bytes(6) + b"\1\1" + bytes(7) + b"\x0d" + bytes(15) + bytes([8 + 15 * 12 + 2]),
    "many-objects": b"bplist00\x09\x08" + bytes(6) + b"\1\1" + b"\xff" * 8 + bytes(15) + b"\x09",
    "entities": b"<!DOCTYPE plist [<!ENTITY a 'aa'>]><plist><string>&a;</string></plist>",
    "forms": b"<plist><array><string>a<![CDATA[<]]><!-- x -->&#x1F600;&amp;</string><true/><false></false><integer>-0x10</integer>"
             b"<real>-nan</real><date>4001-01-01T00:00:00Z</date><data> AP8Q </data><dict><key>CF$UID</key><integer>4</integer></dict>"
             b"<dict><key>a</key><string/><key>a</key><array/></dict></array></plist>",
    "deep": b"<array>" * 60 + b"</array>" * 60,
}

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
for name, data in SEEDS.items():
    (folder / name).write_bytes(data)
