#include "restic_world.h"

#include "item/memory_items.h"
#include "sys/random.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace lifeboat::restic_test {

namespace fs = std::filesystem;

namespace {

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string content(static_cast<size_t>(fs::file_size(path)), '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    EXPECT_TRUE(in.good() || content.empty()) << path;
    return content;
}

void set_time(const std::string& path, int64_t seconds, long part) {
    const timespec times[2]{{seconds, part}, {seconds, part}};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), 0) << path;
}

Facts facts_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
    Facts facts{.mode = status.st_mode & 07777u,
                .modified = TimePoint{std::chrono::seconds{status.st_mtim.tv_sec}} +
                            nanoseconds{status.st_mtim.tv_nsec}};
    if (S_ISDIR(status.st_mode)) {
        facts.kind = ItemKind::folder;
    } else if (S_ISLNK(status.st_mode)) {
        facts.kind = ItemKind::symlink;
        facts.content = fs::read_symlink(path).string();
    } else {
        facts.content = read_file(path);
    }
    return facts;
}

// In any order; both sides are maps.
std::vector<std::string> below(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        names.push_back(entry.path().string().substr(folder.size() + 1));
    }
    return names;
}

}  // namespace

Listing list_folder(const std::string& folder) {
    Listing listing;
    for (const std::string& name : below(folder)) listing[name] = facts_of(folder + "/" + name);
    return listing;
}

Listing list_tree(const FileTree& tree) {
    Listing listing;
    walk(tree, ItemPath(), [&](const Item& item) {
        Facts facts{.kind = item.kind,
                    .mode = item.mode,
                    .modified = item.modified,
                    .content = item.link_target};
        if (item.kind == ItemKind::file) {
            facts.content = to_text(read_all(*tree.open(item.path), UINT64_MAX));
            EXPECT_EQ(facts.content.size(), item.size);
        }
        listing[item.path.text()] = std::move(facts);
    });
    return listing;
}

void put_folder(ItemSink& sink, const std::string& folder) {
    for (auto& [name, facts] : list_folder(folder)) {
        MemorySource source(facts.kind == ItemKind::file ? to_bytes(facts.content) : Bytes{});
        Item item{.path = ItemPath(name),
                  .kind = facts.kind,
                  .mode = facts.mode,
                  .modified = facts.modified};
        if (facts.kind == ItemKind::file) item.size = facts.content.size();
        if (facts.kind == ItemKind::symlink) item.link_target = facts.content;
        sink.put(item, source);
    }
}

void write_file(const std::string& path, std::string_view content) {
    std::ofstream out(path, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    ASSERT_TRUE(out.good()) << path;
}

std::string pseudo_random(uint64_t seed, size_t size) {
    Bytes bytes(size);
    sys::SeededRandom(seed).fill(bytes);
    return to_text(bytes);
}

void make_awkward_folder(const std::string& folder) {
    fs::create_directories(folder + "/deep/er/est");
    const std::string names[] = {"quote\"back\\slash", "new\nline\ttab", "bell\adel\x7f\x01",
                                 "bad-\xff\xfe-utf8",  "nbsp\u00a0",     "ls\u2028zwj\u200d",
                                 "emoji-\U0001F4F1",   "<amp&>",         " blank ",
                                 "'single' $HOME"};
    for (const std::string& name : names) write_file(folder + "/" + name, "I am " + name);
    write_file(folder + "/empty", "");
    write_file(folder + "/deep/large", pseudo_random(1, 12'000'000));
    write_file(folder + "/deep/er/zeros", std::string(3'000'000, '\0'));
    std::string text;
    while (text.size() < 1'500'000) text += "entry " + std::to_string(text.size() * 7919) + "\n";
    write_file(folder + "/deep/er/est/text", text);
    fs::create_symlink("../empty", folder + "/deep/link");
    chmod((folder + "/empty").c_str(), 0600);
    chmod((folder + "/<amp&>").c_str(), 04755);
    chmod((folder + "/deep/er").c_str(), 01777);
    set_time(folder + "/empty", -86400, 0);  // 1969
    set_time(folder + "/deep/large", 1'700'000'000, 120'000'000);
    set_time(folder + "/deep/link", 1'600'000'000, 1);
    set_time(folder + "/deep/er/est", 1'500'000'000, 999'999'999);
    set_time(folder + "/deep/er", 1'500'000'001, 0);
    set_time(folder + "/deep", 1'500'000'002, 0);
}

void add_database(const std::string& folder) {
    std::string database = pseudo_random(9, 400'000);
    database.replace(0, 16, std::string("SQLite format 3\0", 16));
    write_file(folder + "/chat.db", database);
    set_time(folder + "/chat.db", 1'650'000'000, 5);
}

World::World() : repository_path_(temporary_.sub("repository")) {
    fs::create_directories(repository_path_);
    backend_ = std::make_unique<storage::LocalBackend>(repository_path_, random);
    write_file(folder("password"), password);
}

repository::Options World::options() {
    char name[256]{};
    gethostname(name, sizeof name - 1);
    return {.clock = clock, .random = random, .hostname = name, .username = "tester"};
}

std::unique_ptr<repository::Repository> World::open() {
    return repository::open(*backend_, SecretText(password), options(), {});
}

std::vector<std::string> World::command() const {
    return {"env",           "RESTIC_PASSWORD_FILE=" + folder("password"),
            "restic",        "--no-cache",
            "--quiet",       "-r",
            repository_path_};
}

sys::Finished World::run(std::vector<std::string> argv) {
    return sys::SystemProcess().run(
        {.argv = std::move(argv), .time_limit = std::chrono::seconds{200}}, {});
}

std::string World::restic(const std::vector<std::string>& arguments, int expected) {
    std::vector<std::string> argv = command();
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const sys::Finished finished = run(std::move(argv));
    const std::string said = to_text(finished.output) + to_text(finished.errors);
    EXPECT_EQ(finished.exit_code, expected) << arguments.front() << ": " << said;
    return said;
}

std::string World::restic_in(const std::string& folder_path,
                             const std::vector<std::string>& arguments) {
    std::vector<std::string> argv{"env", "-C", folder_path};
    const auto rest = command();
    argv.insert(argv.end(), rest.begin() + 1, rest.end());
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    const sys::Finished finished = run(std::move(argv));
    const std::string said = to_text(finished.output) + to_text(finished.errors);
    EXPECT_EQ(finished.exit_code, 0) << arguments.front() << ": " << said;
    return said;
}

repository::Receipt World::back_up(const std::string& folder_path,
                                   const repository::Snapshot* parent) {
    const auto repository = open();
    const auto builder = repository->build(parent, {});
    put_folder(*builder, folder_path);
    return builder->finish({.time = clock.now(),
                            .paths = {"/phone"},
                            .hostname = "phone",
                            .username = "tester",
                            .tags = {"lifeboat"}},
                           {});
}

}  // namespace lifeboat::restic_test
