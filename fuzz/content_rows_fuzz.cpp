// What a phone's content tool prints, read exactly. The first byte chooses the reader; for texts a
// table is made of the rest, and what is believed of it must be what was put in.
#include "phone/android/personal/content_refused.h"
#include "phone/android/personal/content_rows.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

namespace android = lifeboat::phone::android;

const android::TextColumns columns{{"a", "b"}, "s"};
const std::vector<android::ExpectedRow> rows{{1, "5"}, {2, "5"}, {7, "NULL"}};

// The values are the parts of the input between 0xFF bytes.
void check_believed(std::string_view input) {
    std::vector<std::string> parts(1);
    for (const char c : input) {
        if (c == '\xff')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    parts.resize(2 * rows.size());
    std::string text;
    for (size_t i = 0; i < rows.size(); ++i) {
        text += "Row: " + std::to_string(i) + " _id=" + std::to_string(rows[i].id) +
                ", a=" + parts[2 * i] + ", b=" + parts[2 * i + 1] + ", s=" + rows[i].seal + "\n";
    }
    const auto found = android::parse_text_rows(text, rows, columns);
    if (found.seen != rows.size()) std::abort();
    for (size_t i = 0; i < rows.size(); ++i) {
        const auto& row = found.rows[i];
        if (row && ((*row)[0] != parts[2 * i] || (*row)[1] != parts[2 * i + 1])) std::abort();
    }
}

void parse(char kind, std::string_view text) {
    const std::vector<std::string> names{"_id", "n"};
    switch (kind) {
        case 'n':
            android::parse_number_rows(text, names);
            break;
        case 'w':
            android::parse_word_rows(text, names);
            break;
        case 't':
            android::parse_text_rows(text, rows, columns);
            break;
        case 'l':
            android::parse_lone_text(text, rows.front(), "a", "s");
            break;
        case 'e':
            android::content_error(text);
            break;
        default:
            break;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    const std::string all(data, data + size);
    const std::string_view text = std::string_view(all).substr(1);
    if (all.front() == 'b') {
        check_believed(text);
        return 0;
    }
    try {
        parse(all.front(), text);
    } catch (const lifeboat::Corrupt&) {
        return 0;
    }
    return 0;
}
