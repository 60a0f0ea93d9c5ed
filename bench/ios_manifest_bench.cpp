// A backup of a million files: ios_manifest_bench [--rows N] [--json]. How long it takes to open
// its Manifest.db, how much memory that needs, and how long a folder takes to be listed.
//
// The largest backup that anybody reported had 870,000 files. Half of ours lie in folders of 250,
// as photos do; a tenth in one folder, as the pictures of a messenger may; the rest in folders of
// 2,000.
#include "content/ios_backup/ios_backup.h"
#include "item/memory_items.h"
#include "plist/plist.h"
#include "sim/ios/backup_keybag.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace lifeboat::content {
namespace {

using Seconds = std::chrono::duration<double>;

double now() {
    return Seconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Name {
    std::string domain{};
    std::string path{};
};

Name name_of(uint64_t i, uint64_t rows) {
    if (i < rows / 2) {
        return {"CameraRollDomain", fmt::format("Media/DCIM/{}APPLE/IMG_{:06}.HEIC", i / 250, i)};
    }
    if (i < rows / 2 + rows / 10) {
        return {"AppDomainGroup-group.net.whatsapp.WhatsApp.shared",
                fmt::format("Message/Media/{:07}.jpg", i)};
    }
    return {"AppDomain-org.example.ship-log", fmt::format("Documents/{}/entry-{}", i / 2000, i)};
}

void must(int code, sqlite3* database) {
    if (code == SQLITE_OK || code == SQLITE_DONE) return;
    throw Misuse(std::string("SQLite: ") + sqlite3_errmsg(database));
}

void add_rows(sqlite3* database, uint64_t rows) {
    sqlite3_stmt* statement = nullptr;
    must(sqlite3_prepare_v2(database, "INSERT INTO Files VALUES (?,?,?,1,?)", -1, &statement,
                            nullptr),
         database);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
    for (uint64_t i = 0; i < rows; ++i) {
        const Name name = name_of(i, rows);
        const std::string id = sim::backup_file_id(name.domain, name.path);
        const Bytes file =
            sim::mb_file_archive({.relative_path = name.path,
                                  .size = 1'000 + i,
                                  .modified = 1'700'000'000 + static_cast<int64_t>(i),
                                  .inode = i});
        const auto text = [&](int place, const std::string& value) {
            sqlite3_bind_text(statement, place, value.data(), static_cast<int>(value.size()),
                              SQLITE_STATIC);
        };
        text(1, id);
        text(2, name.domain);
        text(3, name.path);
        sqlite3_bind_blob(statement, 4, file.data(), static_cast<int>(file.size()), SQLITE_STATIC);
        must(sqlite3_step(statement), database);
        sqlite3_reset(statement);
    }
}

// Made in order of the rows, as a phone does, so that the index of names is filled at random.
void make_manifest(const std::string& path, uint64_t rows) {
    sqlite3* database = nullptr;
    must(sqlite3_open(path.c_str(), &database), database);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> owner(database, sqlite3_close_v2);
    const auto run = [&](const char* sql) {
        must(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), database);
    };
    run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536;"
        "CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags "
        "INTEGER, file BLOB); CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB); BEGIN");
    add_rows(database, rows);
    run("COMMIT; CREATE INDEX FilesDomainIdx ON Files(domain);"
        "CREATE INDEX FilesRelativePathIdx ON Files(relativePath);"
        "CREATE INDEX FilesFlagsIdx ON Files(flags)");
}

// In a process of its own: what it leaves in the heap would hide what opening needs.
void make_manifest_apart(const std::string& path, uint64_t rows) {
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            make_manifest(path, rows);
            ::_exit(0);
        } catch (const Error& error) {
            fmt::print(stderr, "{}\n", error.full_text());
            ::_exit(1);
        }
    }
    int status = 1;
    if (::waitpid(child, &status, 0) != child || status != 0) {
        throw Misuse("the Manifest.db to measure could not be made");
    }
}

class FileSource final : public ByteSource {
public:
    explicit FileSource(const std::string& path) : in_(path, std::ios::binary) {}
    size_t read(MutableByteView out) override {
        in_.read(as_chars(out), static_cast<std::streamsize>(out.size()));
        return static_cast<size_t>(in_.gcount());
    }

private:
    std::ifstream in_;
};

// The lists of a backup in memory, and its Manifest.db on disk.
class BenchTree final : public FileTree {
public:
    explicit BenchTree(std::string manifest) : manifest_(std::move(manifest)) {
        using plist::Dict;
        const auto add = [&](const char* name, const Dict& content) {
            rest_.add_file(ItemPath(name), plist::write_binary(content));
        };
        add("Manifest.plist", {{"IsEncrypted", false}, {"Version", "10.0"}, {"Lockdown", Dict{}}});
        add("Status.plist", {{"SnapshotState", "finished"}, {"IsFullBackup", true}});
        add("Info.plist", {{"Device Name", "Ada's iPhone"}});
    }
    std::optional<Item> find(const ItemPath& path) const override {
        if (path.text() != manifest_name) return rest_.find(path);
        return Item{.path = path, .size = std::filesystem::file_size(manifest_)};
    }
    void list(const ItemPath& folder, const Each& each) const override {
        if (folder.is_root()) each(*find(ItemPath(manifest_name)));
        rest_.list(folder, each);
    }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        if (path.text() == manifest_name) return std::make_unique<FileSource>(manifest_);
        return rest_.open(path);
    }

private:
    static constexpr const char* manifest_name = "Manifest.db";
    std::string manifest_;
    MemoryTree rest_;
};

// Of this process, in bytes: what it holds now, and the most since it was last asked to forget.
uint64_t memory(std::string_view line) {
    std::ifstream in("/proc/self/status");
    for (std::string text; std::getline(in, text);) {
        if (text.starts_with(line)) return std::stoull(text.substr(line.size() + 1)) * 1024;
    }
    return 0;
}

void forget_peak() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

struct Listings {
    std::vector<double> seconds{};  // of each folder
    double slowest = 0;
    uint64_t entries_of_slowest = 0;
    uint64_t files = 0;
};

void list_all(const IosBackup& backup, const ItemPath& folder, Listings& listings) {
    std::vector<ItemPath> folders;
    uint64_t entries = 0;
    const double start = now();
    backup.list(folder, [&](const Item& item) {
        ++entries;
        if (item.kind == ItemKind::folder) folders.push_back(item.path);
    });
    const double took = now() - start;
    listings.seconds.push_back(took);
    listings.files += entries - folders.size();
    if (took > listings.slowest) {
        listings.slowest = took;
        listings.entries_of_slowest = entries;
    }
    for (const ItemPath& below : folders) list_all(backup, below, listings);
}

void run(uint64_t rows, bool json) {
    std::string folder = (std::filesystem::temp_directory_path() / "manifest-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) throw Misuse("no folder to work in");
    const std::string path = folder + "/Manifest.db";
    make_manifest_apart(path, rows);
    const BenchTree tree(path);
    const double megabytes = static_cast<double>(std::filesystem::file_size(path)) / 1e6;
    forget_peak();
    const uint64_t before = memory("VmRSS:");
    const double start = now();
    const IosBackup backup(tree, SecretText(""));
    const double opening = now() - start;
    const auto per_row = [&](std::string_view line) {
        return static_cast<double>(memory(line) - before) / static_cast<double>(rows);
    };
    const double peak = per_row("VmHWM:"), held = per_row("VmRSS:");
    Listings listings;
    list_all(backup, {}, listings);
    std::ranges::sort(listings.seconds);
    const double median = listings.seconds[listings.seconds.size() / 2] * 1e3;
    const double late = listings.seconds[listings.seconds.size() * 99 / 100] * 1e3;
    std::filesystem::remove_all(folder);
    if (listings.files != rows) throw Corrupt("the listings do not show every file");
    if (json) {
        fmt::print(
            "{{\"name\":\"iPhone backup, {} files\",\"manifest_mb\":{:.0f},\"open_s\":{:.2f},"
            "\"peak_bytes_per_file\":{:.0f},\"held_bytes_per_file\":{:.0f},\"folders\":{},"
            "\"list_median_ms\":{:.3f},\"list_p99_ms\":{:.3f},\"list_slowest_ms\":{:.3f},"
            "\"entries_of_slowest\":{},\"goal\":\"p99 < 10 ms\"}}\n",
            rows, megabytes, opening, peak, held, listings.seconds.size(), median, late,
            listings.slowest * 1e3, listings.entries_of_slowest);
        return;
    }
    fmt::print("{} files, Manifest.db of {:.0f} MB: opened in {:.2f} s\n", rows, megabytes,
               opening);
    fmt::print("memory for each file: {:.0f} bytes held, {:.0f} at the most while opening\n", held,
               peak);
    fmt::print("{} folders listed: median {:.3f} ms, 99 of 100 below {:.3f} ms\n",
               listings.seconds.size(), median, late);
    fmt::print("the slowest: {:.1f} ms for {} entries\n", listings.slowest * 1e3,
               listings.entries_of_slowest);
}

}  // namespace
}  // namespace lifeboat::content

int main(int argc, char** argv) {
    uint64_t rows = 1'000'000;
    bool json = false;
    for (int i = 1; i < argc; ++i) {
        if (std::strcmp(argv[i], "--json") == 0) json = true;
        if (std::strcmp(argv[i], "--rows") == 0 && i + 1 < argc) rows = std::stoull(argv[++i]);
    }
    try {
        lifeboat::content::run(rows, json);
    } catch (const lifeboat::Error& error) {
        fmt::print(stderr, "{}\n", error.full_text());
        return 1;
    }
}
