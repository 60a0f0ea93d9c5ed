#include "sim/android/personality.h"

#include "base/error.h"
#include "base/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lifeboat::sim {

namespace {

using Names = std::vector<std::string>;

Names operator+(Names left, const Names& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Names features_10() {
    return {"push_sync", "remount_shell", "abb_exec",
            "abb",       "apex",          "fixed_push_mkdir",
            "ls_v2",     "stat_v2",       "fixed_push_symlink_timestamp",
            "cmd",       "shell_v2"};
}

Names features_12() {
    return {"shell_v2",
            "cmd",
            "stat_v2",
            "ls_v2",
            "fixed_push_mkdir",
            "apex",
            "abb",
            "fixed_push_symlink_timestamp",
            "abb_exec",
            "remount_shell",
            "track_app",
            "sendrecv_v2",
            "sendrecv_v2_brotli",
            "sendrecv_v2_lz4",
            "sendrecv_v2_zstd",
            "sendrecv_v2_dry_run_send"};
}

Names features_13() {
    return features_12() + Names{"openscreen_mdns"};
}

Names features_14() {
    return features_13() + Names{"delayed_ack"};
}

Names some_denied() {
    return {"Android/data/com.example.bank", "Android/obb/com.example.game"};
}

Personality pixel_15() {
    Personality p;
    p.name = "pixel-a15";
    p.maker = "Google";
    p.brand = "google";
    p.model = "Pixel 8";
    p.device = p.product = "shiba";
    p.os = {"15", 35, "AP4A.250205.002", "12821496", "2025-02-05"};
    p.features = features_14();
    p.denied = some_denied();
    return p;
}

Personality pixel_13() {
    Personality p = pixel_15();
    p.name = "a13";
    p.model = "Pixel 7";
    p.device = p.product = "panther";
    p.os = {"13", 33, "TQ3A.230901.001", "10750268", "2023-09-05"};
    p.features = features_13();
    p.zone = "Africa/Lagos";
    p.zone_minutes = 60;
    return p;
}

Personality samsung_12() {
    Personality p;
    p.name = "a12-samsung";
    p.maker = p.brand = "samsung";
    p.model = "SM-A525F";
    p.device = "a52q";
    p.product = "a52qnsxx";
    p.os = {"12", 31, "SP1A.210812.016", "A525FXXU4CVJB", "2022-10-01"};
    p.features = features_12();
    p.battery = BatteryForm::samsung;
    p.denied = {"Android/data", "Android/obb"};
    return p;
}

Personality old_10() {
    Personality p;
    p.name = "a10";
    p.maker = "motorola";
    p.brand = "motorola";
    p.model = "moto g(7) power";
    p.device = "ocean";
    p.product = "ocean_reteu";
    p.os = {"10", 29, "QPOS30.52-29-7", "cfa9e", "2020-11-01"};
    p.features = features_10();
    p.max_payload = 256u << 10;
    p.battery = BatteryForm::old;
    p.wifi = WifiForm::dumpsys_only;
    p.times_have_zone = false;
    return p;
}

Personality pixel_11() {
    Personality p = old_10();
    p.name = "a11";
    p.maker = "Google";
    p.brand = "google";
    p.model = "Pixel 3a";
    p.device = p.product = "sargo";
    p.os = {"11", 30, "RQ3A.211001.001", "7641976", "2021-10-01"};
    p.battery = BatteryForm::pixel;
    p.wifi = WifiForm::cmd;
    p.max_payload = 1u << 20;
    return p;
}

Personality xiaomi_13() {
    Personality p = pixel_13();
    p.name = "miui";
    p.maker = "Xiaomi";
    p.brand = "Redmi";
    p.model = "2201117TY";
    p.device = p.product = "spes";
    p.os = {"13", 33, "TKQ1.221114.001", "V14.0.2.0.TGCEUXM", "2023-08-01"};
    p.usb_may_write = false;
    p.shows_words = false;
    return p;
}

std::vector<Personality> make_all() {
    std::vector<Personality> all{pixel_15(), pixel_13(), samsung_12(),
                                 old_10(),   pixel_11(), xiaomi_13()};
    Personality fourteen = pixel_15();
    fourteen.name = "a14";
    fourteen.shows_words = false;
    fourteen.os = {"14", 34, "UQ1A.240205.004", "11269751", "2024-02-05"};
    Personality sixteen = pixel_15();
    sixteen.name = "a16";
    sixteen.shows_words = false;
    sixteen.model = "Pixel 9";
    sixteen.device = sixteen.product = "tokay";
    sixteen.os = {"16", 36, "BP2A.250605.031", "13578606", "2025-06-05"};
    Personality locked = pixel_15();
    locked.name = "locked";
    locked.starts_locked = true;
    Personality bare = pixel_15();
    bare.name = "no-gms";
    bare.has_google = false;
    all.insert(all.end(), {fourteen, sixteen, locked, bare});
    return all;
}

const std::vector<Personality>& all_personalities() {
    static const std::vector<Personality> all = make_all();
    return all;
}

}  // namespace

const Personality& personality(std::string_view name) {
    const auto& all = all_personalities();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Personality& p) { return p.name == name; });
    if (found != all.end()) return *found;
    throw Misuse(fmt::format("there is no personality \"{}\"", printable(name)),
                 fmt::format("Take one of: {}.", fmt::join(personality_names(), ", ")));
}

std::vector<std::string> personality_names() {
    std::vector<std::string> names;
    for (const Personality& p : all_personalities()) names.push_back(p.name);
    return names;
}

OsBuild updated(const OsBuild& now, std::string_view version) {
    OsBuild next = now;
    const uint64_t major = parse_u64(version.substr(0, version.find('.'))).value_or(0);
    next.release = std::string(version);
    // 12 is 31, 12L was 32: from 13 on the two numbers run side by side.
    next.sdk = major >= 13 ? static_cast<uint32_t>(major) + 20 : now.sdk + 1;
    const auto year = parse_u64(std::string_view(now.security_patch).substr(0, 4)).value_or(2025);
    next.security_patch =
        fmt::format("{}-{}", year + 1, std::string_view(now.security_patch).substr(5));
    next.build_id = fmt::format("UP{}A.{:02}0605.001", version.substr(0, 2), (year + 1) % 100);
    next.incremental = now.incremental + "1";
    return next;
}

std::string fingerprint(const Personality& who, const OsBuild& os) {
    return fmt::format("{}/{}/{}:{}/{}/{}:user/release-keys", who.brand, who.product, who.device,
                       os.release, os.build_id, os.incremental);
}

}  // namespace lifeboat::sim
