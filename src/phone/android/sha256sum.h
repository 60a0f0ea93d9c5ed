// Output of `sha256sum` for files whose names are known, whichever way the tool writes names with
// line breaks in them.
#pragma once

#include "base/id.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// Takes the output in pieces and tells the digest of each path that it finds, by its index. A path
// is only believed where it is expected: in the order in which the tool was given the paths, some
// left out. So no file name can speak for another file.
class Sha256sumReader {
public:
    using Each = std::function<void(size_t index, const Digest&)>;
    // `paths` outlives it.
    Sha256sumReader(std::span<const std::string> paths, Each each);

    void feed(std::string_view text);
    void finish();

private:
    bool take_record(std::string_view text, size_t& length);
    bool take_path(std::string_view text, bool escaped, size_t& length);

    std::span<const std::string> paths_;
    Each each_;
    std::string text_{};  // not understood yet
    size_t next_ = 0;     // the first path that may come
    size_t longest_ = 0;
    size_t matched_ = 0;
};

// As GNU's tool writes a name in a line that starts with a backslash.
std::string escape_checksum_name(std::string_view name);

}  // namespace lifeboat::phone::android
