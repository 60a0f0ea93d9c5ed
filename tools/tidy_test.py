#!/usr/bin/env python3
"""Each rule of tidy.py against a sample that breaks it and one that keeps it."""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import tidy  # noqa: E402

CMAKE = """
lifeboat_module(base)      # the ground floor
lifeboat_module(sys     USES base)
lifeboat_module(storage USES base
                        TEST_USES sim  LIBS x::y)
lifeboat_module(app     USES base sys storage)
lifeboat_module(cli     USES base app)
lifeboat_module(web     USES base app)
lifeboat_module(sim     USES base)
lifeboat_program(lifeboat MAIN src/main.cpp USES cli)
"""
HEADER = "// What this header is for, in one sentence.\n#pragma once\n"
MODULES = ("base", "sys", "storage", "app", "cli", "web", "sim")


class TidyTest(unittest.TestCase):
    def house(self, files, cmake=CMAKE):
        """A project in a temporary folder: the modules above, plus `files` (path -> text)."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (root / "CMakeLists.txt").write_text(cmake)
        for module in MODULES:
            (root / "src" / module).mkdir(parents=True)
            (root / "src" / module / f"{module}.h").write_text(HEADER)
        (root / "src" / "main.cpp").write_text('#include "cli/cli.h"\n')
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        return root

    def clean(self, files, cmake=CMAKE):
        self.assertEqual(tidy.faults(self.house(files, cmake)), [])

    def broken(self, files, said, cmake=CMAKE):
        found = tidy.faults(self.house(files, cmake))
        self.assertTrue(any(said in line for line in found), f"{said!r} is not in {found}")
        self.assertEqual(len(found), 1, found)

    def remarked(self, files):
        return sorted(kind for kind, _ in tidy.remarks(self.house(files)))

    def test_a_tidy_house_is_clean(self):
        self.clean({})

    # ---- direction
    def test_an_include_goes_the_way_of_the_lines(self):
        self.clean({"src/storage/a.cpp": '#include "base/base.h"\n'})
        self.broken({"src/storage/a.cpp": '#include "app/app.h"\n'}, "storage may not use app")

    def test_a_commented_include_counts_for_nothing(self):
        self.clean({"src/storage/a.cpp": '// #include "app/app.h"\n/*\n#include "app/app.h"\n*/\n'})

    def test_only_tests_use_what_test_uses_names(self):
        self.clean({"src/storage/a_test.cpp": '#include "sim/sim.h"\n'})
        self.clean({"src/storage/a_contract.h": HEADER + '#include "sim/sim.h"\n'})
        self.broken({"src/storage/a.cpp": '#include "sim/sim.h"\n'}, "storage may not use sim")

    def test_a_program_uses_what_its_line_names(self):
        self.broken({"src/main.cpp": '#include "sys/sys.h"\n'}, "main.cpp may not use sys")

    def test_a_line_uses_only_lines_above_it(self):
        self.broken({}, "base uses sim, which does not stand above it",
                    CMAKE.replace("lifeboat_module(base)", "lifeboat_module(base USES sim)"))
        self.broken({}, "cli uses roof, which is no module",
                    CMAKE.replace("lifeboat_module(cli     USES base app)",
                                  "lifeboat_module(cli USES base app roof)"))

    def test_includes_go_by_the_path_below_src(self):
        self.broken({"src/storage/a.cpp": '#include "storage.h"\n'}, "no path below src/")
        self.broken({"src/storage/a.cpp": '#include "../base/base.h"\n'}, "no path below src/")
        self.broken({"src/storage/a.cpp": "#include <base/base.h>\n"}, "is our own file")
        self.clean({"src/app/a.cpp": '#include "lifeboat_version.h"\n#include <vector>\n'})

    def test_includes_form_no_ring(self):
        one = {"src/base/a.h": HEADER + '#include "base/b.h"\n', "src/base/b.h": HEADER}
        self.clean(one)
        self.broken({**one, "src/base/b.h": HEADER + '#include "base/a.h"\n'},
                    "an include cycle: base/a.h, base/b.h")
        self.broken({"src/base/a.h": HEADER + '#include "base/a.h"\n'}, "an include cycle: base/a.h")

    # ---- folders and headers
    def test_every_folder_is_a_module(self):
        self.broken({"src/common/a.cpp": "\n"}, "src/common: a folder that is no module")
        self.broken({"src/extra.cpp": "\n"}, "src/extra.cpp: a file beside the modules")
        self.broken({}, "module engine has no folder", CMAKE + "lifeboat_module(engine)\n")

    def test_a_header_opens_with_a_sentence(self):
        self.clean({"src/base/a.h": "/* Bytes, and views on\n   them. */\n#pragma once\n"})
        self.clean({"src/base/a.h": "// A sentence that needs\n// two lines.\n#pragma once\n"})
        self.broken({"src/base/a.h": "#pragma once\n// Too late for a sentence.\n"}, "opens with one sentence")
        self.broken({"src/base/a.h": "// bytes\n#pragma once\n"}, "opens with one sentence")

    def test_a_header_has_pragma_once(self):
        self.broken({"src/base/a.h": "// What it is for, said.\n// #pragma once\n"}, "#pragma once is missing")

    def test_lines_end_at_100_columns(self):
        self.clean({"src/base/a.cpp": "//" + "x" * 98 + "\n", "fuzz/b.cpp": "//" + "ü" * 98 + "\n"})
        self.broken({"src/base/a.cpp": "//" + "x" * 99 + "\n"}, "101 columns")
        self.broken({"fuzz/a.cpp": "//" + "x" * 99 + "\n"}, "fuzz/a.cpp:1: 101 columns")

    # ---- words: (line that breaks the rule, what is said, the modules in which it is allowed)
    WORDS = [
        ("std::mutex m;", "base/guarded.h", ["base"]),
        ("std::scoped_lock l(m);", "base/guarded.h", ["base"]),
        ("std::condition_variable_any c;", "base/guarded.h", ["base"]),
        ("auto t = std::chrono::system_clock::now();", "sys::Clock", ["sys"]),
        ("auto t = std::chrono::steady_clock::now();", "sys::Clock", ["sys"]),
        ("auto t = std::time(nullptr);", "sys::Clock", ["sys"]),
        ("std::random_device d;", "sys::Random", ["sys"]),
        ("int r = std::rand();", "sys::Random", ["sys"]),
        ("std::cout << 1;", "an Event", ["cli"]),
        ("std::cerr << 1;", "an Event", ["cli"]),
        ('std::printf("x");', "an Event", ["cli"]),
        ('fprintf(f, "x");', "an Event", ["cli"]),
        ('auto e = std::getenv("X");', "Settings or sys::Process", ["app", "sys"]),
        ('auto e = std::system("x");', "Settings or sys::Process", ["app", "sys"]),
        ('auto e = popen("x", "r");', "Settings or sys::Process", ["app", "sys"]),
        ("auto* p = new int(1);", "unique_ptr", []),
        ("auto* p = new (place) T;", "unique_ptr", []),
        ("delete p;", "unique_ptr", []),
        ("delete[] p;", "unique_ptr", []),
        ("auto* p = std::malloc(1);", "unique_ptr", []),
        ("using namespace std;", "a qualified name", []),
        ("auto p = reinterpret_cast<int*>(q);", "base/bytes.h", ["base"]),
        ("#include <regex>", "slow to compile", ["cli"]),
        ("#include <iostream>", "slow to compile", ["cli"]),
    ]

    def test_banned_words_are_found(self):
        for line, said, _ in self.WORDS:
            with self.subTest(line):
                self.broken({"src/storage/a.cpp": line + "\n"}, said)

    def test_banned_words_are_allowed_at_home_and_nowhere_else(self):
        for line, said, homes in self.WORDS:
            for module in MODULES:
                with self.subTest(line=line, module=module):
                    check = self.clean if module in homes else lambda f: self.broken(f, said)
                    check({f"src/{module}/a.cpp": line + "\n"})

    def test_words_that_only_look_banned_are_clean(self):
        for line in ("T(const T&) = delete;", "T& operator=(const T&) =\n    delete;", "int renew = 0;",
                     '// delete the new file with std::mutex\n', 'auto s = "using namespace new delete cout";',
                     "bool new_file = true;", 'snprintf(b, n, "x");', "auto t = clock.time(x);",
                     "#include <new>", "phone.system(x);", 'auto s = R"(printf("x"))";', "int brand(int);",
                     "#include <system_error>", "run_system(x);", "std::filesystem::path p;"):
            with self.subTest(line):
                self.clean({"src/storage/a.cpp": line + "\n"})

    def test_asio_and_beast_have_one_door(self):
        for name in ("boost/asio.hpp", "boost/asio/ip/tcp.hpp", "boost/beast/http.hpp"):
            self.clean({"src/web/asio.h": HEADER + f"#include <{name}>\n"})
            self.broken({"src/web/a.cpp": f"#include <{name}>\n"}, "include web/asio.h instead")

    def test_words_are_free_outside_src(self):
        self.clean({"bench/a.cpp": "#include <iostream>\nint main() { std::cout << 1; }\n"})

    # ---- remarks
    def test_nothing_to_talk_about(self):
        body = "void f(int a, int b, int c, int d, int e) {\n" + "    g();\n" * 58 + "}\n"
        self.assertEqual(self.remarked({
            "src/storage/a.cpp": body,
            "src/storage/b_test.cpp": "int x;\n" * 800,
            "src/storage/retry.cpp": "void f() { try { g(); } catch (const E& e) { h(); } }\n"}), [])

    def test_remarks(self):
        body = "void f(int a, int b, int c, int d, int e, int f) {\n" + "    g();\n" * 59 + "}\n"
        self.assertEqual(self.remarked({"src/storage/a.cpp": body}), ["long functions", "many parameters"])
        self.assertEqual(self.remarked({"src/storage/a.cpp": "int x;\n" * 501}), ["long files"])
        self.assertEqual(self.remarked({"src/storage/a_test.cpp": "int x;\n" * 801}), ["long files"])
        self.assertEqual(self.remarked({"src/storage/a.cpp": "void f() { try { g(); } catch (...) { } }\n"}),
                         ["catch outside its places"])
        self.assertEqual(self.remarked({"src/storage/a.cpp": "int x;  // NOLINT(why)\n"}), ["NOLINT"])


if __name__ == "__main__":
    unittest.main()
