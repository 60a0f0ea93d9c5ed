"""Writes the seeds of fuzz/corpus/adb_packet and adb_host: make_fuzz_corpus.py CORPUS_FOLDER."""
import pathlib
import struct
import sys


def packet(name, arg0, arg1, data=b"", magic=None, length=None):
    command = int.from_bytes(name, "little")
    return struct.pack("<6I", command, arg0, arg1, len(data) if length is None else length, sum(data) & 0xffffffff,
                       command ^ 0xffffffff if magic is None else magic) + data


def connection(features, *packets):
    return packet(b"CNXN", 0x01000001, 1 << 20, b"host::features=" + features) + b"".join(packets)


def sync(request):
    return packet(b"OPEN", 7, 0, b"sync:\0") + packet(b"WRTE", 7, 1, request)


PLAIN, DELAYED = b"shell_v2,stat_v2,ls_v2,sendrecv_v2", b"shell_v2,stat_v2,ls_v2,delayed_ack"
SEEDS = {
    "connect": connection(PLAIN),
    "wrong-magic": packet(b"CNXN", 1, 2, b"", magic=0),
    "long-length": packet(b"CNXN", 1, 2, b"", length=0xffffffff),
    "no-payload-limit": packet(b"CNXN", 0x01000001, 0, b"host::"),
    "old-version": packet(b"CNXN", 0x01000000, 4096, b"host::"),
    "shell": connection(PLAIN, packet(b"OPEN", 5, 0, b"shell,v2,raw:echo 'a b' | cat && ls -l /sdcard; exit 3\0")),
    "shell-stdin": connection(PLAIN, packet(b"OPEN", 5, 0, b"shell,v2,raw:xargs -0 sha256sum\0"),
                              packet(b"WRTE", 5, 1, b"\0\5\0\0\0/sdc\0\3\0\0\0\0\5\xff\xff\xff\xff")),
    "interactive": connection(PLAIN, packet(b"OPEN", 5, 0, b"shell:\0"), packet(b"WRTE", 5, 1, b"id\nexit\n")),
    "list": connection(PLAIN, sync(b"LIS2\7\0\0\0/sdcardQUIT\0\0\0\0")),
    "path-too-long": connection(PLAIN, sync(b"STA2\xff\xff\xff\xff/")),
    "escape": connection(PLAIN, sync(b"RCV2\x1b\0\0\0/sdcard/../../../etc/passwdRCV2\0\0\0\0")),
    "nul-in-path": connection(PLAIN, sync(b"STAT\4\0\0\0/a\0b")),
    "send": connection(PLAIN, sync(b"SEND\x10\0\0\0/sdcard/x,33188 DATA\3\0\0\0abcDONE\1\0\0\0")),
    "send-brotli-broken": connection(PLAIN, sync(b"SND2\x0a\0\0\0/sdcard/zzSND2\xa4\x81\0\0\1\0\0\0DATA\4\0\0\0\xff\xff\xff\xff"
                                                 b"DONE\1\0\0\0")),
    "two-flags": connection(PLAIN, sync(b"SND2\x0a\0\0\0/sdcard/zzSND2\xa4\x81\0\0\7\0\0\0")),
    "oversize-data": connection(PLAIN, sync(b"SEND\x0f\0\0\0/sdcard/x,33188DATA\xff\xff\xff\xff")),
    "delayed": connection(DELAYED, packet(b"OPEN", 9, 1 << 20, b"sync:\0"), packet(b"OKAY", 9, 1, b"\0\0\0\x80")),
    "delayed-mismatch": connection(DELAYED, packet(b"OPEN", 9, 0, b"sync:\0")),
    "odd-okay": connection(DELAYED, packet(b"OPEN", 9, 100, b"source:100000\0"), packet(b"OKAY", 9, 1, b"abc")),
    "source": connection(PLAIN, packet(b"OPEN", 9, 0, b"source:99999999999\0")),
    "empty-write": connection(PLAIN, packet(b"OPEN", 7, 0, b"sync:\0"), packet(b"WRTE", 7, 1), packet(b"CLSE", 7, 1),
                              packet(b"CLSE", 7, 1)),
    "twice": connection(PLAIN, packet(b"OPEN", 7, 0, b"sync:\0")) + connection(DELAYED),
}


def phone(features, *packets, version=0x01000001, limit=1 << 20):
    """What a phone says to a computer that opens one stream, its number 1."""
    return packet(b"CNXN", version, limit, b"device::ro.product.model=Pixel 8;features=" + features) + b"".join(packets)


TOKEN = packet(b"AUTH", 1, 0, bytes(range(20)))
OKAY, CLSE = packet(b"OKAY", 9, 1), packet(b"CLSE", 9, 1)
HOST_SEEDS = {
    "plain": phone(PLAIN, OKAY, packet(b"WRTE", 9, 1, b"words"), packet(b"OKAY", 9, 1), CLSE, CLSE, CLSE),
    "delayed": phone(DELAYED, packet(b"OKAY", 9, 1, b"\0\0\0\2"), packet(b"WRTE", 9, 1, b"w" * 5000), CLSE),
    "token": TOKEN + phone(PLAIN, OKAY, CLSE),
    "two-tokens": TOKEN + TOKEN + phone(PLAIN, OKAY, CLSE),
    "three-tokens": TOKEN * 3,
    "odd-token": packet(b"AUTH", 1, 0, b"short"),
    "odd-auth": packet(b"AUTH", 7, 0, bytes(20)),
    "tls": packet(b"STLS", 0x01000000, 0) + bytes(range(200)),
    "no-payload": phone(PLAIN, limit=0),
    "old": phone(b"", packet(b"OKAY", 9, 1), packet(b"WRTE", 9, 1, b"sum"), version=0x01000000, limit=4096),
    "refused": phone(PLAIN, packet(b"CLSE", 0, 1)),
    "odd-okay": phone(DELAYED, packet(b"OKAY", 9, 1, b"abc")),
    "negative": phone(DELAYED, packet(b"OKAY", 9, 1, b"\xff\xff\xff\xff"), CLSE),
    "unknown-streams": phone(PLAIN, packet(b"WRTE", 3, 77, b"x"), packet(b"CLSE", 3, 77), OKAY,
                             packet(b"WRTE", 8, 1, b"not ours"), CLSE),
    "opens": phone(PLAIN, packet(b"OPEN", 5, 0, b"tcp:22\0"), OKAY, CLSE),
    "greets-again": phone(PLAIN, OKAY) + phone(PLAIN),
    "wrong-magic": packet(b"CNXN", 1, 2, b"", magic=0),
    "long-length": phone(PLAIN, OKAY, packet(b"WRTE", 9, 1, b"", length=0xffffffff)),
    "empty-write": phone(PLAIN, OKAY, packet(b"WRTE", 9, 1), CLSE),
    "cut-off": phone(PLAIN, OKAY, packet(b"WRTE", 9, 1, b"ten bytes..")[:-4]),
}

for folder, seeds in (("adb_packet", SEEDS), ("adb_host", HOST_SEEDS)):
    (pathlib.Path(sys.argv[1]) / folder).mkdir(exist_ok=True)
    for name, data in seeds.items():
        (pathlib.Path(sys.argv[1]) / folder / name).write_bytes(data)
