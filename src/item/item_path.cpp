#include "item/item_path.h"

#include "base/error.h"
#include "base/text.h"

#include <algorithm>

namespace lifeboat {

bool ItemPath::is_valid_part(std::string_view part) {
    return !part.empty() && part.size() <= max_part && part != "." && part != ".." &&
           part.find('/') == std::string_view::npos && part.find('\0') == std::string_view::npos;
}

std::optional<ItemPath> ItemPath::parse(std::string_view text) {
    ItemPath path;
    if (text.empty()) return path;
    if (text.size() > max_length) return std::nullopt;
    const auto parts = split(text, '/');
    if (!std::all_of(parts.begin(), parts.end(), is_valid_part)) return std::nullopt;
    path.text_ = text;
    return path;
}

ItemPath::ItemPath(std::string_view text) {
    auto path = parse(text);
    if (!path) throw Misuse("'" + printable(text) + "' is no path inside a phone");
    *this = std::move(*path);
}

std::string_view ItemPath::name() const& {
    const std::string_view text = text_;
    const size_t slash = text.rfind('/');
    return slash == std::string_view::npos ? text : text.substr(slash + 1);
}

ItemPath ItemPath::parent() const {
    ItemPath up;
    const size_t slash = text_.rfind('/');
    if (slash != std::string::npos) up.text_ = text_.substr(0, slash);
    return up;
}

std::vector<std::string_view> ItemPath::parts() const& {
    if (is_root()) return {};
    return split(text_, '/');
}

ItemPath ItemPath::child(std::string_view part) const {
    if (!is_valid_part(part))
        throw Misuse("'" + printable(part) + "' is no name of a file or folder");
    ItemPath below;
    below.text_ = is_root() ? std::string(part) : text_ + "/" + std::string(part);
    return below;
}

bool ItemPath::is_within(const ItemPath& folder) const {
    if (folder.is_root()) return true;
    return text_.starts_with(folder.text_) &&
           (text_.size() == folder.text_.size() || text_[folder.text_.size()] == '/');
}

}  // namespace lifeboat
