#include "sim/android/content_words.h"

#include "base/text.h"

#include <fmt/format.h>

#include <charconv>
#include <map>

namespace lifeboat::sim::android {

namespace {

constexpr uint32_t sdk_11 = 30;

std::vector<std::string> split_binding(const std::string& text, bool escapes) {
    std::vector<std::string> parts(1);
    for (size_t i = 0; i < text.size(); ++i) {
        if (escapes && text[i] == '\\') {
            if (++i == text.size()) throw ContentMisuse("Invalid escaping");
            parts.back() += text[i];
        } else if (text[i] == ':') {
            parts.emplace_back();
        } else {
            parts.back() += text[i];
        }
    }
    return parts;
}

int64_t whole_number(const std::string& text, int64_t least, int64_t most) {
    const std::string_view digits = std::string_view(text).substr(text.starts_with('+') ? 1 : 0);
    const auto number = parse_i64(digits);
    if (!number || *number < least || *number > most) {
        throw ContentMisuse(fmt::format("For input string: \"{}\"", text));
    }
    return *number;
}

double real_number(const std::string& text) {
    double number = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end.ec != std::errc() || end.ptr != text.data() + text.size()) {
        throw ContentMisuse(fmt::format("For input string: \"{}\"", text));
    }
    return number;
}

Value bound_value(const std::string& type, const std::string& text) {
    if (type == "s") return text;
    if (type.size() != 1) throw ContentMisuse("Unsupported type: " + type);
    switch (type[0] | 0x20) {
        case 'b':
            return int64_t{text.size() == 4 &&
                           (text == "true" || text == "TRUE" || text == "True")};
        case 'i':
            return whole_number(text, INT32_MIN, INT32_MAX);
        case 'l':
            return whole_number(text, INT64_MIN, INT64_MAX);
        case 'f':
            return static_cast<double>(static_cast<float>(real_number(text)));
        case 'd':
            return real_number(text);
        case 'n':
            return nullptr;
        default:
            throw ContentMisuse("Unsupported type: " + type);
    }
}

void bind(ContentValues& values, const std::string* text, bool escapes) {
    if (text == nullptr || text->empty()) {
        throw ContentMisuse("Binding not well formed: " + (text == nullptr ? "null" : *text));
    }
    const auto parts = split_binding(*text, escapes);
    if (parts.size() != 3) throw ContentMisuse("Binding not well formed: " + *text);
    values.put(parts[0], bound_value(parts[1], parts[2]));
}

// "_id : hex(body)" is two columns.
std::vector<std::string> projection_of(std::string_view text) {
    std::vector<std::string> columns;
    const auto parts = split(text, ':');
    for (size_t i = 0; i < parts.size(); ++i) {
        std::string_view part = parts[i];
        while (i > 0 && !part.empty() && std::isspace(static_cast<unsigned char>(part.front())))
            part.remove_prefix(1);
        while (i + 1 < parts.size() && !part.empty() &&
               std::isspace(static_cast<unsigned char>(part.back())))
            part.remove_suffix(1);
        columns.emplace_back(part);
    }
    // As Java splits: nothing behind the last colon is nothing.
    while (columns.size() > 1 && columns.back().empty()) columns.pop_back();
    return columns;
}

class Parser {
public:
    Parser(std::span<const std::string> words, uint32_t sdk) : words_(words), sdk_(sdk) {}

    ContentCommand parse() {
        static const std::map<std::string, ContentVerb, std::less<>> verbs{
            {"query", ContentVerb::query},   {"insert", ContentVerb::insert},
            {"update", ContentVerb::update}, {"delete", ContentVerb::remove},
            {"read", ContentVerb::read},     {"write", ContentVerb::write},
            {"call", ContentVerb::call},     {"gettype", ContentVerb::type}};
        const std::string* name = next();
        const auto verb = name == nullptr ? verbs.end() : verbs.find(*name);
        if (verb == verbs.end()) {
            throw ContentMisuse("Unsupported operation: " + (name == nullptr ? "null" : *name));
        }
        command_.verb = verb->second;
        while (const std::string* option = next()) read_option(*option);
        if (command_.request.uri.text.empty()) {
            throw ContentMisuse(
                "Content provider URI not specified. Did you specify --uri argument?");
        }
        if (binds() && command_.values.empty()) {
            throw ContentMisuse("Bindings not specified. Did you specify --bind argument(s)?");
        }
        if (command_.verb == ContentVerb::call && command_.method.empty()) {
            throw ContentMisuse("Content provider method not specified.");
        }
        return std::move(command_);
    }

private:
    bool is(ContentVerb verb) const { return command_.verb == verb; }
    bool binds() const { return is(ContentVerb::insert) || is(ContentVerb::update); }

    const std::string* next() {
        if (words_.empty()) return nullptr;
        const std::string* word = &words_.front();
        words_ = words_.subspan(1);
        return word;
    }

    std::string needed(const std::string& option) {
        const std::string* value = next();
        if (value == nullptr || value->empty() || value->starts_with("--")) {
            throw ContentMisuse("No value for argument: " + option);
        }
        return *value;
    }

    void read_option(const std::string& option) {
        const bool conditional =
            is(ContentVerb::query) || is(ContentVerb::update) || is(ContentVerb::remove);
        const bool has_extras =
            is(ContentVerb::call) || (sdk_ >= sdk_11 && (conditional || binds()));
        if (option == "--uri") {
            command_.request.uri = parse_content_uri(needed(option));
        } else if (option == "--user") {
            command_.user = whole_number(needed(option), INT32_MIN, INT32_MAX);
        } else if (option == "--where" && conditional) {
            command_.request.where = needed(option);
        } else if (option == "--sort" && is(ContentVerb::query)) {
            command_.request.sort = needed(option);
        } else if (option == "--projection" && is(ContentVerb::query)) {
            command_.request.projection = projection_of(needed(option));
        } else if (option == "--bind" && binds()) {
            bind(command_.values, next(), sdk_ >= sdk_11);
        } else if (option == "--extra" && has_extras) {
            ContentValues extras;
            bind(extras, next(), sdk_ >= sdk_11);
        } else if (option == "--method" && is(ContentVerb::call)) {
            command_.method = needed(option);
        } else if (option == "--arg" && is(ContentVerb::call)) {
            command_.argument = needed(option);
        } else {
            throw ContentMisuse("Unsupported argument: " + option);
        }
    }

    std::span<const std::string> words_;
    uint32_t sdk_;
    ContentCommand command_;
};

}  // namespace

ContentCommand parse_content_command(std::span<const std::string> words, uint32_t sdk) {
    return Parser(words, sdk).parse();
}

std::string_view content_usage() {
    return R"(usage: adb shell content [subcommand] [options]

usage: adb shell content query --uri <URI> [--user <USER_ID>] [--projection <PROJECTION>]
         [--where <WHERE>] [--sort <SORT_ORDER>] [--extra <BINDING>...]
usage: adb shell content insert --uri <URI> [--user <USER_ID>] --bind <BINDING>...
usage: adb shell content update --uri <URI> [--user <USER_ID>] [--where <WHERE>] --bind <BINDING>...
usage: adb shell content delete --uri <URI> [--user <USER_ID>] [--where <WHERE>]
usage: adb shell content call --uri <URI> [--user <USER_ID>] --method <METHOD> [--arg <ARG>]
usage: adb shell content read --uri <URI> [--user <USER_ID>]
usage: adb shell content write --uri <URI> [--user <USER_ID>]
usage: adb shell content gettype --uri <URI> [--user <USER_ID>]
  <BINDING> is <COLUMN_NAME>:<TYPE>:<COLUMN_VALUE>
  <TYPE> is b, s, i, l, f, d or n
  <PROJECTION> is <COLUMN_NAME>:<COLUMN_NAME>...
)";
}

}  // namespace lifeboat::sim::android
