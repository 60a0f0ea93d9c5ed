#include "engine/manifest.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::engine {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "lifeboat/manifest";
constexpr uint64_t max_bytes = uint64_t{4} << 30;

// Android names need not be UTF-8, JSON text must be: other names are written as hexadecimal bytes.
void put_path(json& line, const ItemPath& path) {
    if (is_valid_utf8(path.text())) {
        line["path"] = path.text();
    } else {
        line["path_hex"] = to_hex(as_bytes(path.text()));
    }
}

ItemPath get_path(const json& line) {
    std::string text;
    if (line.contains("path_hex")) {
        const auto bytes = from_hex(line.at("path_hex").get<std::string>());
        if (!bytes) throw Corrupt("a path is no hexadecimal text");
        text = to_text(*bytes);
    } else {
        text = line.at("path").get<std::string>();
    }
    const auto path = ItemPath::parse(text);
    if (!path || path->is_root()) throw Corrupt("'" + printable(text) + "' is no path of a file");
    return *path;
}

json header_line(const Manifest& m) {
    return {{"kind", kind},
            {"version", 1},
            {"device_key", m.device_key},
            {"model", m.model},
            {"os_version", m.os_version},
            {"build", m.build},
            {"previous_snapshot", m.previous_snapshot},
            {"counter", m.counter},
            {"started", to_rfc3339(m.started)},
            {"files", m.files.size()},
            {"unreadable", m.unreadable.size()}};
}

struct Declared {
    size_t files = 0;
    size_t unreadable = 0;
};

Declared read_header(const json& line, Manifest& m) {
    if (line.at("kind") != kind || line.at("version") != 1) {
        throw Unsupported("the manifest is of a kind this version does not know");
    }
    m.device_key = line.at("device_key").get<std::string>();
    m.model = line.at("model").get<std::string>();
    m.os_version = line.at("os_version").get<std::string>();
    m.build = line.at("build").get<std::string>();
    m.previous_snapshot = line.at("previous_snapshot").get<std::string>();
    m.counter = line.at("counter").get<uint64_t>();
    const auto started = from_rfc3339(line.at("started").get<std::string>());
    if (!started) throw Corrupt("its start time is no time");
    m.started = *started;
    return {line.at("files").get<size_t>(), line.at("unreadable").get<size_t>()};
}

void read_entry(const json& line, Manifest& m) {
    const ItemPath path = get_path(line);
    if (line.contains("unreadable")) {
        m.unreadable[path] = line.at("unreadable").get<std::string>();
        return;
    }
    const auto digest = Digest::parse(line.at("sha256").get<std::string>());
    if (!digest) throw Corrupt("its SHA-256 has not 64 hexadecimal digits");
    const TimePoint modified{nanoseconds{line.at("mtime_ns").get<int64_t>()}};
    m.files[path] = {line.at("size").get<uint64_t>(), modified, *digest};
}

// nlohmann's exceptions end here: for the rest of the house a bad line is Corrupt.
template <class Read>
void read_line(std::string_view text, size_t number, Read read) {
    try {
        read(json::parse(text));
    } catch (const json::exception&) {
        throw Corrupt(fmt::format("line {} of the manifest is not what Lifeboat writes", number));
    } catch (Error& error) {
        error.add_context(fmt::format("reading line {} of the manifest", number));
        throw;
    }
}

}  // namespace

uint64_t Manifest::bytes() const {
    uint64_t sum = 0;
    for (const auto& [path, entry] : files) sum += entry.size;
    return sum;
}

const ItemPath& records_folder() {
    static const ItemPath path("lifeboat");
    return path;
}

const ItemPath& manifest_path() {
    static const ItemPath path("lifeboat/manifest.jsonl");
    return path;
}

std::string encode_manifest(const Manifest& manifest) {
    // Phone texts (model, build) may be anything: what is not UTF-8 is replaced rather than
    // refused.
    const auto dump = [](const json& line) {
        return line.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    };
    std::string text = dump(header_line(manifest));
    for (const auto& [path, entry] : manifest.files) {
        json line{{"size", entry.size},
                  {"mtime_ns", entry.modified.time_since_epoch().count()},
                  {"sha256", entry.sha256.hex()}};
        put_path(line, path);
        text += dump(line);
    }
    for (const auto& [path, reason] : manifest.unreadable) {
        json line{{"unreadable", reason}};
        put_path(line, path);
        text += dump(line);
    }
    return text;
}

Manifest decode_manifest(ByteView text) {
    Manifest manifest;
    Declared declared;
    size_t number = 0;
    std::string_view rest = as_text(text);
    while (!rest.empty()) {
        const size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            throw Corrupt("the manifest ends in the middle of a line");
        read_line(rest.substr(0, end), ++number, [&](const json& line) {
            if (number == 1) {
                declared = read_header(line, manifest);
            } else {
                read_entry(line, manifest);
            }
        });
        rest.remove_prefix(end + 1);
    }
    if (number == 0 || manifest.files.size() != declared.files ||
        manifest.unreadable.size() != declared.unreadable) {
        throw Corrupt(fmt::format("the manifest names {} files and says it has {}",
                                  manifest.files.size(), declared.files));
    }
    return manifest;
}

std::set<ItemPath> left_out(const Manifest& manifest, const FileTree& tree) {
    std::set<ItemPath> missing;
    for (const auto& [path, entry] : manifest.files) {
        if (!tree.find(path)) missing.insert(path);
    }
    return missing;
}

std::optional<Manifest> load_manifest(const FileTree& tree) {
    if (!tree.find(manifest_path())) return std::nullopt;
    return while_doing("reading the manifest of the snapshot", [&] {
        return decode_manifest(read_all(*tree.open(manifest_path()), max_bytes));
    });
}

}  // namespace lifeboat::engine
