#include "app/config_file.h"

#include "app/files.h"
#include "app/suggest.h"
#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <set>

namespace lifeboat::app {
namespace {

std::string at(const std::string& file, size_t line) {
    return fmt::format("{}:{}", printable(file), line);
}

[[noreturn]] void bad(const std::string& file, const toml::source_region& where,
                      const std::string& what) {
    throw Misuse(fmt::format("{}: {}", at(file, where.begin.line), what));
}

std::string text_of_node(const toml::node& node, const std::string& key, const std::string& file) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* yes = node.as_boolean()) return yes->get() ? "true" : "false";
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    bad(file, node.source(), fmt::format("{} is neither a text, a number nor true/false", key));
}

class Reader {
public:
    explicit Reader(const std::string& file) : file_(file) {}

    ConfigFile read(const toml::table& root) {
        table(root, "", 0);
        return std::move(result_);
    }

private:
    static constexpr int deepest = 4;  // no setting lies deeper

    void table(const toml::table& table_node, const std::string& prefix, int depth) {
        if (depth > deepest) bad(file_, table_node.source(), "tables are nested too deeply");
        for (const auto& [key_node, node] : table_node) {
            const std::string key = prefix + std::string(key_node.str());
            if (key == "place") {
                places(node);
            } else if (const auto* inner = node.as_table()) {
                table(*inner, key + ".", depth + 1);
            } else {
                entry(key, node);
            }
        }
    }

    void entry(const std::string& key, const toml::node& node) {
        const toml::source_region& region = node.source();
        const bool one_line = region.begin.line == region.end.line;
        result_.entries.push_back({.key = key,
                                   .text = text_of_node(node, key, file_),
                                   .line = region.begin.line,
                                   .column = region.begin.column,
                                   .end_column = one_line ? region.end.column : 0});
    }

    void places(const toml::node& node) {
        const auto* array = node.as_array();
        if (array == nullptr) bad(file_, node.source(), "write places as [[place]]");
        for (const auto& element : *array) {
            const auto* one = element.as_table();
            if (one == nullptr) bad(file_, element.source(), "write places as [[place]]");
            result_.places.push_back(place(*one));
        }
        std::set<std::string> names;
        for (const ConfigPlace& one : result_.places) {
            if (names.insert(one.name).second) continue;
            throw Misuse(fmt::format("{}: two places are called \"{}\"", at(file_, one.line),
                                     printable(one.name)));
        }
    }

    ConfigPlace place(const toml::table& one) {
        static const std::vector<std::string> known{"name", "path"};
        ConfigPlace result{.line = one.source().begin.line};
        for (const auto& [key_node, node] : one) {
            const std::string key(key_node.str());
            if (key == "name") {
                result.name = text_of_node(node, "name", file_);
            } else if (key == "path") {
                result.path = text_of_node(node, "path", file_);
            } else {
                const auto near = nearest(key, known);
                bad(file_, node.source(),
                    fmt::format("a place has no \"{}\"{}", printable(key),
                                near ? fmt::format(" (did you mean \"{}\"?)", *near) : ""));
            }
        }
        if (result.name.empty()) bad(file_, one.source(), "a place needs a name");
        if (result.path.empty()) bad(file_, one.source(), "a place needs a path");
        return result;
    }

    const std::string& file_;
    ConfigFile result_{};
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> result;
    for (const std::string_view line : lines(text)) result.emplace_back(line);
    return result;
}

std::string joined(const std::vector<std::string>& all) {
    std::string text;
    for (const std::string& line : all) text += line + "\n";
    return text;
}

bool is_header(const std::string& line) {
    return trim(line).starts_with('[');
}

using Position = std::vector<std::string>::difference_type;

// Where a new line of `section` goes: behind its header, or before the first header for the root.
std::vector<std::string>::iterator place_for(std::vector<std::string>& all,
                                             const std::string& section) {
    if (section.empty()) return std::ranges::find_if(all, is_header);
    const auto header = std::ranges::find_if(
        all, [&](const std::string& line) { return trim(line) == fmt::format("[{}]", section); });
    if (header != all.end()) return header + 1;
    if (!all.empty()) all.emplace_back();
    all.push_back(fmt::format("[{}]", section));
    return all.end();
}

}  // namespace

ConfigFile parse_config(const std::string& text, const std::string& file) {
    try {
        return Reader(file).read(toml::parse(text, file));
    } catch (const toml::parse_error& error) {
        throw Misuse(fmt::format("{}: {}", at(file, error.source().begin.line),
                                 std::string(error.description())),
                     "The file is TOML. Correct the line and try again.");
    }
}

ConfigFile read_config_file(const std::string& path) {
    const auto text = read_file_if_there(path, config_limit);
    return text ? parse_config(*text, path) : ConfigFile{};
}

std::string toml_string(const std::string& text) {
    if (!is_valid_utf8(text)) {
        throw Misuse(fmt::format("\"{}\" is not valid UTF-8: it cannot stand in the configuration",
                                 printable(text)));
    }
    std::string result = "\"";
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (code < 0x20 || code == 0x7f) {
            result += fmt::format("\\u{:04X}", code);
        } else {
            result += c;
        }
    }
    return result + "\"";
}

std::string with_value(const std::string& text, const std::string& key,
                       const std::string& literal) {
    std::vector<std::string> all = lines_of(text);
    const ConfigFile file = parse_config(text, "configuration");
    const auto entry = std::ranges::find(file.entries, key, &ConfigEntry::key);
    if (entry != file.entries.end()) {
        if (entry->end_column == 0) {
            throw Misuse(fmt::format("The value of {} goes over several lines", key),
                         "Change it with an editor: `lifeboat config explain` names the file.");
        }
        all.at(entry->line - 1)
            .replace(entry->column - 1, entry->end_column - entry->column, literal);
        return joined(all);
    }
    const size_t dot = key.rfind('.');
    const std::string section = dot == std::string::npos ? "" : key.substr(0, dot);
    const std::string name = dot == std::string::npos ? key : key.substr(dot + 1);
    const auto where = place_for(all, section);
    all.insert(where, fmt::format("{} = {}", name, literal));
    return joined(all);
}

std::string with_place(const std::string& text, const std::string& name, const std::string& path) {
    std::vector<std::string> all = lines_of(text);
    if (!all.empty()) all.emplace_back();
    all.emplace_back("[[place]]");
    all.push_back("name = " + toml_string(name));
    all.push_back("path = " + toml_string(path));
    return joined(all);
}

std::string without_place(const std::string& text, const std::string& name) {
    std::vector<std::string> all = lines_of(text);
    const ConfigFile file = parse_config(text, "configuration");
    const auto place = std::ranges::find(file.places, name, &ConfigPlace::name);
    if (place == file.places.end()) {
        throw Misuse(
            fmt::format("There is no place \"{}\" in your configuration file", printable(name)));
    }
    const auto first = all.begin() + static_cast<Position>(place->line - 1);
    if (!is_header(*first)) {
        throw Misuse("This place is not written as [[place]]",
                     "Take it out with an editor: `lifeboat config explain phone` names the file.");
    }
    auto last = std::find_if(first + 1, all.end(), is_header);
    // Comments right above the next header belong to that one.
    while (last != first + 1 && trim(*(last - 1)).starts_with('#')) --last;
    all.erase(first, last);
    while (!all.empty() && trim(all.back()).empty()) all.pop_back();
    return joined(all);
}

void edit_config_file(const std::string& path, const ConfigEdit& edit) {
    const std::string before = read_file_if_there(path, config_limit).value_or("");
    parse_config(before, path);
    const std::string after = edit(before);
    parse_config(after, path);
    write_file_atomically(path, after);
}

}  // namespace lifeboat::app
