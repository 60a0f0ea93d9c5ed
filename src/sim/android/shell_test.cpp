#include "sim/android/shell.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/content_maker.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace lifeboat::sim {
namespace {

struct Done {
    int code = 0;
    std::string out{};
    std::string err{};
};

class ShellTest : public testing::Test {
protected:
    ShellTest() {
        write("DCIM/a.jpg", "abc");
        write("DCIM/b c.jpg", "");
        phone_.scan_all();
    }
    ~ShellTest() override { std::filesystem::remove_all(folder_); }

    static std::string make_folder() {
        std::string path = testing::TempDir() + "sim_shell_XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw Misuse("no folder for the test");
        return path;
    }
    void write(const std::string& path, std::string_view text) {
        const TimePoint time{std::chrono::nanoseconds(1700000000123456789)};
        write_content_file(folder_ + "/" + path, as_bytes(text), time);
    }
    Done run(std::string_view command, std::string input = "") {
        return run_on(phone_, command, input);
    }
    static Done run_on(Device& device, std::string_view command, std::string input) {
        Done done;
        ShellIo io;
        size_t at = 0;
        io.in = [&](MutableByteView into) {
            const size_t count = std::min(into.size(), input.size() - at);
            std::copy_n(as_bytes(input).begin() + static_cast<ptrdiff_t>(at), count, into.begin());
            at += count;
            return count;
        };
        io.out = [&](std::string_view text) { done.out += text; };
        io.err = [&](std::string_view text) { done.err += text; };
        done.code = run_shell(device, command, io);
        return done;
    }

    std::string folder_ = make_folder();
    sys::ManualClock clock_{TimePoint{std::chrono::seconds(1750000000)}};
    Device phone_{
        personality("a13"), "SIM1", {{{"/storage/emulated/0", folder_}}, {"Android/data"}}, clock_};
};

TEST_F(ShellTest, QuotesAndJoints) {
    EXPECT_EQ(run("echo 'a  b' \"c\\\"d\" e\\ f ''").out, "a  b c\"d e f \n");
    EXPECT_EQ(run("true && echo yes || echo no; echo $?").out, "yes\n0\n");
    EXPECT_EQ(run("false && echo yes || echo no").out, "no\n");
    EXPECT_EQ(run("nope; echo \"code $?\"").out, "code 127\n");
    EXPECT_EQ(run("nope 2>&1 >/dev/null").out, "");
    EXPECT_EQ(run("nope 2>/dev/null").err, "");
    EXPECT_EQ(run("exit 300").code, 300 & 0xff);
}

TEST_F(ShellTest, PartsOfAFile) {
    write("DCIM/abc", "abcdefghij");
    const auto part = [&](std::string_view words) {
        return run(fmt::format("dd if='/sdcard/DCIM/abc' {}", words));
    };
    EXPECT_EQ(part("bs=2 skip=1 count=3").out, "cdefgh");
    EXPECT_EQ(part("bs=2 skip=1 count=3").err, "3+0 records in\n3+0 records out\n");
    EXPECT_EQ(part("bs=4 skip=2 count=2").out, "ij");
    EXPECT_EQ(part("bs=4 skip=2 count=2").err, "0+1 records in\n0+1 records out\n");
    EXPECT_EQ(part("bs=4 skip=9 count=2").out, "");
    EXPECT_EQ(part("").out, "abcdefghij");
    EXPECT_EQ(part("bs=0").code, 1);
    EXPECT_EQ(part("of=/sdcard/x").code, 1);
    EXPECT_EQ(run("dd if=/sdcard/DCIM/none bs=2").code, 1);
    EXPECT_EQ(run("dd if=/etc/passwd").out, "");
}

TEST_F(ShellTest, SyntaxErrorsAreTold) {
    for (const std::string_view text :
         {"echo 'open", "echo \"open", "| cat", "echo a &&", "echo > /sdcard/x"}) {
        const Done done = run(text);
        EXPECT_EQ(done.code, 1) << text;
        EXPECT_NE(done.err, "") << text;
    }
    EXPECT_EQ(run(std::string_view("echo a\0b", 8)).code, 1);
}

TEST_F(ShellTest, NothingOutsideTheStorageCanBeReached) {
    for (const std::string_view path :
         {"/etc/passwd", "/sdcard/../../../../etc/passwd", "/sdcard/link"}) {
        std::filesystem::remove(folder_ + "/link");
        std::filesystem::create_symlink("/etc/passwd", folder_ + "/link");
        const Done done = run(fmt::format("cat {}", path));
        EXPECT_EQ(done.code, 1) << path;
        EXPECT_EQ(done.out, "") << path;
    }
}

TEST_F(ShellTest, TimesHaveNanosecondsInThePhonesZone) {
    EXPECT_EQ(run("stat -c '%s %y %n' /sdcard/DCIM/a.jpg").out,
              "3 2023-11-14 23:13:20.123456789 +0100 /sdcard/DCIM/a.jpg\n");
    EXPECT_EQ(run("touch -d '2024-02-29 12:00:00.5' /sdcard/DCIM/a.jpg").code, 0);
    EXPECT_EQ(run("stat -c %y /sdcard/DCIM/a.jpg").out, "2024-02-29 12:00:00.500000000 +0100\n");
    EXPECT_EQ(run("stat -c %Y /sdcard/DCIM/a.jpg").out, "1709204400\n");
    EXPECT_EQ(run("date +%s").out, "1750000000\n");
}

TEST_F(ShellTest, XargsHashesNamesFromStandardInput) {
    write("line\nbreak", "abc");
    const std::string hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const Done done = run("xargs -0 sha256sum",
                          std::string("/sdcard/DCIM/a.jpg\0/sdcard/line\nbreak\0/sdcard/no\0", 50));
    EXPECT_EQ(done.out, hash + "  /sdcard/DCIM/a.jpg\n\\" + hash + "  /sdcard/line\\nbreak\n");
    EXPECT_EQ(done.err, "sha256sum: /sdcard/no: No such file or directory\n");
    EXPECT_EQ(done.code, 123);
    const Done piped = run("find /sdcard/ -type f -print0 | xargs -0 sha256sum");
    EXPECT_EQ(lines(piped.out).size(), 3u);
    EXPECT_EQ(piped.code, 0);
}

TEST_F(ShellTest, DeniedFoldersRefuse) {
    write("Android/data/com.x/secret", "s");
    EXPECT_EQ(run("ls /sdcard/Android/data").err, "ls: /sdcard/Android/data: Permission denied\n");
    EXPECT_NE(run("cat /sdcard/Android/data/com.x/secret").code, 0);
}

TEST_F(ShellTest, RemovesAndMakes) {
    EXPECT_EQ(run("mkdir /sdcard/x/y").code, 1);
    EXPECT_EQ(run("mkdir -p /sdcard/x/y && touch /sdcard/x/y/z && [ -e /sdcard/x/y/z ]").code, 0);
    EXPECT_EQ(run("rm /sdcard/x").code, 1);
    EXPECT_EQ(run("rm -rf /sdcard/x && test -d /sdcard/x").code, 1);
}

TEST_F(ShellTest, GalleryShowsWhatWasScanned) {
    write("Pictures/new one.jpg", "x");
    EXPECT_EQ(phone_.gallery().size(), 2u);
    run("am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE -d "
        "file:///sdcard/Pictures/new%20one.jpg");
    EXPECT_EQ(phone_.gallery().size(), 3u);
    run("rm '/sdcard/DCIM/b c.jpg'");
    EXPECT_EQ(phone_.gallery().size(), 2u);
}

TEST_F(ShellTest, PackagesHaveEqualSignsInTheirPaths) {
    const std::string out = run("pm list packages -f -i -U --show-versioncode -3").out;
    EXPECT_NE(out.find("==/base.apk=com.whatsapp versionCode:241378004  "
                       "installer=com.android.vending uid:10234\n"),
              std::string::npos)
        << out;
    EXPECT_EQ(out.find("com.android.settings"), std::string::npos);
}

TEST_F(ShellTest, EachPersonalityAnswersAsItsKind) {
    const auto answer = [&](std::string_view who, std::string_view command) {
        Device device(personality(who), "S", {{{"/storage/emulated/0", folder_}}, {}}, clock_);
        return run_on(device, command, "");
    };
    EXPECT_NE(answer("a10", "dumpsys battery").out.find("level: 168\n  scale: 200"),
              std::string::npos);
    EXPECT_EQ(answer("a10", "cmd wifi status").code, 255);
    EXPECT_NE(answer("a12-samsung", "dumpsys battery").out.find("[EventLogBuffer]"),
              std::string::npos);
    EXPECT_EQ(answer("no-gms", "dumpsys account").out.find("name=ada@example.com"),
              std::string::npos);
    EXPECT_EQ(answer("locked", "ls /sdcard/DCIM").code, 1);
    EXPECT_EQ(answer("a10", "stat -c %y /sdcard/DCIM/a.jpg").out,
              "2023-11-14 22:13:20.123456789\n");
    for (const std::string& name : personality_names()) {
        EXPECT_NE(answer(name, "getprop ro.build.fingerprint").out.find(":user/release-keys"),
                  std::string::npos);
    }
    EXPECT_THROW(personality("pixel-99"), Misuse);
}

TEST_F(ShellTest, AScriptOnTheInput) {
    const Done done = run("sh", "ls /sdcard/nowhere 2>&1\necho \"mark $?\"\necho 'it'\\''s\n2'\n");
    EXPECT_TRUE(done.err.empty());
    EXPECT_TRUE(done.out.ends_with("mark 1\nit's\n2\n")) << done.out;
    EXPECT_EQ(run("sh", "exit 3\necho never").code, 3);
    // What stands before an error is run, and of a list in braces all or nothing.
    EXPECT_EQ(run("sh", "echo a\necho b; echo 'c").out, "a\n");
    EXPECT_EQ(run("sh", "{ echo a; echo {b}; }\n{\necho c\necho d; } && echo e\n").out,
              "a\n{b}\nc\nd\ne\n");
    EXPECT_EQ(run("sh", "{ echo a; }\n{ echo b; echo c").out, "a\n");
    EXPECT_EQ(run("sh", "{ echo b; echo c").code, 1);
    EXPECT_EQ(run("{ echo a; } }").code, 1);
}

}  // namespace
}  // namespace lifeboat::sim
