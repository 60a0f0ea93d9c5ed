#include "sim/android/packages/apk.h"

#include "base/text.h"
#include "sim/crc32.h"

#include <fmt/format.h>

#include <string_view>

namespace lifeboat::sim {

namespace {

constexpr std::string_view manifest_name = "AndroidManifest.xml";
constexpr uint32_t local_magic = 0x04034b50;
constexpr uint32_t central_magic = 0x02014b50;
constexpr uint32_t end_magic = 0x06054b50;
constexpr size_t local_size = 30;

// A zip whose entries are stored as they are.
class ZipWriter {
public:
    void add(std::string_view name, ByteView content) {
        const auto offset = static_cast<uint32_t>(zip_.size());
        append_le<uint32_t>(zip_, local_magic);
        append_common(zip_, name, content);
        append(zip_, as_bytes(name));
        append(zip_, content);

        append_le<uint32_t>(directory_, central_magic);
        append_le<uint16_t>(directory_, 20);
        append_common(directory_, name, content);
        append_le<uint16_t>(directory_, 0);  // comment
        append_le<uint16_t>(directory_, 0);  // disk
        append_le<uint16_t>(directory_, 0);
        append_le<uint32_t>(directory_, 0);
        append_le<uint32_t>(directory_, offset);
        append(directory_, as_bytes(name));
        ++count_;
    }
    Bytes finish() {
        const auto offset = static_cast<uint32_t>(zip_.size());
        append(zip_, directory_);
        append_le<uint32_t>(zip_, end_magic);
        append_le<uint32_t>(zip_, 0);
        append_le<uint16_t>(zip_, count_);
        append_le<uint16_t>(zip_, count_);
        append_le<uint32_t>(zip_, static_cast<uint32_t>(directory_.size()));
        append_le<uint32_t>(zip_, offset);
        append_le<uint16_t>(zip_, 0);
        return std::move(zip_);
    }

private:
    static void append_common(Bytes& to, std::string_view name, ByteView content) {
        append_le<uint16_t>(to, 20);
        append_le<uint16_t>(to, 0);       // flags
        append_le<uint16_t>(to, 0);       // stored
        append_le<uint16_t>(to, 0);       // midnight
        append_le<uint16_t>(to, 0x5a21);  // 1 January 2025
        append_le<uint32_t>(to, crc32(content));
        append_le<uint32_t>(to, static_cast<uint32_t>(content.size()));
        append_le<uint32_t>(to, static_cast<uint32_t>(content.size()));
        append_le<uint16_t>(to, static_cast<uint16_t>(name.size()));
        append_le<uint16_t>(to, 0);
    }

    Bytes zip_{};
    Bytes directory_{};
    uint16_t count_ = 0;
};

std::string text_of(const ApkManifest& m) {
    return fmt::format(
        "<manifest package=\"{}\" versionCode=\"{}\" versionName=\"{}\" split=\"{}\" "
        "minSdkVersion=\"{}\" targetSdkVersion=\"{}\" signer=\"{}\" permissions=\"{}\" "
        "requiredSplits=\"{}\"/>\n",
        m.package, m.version_code, m.version_name, m.split, m.min_sdk, m.target_sdk, m.signer,
        fmt::join(m.permissions, ","), fmt::join(m.required_splits, ","));
}

std::string attribute(std::string_view text, std::string_view name) {
    const std::string start = fmt::format(" {}=\"", name);
    const size_t at = text.find(start);
    if (at == std::string_view::npos) return {};
    const size_t begin = at + start.size();
    return std::string(text.substr(begin, text.find('"', begin) - begin));
}

std::vector<std::string> list_attribute(std::string_view text, std::string_view name) {
    std::vector<std::string> all;
    const std::string value = attribute(text, name);
    for (const std::string_view one : split(value, ',')) {
        if (!one.empty()) all.emplace_back(one);
    }
    return all;
}

// xorshift64*: fast, and no archive program can make it smaller.
Bytes made_bytes(uint64_t seed, size_t count) {
    Bytes bytes(count);
    uint64_t state = seed | 1;
    for (std::byte& one : bytes) {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        one = static_cast<std::byte>((state * 0x2545f4914f6cdd1dULL) >> 56);
    }
    return bytes;
}

}  // namespace

Bytes make_apk(const ApkManifest& manifest, size_t payload) {
    const std::string text = text_of(manifest);
    ZipWriter zip;
    zip.add(manifest_name, as_bytes(text));
    zip.add(manifest.split.empty() ? "classes.dex" : "resources.arsc",
            made_bytes(crc32(as_bytes(text)) * uint64_t{2654435761}, payload));
    return zip.finish();
}

std::optional<ApkManifest> read_apk(ByteView apk) {
    if (apk.size() < local_size + manifest_name.size()) return std::nullopt;
    if (load_le<uint32_t>(apk) != local_magic) return std::nullopt;
    const size_t size = load_le<uint32_t>(apk, 18);
    const std::string_view whole = as_text(apk);
    if (whole.substr(local_size, manifest_name.size()) != manifest_name) return std::nullopt;
    const std::string_view text = whole.substr(local_size + manifest_name.size(), size);
    ApkManifest m;
    m.package = attribute(text, "package");
    m.version_code = parse_u64(attribute(text, "versionCode")).value_or(0);
    m.version_name = attribute(text, "versionName");
    m.split = attribute(text, "split");
    m.min_sdk = static_cast<uint32_t>(parse_u64(attribute(text, "minSdkVersion")).value_or(1));
    m.target_sdk =
        static_cast<uint32_t>(parse_u64(attribute(text, "targetSdkVersion")).value_or(1));
    m.signer = attribute(text, "signer");
    m.permissions = list_attribute(text, "permissions");
    m.required_splits = list_attribute(text, "requiredSplits");
    if (m.package.empty()) return std::nullopt;
    return m;
}

}  // namespace lifeboat::sim
