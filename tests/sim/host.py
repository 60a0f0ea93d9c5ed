"""A host that speaks the adb wire, for tests that need to see packets or to break rules."""
import socket
import struct

CNXN, AUTH, OPEN, OKAY, WRTE, CLSE = (int.from_bytes(name, "little")
                                      for name in (b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"WRTE", b"CLSE"))
NAMES = {value: value.to_bytes(4, "little").decode() for value in (CNXN, AUTH, OPEN, OKAY, WRTE, CLSE)}
WINDOW = 32 << 20
FEATURES = ("shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir,apex,abb,fixed_push_symlink_timestamp,abb_exec,remount_shell,"
            "track_app,sendrecv_v2,sendrecv_v2_brotli,sendrecv_v2_lz4,sendrecv_v2_zstd,sendrecv_v2_dry_run_send,"
            "openscreen_mdns,delayed_ack")


class Gone(Exception):
    pass


class Host:
    """One connection. Streams are used one after another."""

    def __init__(self, port, features=FEATURES):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.payload_bytes = 0
        self.next_id = 100
        self.send(CNXN, 0x01000001, 1 << 20, b"host::features=" + features.encode())
        command, self.version, self.max_payload, banner = self.receive()
        assert command == CNXN, NAMES.get(command)
        self.banner = banner
        self.delayed = b"delayed_ack" in banner and "delayed_ack" in features

    def send(self, command, arg0, arg1, data=b""):
        header = struct.pack("<6I", command, arg0, arg1, len(data), sum(data) & 0xffffffff, command ^ 0xffffffff)
        try:
            self.socket.sendall(header + data)
        except ConnectionError as lost:
            raise Gone() from lost

    def exactly(self, count):
        data = bytearray()
        while len(data) < count:
            try:
                part = self.socket.recv(min(count - len(data), 1 << 20))
            except ConnectionError:
                part = b""
            if not part:
                self.partial = bytes(data)
                raise Gone()
            data += part
        return bytes(data)

    def receive(self):
        command, arg0, arg1, length, _, magic = struct.unpack("<6I", self.exactly(24))
        assert command ^ 0xffffffff == magic
        try:
            data = self.exactly(length)
        except Gone:
            self.payload_bytes += len(self.partial) if command == WRTE else 0
            raise
        self.payload_bytes += length if command == WRTE else 0
        return command, arg0, arg1, data

    def open(self, destination):
        return Stream(self, destination)

    def sync(self):
        return Sync(self)

    def close(self):
        self.socket.close()


class Stream:
    def __init__(self, host, destination):
        self.host, self.local = host, host.next_id
        host.next_id += 1
        self.buffer, self.open, self.acks = b"", True, 0
        host.send(OPEN, self.local, WINDOW if host.delayed else 0, destination + b"\0")
        command, self.remote, local, window = host.receive()
        while local != self.local:  # a CLSE that real phones repeat for a stream long closed
            command, self.remote, local, window = host.receive()
        assert command == OKAY and local == self.local, NAMES.get(command)
        assert len(window) == (4 if host.delayed else 0), window

    def write(self, data):
        """Waits for the OKAY as a host without delayed acks must."""
        for at in range(0, len(data), self.host.max_payload):
            wanted = self.acks + 1
            self.host.send(WRTE, self.local, self.remote, data[at:at + self.host.max_payload])
            while self.acks < wanted and self.open:
                self.pump()

    def pump(self):
        command, remote, local, data = self.host.receive()
        if local != self.local:
            return
        if command == WRTE:
            self.buffer += data
            self.host.send(OKAY, self.local, self.remote, struct.pack("<i", len(data)) if self.host.delayed else b"")
        elif command == OKAY:
            self.acks += 1
        elif command == CLSE:
            self.open = False

    def read(self, count):
        while len(self.buffer) < count:
            if not self.open:
                raise Gone()
            self.pump()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def rest(self):
        while self.open:
            self.pump()
        return self.buffer


class Sync:
    FIELDS = ("error", "dev", "ino", "mode", "nlink", "uid", "gid", "size", "atime", "mtime", "ctime")
    LAYOUT = "<IQQIIIIQqqq"

    def __init__(self, host):
        self.host, self.stream = host, host.open(b"sync:")

    def request(self, name, path):
        path = path if isinstance(path, bytes) else path.encode()
        self.stream.write(name + struct.pack("<I", len(path)) + path)

    def stat(self, path, name=b"LST2"):
        self.request(name, path)
        assert self.stream.read(4) == name
        return dict(zip(self.FIELDS, struct.unpack(self.LAYOUT, self.stream.read(68))))

    def entries(self, path):
        self.request(b"LIS2", path)
        while True:
            kind = self.stream.read(4)
            stat = dict(zip(self.FIELDS, struct.unpack(self.LAYOUT, self.stream.read(68))))
            length = struct.unpack("<I", self.stream.read(4))[0]
            if kind == b"DONE":
                return
            assert kind == b"DNT2", kind
            yield stat, self.stream.read(length)

    def list(self, path):
        return list(self.entries(path))

    def count_entries(self, path, most):
        count = 0
        for _ in self.entries(path):
            count += 1
            if count == most:
                break
        return count

    def ask_read(self, path, flags=0):
        path = path if isinstance(path, bytes) else path.encode()
        self.stream.write(b"RCV2" + struct.pack("<I", len(path)) + path + b"RCV2" + struct.pack("<I", flags))

    def take_read(self):
        data = []
        while True:
            kind, length = struct.unpack("<4sI", self.stream.read(8))
            if kind == b"DONE":
                return b"".join(data)
            body = self.stream.read(length)
            if kind == b"FAIL":
                return b"FAIL " + body
            assert kind == b"DATA" and length <= 65536, (kind, length)
            data.append(body)

    def read(self, path, flags=0):
        self.ask_read(path, flags)
        return self.take_read()
