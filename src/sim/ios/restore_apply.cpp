#include "sim/ios/restore_apply.h"

#include "base/error.h"
#include "phone/ios/file_frames.h"
#include "sim/ios/backup_rules.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <tuple>

namespace lifeboat::sim::ios {

namespace {

namespace fs = std::filesystem;
namespace wire = phone::ios;

constexpr uint32_t permissions = 07777;

void check_place(const ManifestRow& row) {
    const auto domain = ItemPath::parse(row.domain);
    const std::string& relative = row.facts.relative_path;
    const bool inside = relative.empty() || ItemPath::parse(relative).has_value();
    if (domain && domain->parts().size() == 1 && inside) return;
    throw Corrupt("the backup names a place outside of the phone");
}

// Empties a folder of a domain; `relative` is its path. True when nothing had to stay.
bool clear(const std::string& domain, const fs::path& folder, const std::string& relative,
           bool keeps_settings) {
    bool empty = true;
    for (const auto& child : fs::directory_iterator(folder)) {
        const std::string name = child.path().filename().string();
        const std::string path = relative.empty() ? name : relative + "/" + name;
        const DomainPath place{domain, path};
        if (is_never_backed_up(place) || (keeps_settings && is_setting(place))) {
            empty = false;
        } else if (child.is_directory() && !child.is_symlink()) {
            if (clear(domain, child.path(), path, keeps_settings)) {
                fs::remove(child.path());
            } else {
                empty = false;
            }
        } else {
            fs::remove(child.path());
        }
    }
    return empty;
}

void set_date(const std::string& path, int64_t seconds) {
    const timespec date{.tv_sec = seconds, .tv_nsec = 0};
    const timespec dates[2] = {date, date};
    ::utimensat(AT_FDCWD, path.c_str(), dates, AT_SYMLINK_NOFOLLOW);
}

class Placing {
public:
    Placing(const std::string& arrived, const std::string& files, bool keeps_settings)
        : arrived_(arrived), files_(files), keeps_settings_(keeps_settings) {}

    void folder(const ManifestRow& row) const { fs::create_directories(place(row)); }

    void file(const ManifestRow& row) const {
        if (stays(row)) return;
        const std::string to = place(row);
        fs::create_directories(fs::path(to).parent_path());
        fs::rename(arrived_ + "/" + row.id, to);
        ::chmod(to.c_str(), row.facts.mode & permissions);
        set_date(to, row.facts.modified);
    }

    void link(const ManifestRow& row) const {
        if (stays(row)) return;
        const std::string to = place(row);
        fs::create_directories(fs::path(to).parent_path());
        if (fs::exists(fs::symlink_status(to))) {
            throw Corrupt("the backup has a link where it has something else");
        }
        fs::create_symlink(row.facts.link_target, to);
        set_date(to, row.facts.modified);
    }

    void finish_folder(const ManifestRow& row) const {
        const std::string to = place(row);
        ::chmod(to.c_str(), (row.facts.mode & permissions) | S_IRWXU);
        set_date(to, row.facts.modified);
    }

private:
    std::string place(const ManifestRow& row) const {
        const std::string domain = files_ + "/" + row.domain;
        return row.facts.relative_path.empty() ? domain : domain + "/" + row.facts.relative_path;
    }

    bool stays(const ManifestRow& row) const {
        return keeps_settings_ && is_setting({row.domain, row.facts.relative_path}) &&
               fs::exists(fs::symlink_status(place(row)));
    }

    const std::string& arrived_;
    const std::string& files_;
    bool keeps_settings_;
};

void clear_domains(const std::vector<ManifestRow>& rows, const RestoreOptions& options,
                   const std::string& files) {
    std::set<std::string> restored;
    for (const ManifestRow& row : rows) restored.insert(row.domain);
    for (const auto& child : fs::directory_iterator(files)) {
        const std::string domain = child.path().filename().string();
        const bool kept_by_system = is_system_domain(domain) && !options.system_files;
        const bool goes = restored.contains(domain) || (options.remove_others && !kept_by_system);
        if (!goes || !child.is_directory()) continue;
        if (clear(domain, child.path(), "", options.preserve_settings)) fs::remove(child.path());
    }
}

}  // namespace

std::vector<ManifestRow> rows_to_restore(const ManifestRows& rows, const RestoreOptions& options) {
    std::vector<ManifestRow> chosen;
    for (const auto& [id, row] : rows) {
        check_place(row);
        if (is_system_domain(row.domain) && !options.system_files) continue;
        chosen.push_back(row);
    }
    std::ranges::sort(chosen, [](const ManifestRow& a, const ManifestRow& b) {
        return std::tie(a.domain, a.facts.relative_path) <
               std::tie(b.domain, b.facts.relative_path);
    });
    return chosen;
}

void apply_restore(const std::vector<ManifestRow>& rows, const RestoreOptions& options,
                   const std::string& arrived, const std::string& files) {
    clear_domains(rows, options, files);
    const Placing placing(arrived, files, options.preserve_settings);
    const auto each = [&](int flags, auto what) {
        for (const ManifestRow& row : rows) {
            if (row.flags == flags) (placing.*what)(row);
        }
    };
    try {
        each(manifest_flag::folder, &Placing::folder);
        each(manifest_flag::file, &Placing::file);
        // Links last, so that nothing is written through them.
        each(manifest_flag::link, &Placing::link);
    } catch (const fs::filesystem_error& error) {
        throw Corrupt(std::string("the backup's files do not fit together: ") + error.what());
    }
    each(manifest_flag::folder, &Placing::finish_folder);
}

}  // namespace lifeboat::sim::ios
