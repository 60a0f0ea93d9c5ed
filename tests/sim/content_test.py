"""make-content and the photos of a running phone: content_test.py LIFEBOAT_SIM."""
import hashlib
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import zipfile

from simulator import Phone, check


def exif_time(jpeg):
    """DateTimeOriginal, read by walking the TIFF, as a gallery does."""
    at = jpeg.index(b"Exif\0\0") + 6
    tiff = jpeg[at:]

    def entries(offset):
        count = struct.unpack_from("<H", tiff, offset)[0]
        return {tag: (kind, n, value) for tag, kind, n, value in
                (struct.unpack_from("<HHII", tiff, offset + 2 + 12 * i) for i in range(count))}
    first = entries(struct.unpack_from("<I", tiff, 4)[0])
    kind, length, where = entries(first[0x8769][2])[0x9003]
    assert kind == 2 and length == 20
    return tiff[where:where + 19].decode()


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="simcontent") as work:
        one, two = pathlib.Path(work, "one"), pathlib.Path(work, "two")
        for folder in (one, two):
            subprocess.run([program, "make-content", folder, "--photos", "40", "--seed", "7"], check=True, timeout=120)
        photos = sorted(one.rglob("IMG_*.jpg"))
        check("40 photos", len(photos) == 40, len(photos))
        bodies = [p.read_bytes() for p in photos]
        check("every one different", len({hashlib.sha256(b).digest() for b in bodies}) == 40)
        check("JPEG from start to end", all(b[:2] == b"\xff\xd8" and b[-2:] == b"\xff\xd9" for b in bodies))
        sizes = [len(b) for b in bodies]
        check("of a photo's size", 10_000 < min(sizes) and max(sizes) < 400_000, (min(sizes), max(sizes)))
        for path, body in zip(photos, bodies):
            taken = re.sub(r"\D", "", exif_time(body))
            assert taken == path.stem[4:].replace("_", ""), (path, taken)
        print("ok   the EXIF date is the one in the name")
        check("seeded", all(p.read_bytes() == (two / p.relative_to(one)).read_bytes()
                            for p in one.rglob("*") if p.is_file()))
        with zipfile.ZipFile(next(one.rglob("*.docx"))) as document:
            check("docx is a sound zip", document.testzip() is None and "word/document.xml" in document.namelist())
        check("odd names", any("\n" in p.name for p in one.rglob("*")) and any("\U0001F600" in p.name for p in one.rglob("*")))
        with Phone(program, one) as phone:
            before = len(phone.control("gallery")["paths"])
            added = phone.control("add-photos", 5)["paths"]
            check("new photos are in the gallery", len(phone.control("gallery")["paths"]) == before + 5 and len(added) == 5)
            lost = phone.control("lose-photos", 12)["paths"]
            check("12 lost", len(set(lost)) == 12 and len(sorted(one.rglob("IMG_*.jpg"))) == 33)
            check("and gone from the gallery", len(phone.control("gallery")["paths"]) == before - 7)


main()
