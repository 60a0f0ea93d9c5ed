// The XML format as Apple writes it, so that a file of ours looks like any other.
#include "crypto/base64.h"
#include "plist/plist.h"
#include "plist/unicode.h"
#include "plist/xml_date.h"

#include <fmt/format.h>

#include <cmath>

namespace lifeboat::plist {
namespace {

constexpr std::string_view prologue =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "
    "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"
    "<plist version=\"1.0\">\n";

// Characters that an XML document may not contain, not even as an entity.
bool is_forbidden(char32_t c) {
    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff;
}

void append_escaped(std::string& to, std::string_view text) {
    while (!text.empty()) {
        const char32_t c = take_code_point(text);
        if (c == '&') {
            to += "&amp;";
        } else if (c == '<') {
            to += "&lt;";
        } else if (c == '>') {
            to += "&gt;";
        } else if (c == '\r') {
            to += "&#13;";  // bare, every reader would take it for a line's end
        } else {
            append_utf8(to, is_forbidden(c) ? replacement_character : c);
        }
    }
}

class XmlWriter {
public:
    std::string document(const Value& value) {
        out_ = prologue;
        put(value);
        out_ += "</plist>\n";
        return std::move(out_);
    }

private:
    void indent() { out_.append(depth_, '\t'); }

    void line(std::string_view tag, std::string_view text) {
        indent();
        out_ += fmt::format("<{}>", tag);
        append_escaped(out_, text);
        out_ += fmt::format("</{}>\n", tag);
    }

    void put(const Value& value) {
        std::visit([this](const auto& content) { content_of(content); }, value.variant());
    }

    void content_of(const Dict& value) {
        indent();
        if (value.empty()) {
            out_ += "<dict/>\n";
            return;
        }
        out_ += "<dict>\n";
        ++depth_;
        for (const auto& entry : value) {
            line("key", entry.key);
            put(entry.value);
        }
        --depth_;
        indent();
        out_ += "</dict>\n";
    }

    void content_of(const Array& value) {
        indent();
        if (value.empty()) {
            out_ += "<array/>\n";
            return;
        }
        out_ += "<array>\n";
        ++depth_;
        for (const Value& item : value) put(item);
        --depth_;
        indent();
        out_ += "</array>\n";
    }

    void content_of(const std::string& value) { line("string", value); }
    void content_of(int64_t value) { line("integer", std::to_string(value)); }
    void content_of(uint64_t value) { line("integer", std::to_string(value)); }

    void content_of(bool value) {
        indent();
        out_ += value ? "<true/>\n" : "<false/>\n";
    }

    void content_of(double value) {
        // {fmt} signs a NaN, which some readers do not know.
        line("real", std::isnan(value) ? "nan" : fmt::format("{}", value));
    }

    void content_of(const Bytes& value) {
        constexpr size_t width = 68;
        indent();
        out_ += "<data>\n";
        const std::string text = crypto::to_base64(value);
        for (size_t at = 0; at < text.size(); at += width) {
            indent();
            out_ += std::string_view(text).substr(at, width);
            out_ += '\n';
        }
        indent();
        out_ += "</data>\n";
    }

    void content_of(const Date& value) { line("date", to_xml_date(value)); }

    void content_of(const Uid& value) {
        // Past 2^63 - 1 an integer is still one: XML has no widths.
        content_of(Dict{{"CF$UID", value.number}});
    }

    std::string out_{};
    size_t depth_ = 0;
};

}  // namespace

std::string write_xml(const Value& value) {
    return XmlWriter().document(value);
}

}  // namespace lifeboat::plist
