// Which of five classes a file on a phone belongs to, by its name and folder: what a person would
// call it.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace lifeboat::content {

enum class MediaClass { photos, videos, documents, audio, other };

inline constexpr std::array<MediaClass, 5> all_media_classes = {
    MediaClass::photos, MediaClass::videos, MediaClass::documents, MediaClass::audio,
    MediaClass::other};

std::string_view to_text(MediaClass media_class);
std::optional<MediaClass> media_class_from_text(std::string_view text);

// Every path has a class; what is not recognised is `other`. Letter case is ignored. Thumbnails and
// caches that apps make of pictures are `other`: a person who counts photos does not count them.
MediaClass classify(std::string_view path);

// Inside Android/data or Android/obb, which Android closes to every program but the app itself.
bool is_app_private(std::string_view path);

}  // namespace lifeboat::content
