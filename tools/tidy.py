#!/usr/bin/env python3
"""The tidy test: the rules of the house that a machine can hold.

    tidy.py [ROOT]      ROOT is the project's folder (default: the one above this file)

It reads the lifeboat_module() and lifeboat_program() lines of CMakeLists.txt, the same that the
build reads, and every C++ file below src/, fuzz/, bench/ and tests/. Exit code 1 when a rule of
the first kind is broken; rules of the second kind are only listed, so that an exception stands in
the open. docs/testing.md tells the rules, tidy_test.py has a failing and a passing sample of each.
Standard library only, Python 3.9 or newer.
"""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import measure  # noqa: E402  (the same function finder as the figures)

WIDTH = 100
FILE_LINES, TEST_LINES, FUNCTION_LINES, PARAMETERS = 500, 800, 60, 5
GENERATED = {"lifeboat_version.h", "embedded/messages_en.h"}
OUTSIDE = ("fuzz", "bench", "tests")
CATCH_HOMES = re.compile(r"(base|engine|app|web|mount)/|storage/retry")

LOCKS = (r"\bstd\s*::\s*((recursive_|shared_|timed_|recursive_timed_|shared_timed_)?mutex"
         r"|lock_guard|unique_lock|scoped_lock|shared_lock|condition_variable(_any)?)\b")
# (what it is called in the message, pattern on code without comments and strings, instead, homes)
WORDS = [
    ("std::mutex and kin", LOCKS, "base/guarded.h", {"base"}),
    ("a clock's now()", r"\b(system_clock|steady_clock|high_resolution_clock)\s*::\s*now\b"
     r"|\btime\s*\(\s*(nullptr|NULL|0)\s*\)", "sys::Clock", {"sys"}),
    ("a source of chance", r"\brandom_device\b|(?<![\w.>])s?rand\s*\(", "sys::Random", {"sys"}),
    ("printing", r"\b(cout|cerr)\b|\bv?f?printf\s*\(", "an Event", {"cli"}),
    ("getenv, system, popen", r"\b(secure_)?getenv\s*\(|(?<![.>\w])system\s*\(|\bpopen\s*\(",
     "Settings or sys::Process", {"app", "sys"}),
    ("new, delete, malloc", r"\bnew\b(?=\s*[\w:(<\[])|\bdelete\b|\b(m|c|re)alloc\s*\(",
     "unique_ptr or a container", set()),
    ("using namespace", r"\busing\s+namespace\b", "a qualified name", set()),
    ("reinterpret_cast", r"\breinterpret_cast\b", "base/bytes.h", {"base"}),
]
SLOW_HEADERS = re.compile(r"(regex|iostream)$")
ASIO = re.compile(r"boost/(asio|beast)\b")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">\n]+)[">]', re.M)


class House:
    """The modules and programs that CMakeLists.txt declares."""

    def __init__(self, cmake):
        cmake = re.sub(r"#[^\n]*", "", cmake)
        self.uses, self.test_uses, self.programs = {}, {}, {}
        for body in re.findall(r"\blifeboat_module\s*\(([^)]*)\)", cmake):
            name, parts = self.parts(body, ("USES", "TEST_USES", "LIBS"))
            self.uses[name], self.test_uses[name] = parts["USES"], parts["TEST_USES"]
        for body in re.findall(r"\blifeboat_program\s*\(([^)]*)\)", cmake):
            _, parts = self.parts(body, ("MAIN", "USES"))
            self.programs[parts["MAIN"][0]] = set(parts["USES"])

    @staticmethod
    def parts(body, keywords):
        words, parts, into = body.split(), {k: [] for k in keywords}, None
        for word in words[1:]:
            if word in keywords:
                into = word
            elif into:
                parts[into].append(word)
        return words[0], parts

    def order_faults(self):
        """A line may use only the lines above it: so the modules cannot form a ring."""
        seen = set()
        for name, uses in self.uses.items():
            for used in uses:
                if used not in self.uses:
                    yield f"CMakeLists.txt: {name} uses {used}, which is no module"
                elif used not in seen:
                    yield f"CMakeLists.txt: {name} uses {used}, which does not stand above it"
            seen.add(name)


class Source:
    """One C++ file: its text, its code without comments and strings, its own includes."""

    def __init__(self, root, path):
        self.path = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8", errors="replace")
        self.code, self.comments = measure.split_text(self.text, "cpp")
        self.in_src = self.path.startswith("src/")
        self.name = self.path[4:] if self.in_src else self.path
        self.module = self.name.split("/")[0] if "/" in self.name else ""
        self.is_test = bool(re.search(r"_test\.(cpp|h)$|_contract\.h$", self.path)) or not self.in_src
        self.is_header = self.path.endswith(".h")
        # Only real directives: the code view has none of those that stand in comments or strings.
        lines = self.code.split("\n")
        self.includes = [(self.line_of(self.text, m.start(2)), m.group(1), m.group(2))
                         for m in INCLUDE.finditer(self.text)
                         if "include" in lines[self.line_of(self.text, m.start(2)) - 1]]

    @staticmethod
    def line_of(text, offset):
        return text.count("\n", 0, offset) + 1


def read_sources(root):
    folders = [root / "src"] + [root / f for f in OUTSIDE]
    return [Source(root, p) for folder in folders for p in sorted(folder.rglob("*"))
            if p.suffix in (".h", ".cpp") and "node_modules" not in p.parts]


# --------------------------------------------------------------------------- rules that fail

def folder_faults(root, house):
    if not (root / "src").is_dir():
        yield "src: the folder is missing"
        return
    for entry in sorted((root / "src").iterdir()):
        rel = entry.relative_to(root).as_posix()
        if entry.is_dir() and entry.name not in house.uses:
            yield f"{rel}: a folder that is no module (no lifeboat_module line names it)"
        elif entry.is_file() and rel not in house.programs:
            yield f"{rel}: a file beside the modules that is no program's MAIN"
    for name in house.uses:
        if not (root / "src" / name).is_dir():
            yield f"CMakeLists.txt: module {name} has no folder src/{name}"


def allowed_modules(house, source):
    if source.path in house.programs and not source.module:
        return house.programs[source.path]
    allowed = {source.module} | set(house.uses.get(source.module, ()))
    if source.is_test:
        allowed |= set(house.test_uses.get(source.module, ()))
    return allowed


def include_faults(house, source, names):
    for line, mark, target in source.includes:
        at = f"{source.path}:{line}"
        if mark == "<":
            if target in names:
                yield f'{at}: <{target}> is our own file: write "{target}"'
            continue
        if target in GENERATED or (not source.in_src and target not in names
                                   and target.split("/")[0] not in house.uses):
            continue
        if target not in names:
            yield f'{at}: "{target}" is no path below src/'
            continue
        module = target.split("/")[0]
        if source.in_src and module not in allowed_modules(house, source):
            yield (f"{at}: {source.module or source.name} may not use {module} "
                   f"(its line in CMakeLists.txt does not name it): \"{target}\"")


def cycle_faults(sources):
    own = {s.name for s in sources if s.in_src}
    graph = {s.name: sorted({t for _, _, t in s.includes if t in own}) for s in sources if s.in_src}
    for ring in measure.components(graph):
        if len(ring) > 1 or ring[0] in graph[ring[0]]:
            yield "an include cycle: " + ", ".join(sorted(ring))


def header_faults(source):
    if not source.is_header:
        return
    first = re.match(r"(?:[ \t]*//[^\n]*\n?)+|/\*.*?\*/", source.text, re.S)
    words = re.sub(r"[/*]+", " ", first.group(0)).split() if first else []
    sentence = " ".join(words)
    if len(words) < 4 or not re.search(r"[.:;]( |$)", sentence):
        yield f"{source.path}:1: a header opens with one sentence that says what it is for"
    if not re.search(r"^#pragma once$", source.code, re.M):
        yield f"{source.path}:1: #pragma once is missing"


def width_faults(source):
    for number, line in enumerate(source.text.split("\n"), 1):
        if len(line) > WIDTH:
            yield f"{source.path}:{number}: {len(line)} columns, {WIDTH} is the limit"


def word_faults(source):
    code = re.sub(r"^[ \t]*#[ \t]*include[^\n]*", "", source.code, flags=re.M)
    code = re.sub(r"=(\s*)delete\b", lambda m: "=" + m.group(1) + "      ", code)
    for name, pattern, instead, homes in WORDS:
        if source.module in homes:
            continue
        for m in re.finditer(pattern, code):
            where = f"{source.path}:{Source.line_of(code, m.start())}"
            yield f"{where}: `{' '.join(m.group(0).split())}` ({name}): use {instead}"
    for line, _, target in source.includes:
        if SLOW_HEADERS.match(target) and source.module != "cli":
            yield f"{source.path}:{line}: <{target}> is slow to compile, and only cli may include it"
        if ASIO.match(target) and source.name != "web/asio.h":
            yield f"{source.path}:{line}: <{target}>: include web/asio.h instead"


def faults(root):
    house = House((root / "CMakeLists.txt").read_text(encoding="utf-8"))
    sources = read_sources(root)
    names = {s.name for s in sources if s.in_src}
    found = [*house.order_faults(), *folder_faults(root, house), *cycle_faults(sources)]
    for source in sources:
        found += [*include_faults(house, source, names), *width_faults(source)]
        if source.in_src:
            found += [*header_faults(source), *word_faults(source)]
    return found


# ------------------------------------------------------------------------- rules that are listed

def remarks(root):
    """(kind, line) of everything that is a reason to talk, not a red build."""
    for source in read_sources(root):
        lines = source.text.count("\n")
        if lines > (TEST_LINES if source.is_test else FILE_LINES):
            yield "long files", f"{source.path}: {lines} lines"
        body = measure.drop_preprocessor(source.code)
        for name, start, brace, end in measure.functions_cpp(body):
            at = f"{source.path}:{Source.line_of(body, start)}: {name}"
            length = body.count("\n", start, end) + 1
            if length > FUNCTION_LINES:
                yield "long functions", f"{at}: {length} lines"
            count = measure.parameters(measure.strip_templates(body[start:brace]))
            if count > PARAMETERS:
                yield "many parameters", f"{at}: {count}"
        if not source.is_test and not CATCH_HOMES.match(source.name):
            for m in re.finditer(r"\bcatch\s*\(", source.code):
                yield "catch outside its places", f"{source.path}:{Source.line_of(source.code, m.start())}"
        for m in re.finditer(r"\bNOLINT", source.comments):
            yield "NOLINT", f"{source.path}:{Source.line_of(source.comments, m.start())}"


def print_remarks(root):
    kinds = {}
    for kind, line in remarks(root):
        kinds.setdefault(kind, []).append(line)
    for kind, lines in sorted(kinds.items()):
        print(f"to talk about: {kind} ({len(lines)})")
        for line in lines:
            print(f"  {line}")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[1])
    root = root.resolve()
    print_remarks(root)
    found = faults(root)
    for line in found:
        print(line)
    print(f"tidy: {len(found)} broken rule(s)" if found else "tidy: every rule holds")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
