"""What the tests of the command line share: the world of the end-to-end tests, and the schemas."""
import json
import pathlib
import sys

PROJECT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(PROJECT / "tests/e2e"))

from harness import BIN, World, fill, free_port, put, wait_until  # noqa: E402, F401  (tests take them from here)

COMMANDS = ["ready", "audit", "restore", "backup", "verify", "attest", "phone list", "phone info", "phone wifi", "phone pair",
            "phone forget", "phone encryption", "phone restore", "phone cloud-backup", "phone space", "update watch", "place add", "place list", "place test",
            "place repair", "place prune", "place locks", "place remove", "snapshot list",
            "snapshot show", "snapshot diff", "snapshot copy", "snapshot export", "snapshot import", "snapshot apps",
            "snapshot forget", "snapshot hold", "snapshot release", "snapshot recover", "ls", "find", "mount", "stats", "key list", "key add", "key change", "key remove",
            "config get", "config set", "config list", "config explain", "doctor", "version",
            "completion", "help"]


def expect(done, code, *words):
    """The exit code, and words that must be in what was said."""
    assert done.code == code, f"exit code {done.code}, not {code}\n{done}"
    for word in words:
        assert word in done.out + done.err, f"does not say {word!r}\n{done}"
    return done


class Schemas:
    """Validates lines of --json; remembers which commands gave a summary and which an error."""

    def __init__(self):
        import jsonschema
        self.jsonschema = jsonschema
        self.documents = {path.name: json.loads(path.read_text()) for path in (PROJECT / "schema").glob("*.json")}
        for document in self.documents.values():
            jsonschema.Draft7Validator.check_schema(document)
        self.summaries, self.errors = set(), set()

    def check(self, instance, name):
        schema = self.documents[name]
        resolver = self.jsonschema.RefResolver(name, schema, store=self.documents)
        self.jsonschema.Draft7Validator(schema, resolver=resolver).validate(instance)

    def validate(self, done):
        """Every line, the last one, and that the exit code is the one the last line tells."""
        assert "\x1b" not in done.out, f"colours under --json\n{done}"
        assert done.lines, f"no line at all\n{done}"
        for line in done.lines:
            self.check(line, "line.json")
        for line in done.lines[:-1]:
            assert line["type"] not in ("summary", "error"), f"something behind the last line\n{done}"
        last = done.last
        assert last["type"] in ("summary", "error"), done
        assert last["exit_code"] == done.code, done
        if last["type"] == "error":
            self.errors.add(last["command"])
            return last
        self.summaries.add(last["command"])
        self.check(last["result"], f"result-{last['command'].replace(' ', '-')}.json")
        return last
