#include "phone/android/personal/contacts_pictures.h"

#include "personal/collection.h"
#include "phone/android/personal/contacts_reader.h"

#include <fmt/format.h>

namespace lifeboat::phone::android {
namespace {

constexpr uint64_t picture_limit = uint64_t{16} << 20;

struct Loaded {
    Bytes bytes{};
    std::string trouble{};
};

Loaded load(const FileTree& snapshot, const std::string& file) {
    const ItemPath path = personal::folder_of("contacts").child("photos").child(file);
    try {
        if (!snapshot.find(path)) return {.trouble = "the backup does not hold its picture"};
        return {.bytes = read_all(*snapshot.open(path), picture_limit)};
    } catch (const Corrupt& error) {
        return {.trouble =
                    fmt::format("its picture is damaged in the backup: {}", error.message())};
    } catch (const Missing& error) {
        return {.trouble =
                    fmt::format("its picture is missing from the backup: {}", error.message())};
    }
}

std::string write(const ContentCommands& content, const FileTree& snapshot,
                  const ContactPicture& picture, const std::stop_token& stop) {
    const Loaded loaded = load(snapshot, picture.file);
    if (!loaded.trouble.empty()) return loaded.trouble;
    const auto error =
        content.write(fmt::format("{}/{}/display_photo", contacts_uri::raw_contacts, picture.raw),
                      loaded.bytes, stop);
    return error ? "its picture: " + words_of(*error) : std::string();
}

}  // namespace

std::vector<std::string> write_pictures(const ContentCommands& content, const FileTree& snapshot,
                                        std::span<const ContactPicture> pictures,
                                        const std::function<void()>& done,
                                        const std::stop_token& stop) {
    std::vector<std::string> troubles(pictures.size());
    side_by_side(
        pictures.size(),
        [&](size_t i, const std::stop_token& stopped) {
            troubles[i] = write(content, snapshot, pictures[i], stopped);
            done();
        },
        stop);
    return troubles;
}

}  // namespace lifeboat::phone::android
