#include "content/vendor_backup/vendor_backup.h"

#include "ab/archive.h"
#include "base/error.h"
#include "base/text.h"
#include "content/media_class.h"
#include "content/vendor_backup/vendor_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace lifeboat::content {

namespace {

constexpr uint64_t longest_list = uint64_t{8} << 20;
constexpr size_t most_problems = 200;

constexpr auto smart_switch_lists =
    std::to_array<std::string_view>({"SmartSwitchBackup.json", "backupHistoryInfo.xml"});
constexpr auto smart_switch_parts =
    std::to_array<std::string_view>({"MESSAGE", "GMMESSAGE", "CONTACT", "CALLLOG", "Photo", "Video",
                                     "APKFILE", "ReqItemsInfo.json"});
constexpr auto clone_phone_parts = std::to_array<std::string_view>(
    {"Contact/contact.vcf", "Calendar/calendar.vcs", "Sms/sms.vmsg", "Mms/mms_backup.xml",
     "Setting/settings.xml", "CallRecord/callrecord_backup.xml", "Picture/picture.zip",
     "Music/music.zip"});

ItemPath below(const ItemPath& folder, std::string_view path) {
    return ItemPath(folder.is_root() ? std::string(path)
                                     : fmt::format("{}/{}", folder.text(), path));
}

template <class Names>
size_t present(const FileTree& tree, const ItemPath& folder, const Names& names) {
    return static_cast<size_t>(std::ranges::count_if(
        names, [&](std::string_view name) { return tree.find(below(folder, name)).has_value(); }));
}

std::optional<VendorTool> tool_in(const FileTree& tree, const ItemPath& folder) {
    if (present(tree, folder, smart_switch_lists) > 0 &&
        present(tree, folder, smart_switch_parts) > 0) {
        return VendorTool::smart_switch;
    }
    if (present(tree, folder, clone_phone_parts) >= 2) return VendorTool::clone_phone;
    return std::nullopt;
}

// Empty when it is not there.
std::string small_file(const FileTree& tree, const ItemPath& path) {
    const auto item = tree.find(path);
    if (!item || item->kind != ItemKind::file || item->size > longest_list) return {};
    return lifeboat::to_text(read_all(*tree.open(path), longest_list));
}

VendorBackup describe(const FileTree& tree, VendorTool tool, const ItemPath& root,
                      std::string_view name) {
    VendorBackup backup{.tool = tool, .root = root};
    const NamedFolder named = read_folder_name(root.is_root() ? name : root.name());
    const auto info = read_smart_switch_info(small_file(tree, below(root, smart_switch_lists[0])));
    backup.model = info.model.empty() ? named.model : info.model;
    backup.device_name = info.device_name;
    backup.os_version = info.os_version;
    backup.tool_version = info.tool_version;
    backup.saved = info.saved ? info.saved : named.saved;
    return backup;
}

std::string lower_ending(std::string_view path) {
    const size_t dot = path.rfind('.');
    std::string ending(dot == std::string_view::npos ? "" : path.substr(dot + 1));
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return ending;
}

struct Opened {
    Openness openness = Openness::sealed;
    uint64_t records = 0;
    std::string why{};  // when damaged
};

// Reads one file as what its name says it is.
class Opener {
public:
    Opener(const FileTree& tree, VendorTool tool, std::vector<std::string> passwords)
        : tree_(tree), tool_(tool), passwords_(std::move(passwords)) {}

    Opened open(const Item& item) const {
        const std::string ending = lower_ending(item.path.name());
        try {
            if (ending == "vcf") return blocks(item, {"VCARD"});
            if (ending == "vcs" || ending == "ics") return blocks(item, {"VEVENT", "VTODO"});
            if (ending == "vmsg") return blocks(item, {"VMSG"});
            if (ending == "data" || ending == "noedata" || ending == "ab") return app_data(item);
        } catch (const Corrupt& broken) {
            return {.openness = Openness::damaged, .why = broken.message()};
        }
        return {.openness = is_plain(item, ending) ? Openness::plain : Openness::sealed};
    }

private:
    Opened blocks(const Item& item, std::vector<std::string_view> kinds) const {
        BlockCounter counter(std::move(kinds));
        const auto source = tree_.open(item.path);
        std::array<std::byte, size_t{64} << 10> part;
        while (const size_t size = source->read(part)) counter.feed(ByteView(part).first(size));
        return {.openness = Openness::opened, .records = counter.finish()};
    }

    bool begins_as(const Item& item, std::string_view magic) const {
        Bytes first(magic.size());
        const auto source = tree_.open(item.path);
        size_t filled = 0;
        while (filled < first.size()) {
            const size_t size = source->read(MutableByteView(first).subspan(filled));
            if (size == 0) return false;
            filled += size;
        }
        return as_text(first) == magic;
    }

    // A stream as `adb backup` makes it, perhaps with a password that stands beside it.
    Opened app_data(const Item& item) const {
        if (!begins_as(item, ab::magic)) return {};
        std::vector<std::string> passwords{""};
        passwords.insert(passwords.end(), passwords_.begin(), passwords_.end());
        for (const std::string& password : passwords) {
            try {
                const auto source = tree_.open(item.path);
                const auto listing = ab::read_listing(*source, SecretText(password));
                uint64_t files = listing.shared_files;
                for (const auto& [name, app] : listing.apps) files += app.files;
                return {.openness = Openness::opened, .records = files};
            } catch (const ab::WrongPassword&) {
                continue;
            } catch (const Unsupported&) {
                break;
            }
        }
        return {};
    }

    bool is_plain(const Item& item, std::string_view ending) const {
        if (ending == "json" || ending == "xml" || ending == "txt") return item.size > 0;
        if (ending == "apk") return begins_as(item, "PK\x03\x04");
        // Samsung's hold files that are encrypted one by one.
        if (ending == "zip") {
            return tool_ == VendorTool::clone_phone && begins_as(item, "PK\x03\x04");
        }
        return item.size > 0 && classify(item.path.text()) != MediaClass::other;
    }

    const FileTree& tree_;
    VendorTool tool_;
    std::vector<std::string> passwords_;
};

class Look {
public:
    Look(const FileTree& tree, const VendorBackup& backup, const std::stop_token& stop)
        : tree_(tree),
          backup_(backup),
          stop_(stop),
          opener_(
              tree, backup.tool,
              read_smart_switch_info(small_file(tree, below(backup.root, smart_switch_lists[0])))
                  .passwords) {}

    VendorLook run(const VendorWish& wish) {
        walk(tree_, backup_.root, [&](const Item& item) {
            if (stop_.stop_requested()) throw Cancelled{};
            if (item.kind == ItemKind::file) take(item);
        });
        check_dates(wish);
        check_requested();
        if (empty_ > 0) problem(fmt::format("{} of its files are empty", human_count(empty_)));
        if (look_.files == 0) problem("it has no file");
        for (auto& [key, part] : parts_) look_.parts.push_back(std::move(part));
        return std::move(look_);
    }

private:
    std::string_view inside(const ItemPath& path) const {
        const size_t above = backup_.root.is_root() ? 0 : backup_.root.text().size() + 1;
        return std::string_view(path.text()).substr(above);
    }

    void problem(std::string text) {
        if (look_.problems.size() < most_problems) look_.problems.push_back(std::move(text));
    }

    void take(const Item& item) {
        const std::string_view path = inside(item.path);
        const size_t slash = path.find('/');
        const std::string category(slash == std::string_view::npos ? "" : path.substr(0, slash));
        const Opened opened = opener_.open(item);
        VendorPart& part = parts_[{category, opened.openness}];
        part.category = category;
        part.openness = opened.openness;
        ++part.files;
        part.bytes += item.size;
        part.records += opened.records;
        ++look_.files;
        look_.bytes += item.size;
        if (item.size == 0) ++empty_;
        if (opened.openness == Openness::damaged) {
            problem(fmt::format("\"{}\" is damaged: {}", printable(path), opened.why));
        }
        if (item.path.name() == "fail.bk") take_failure(item, path);
    }

    // "ContentBnrResult/CALLLOG/fail.bk"
    void take_failure(const Item& item, std::string_view path) {
        const auto why = read_failure(small_file(tree_, item.path));
        if (!why) return;
        const ItemPath folder = ItemPath::parse(path).value_or(ItemPath()).parent();
        problem(fmt::format("{} could not save {}, {}", name_of(backup_.tool),
                            printable(folder.name()), *why));
    }

    void check_dates(const VendorWish& wish) {
        using std::chrono::days;
        static const TimePoint first = *from_rfc3339("2010-01-01T00:00:00Z");
        if (!backup_.saved) return problem("it does not say when it was made");
        if (*backup_.saved > wish.now + days(1)) {
            problem(fmt::format("it says it was made at {}, which is not yet",
                                to_rfc3339(*backup_.saved)));
        } else if (*backup_.saved < first) {
            problem("its date makes no sense");
        } else if (wish.newest_message && *backup_.saved + days(1) < *wish.newest_message) {
            // A day: it does not tell its zone.
            problem(fmt::format("it was made at {}, before the newest message of this phone ({})",
                                to_rfc3339(*backup_.saved), to_rfc3339(*wish.newest_message)));
        }
    }

    void check_requested() {
        std::set<std::string> there;
        for (const auto& [key, part] : parts_) {
            std::string name = key.first;
            for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
            there.insert(std::move(name));
        }
        for (const std::string& type :
             read_requested(small_file(tree_, below(backup_.root, "ReqItemsInfo.json")))) {
            if (!there.contains(type)) {
                problem(fmt::format("{} was chosen to be saved, and there is nothing of it",
                                    printable(type)));
            }
        }
    }

    const FileTree& tree_;
    const VendorBackup& backup_;
    const std::stop_token& stop_;
    Opener opener_;
    std::map<std::pair<std::string, Openness>, VendorPart> parts_{};
    VendorLook look_{};
    uint64_t empty_ = 0;
};

}  // namespace

std::string_view name_of(VendorTool tool) {
    return tool == VendorTool::smart_switch ? "Samsung Smart Switch" : "Clone Phone";
}

std::string_view to_text(Openness openness) {
    switch (openness) {
        case Openness::plain:
            return "plain";
        case Openness::opened:
            return "opened";
        case Openness::sealed:
            return "sealed";
        case Openness::damaged:
            return "damaged";
    }
    return "";
}

std::optional<VendorBackup> recognise_vendor_backup(const FileTree& tree, std::string_view name) {
    if (const auto tool = tool_in(tree, ItemPath())) return describe(tree, *tool, ItemPath(), name);
    std::optional<VendorBackup> found;
    size_t count = 0;
    tree.list(ItemPath(), [&](const Item& item) {
        if (item.kind != ItemKind::folder) return;
        if (const auto tool = tool_in(tree, item.path)) {
            ++count;
            found = describe(tree, *tool, item.path, name);
        }
    });
    if (count > 1) {
        throw Misuse("there are several backups in this folder", "Name one of the folders in it.");
    }
    return found;
}

VendorLook look_into(const FileTree& tree, const VendorBackup& backup, const VendorWish& wish,
                     const std::stop_token& stop) {
    return Look(tree, backup, stop).run(wish);
}

}  // namespace lifeboat::content
