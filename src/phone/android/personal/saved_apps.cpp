#include "phone/android/personal/saved_apps.h"

#include "personal/record_lines.h"

namespace lifeboat::phone::android {
namespace {

constexpr std::string_view kind = "apps";
constexpr unsigned version = 1;
constexpr uint64_t longest = uint64_t{64} << 20;

ItemPath lines_path() {
    return personal::folder_of(kind).child("apps.jsonl");
}

}  // namespace

std::string write_apps(const std::vector<personal::App>& apps) {
    std::vector<std::string> lines;
    for (const personal::App& app : apps) lines.push_back(personal::encode(app));
    return personal::write_lines(kind, version, lines);
}

std::vector<personal::App> load_apps(const FileTree& snapshot) {
    std::vector<personal::App> apps;
    if (!snapshot.find(lines_path())) return apps;
    const Bytes text = read_all(*snapshot.open(lines_path()), longest);
    for (const std::string_view line : personal::read_lines(as_text(text), kind, version))
        apps.push_back(personal::decode_app(line));
    return apps;
}

}  // namespace lifeboat::phone::android
