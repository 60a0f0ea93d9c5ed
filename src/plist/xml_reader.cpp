// The XML format, read by hand: seven kinds of elements, five named entities and nothing that a
// document may define itself, so that no document can make another of itself (entity bombs, files
// of this machine).
#include "base/text.h"
#include "crypto/base64.h"
#include "plist/budget.h"
#include "plist/unicode.h"
#include "plist/xml_date.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace lifeboat::plist {
namespace {

constexpr std::string_view blanks = " \t\r\n";

struct Tag {
    std::string_view name{};
    bool closing = false;  // </name>
    bool empty = false;    // <name/>
};

class XmlReader {
public:
    XmlReader(std::string_view text, const Limits& limits) : rest_(text), budget_(limits) {}

    Value document() {
        if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
        Tag tag = next_tag();
        // Some writers leave the <plist> around the value out.
        const bool wrapped = tag.name == "plist" && !tag.closing && !tag.empty;
        if (wrapped) tag = next_tag();
        Value out = value(tag, 0);
        if (wrapped) expect_end("plist");
        skip_between();
        if (!rest_.empty()) throw Malformed("something follows the property list");
        return out;
    }

private:
    // Takes everything up to and with `mark`; gives what is before it.
    std::string_view take_until(std::string_view mark) {
        const size_t at = rest_.find(mark);
        if (at == std::string_view::npos) throw Malformed("the property list is cut off");
        const std::string_view out = rest_.substr(0, at);
        rest_.remove_prefix(at + mark.size());
        return out;
    }

    bool take(std::string_view prefix) {
        if (!rest_.starts_with(prefix)) return false;
        rest_.remove_prefix(prefix.size());
        return true;
    }

    // Blanks, comments, <?xml ... ?> and the document type.
    void skip_between() {
        while (true) {
            rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size()));
            if (take("<!--")) {
                take_until("-->");
            } else if (take("<?")) {
                check_declaration(take_until("?>"));
            } else if (take("<!DOCTYPE")) {
                if (take_until(">").find('[') != std::string_view::npos) {
                    throw Malformed("the property list defines entities of its own");
                }
            } else {
                return;
            }
        }
    }

    static void check_declaration(std::string_view declaration) {
        const size_t at = declaration.find("encoding");
        if (at == std::string_view::npos || !declaration.starts_with("xml")) return;
        std::string encoding;
        for (const char c : declaration.substr(at)) encoding += static_cast<char>(c | 0x20);
        for (const std::string_view known : {"utf-8", "utf8", "us-ascii"}) {
            if (encoding.find(known) != std::string::npos) return;
        }
        throw Malformed("the property list is not in UTF-8");
    }

    Tag next_tag() {
        skip_between();
        if (!take("<")) {
            throw Malformed(rest_.empty() ? "the property list is cut off"
                                          : "the property list has text where an element belongs");
        }
        std::string_view inside = take_until(">");
        Tag tag;
        if (inside.starts_with('/')) {
            tag.closing = true;
            inside.remove_prefix(1);
        } else if (inside.ends_with('/')) {
            tag.empty = true;
            inside.remove_suffix(1);
        }
        tag.name = inside.substr(0, inside.find_first_of(blanks));
        return tag;
    }

    void expect_end(std::string_view name) { check_end(next_tag(), name); }

    static void check_end(const Tag& tag, std::string_view name) {
        if (!tag.closing || tag.name != name) {
            throw Malformed(fmt::format("the property list lacks </{}>", name));
        }
    }

    // The text of a leaf element, entities replaced, behind its closing tag.
    std::string text_of(const Tag& tag) {
        std::string out;
        if (tag.empty) return out;
        while (true) {
            const size_t at = rest_.find_first_of("<&");
            if (at == std::string_view::npos) throw Malformed("the property list is cut off");
            out += rest_.substr(0, at);
            rest_.remove_prefix(at);
            if (take("<![CDATA[")) {
                out += take_until("]]>");
            } else if (take("<!--")) {
                take_until("-->");
            } else if (take("&")) {
                append_entity(out, take_until(";"));
            } else {
                break;
            }
        }
        expect_end(tag.name);
        budget_.take_bytes(out.size());
        return out;
    }

    static void append_entity(std::string& to, std::string_view name) {
        constexpr std::array<std::pair<std::string_view, char>, 5> known{
            {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
        for (const auto& [entity, c] : known) {
            if (name == entity) {
                to += c;
                return;
            }
        }
        const bool hex = name.starts_with("#x") || name.starts_with("#X");
        const std::string_view digits = name.substr(std::min<size_t>(hex ? 2 : 1, name.size()));
        uint32_t code = 0;
        const char* end = digits.data() + digits.size();
        const auto [stopped, error] = std::from_chars(digits.data(), end, code, hex ? 16 : 10);
        if (!name.starts_with('#') || error != std::errc{} || stopped != end || code > 0x10ffff ||
            (code >= 0xd800 && code <= 0xdfff)) {
            throw Malformed(fmt::format("the property list has an unknown entity \"{}\"",
                                        printable(name.substr(0, 20))));
        }
        append_utf8(to, code);
    }

    std::string string(const Tag& tag) {
        std::string out = text_of(tag);
        if (!is_valid_utf8(out)) throw Malformed("a string of the property list is not UTF-8");
        return out;
    }

    Value integer(const Tag& tag) {
        const std::string text = text_of(tag);
        std::string_view digits = trim(text);
        const bool negative = digits.starts_with('-');
        if (negative || digits.starts_with('+')) digits.remove_prefix(1);
        const bool hex = digits.starts_with("0x") || digits.starts_with("0X");
        if (hex) digits.remove_prefix(2);
        uint64_t value = 0;
        const char* end = digits.data() + digits.size();
        const auto [stopped, error] = std::from_chars(digits.data(), end, value, hex ? 16 : 10);
        constexpr uint64_t lowest = uint64_t{1} << 63;
        if (error != std::errc{} || stopped != end || (negative && value > lowest)) {
            throw Malformed("an integer of the property list is no number of 64 bits");
        }
        return negative ? Value(static_cast<int64_t>(0 - value)) : Value(value);
    }

    Value real(const Tag& tag) {
        const std::string text = text_of(tag);
        std::string_view digits = trim(text);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        double value = 0;
        const char* end = digits.data() + digits.size();
        const auto [stopped, error] = std::from_chars(digits.data(), end, value);
        if (error == std::errc::invalid_argument || stopped != end) {
            throw Malformed("a real of the property list is no number");
        }
        return value;
    }

    Value date(const Tag& tag) {
        const std::string text = text_of(tag);
        const auto value = from_xml_date(trim(text));
        if (!value) throw Malformed("a date of the property list is no date");
        return *value;
    }

    Value data(const Tag& tag) {
        std::string text = text_of(tag);
        std::erase_if(text, [](char c) { return blanks.find(c) != std::string_view::npos; });
        auto bytes = crypto::from_base64(text);
        if (!bytes) throw Malformed("data of the property list is no base64");
        return std::move(*bytes);
    }

    Value array(size_t depth) {
        Array out;
        Tag tag = next_tag();
        for (; !tag.closing; tag = next_tag()) out.push_back(value(tag, depth));
        check_end(tag, "array");
        return out;
    }

    Value dict(size_t depth) {
        std::vector<Dict::Entry> out;
        Tag tag = next_tag();
        for (; !tag.closing; tag = next_tag()) {
            if (tag.name != "key") throw Malformed("the property list has a value without a key");
            std::string key = string(tag);
            out.push_back({.key = std::move(key), .value = value(next_tag(), depth)});
        }
        check_end(tag, "dict");
        // How XML writes what the binary format has a kind of its own for.
        if (out.size() == 1 && out[0].key == "CF$UID") {
            if (const auto number = out[0].value.u64()) return Uid{*number};
        }
        return Dict::from_entries(std::move(out));
    }

    Value container(const Tag& tag, size_t depth) {
        budget_.check_depth(depth);
        const bool is_array = tag.name == "array";
        if (tag.empty) return is_array ? Value(Array{}) : Value(Dict{});
        return is_array ? array(depth) : dict(depth);
    }

    Value boolean(const Tag& tag) {
        if (!tag.empty && !trim(text_of(tag)).empty()) {
            throw Malformed("a truth value of the property list has a content");
        }
        return tag.name == "true";
    }

    Value value(const Tag& tag, size_t depth) {
        budget_.take_values(1);
        if (!tag.closing) {
            if (tag.name == "string") return string(tag);
            if (tag.name == "integer") return integer(tag);
            if (tag.name == "dict" || tag.name == "array") return container(tag, depth + 1);
            if (tag.name == "data") return data(tag);
            if (tag.name == "true" || tag.name == "false") return boolean(tag);
            if (tag.name == "real") return real(tag);
            if (tag.name == "date") return date(tag);
        }
        throw Malformed(fmt::format("the property list has an element <{}{}> where a value belongs",
                                    tag.closing ? "/" : "", printable(tag.name.substr(0, 20))));
    }

    std::string_view rest_;
    Budget budget_;
};

}  // namespace

Value read_xml(ByteView bytes, const Limits& limits) {
    return XmlReader(as_text(bytes), limits).document();
}

}  // namespace lifeboat::plist
