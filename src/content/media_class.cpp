#include "content/media_class.h"

#include "base/text.h"

#include <algorithm>
#include <string>
#include <vector>

namespace lifeboat::content {
namespace {

// Every file of a phone is looked up, so the lists are sorted while compiling and searched by
// halves.
template <size_t N>
constexpr std::array<std::string_view, N> sorted(std::array<std::string_view, N> endings) {
    std::sort(endings.begin(), endings.end());
    return endings;
}

constexpr std::array photo_endings = sorted(std::to_array<std::string_view>(
    {"3fr", "apng", "ari",  "arw", "avif", "bmp",   "cr2", "cr3",  "crw",  "dcr", "dng",
     "erf", "fff",  "gif",  "gpr", "heic", "heif",  "hif", "iiq",  "insp", "j2k", "jfif",
     "jp2", "jpe",  "jpeg", "jpg", "jps",  "jxl",   "k25", "kdc",  "mef",  "mos", "mpo",
     "mrw", "nef",  "nrw",  "orf", "pef",  "pjpeg", "png", "pns",  "psd",  "raf", "raw",
     "rw2", "rwl",  "sr2",  "srf", "srw",  "svg",   "tif", "tiff", "webp", "x3f"}));

constexpr std::array video_endings = sorted(std::to_array<std::string_view>(
    {"360",  "3g2",  "3gp", "3gp2", "3gpp", "asf", "avi",  "divx", "dv",  "f4v", "flv",  "h264",
     "hevc", "insv", "lrv", "m2ts", "m2v",  "m4v", "mk3d", "mkv",  "mov", "mp4", "mpe",  "mpeg",
     "mpg",  "mts",  "mxf", "ogm",  "ogv",  "qt",  "rm",   "rmvb", "ts",  "vob", "webm", "wmv"}));

constexpr std::array document_endings = sorted(std::to_array<std::string_view>(
    {"azw",  "azw3",  "cbr",  "cbz",      "csv",  "djvu",  "doc",  "docm",  "docx", "dot",
     "dotx", "enex",  "epub", "fb2",      "fodt", "gdoc",  "gpx",  "htm",   "html", "ics",
     "key",  "kml",   "kmz",  "markdown", "md",   "mhtml", "mobi", "mpp",   "note", "numbers",
     "odg",  "odp",   "ods",  "odt",      "one",  "opml",  "org",  "pages", "pdf",  "pkpass",
     "pot",  "potx",  "pps",  "ppsx",     "ppt",  "pptm",  "pptx", "ps",    "pub",  "rtf",
     "sdoc", "sdocx", "tex",  "tsv",      "txt",  "vcard", "vcf",  "vcs",   "vsd",  "vsdx",
     "wpd",  "wps",   "xls",  "xlsb",     "xlsm", "xlsx",  "xps",  "xlt",   "xltx"}));

constexpr std::array audio_endings = sorted(std::to_array<std::string_view>(
    {"3ga", "aa",   "aac",   "aax", "ac3", "aif",  "aifc", "aiff", "alac", "amr",  "ape",
     "au",  "awb",  "caf",   "dsf", "dts", "flac", "imy",  "m4a",  "m4b",  "m4p",  "m4r",
     "mid", "midi", "mka",   "mp2", "mp3", "mpc",  "mxmf", "oga",  "ogg",  "opus", "ota",
     "qcp", "ra",   "rtttl", "snd", "spx", "tta",  "wav",  "weba", "wma",  "wv",   "xmf"}));

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

// What stands behind the last dot of the name; a name that only begins with a dot has no ending.
std::string_view ending_of(std::string_view name) {
    const size_t dot = name.rfind('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return name.substr(dot + 1);
}

template <size_t N>
bool has(const std::array<std::string_view, N>& endings, std::string_view ending) {
    return std::binary_search(endings.begin(), endings.end(), ending);
}

MediaClass by_ending(std::string_view ending) {
    if (ending.empty()) return MediaClass::other;
    if (has(photo_endings, ending)) return MediaClass::photos;
    if (has(video_endings, ending)) return MediaClass::videos;
    if (has(document_endings, ending)) return MediaClass::documents;
    if (has(audio_endings, ending)) return MediaClass::audio;
    return MediaClass::other;
}

// Folders whose pictures an app or the system made from others and makes again.
bool is_cache_folder(std::string_view folder) {
    return folder == ".thumbnails" || folder == ".thumbs" || folder == ".cache" ||
           folder == "cache" || folder == ".stickerthumbs";
}

// Android's gallery keeps a deleted or unfinished file under its name with a prefix:
// ".trashed-1700000000-IMG_1.jpg". The ending still tells what it is, but a person has thrown it
// away, or never had it whole.
bool is_trashed_or_pending(std::string_view name) {
    return name.starts_with(".trashed-") || name.starts_with(".pending-");
}

}  // namespace

std::string_view to_text(MediaClass media_class) {
    switch (media_class) {
        case MediaClass::photos:
            return "photos";
        case MediaClass::videos:
            return "videos";
        case MediaClass::documents:
            return "documents";
        case MediaClass::audio:
            return "audio";
        case MediaClass::other:
            return "other";
    }
    return "other";
}

std::optional<MediaClass> media_class_from_text(std::string_view text) {
    for (const MediaClass media_class : all_media_classes) {
        if (to_text(media_class) == text) return media_class;
    }
    return std::nullopt;
}

MediaClass classify(std::string_view path) {
    const std::string small = lower(path);
    const auto parts = split(small, '/');
    const std::string_view name = parts.back();
    if (is_trashed_or_pending(name)) return MediaClass::other;
    if (std::any_of(parts.begin(), parts.end() - 1, is_cache_folder)) return MediaClass::other;
    return by_ending(ending_of(name));
}

bool is_app_private(std::string_view path) {
    const std::string small = lower(path);
    const auto parts = split(small, '/');
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
        if (parts[i] == "android" && (parts[i + 1] == "data" || parts[i + 1] == "obb")) return true;
    }
    return false;
}

}  // namespace lifeboat::content
