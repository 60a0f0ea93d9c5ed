// The small parts of app: passwords, failures, suggestions, patterns, places' disks, the run lock.
#include "app/attestations.h"
#include "app/exit_code.h"
#include "app/failure.h"
#include "app/files.h"
#include "app/find_files.h"
#include "app/password.h"
#include "app/place_location.h"
#include "app/run_lock.h"
#include "app/suggest.h"
#include "base/error.h"
#include "base/guarded.h"
#include "base/task_group.h"
#include "phone/phone.h"
#include "repository/repository.h"
#include "storage/backend.h"
#include "storage/temporary_folder.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <set>

namespace lifeboat::app {
namespace {

using Words = std::vector<std::string>;

// Answers from a list, and remembers what was asked.
class ScriptedPrompt final : public Prompt {
public:
    explicit ScriptedPrompt(Words answers) : answers_(std::move(answers)) {}
    bool can_ask() const override { return true; }
    SecretText secret(const std::string& question, const std::stop_token&) override {
        asked.push_back(question);
        return SecretText(answers_.at(asked.size() - 1));
    }
    bool confirm(const std::string&, const std::stop_token&) override { return false; }
    void show(const std::string&) override {}
    Words asked{};

private:
    Words answers_;
};

// What a person says of a row: kept for those alone that no program may ask.
TEST(Attestation, IsAWordAndNothingMore) {
    const TimePoint now{std::chrono::hours(1)};
    const checklist::Evidence said = attestation("R-204", "  all backed up ", now);
    EXPECT_EQ(said.fact, "told.google-photos");
    EXPECT_EQ(said.value, "all backed up");
    EXPECT_EQ(said.grade, checklist::Grade::told);
    EXPECT_EQ(said.observed, now);
    const checklist::Evidence taken_back = withdrawal("R-204", now);
    EXPECT_EQ(taken_back.fact, said.fact);
    EXPECT_FALSE(taken_back.value);
    EXPECT_EQ(taken_back.grade, checklist::Grade::unknown);
}

TEST(Attestation, IsRefusedWhereAMachineAnswersOrNothingIsSaid) {
    const auto refused = [](std::string_view row, std::string_view note) -> std::string {
        try {
            attestation(row, note, TimePoint{});
        } catch (const Misuse& error) {
            return error.full_text() + error.guidance();
        }
        return {};
    };
    EXPECT_NE(refused("R-301", "full").find("is measured"), std::string::npos);
    EXPECT_NE(refused("R-309", "safe").find("not asked yet"), std::string::npos);
    EXPECT_NE(refused("R-20", "x").find("There is no row 'R-20'"), std::string::npos);
    EXPECT_NE(refused("R-301", "full").find("R-204 (Google Photos)"), std::string::npos);
    EXPECT_NE(refused("R-204", " \t").find("says nothing"), std::string::npos);
    for (const std::string& note : {std::string("two\nlines"), std::string("\x1b[2J"),
                                    std::string("\xff"), std::string(note_limit + 1, 'a')}) {
        EXPECT_NE(refused("R-204", note).find("not one line"), std::string::npos) << note;
    }
    EXPECT_EQ(refused("R-204", std::string(note_limit, 'a')), "");
    EXPECT_THROW(withdrawal("R-301", TimePoint{}), Misuse);
}

std::string read(const Settings& settings, PasswordUse use, Prompt& prompt) {
    sys::SystemProcess process;
    return std::string(read_password(settings, use, prompt, process, {}).reveal());
}

TEST(Password, IsAskedTwiceWhenItIsNew) {
    ScriptedPrompt same({"abc", "abc"});
    EXPECT_EQ(read({}, PasswordUse::make_new, same), "abc");
    EXPECT_EQ(same.asked.size(), 2u);
    ScriptedPrompt other({"abc", "abd"});
    EXPECT_THROW(read({}, PasswordUse::make_new, other), Misuse);
    ScriptedPrompt empty({"", ""});
    EXPECT_THROW(read({}, PasswordUse::make_new, empty), Misuse);
    ScriptedPrompt once({"abc"});
    EXPECT_EQ(read({}, PasswordUse::open_existing, once), "abc");
}

TEST(Password, NobodyToAskNamesTheFlag) {
    NobodyToAsk nobody;
    try {
        read({}, PasswordUse::open_existing, nobody);
        FAIL() << "nobody answered";
    } catch (const Misuse& error) {
        EXPECT_NE(error.guidance().find("--password-file"), std::string::npos);
    }
}

TEST(Password, ComesFromAFilesFirstLineOrAProgram) {
    NobodyToAsk nobody;
    const std::string path =
        (std::filesystem::temp_directory_path() / ("lifeboat-pw-" + std::to_string(::getpid())))
            .string();
    write_file_atomically(path, "p w \r\nnext\n");
    EXPECT_EQ(read({.password_file = path}, PasswordUse::open_existing, nobody), "p w ");
    EXPECT_EQ(read({.password_command = "cat '" + path + "'"}, PasswordUse::make_new, nobody),
              "p w ");
    write_file_atomically(path, "\n");
    EXPECT_THROW(read({.password_file = path}, PasswordUse::open_existing, nobody), Misuse);
    std::filesystem::remove(path);
    EXPECT_THROW(read({.password_file = path}, PasswordUse::open_existing, nobody), Missing);
    EXPECT_THROW(read({.password_command = "false"}, PasswordUse::open_existing, nobody), Denied);
    EXPECT_THROW(read({.password_command = "no-such-program"}, PasswordUse::open_existing, nobody),
                 Missing);
}

TEST(Password, CommandsAreCutIntoWordsWithoutAShell) {
    EXPECT_EQ(command_words("pass show  a"), (Words{"pass", "show", "a"}));
    EXPECT_EQ(command_words("a 'b c' \"d \\\" e\" f\\ g ''"),
              (Words{"a", "b c", "d \" e", "f g", ""}));
    EXPECT_EQ(command_words("echo $HOME;ls"), (Words{"echo", "$HOME;ls"}));
    EXPECT_THROW(command_words("a 'b"), Misuse);
    EXPECT_TRUE(command_words("  ").empty());
}

template <class E>
FailureKind kind_when_thrown(int signal = 0) {
    const auto failure = run_guarded(
        [] {
            if constexpr (std::is_base_of_v<Error, E>)
                throw E("what");
            else
                throw E();
        },
        [&] { return signal == 0 ? std::nullopt : std::optional(signal); });
    return failure.value().kind;
}

TEST(Failure, EachErrorHasItsExit) {
    EXPECT_EQ(number(exit_of(kind_when_thrown<Misuse>())), 2);
    EXPECT_EQ(number(exit_of(kind_when_thrown<repository::NoRepository>())), 10);
    EXPECT_EQ(number(exit_of(kind_when_thrown<repository::Locked>())), 11);
    EXPECT_EQ(number(exit_of(kind_when_thrown<repository::WrongPassword>())), 12);
    EXPECT_EQ(number(exit_of(kind_when_thrown<phone::NotReady>())), 13);
    EXPECT_EQ(number(exit_of(kind_when_thrown<storage::Unreachable>())), 14);
    EXPECT_EQ(number(exit_of(kind_when_thrown<NoSpace>())), 15);
    EXPECT_EQ(number(exit_of(kind_when_thrown<Corrupt>())), 7);
    EXPECT_EQ(number(exit_of(kind_when_thrown<Temporary>())), 1);
    EXPECT_EQ(number(exit_of(kind_when_thrown<Cancelled>(SIGINT))), 130);
    EXPECT_EQ(number(exit_of(kind_when_thrown<Cancelled>(SIGTERM))), 143);
    EXPECT_EQ(kind_when_thrown<std::bad_alloc>(), FailureKind::internal);
    EXPECT_FALSE(run_guarded([] {}, {}));
}

TEST(Failure, APartMayFailButNotBeCancelled) {
    EXPECT_EQ(problem_of([] {}), "");
    EXPECT_EQ(problem_of([] { throw Temporary("x"); }), "x");
    EXPECT_THROW(problem_of([] { throw Cancelled(); }), Cancelled);
}

TEST(ExitCode, NumbersAndWordsAreUnique) {
    std::set<int> numbers;
    std::set<std::string_view> words;
    for (const Exit exit : all_exits()) {
        EXPECT_TRUE(numbers.insert(number(exit)).second);
        EXPECT_TRUE(words.insert(word(exit)).second);
        EXPECT_FALSE(meaning(exit).empty());
    }
}

TEST(Suggest, OnlyWhatIsNear) {
    const Words known{"ready", "restore", "verify"};
    EXPECT_EQ(nearest("raedy", known), "ready");
    EXPECT_EQ(nearest("verfy", known), "verify");
    EXPECT_FALSE(nearest("xyz", known));
    EXPECT_FALSE(nearest("", known));
}

TEST(FindFiles, PatternsAsPeopleTypeThem) {
    EXPECT_TRUE(NamePattern("*.JPG").matches("DCIM/a.jpg"));
    EXPECT_FALSE(NamePattern("*.jpg").matches("DCIM.jpg/a.png"));
    EXPECT_TRUE(NamePattern("img_20").matches("DCIM/IMG_2041.jpg"));
    EXPECT_TRUE(NamePattern("dcim/*/img?.jpg").matches("DCIM/Camera/IMG1.jpg"));
    EXPECT_FALSE(NamePattern("img?").matches("img12"));
    EXPECT_TRUE(glob("*a*b*c", "xxaxxbxxc"));
    EXPECT_FALSE(glob("*a*b*c", "xxaxxbxx"));
    EXPECT_FALSE(glob(std::string(64, '*') + "b", std::string(5000, 'a')));
}

TEST(PlaceLocation, TheNearestMountHoldsAPath) {
    const std::string mounts =
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "2 1 8:17 / /media/my\\040disk rw shared:1 - ext4 /dev/sdb1 rw\n"
        "3 1 0:50 / /mnt/nas rw - nfs nas:/export rw\n"
        "nonsense\n";
    EXPECT_EQ(mount_source(mounts, "/home/a"), "/dev/sda1");
    EXPECT_EQ(mount_source(mounts, "/media/my disk/x"), "/dev/sdb1");
    EXPECT_EQ(mount_source(mounts, "/mnt/nas"), "nas:/export");
    EXPECT_EQ(mount_source(mounts, "/mnt/nas2"), "/dev/sda1");
    EXPECT_EQ(mount_source("", "/x"), "");
}

class Notes final : public EventSink {
public:
    void on(const Event& event) noexcept override {
        events.with([&](std::vector<Event>& seen) { seen.push_back(event); });
    }
    template <class Kind>
    std::vector<Kind> all() const {
        std::vector<Kind> found;
        events.with([&](const std::vector<Event>& seen) {
            for (const Event& event : seen) {
                if (const auto* one = std::get_if<Kind>(&event)) found.push_back(*one);
            }
        });
        return found;
    }
    Guarded<std::vector<Event>> events{};
};

struct RunLockTest : testing::Test {
    storage::TemporaryFolder folder{};
    sys::SystemClock clock{};
    Notes notes{};

    RunLockWait patient(nanoseconds patience) {
        return {.state_folder = folder.path().string(),
                .clock = clock,
                .events = notes,
                .patience = patience};
    }
};

TEST_F(RunLockTest, TheSecondIsToldWhoHoldsIt) {
    {
        const RunLock first(patient({}), "backup", {});
        for (const nanoseconds patience : {nanoseconds{}, nanoseconds{std::chrono::seconds{1}}}) {
            const nanoseconds before = clock.monotonic();
            try {
                const RunLock second(patient(patience), "ready", {});
                FAIL() << "two runs at once";
            } catch (const repository::Locked& error) {
                EXPECT_NE(error.message().find("lifeboat backup, process"), std::string::npos);
            }
            EXPECT_GE(clock.monotonic() - before, patience);
        }
        EXPECT_EQ(notes.all<Noted>().size(), 1u) << "who does not wait is told by the error";
        EXPECT_FALSE(notes.all<Progress>().empty());
    }
    const RunLock again(patient({}), "ready", {});
}

TEST_F(RunLockTest, TheSecondGoesOnWhenTheFirstEnds) {
    auto first = std::make_unique<RunLock>(patient({}), "backup", std::stop_token{});
    TaskGroup group(std::stop_token{});
    group.run([&](const std::stop_token& stop) {
        // Ends when the other is seen to wait.
        while (notes.all<Progress>().empty()) clock.sleep(std::chrono::milliseconds{10}, stop);
        first.reset();
    });
    const RunLock second(patient(std::chrono::minutes{5}), "ready", {});
    group.join();
    ASSERT_EQ(notes.all<Noted>().size(), 1u);
    EXPECT_NE(notes.all<Noted>()[0].text.find("lifeboat backup, process"), std::string::npos);
    EXPECT_EQ(notes.all<PhaseEnded>().size(), 1u);
}

TEST_F(RunLockTest, AWaitEndsWhenItIsStopped) {
    const RunLock first(patient({}), "backup", {});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(RunLock(patient(std::chrono::minutes{5}), "ready", stop.get_token()), Cancelled);
    const nanoseconds nothing{};
    EXPECT_THROW(RunLock(patient(nothing), "ready", {}), repository::Locked);
}

}  // namespace
}  // namespace lifeboat::app
