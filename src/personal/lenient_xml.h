// Tags and attributes of XML that is not quite XML: what phone apps write that do not escape as
// they should. Emoji as pairs of surrogate references (&#55357;&#56832;), bare control bytes, `<`
// and line feeds inside attributes are taken as they are meant.
//
// Text between tags, comments, declarations and instructions are skipped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::personal {

struct XmlAttribute {
    std::string_view name{};
    std::string_view raw{};  // between the quotes, not decoded: may be many MB
};

struct XmlTag {
    std::string_view name{};
    bool begins = false;  // <a ...>
    bool ends = false;    // </a>; with `begins`: <a ... />
    std::vector<XmlAttribute> attributes{};

    // As it stands in the file; nothing when there is none.
    std::optional<std::string_view> raw(std::string_view attribute) const;
};

// Views into `text`, which outlives the reader and its tags.
class LenientXml {
public:
    static constexpr size_t max_attributes = 256;

    explicit LenientXml(std::string_view text) : text_(text) {}

    // The next tag; nothing at the end, also when it comes inside a tag. Throws Corrupt for a tag
    // that is none and for one with more attributes than the limit.
    std::optional<XmlTag> next();

private:
    bool skip_to_tag();
    bool skip_past(std::string_view end);
    void skip_blanks();
    std::string_view take_name();
    // False when the text ends first.
    bool take_attribute(XmlTag& tag);

    std::string_view text_;
    size_t at_ = 0;
};

// References resolved. A surrogate without its other half becomes U+FFFD, a reference that is none
// stays as it is. Bytes that are no reference are not touched.
std::string decode_xml(std::string_view raw);

// For the inside of an attribute in double quotes. What XML cannot hold (control characters,
// broken UTF-8) becomes U+FFFD.
std::string encode_xml(std::string_view text);

}  // namespace lifeboat::personal
