#include "sim/android/content_output.h"

#include "base/text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace lifeboat::sim::android {

namespace {

std::string cell_text(const Value& value) {
    struct Print {
        std::string operator()(std::nullptr_t) const { return "NULL"; }
        std::string operator()(int64_t number) const { return fmt::to_string(number); }
        // The tool asks for a float, whatever is stored.
        std::string operator()(double number) const {
            return java_float(static_cast<float>(number));
        }
        std::string operator()(const std::string& text) const { return java_text(text); }
        std::string operator()(const Bytes&) const { return "BLOB"; }
    };
    return std::visit(Print{}, value);
}

std::string_view proxy_line(ContentVerb verb) {
    switch (verb) {
        case ContentVerb::query:
            return "android.content.ContentProviderProxy.query(ContentProviderNative.java:481)";
        case ContentVerb::insert:
            return "android.content.ContentProviderProxy.insert(ContentProviderNative.java:549)";
        case ContentVerb::update:
            return "android.content.ContentProviderProxy.update(ContentProviderNative.java:644)";
        case ContentVerb::remove:
            return "android.content.ContentProviderProxy.delete(ContentProviderNative.java:620)";
        case ContentVerb::read:
        case ContentVerb::write:
            return "android.content.ContentProviderProxy.openFile(ContentProviderNative.java:667)";
        case ContentVerb::call:
            return "android.content.ContentProviderProxy.call(ContentProviderNative.java:732)";
        case ContentVerb::type:
            return "android.content.ContentProviderProxy.getType(ContentProviderNative.java:512)";
    }
    return "";
}

std::string_view tool_class(ContentVerb verb) {
    static constexpr std::array<std::string_view, 8> names{
        "QueryCommand", "InsertCommand", "UpdateCommand", "DeleteCommand",
        "ReadCommand",  "WriteCommand",  "CallCommand",   "GetTypeCommand"};
    return names[static_cast<size_t>(verb)];
}

// How many bytes the character takes that begins here; 0 when it is none.
size_t character_size(std::string_view text) {
    for (size_t size = 1; size <= 4 && size <= text.size(); ++size) {
        if (is_valid_utf8(text.substr(0, size))) return size;
    }
    return 0;
}

bool is_half_character(std::string_view text) {
    return text.size() >= 3 && text[0] == '\xed' && static_cast<unsigned char>(text[1]) >= 0xa0 &&
           static_cast<unsigned char>(text[1]) <= 0xbf &&
           (static_cast<unsigned char>(text[2]) & 0xc0) == 0x80;
}

}  // namespace

std::string java_float(float number) {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number > 0 ? "Infinity" : "-Infinity";
    if (number == 0) return std::signbit(number) ? "-0.0" : "0.0";
    const float size = std::fabs(number);
    const bool plain = size >= 1e-3F && size < 1e7F;
    std::array<char, 64> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), number,
                      plain ? std::chars_format::fixed : std::chars_format::scientific);
    std::string text(digits.data(), end.ptr);
    const size_t e = text.find('e');
    std::string power;
    if (e != std::string::npos) {
        power = fmt::format("E{}",
                            parse_i64(text.substr(text[e + 1] == '+' ? e + 2 : e + 1)).value_or(0));
        text.resize(e);
    }
    if (text.find('.') == std::string::npos) text += ".0";
    return text + power;
}

std::string java_text(std::string_view text) {
    if (is_valid_utf8(text)) return std::string(text);
    std::string out;
    while (!text.empty()) {
        size_t size = character_size(text);
        if (size > 0) {
            out += text.substr(0, size);
        } else if (is_half_character(text)) {
            out += '?';
            size = 3;
        } else {
            out += "\xef\xbf\xbd";
            size = 1;
        }
        text.remove_prefix(size);
    }
    return out;
}

std::string rows_text(const Cursor& cursor) {
    if (cursor.rows.empty()) return cursor.broken ? "" : "No result found.\n";
    std::string out;
    size_t number = 0;
    for (const auto& row : cursor.rows) {
        out += fmt::format("Row: {} ", number++);
        for (size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ", ";
            out += cursor.columns[i] + "=" + cell_text(row[i]);
        }
        out += '\n';
    }
    return out;
}

std::string error_text(const std::string& authority, const JavaException& error, ContentVerb verb) {
    std::string out = fmt::format("Error while accessing provider:{}\n{}: {}\n", authority,
                                  error.type(), java_text(error.message()));
    const auto at = [&](std::string_view line) { out += fmt::format("\tat {}\n", line); };
    if (error.while_opening()) {
        at("android.os.Parcel.readException(Parcel.java:2398)");
        at("android.app.IActivityManager$Stub$Proxy.getContentProviderExternal("
           "IActivityManager.java:6871)");
    } else if (error.type() != "java.lang.IllegalStateException") {
        at("android.database.DatabaseUtils.readExceptionFromParcel(DatabaseUtils.java:172)");
        at("android.database.DatabaseUtils.readExceptionFromParcel(DatabaseUtils.java:142)");
        at(proxy_line(verb));
        at(fmt::format("com.android.commands.content.Content${}.onExecute(Content.java:661)",
                       tool_class(verb)));
    }
    at("com.android.commands.content.Content$Command.execute(Content.java:521)");
    at("com.android.commands.content.Content.main(Content.java:735)");
    at("com.android.internal.os.RuntimeInit.nativeFinishInit(Native Method)");
    at("com.android.internal.os.RuntimeInit.main(RuntimeInit.java:355)");
    return out;
}

}  // namespace lifeboat::sim::android
