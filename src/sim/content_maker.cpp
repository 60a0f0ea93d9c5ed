#include "sim/content_maker.h"

#include "base/error.h"
#include "base/task_group.h"
#include "base/text.h"
#include "sim/document_maker.h"
#include "sim/fd.h"
#include "sim/photo_maker.h"
#include "sys/random.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lifeboat::sim {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct PlannedPhoto {
    std::string path{};
    PhotoOptions options{};
};

std::string digits_of(TimePoint time) {
    std::string digits;
    for (const char c : to_rfc3339(std::chrono::floor<seconds>(time)).substr(0, 19)) {
        if (c >= '0' && c <= '9') digits += c;
    }
    return digits.substr(0, 8) + "_" + digits.substr(8);
}

// Backwards in time, a few a day, never two in one second: names and times are unique.
std::vector<PlannedPhoto> plan_photos(const NewPhotos& request, minutes apart) {
    sys::SeededRandom random(request.seed);
    std::vector<PlannedPhoto> all;
    TimePoint at = request.newest;
    for (uint64_t i = 0; i < request.count; ++i) {
        at -= seconds(1 + random.below(static_cast<uint64_t>(seconds(apart).count())));
        const nanoseconds fraction(random.below(1000000000));
        PlannedPhoto photo;
        photo.options.seed = request.seed * 1000003 + i;
        photo.options.maker = request.maker;
        photo.options.model = request.model;
        photo.options.taken = std::chrono::floor<seconds>(at) + fraction;
        photo.options.with_place = random.below(4) != 0;
        const bool edited = random.below(20) == 0;
        photo.path = fmt::format("{}/IMG_{}.jpg", edited ? "Pictures/Holiday" : "DCIM/Camera",
                                 digits_of(photo.options.taken));
        all.push_back(std::move(photo));
    }
    return all;
}

uint64_t write_photos(const std::string& folder, const std::vector<PlannedPhoto>& photos) {
    std::atomic<size_t> next{0};
    std::atomic<uint64_t> bytes{0};
    TaskGroup group(std::stop_token{});
    for (int worker = 0; worker < 2; ++worker) {
        group.run([&](const std::stop_token& stop) {
            for (size_t i = next++; i < photos.size() && !stop.stop_requested(); i = next++) {
                const Bytes jpeg = make_photo(photos[i].options);
                write_content_file(folder + "/" + photos[i].path, jpeg, photos[i].options.taken);
                bytes += jpeg.size();
            }
        });
    }
    group.join();
    return bytes;
}

struct OtherFile {
    std::string path{};
    Bytes data{};
};

std::vector<OtherFile> odd_names(uint64_t seed) {
    static constexpr std::array<std::string_view, 12> names{
        "two  blanks and (brackets).txt",
        "it's a \"quoted\" name.txt",
        "party \xf0\x9f\x98\x80\xf0\x9f\x8e\x89.txt",
        "line\nbreak.txt",
        "tab\there.txt",
        "100% $HOME `ticks`; && done.txt",
        " leading blank.txt",
        "-rf.txt",
        "back\\slash.txt",
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.txt",
        "star*question?.txt",
        "e\xcc\x81 decomposed.txt"};
    std::vector<OtherFile> files;
    for (const std::string_view name : names) {
        files.push_back({fmt::format("Download/{}", name), make_text(seed + files.size(), 700)});
    }
    files.push_back({"Download/" + std::string(251, 'n') + ".txt", make_text(seed, 90)});
    files.push_back({"Download/empty.bin", {}});
    return files;
}

std::vector<OtherFile> documents(uint64_t seed) {
    std::vector<OtherFile> files;
    for (size_t i = 1; i <= 12; ++i) {
        files.push_back({fmt::format("Documents/Invoice {:03}.pdf", i),
                         make_pdf(fmt::format("Invoice {} of {}", i, seed))});
        files.push_back({fmt::format("Documents/Letter {}.docx", i),
                         make_docx(fmt::format("Letter {} of {}", i, seed))});
        files.push_back(
            {fmt::format("Documents/Notes/note-{:02}.txt", i), make_text(seed * 31 + i, 900 * i)});
    }
    return files;
}

std::vector<OtherFile> films_and_music(uint64_t seed) {
    std::vector<OtherFile> files;
    for (size_t i = 1; i <= 6; ++i) {
        files.push_back({fmt::format("DCIM/Camera/VID_202505{:02}_101500.mp4", i),
                         make_mp4(seed + i, i * 400000)});
        files.push_back(
            {fmt::format("Music/Album/{:02} - Track.mp3", i), make_mp3(seed * 7 + i, 150000)});
        files.push_back(
            {fmt::format("Recordings/Voice {:03}.m4a", i), make_mp4(seed * 11 + i, 60000)});
    }
    return files;
}

std::vector<OtherFile> app_files(uint64_t seed) {
    const std::string whatsapp = "Android/media/com.whatsapp/WhatsApp/";
    std::vector<OtherFile> files{
        {whatsapp + "Databases/msgstore.db.crypt15", make_random(seed + 1, 400000)},
        {whatsapp + "Databases/msgstore-2025-05-30.1.db.crypt15", make_random(seed + 2, 390000)},
        {whatsapp + "Backups/wa.db.crypt15", make_random(seed + 3, 40000)},
        {"Signal/signal-2025-05-31-08-00-00.backup", make_random(seed + 4, 250000)},
        {"Android/data/com.example.bank/files/vault.bin", make_random(seed + 5, 5000)},
        {"Android/obb/com.example.game/main.7.com.example.game.obb", make_random(seed + 6, 90000)},
        {"Android/data/org.example.maps/files/region.map", make_random(seed + 7, 120000)},
        {"DCIM/.thumbnails/.nomedia", {}}};
    for (size_t i = 1; i <= 10; ++i) {
        files.push_back(
            {fmt::format("{}Media/WhatsApp Voice Notes/202522/PTT-202505{:02}-WA0001.opus",
                         whatsapp, i),
             make_random(seed * 17 + i, 9000)});
    }
    return files;
}

void append_files(std::vector<OtherFile>& to, std::vector<OtherFile> more) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
}

}  // namespace

void write_content_file(const std::string& path, ByteView data, TimePoint modified) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const auto fail = [&] {
        throw Misuse(fmt::format("cannot write {}: {}", printable(path), std::strerror(errno)));
    };
    if (!fd) fail();
    while (!data.empty()) {
        const ssize_t wrote = ::write(fd.get(), data.data(), data.size());
        if (wrote < 0 && errno != EINTR) fail();
        if (wrote > 0) data = data.subspan(static_cast<size_t>(wrote));
    }
    const auto since = modified.time_since_epoch();
    const auto whole = std::chrono::floor<seconds>(since);
    const timespec time{whole.count(), static_cast<long>((since - whole).count())};
    const std::array<timespec, 2> times{time, time};
    if (::futimens(fd.get(), times.data()) != 0) fail();
}

ContentSummary make_content(const ContentOptions& options) {
    ContentSummary summary;
    const auto photos = plan_photos({options.folder, options.photos, options.seed, options.maker,
                                     options.model, options.newest},
                                    hours(20));
    summary.bytes = write_photos(options.folder, photos);
    summary.photos = photos.size();
    if (!options.others) return summary;
    std::vector<OtherFile> files = odd_names(options.seed);
    append_files(files, documents(options.seed));
    append_files(files, films_and_music(options.seed));
    append_files(files, app_files(options.seed));
    sys::SeededRandom random(options.seed + 1);
    for (const OtherFile& file : files) {
        const TimePoint time = options.newest - seconds(random.below(90 * 86400)) -
                               nanoseconds(random.below(1000000000));
        write_content_file(options.folder + "/" + file.path, file.data, time);
        summary.bytes += file.data.size();
    }
    summary.others = files.size();
    return summary;
}

std::vector<std::string> add_camera_photos(const NewPhotos& request) {
    auto photos = plan_photos(request, minutes(1));
    std::vector<std::string> paths;
    for (PlannedPhoto& photo : photos) {
        photo.path = "DCIM/Camera/" + photo.path.substr(photo.path.rfind('/') + 1);
        paths.push_back(photo.path);
    }
    write_photos(request.folder, photos);
    return paths;
}

}  // namespace lifeboat::sim
