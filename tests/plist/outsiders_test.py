"""Our property lists beside plistlib's and plistutil's: outsiders_test.py PLIST_CONVERT.

What one writes all must read, and read as the same.
"""
import datetime
import plistlib
import random
import subprocess
import sys
import tempfile
import pathlib
import unittest

CONVERT = sys.argv.pop(1)
FORMATS = {"binary": plistlib.FMT_BINARY, "xml": plistlib.FMT_XML}


def ours(data, to):
    done = subprocess.run([CONVERT, to], input=data, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{done.stderr.decode()} on {data[:200]!r}")
    return done.stdout


def plistutil(data, to):
    """libplist's own tool; it converts, or says with -f in which format."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "in"), pathlib.Path(folder, "out")
        source.write_bytes(data)
        subprocess.run(["plistutil", "-i", source, "-o", target, "-f", {"binary": "bin", "xml": "xml"}[to]],
                       check=True, capture_output=True, timeout=60)
        return target.read_bytes()


def text(chance):
    letters = "abcXYZ 0&<>\"'\n\t" if chance.random() < 0.7 else "äøλЖ中日😀𝕏\u2028é"
    return "".join(chance.choice(letters) for _ in range(chance.choice([0, 1, 5, 14, 15, 16, 40, 300])))


def number(chance):
    bits = chance.choice([1, 7, 8, 15, 16, 31, 32, 62, 63])
    return chance.choice([1, -1]) * chance.getrandbits(bits)


def value(chance, depth):
    kinds = [text, number, lambda c: c.random() < 0.5, lambda c: c.uniform(-1e9, 1e9), lambda c: c.randbytes(c.choice([0, 1, 15, 100])),
             lambda c: datetime.datetime(2001, 1, 1) + datetime.timedelta(seconds=c.randint(-10**9, 10**10))]
    if depth > 0 and chance.random() < 0.6:
        count = chance.choice([0, 1, 3, 14, 15, 16])
        if chance.random() < 0.5:
            return [value(chance, depth - 1) for _ in range(count)]
        return {text(chance): value(chance, depth - 1) for _ in range(count)}
    return chance.choice(kinds)(chance)


class Outsiders(unittest.TestCase):
    def test_plistlib_reads_what_we_write(self):
        for seed in range(150):
            want = value(random.Random(seed), 3)
            for source in FORMATS:
                data = plistlib.dumps(want, fmt=FORMATS[source], sort_keys=False)
                for target in FORMATS:
                    with self.subTest(seed=seed, source=source, target=target):
                        self.assertEqual(plistlib.loads(ours(data, target)), want)

    def test_plistutil_reads_what_we_write_and_we_read_its(self):
        for seed in range(40):
            # libplist 2.2 has no root that is not a container, and cuts reals in XML to six digits.
            want = {"root": value(random.Random(1000 + seed), 2)}
            data = plistlib.dumps(want, fmt=plistlib.FMT_BINARY, sort_keys=False)
            with self.subTest(seed=seed):
                again = plistutil(ours(plistutil(ours(data, "binary"), "binary"), "binary"), "binary")
                self.assertEqual(plistlib.loads(again), want)
                from_xml = plistutil(ours(data, "xml"), "binary")
                self.assertEqual(plistlib.loads(from_xml), plistlib.loads(ours(data, "binary")))
                self.assertEqual(plistlib.loads(ours(plistutil(data, "xml"), "xml")),
                                 plistlib.loads(plistutil(data, "xml")))

    def test_the_largest_integers(self):
        for want in (2**64 - 1, 2**63, 2**63 - 1, -2**63):
            for source, fmt in FORMATS.items():
                data = plistlib.dumps([want], fmt=fmt)
                self.assertEqual(plistlib.loads(ours(data, "binary")), [want])
                self.assertEqual(plistlib.loads(ours(data, "xml")), [want])

    def test_uid(self):
        for number in (0, 255, 256, 2**32 - 1):
            data = plistlib.dumps({"$top": plistlib.UID(number)}, fmt=plistlib.FMT_BINARY)
            self.assertEqual(plistlib.loads(ours(data, "binary")), {"$top": plistlib.UID(number)})
            self.assertEqual(plistlib.loads(ours(data, "xml")), {"$top": {"CF$UID": number}})
            self.assertEqual(plistlib.loads(ours(ours(data, "xml"), "binary")), {"$top": plistlib.UID(number)})

    def test_wide_lists(self):
        for count in (255, 256, 70_000):
            want = {"list": list(range(count)), **{f"key {i}": f"text {i}" for i in range(count)}}
            self.assertEqual(plistlib.loads(ours(plistlib.dumps(want, fmt=plistlib.FMT_BINARY), "binary")), want)

    def test_what_plistlib_refuses_of_a_broken_list_we_refuse_too(self):
        data = plistlib.dumps({"a": [1, 2, b"3"], "b": "text"}, fmt=plistlib.FMT_BINARY)
        for size in range(len(data)):
            done = subprocess.run([CONVERT, "xml"], input=data[:size], capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 3, size)


if __name__ == "__main__":
    unittest.main()
