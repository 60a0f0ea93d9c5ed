#include "engine/iphone_contents.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace lifeboat::engine {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "lifeboat/iphone";
constexpr uint64_t max_bytes = uint64_t{2} << 30;

// Both are /var/mobile/Media on the phone.
constexpr std::array media_domains{"CameraRollDomain/Media", "MediaDomain/Media"};

constexpr std::array<std::pair<content::InventoryState, std::string_view>, 3> states{
    {{content::InventoryState::counted, "counted"},
     {content::InventoryState::absent, "absent"},
     {content::InventoryState::not_comparable, "not_comparable"}}};

void add_media(const content::IosBackup& backup, const std::string& root, IphoneContents& to,
               const std::stop_token& stop) {
    const ItemPath folder(root);
    if (!backup.find(folder)) return;
    walk(backup, folder, [&](const Item& item) {
        if (stop.stop_requested()) throw Cancelled{};
        // The photo library's own databases: what they hold is counted, not compared as files.
        const size_t domain = root.find('/') + 1;
        if (item.kind != ItemKind::file ||
            item.path.text().substr(domain).starts_with("Media/PhotoData/"))
            return;
        to.media[ItemPath(item.path.text().substr(domain))] = {item.size, item.modified,
                                                               backup.stored_path(item.path)};
    });
}

// Names of apps and phones may be any bytes; identities are texts of databases.
std::string dump(const json& line) {
    return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

json line_of(const content::InventoryClass& one) {
    json line{{"class", one.id},
              {"count", one.count},
              {"why", one.why},
              {"source", one.source},
              {"has_identities", one.has_identities},
              {"identities", one.identities}};
    for (const auto& [state, name] : states) {
        if (state == one.state) line["state"] = name;
    }
    return line;
}

content::InventoryClass class_of(const json& line) {
    content::InventoryClass one{.id = line.at("class").get<std::string>(),
                                .count = line.at("count").get<uint64_t>(),
                                .why = line.at("why").get<std::string>(),
                                .source = line.at("source").get<std::string>(),
                                .identities = line.at("identities").get<std::vector<std::string>>(),
                                .has_identities = line.at("has_identities").get<bool>()};
    const auto state = line.at("state").get<std::string>();
    for (const auto& [value, name] : states) {
        if (name != state) continue;
        one.state = value;
        return one;
    }
    throw Corrupt("it counts in a way that is not known");
}

ItemPath path_of(const json& text) {
    const auto bytes = from_hex(text.get<std::string>());
    const auto path = bytes ? ItemPath::parse(as_text(*bytes)) : std::nullopt;
    if (!path || path->is_root()) throw Corrupt("a path is none");
    return *path;
}

void read_line(const json& line, IphoneContents& to) {
    if (line.contains("class")) {
        to.inventory.classes.push_back(class_of(line));
        return;
    }
    to.media[path_of(line.at("media"))] = {
        line.at("size").get<uint64_t>(), TimePoint{nanoseconds{line.at("mtime_ns").get<int64_t>()}},
        path_of(line.at("stored"))};
}

struct Declared {
    size_t classes = 0, media = 0;
};

Declared read_header(const json& line, IphoneContents& to) {
    if (line.at("kind") != kind || line.at("version") != 1) {
        throw Unsupported("this version does not know what the backup says it holds");
    }
    to.encrypted = line.at("encrypted").get<bool>();
    to.files = line.at("files").get<uint64_t>();
    to.files_checked = line.at("files_checked").get<uint64_t>();
    to.deep = line.at("deep").get<bool>();
    return {line.at("classes").get<size_t>(), line.at("media").get<size_t>()};
}

}  // namespace

const ItemPath& iphone_contents_path() {
    static const ItemPath path("lifeboat/iphone.jsonl");
    return path;
}

IphoneContents contents_of(const content::IosBackup& backup,
                           const content::RehearsalReport& rehearsal, bool deep,
                           const std::stop_token& stop) {
    IphoneContents contents{.encrypted = rehearsal.encrypted,
                            .files = rehearsal.files_in_backup,
                            .files_checked = rehearsal.files_checked,
                            .deep = deep};
    for (const char* root : media_domains) add_media(backup, root, contents, stop);
    contents.inventory = content::take_inventory(backup, stop);
    return contents;
}

std::string encode_iphone_contents(const IphoneContents& contents) {
    std::string text = dump({{"kind", kind},
                             {"version", 1},
                             {"encrypted", contents.encrypted},
                             {"files", contents.files},
                             {"files_checked", contents.files_checked},
                             {"classes", contents.inventory.classes.size()},
                             {"media", contents.media.size()},
                             {"deep", contents.deep}});
    for (const auto& one : contents.inventory.classes) text += dump(line_of(one));
    for (const auto& [path, file] : contents.media) {
        text += dump({{"media", to_hex(as_bytes(path.text()))},
                      {"size", file.size},
                      {"mtime_ns", file.modified.time_since_epoch().count()},
                      {"stored", to_hex(as_bytes(file.stored.text()))}});
    }
    return text;
}

IphoneContents decode_iphone_contents(ByteView text) {
    IphoneContents contents;
    Declared declared;
    size_t number = 0;
    for (std::string_view rest = as_text(text); !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        ++number;
        try {
            const json parsed = json::parse(line);
            if (number == 1) {
                declared = read_header(parsed, contents);
            } else {
                read_line(parsed, contents);
            }
        } catch (const json::exception&) {
            throw Corrupt(
                fmt::format("line {} of the list of an iPhone's contents is damaged", number));
        }
    }
    if (number == 0 || contents.inventory.classes.size() != declared.classes ||
        contents.media.size() != declared.media) {
        throw Corrupt("the list of an iPhone's contents is cut off");
    }
    return contents;
}

std::optional<IphoneContents> load_iphone_contents(const FileTree& snapshot) {
    if (!snapshot.find(iphone_contents_path())) return std::nullopt;
    return decode_iphone_contents(read_all(*snapshot.open(iphone_contents_path()), max_bytes));
}

Manifest media_manifest(const Manifest& raw, const IphoneContents& contents) {
    Manifest media = raw;
    media.files.clear();
    for (const auto& [path, file] : contents.media) {
        media.files[path] = {.size = file.size, .modified = file.modified};
    }
    return media;
}

}  // namespace lifeboat::engine
