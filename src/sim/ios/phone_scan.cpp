#include "sim/ios/phone_scan.h"

#include "base/error.h"
#include "sim/ios/backup_rules.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view database_start{"SQLite format 3\0", 16};
constexpr std::array<std::string_view, 3> journals{"-wal", "-shm", "-journal"};

bool starts_as_database(const std::string& path) {
    std::array<char, database_start.size()> start{};
    std::ifstream in(path, std::ios::binary);
    in.read(start.data(), start.size());
    return in.gcount() == start.size() &&
           std::string_view(start.data(), start.size()) == database_start;
}

int64_t modified_of(const std::string& path) {
    struct stat about {};
    return ::lstat(path.c_str(), &about) == 0 ? about.st_mtim.tv_sec : 0;
}

class Scan {
public:
    Scan(std::string domain, bool encrypted, std::vector<PhoneEntry>& out)
        : domain_(std::move(domain)), encrypted_(encrypted), out_(out) {}

    // The entry itself, and for a folder everything in it.
    void add(const std::string& host_path, const std::string& relative) {
        const DomainPath path{domain_, relative};
        if (is_never_backed_up(path)) return;
        if (is_only_in_encrypted_backups(path) && !encrypted_) return;
        struct stat about {};
        if (::lstat(host_path.c_str(), &about) != 0) return;  // went away meanwhile
        PhoneEntry entry{.domain = domain_,
                         .relative = relative,
                         .id = backup_file_id(domain_, relative),
                         .host_path = host_path};
        entry.facts = {.relative_path = relative,
                       .size = 0,
                       .mode = about.st_mode,
                       .modified = about.st_mtim.tv_sec,
                       .changed = about.st_ctim.tv_sec,
                       .born = about.st_mtim.tv_sec,
                       .protection_class = protection_class(path),
                       .inode = about.st_ino};
        if (S_ISREG(about.st_mode)) {
            add_file(std::move(entry), static_cast<uint64_t>(about.st_size));
        } else if (S_ISLNK(about.st_mode)) {
            entry.kind = ItemKind::symlink;
            entry.facts.link_target = fs::read_symlink(host_path).string();
            out_.push_back(std::move(entry));
        } else if (S_ISDIR(about.st_mode)) {
            entry.kind = ItemKind::folder;
            out_.push_back(std::move(entry));
            add_children(host_path, relative);
        }
    }

private:
    void add_file(PhoneEntry entry, uint64_t size) {
        entry.facts.size = size;
        entry.is_database = starts_as_database(entry.host_path);
        if (entry.is_database) {
            entry.facts.modified =
                std::max(entry.facts.modified, modified_of(entry.host_path + "-wal"));
        }
        out_.push_back(std::move(entry));
    }

    void add_children(const std::string& folder, const std::string& relative) {
        std::error_code ignored;
        std::vector<std::string> names;
        for (const auto& child : fs::directory_iterator(folder, ignored)) {
            names.push_back(child.path().filename().string());
        }
        std::ranges::sort(names);
        for (const std::string& name : names) {
            const std::string path = folder + "/" + name;
            if (!is_journal(path)) add(path, relative.empty() ? name : relative + "/" + name);
        }
    }

    static bool is_journal(const std::string& path) {
        for (const std::string_view end : journals) {
            if (!path.ends_with(end)) continue;
            const std::string database = path.substr(0, path.size() - end.size());
            if (starts_as_database(database)) return true;
        }
        return false;
    }

    std::string domain_;
    bool encrypted_;
    std::vector<PhoneEntry>& out_;
};

}  // namespace

std::vector<PhoneEntry> scan_phone(const std::string& files, bool encrypted) {
    std::error_code error;
    std::vector<std::string> domains;
    for (const auto& child : fs::directory_iterator(files, error)) {
        if (child.is_directory()) domains.push_back(child.path().filename().string());
    }
    if (error) throw Missing("the simulated phone has no files: " + error.message());
    std::ranges::sort(domains);
    std::vector<PhoneEntry> entries;
    for (const std::string& domain : domains) {
        Scan(domain, encrypted, entries).add(files + "/" + domain, "");
    }
    return entries;
}

}  // namespace lifeboat::sim::ios
