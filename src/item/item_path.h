// The path of an item below the root of a phone or a snapshot: a hostile name cannot leave the
// target folder.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lifeboat {

// "DCIM/Camera/IMG_1.jpg": relative, parts separated by '/', none of them empty, "." or "..", no
// NUL, each part at most 255 bytes. Bytes are otherwise free (Android names need not be valid
// UTF-8). The empty path is the root.
class ItemPath {
public:
    static constexpr size_t max_part = 255;
    static constexpr size_t max_length = 4096;

    ItemPath() = default;
    // Throws Misuse when `text` is no path as above: for literals and what a person typed.
    explicit ItemPath(std::string_view text);
    // Nothing when `text` is no path as above: for what a phone or a backup says.
    static std::optional<ItemPath> parse(std::string_view text);

    auto operator<=>(const ItemPath&) const = default;
    const std::string& text() const& { return text_; }
    std::string text() && { return std::move(text_); }
    bool is_root() const { return text_.empty(); }
    std::string_view name() const&;            // last part; empty for the root
    std::string_view name() const&& = delete;  // would outlive its path
    ItemPath parent() const;                   // the root's parent is the root
    std::vector<std::string_view> parts() const&;
    std::vector<std::string_view> parts() const&& = delete;
    // `part` must be a single valid part; throws Misuse otherwise.
    ItemPath child(std::string_view part) const;
    // True for the folder itself and everything below it.
    bool is_within(const ItemPath& folder) const;

    static bool is_valid_part(std::string_view part);

private:
    std::string text_;
};

}  // namespace lifeboat
