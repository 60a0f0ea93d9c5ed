#include "phone/android/sha256sum.h"

#include <algorithm>
#include <optional>

namespace lifeboat::phone::android {
namespace {

constexpr size_t digest_digits = 64;

}  // namespace

std::string escape_checksum_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\\') {
            out += "\\\\";
        } else {
            out += c;
        }
    }
    return out;
}

Sha256sumReader::Sha256sumReader(std::span<const std::string> paths, Each each)
    : paths_(paths), each_(std::move(each)) {
    for (const std::string& path : paths_) longest_ = std::max(longest_, 2 * path.size());
    longest_ += 2 * digest_digits;
}

void Sha256sumReader::feed(std::string_view text) {
    text_ += text;
    std::string_view rest = text_;
    while (!rest.empty()) {
        size_t length = 0;
        if (take_record(rest, length)) {
            rest.remove_prefix(length);
            continue;
        }
        if (rest.size() <= longest_) break;  // may still become a record
        const size_t end = rest.find('\n');
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    text_.erase(0, text_.size() - rest.size());
}

void Sha256sumReader::finish() {
    std::string_view rest = text_;
    while (!rest.empty()) {
        size_t length = 0;
        if (!take_record(rest, length)) {
            const size_t end = rest.find('\n');
            length = end == std::string_view::npos ? rest.size() : end + 1;
        }
        rest.remove_prefix(length);
    }
    text_.clear();
}

// "HASH  PATH\n" or "\HASH  ESCAPED\n".
bool Sha256sumReader::take_record(std::string_view text, size_t& length) {
    const bool escaped = text.starts_with('\\');
    const size_t start = escaped ? 1 : 0;
    if (text.size() < start + digest_digits + 2) return false;
    const auto digest = Digest::parse(text.substr(start, digest_digits));
    const auto gap = text.substr(start + digest_digits, 2);
    if (!digest || (gap != "  " && gap != " *")) return false;
    size_t name_length = 0;
    if (!take_path(text.substr(start + digest_digits + 2), escaped, name_length)) return false;
    length = start + digest_digits + 2 + name_length;
    each_(matched_, *digest);
    return true;
}

// The first path from the next one on that stands here whole, with its line end.
bool Sha256sumReader::take_path(std::string_view text, bool escaped, size_t& length) {
    for (size_t i = next_; i < paths_.size(); ++i) {
        const std::string shown = escaped ? escape_checksum_name(paths_[i]) : std::string{};
        const std::string& path = escaped ? shown : paths_[i];
        if (!text.starts_with(path)) continue;
        const auto behind = text.substr(path.size());
        const size_t line_end = behind.starts_with("\r\n") ? 2 : behind.starts_with('\n') ? 1 : 0;
        if (line_end == 0) continue;
        matched_ = i;
        next_ = i + 1;
        length = path.size() + line_end;
        return true;
    }
    return false;
}

}  // namespace lifeboat::phone::android
