#include "sim/android/packages/package_manager.h"

#include "crypto/base64.h"
#include "crypto/sha256.h"
#include "item/item.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace lifeboat::sim {

namespace {

namespace fs = std::filesystem;

std::string read_host_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

// 16 bytes nobody can guess on a real phone, as base64 for paths: with "==" at its end.
std::string folder_mark(std::string_view of, uint64_t turn) {
    const auto digest = crypto::sha256(as_bytes(fmt::format("{}{}", of, turn)));
    std::string text = crypto::to_base64(ByteView(digest).first(16));
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

fs::path session_folder(Device& device, uint64_t id) {
    return fs::path(device.app_folder().path()) / fmt::format("vmdl{}.tmp", id);
}

std::string file_name_of(const ApkManifest& manifest) {
    return manifest.split.empty() ? "base.apk" : fmt::format("split_{}.apk", manifest.split);
}

struct Staged {
    ApkManifest manifest{};
    fs::path file{};
};

// What stands against this set of programs by itself.
Failed check_set(const std::vector<Staged>& staged, const InstallSession& session) {
    if (staged.empty() || !staged.front().manifest.split.empty()) {
        return "INSTALL_FAILED_INVALID_APK: Full install must include a base package";
    }
    const ApkManifest& base = staged.front().manifest;
    if (!session.package.empty() && session.package != base.package) {
        return fmt::format("INSTALL_FAILED_INVALID_APK: Specified package {} inconsistent with {}",
                           session.package, base.package);
    }
    for (const Staged& one : staged) {
        const ApkManifest& m = one.manifest;
        if (m.package != base.package || m.version_code != base.version_code) {
            return fmt::format(
                "INSTALL_FAILED_INVALID_APK: {} version code {} inconsistent with {}",
                file_name_of(m), m.version_code, base.version_code);
        }
        if (m.signer != base.signer)
            return fmt::format("INSTALL_FAILED_INVALID_APK: {} signatures are inconsistent",
                               file_name_of(m));
    }
    for (const std::string& name : base.required_splits) {
        const bool is_there = std::any_of(staged.begin(), staged.end(), [&](const Staged& one) {
            return one.manifest.split == name;
        });
        if (!is_there)
            return fmt::format("INSTALL_FAILED_MISSING_SPLIT: Missing split for {}", base.package);
    }
    return {};
}

// What this phone has against it.
Failed check_phone(const ApkManifest& base, const InstallSession& session,
                   const std::optional<Package>& installed, uint32_t sdk) {
    if (base.min_sdk > sdk) {
        return fmt::format(
            "INSTALL_FAILED_OLDER_SDK: Requires newer sdk version #{} (current version is #{})",
            base.min_sdk, sdk);
    }
    constexpr uint32_t first_with_block = 34;
    constexpr uint32_t lowest_target = 23;
    if (sdk >= first_with_block && base.target_sdk < lowest_target && !session.old_targets) {
        return fmt::format(
            "INSTALL_FAILED_DEPRECATED_SDK_VERSION: App package must target at least SDK version "
            "{}, but found {}",
            lowest_target, base.target_sdk);
    }
    if (!installed) return {};
    if (installed->signer != base.signer) {
        return fmt::format(
            "INSTALL_FAILED_UPDATE_INCOMPATIBLE: Existing package {} signatures do not match newer "
            "version; ignoring!",
            base.package);
    }
    if (base.version_code < installed->version_code && !session.may_downgrade) {
        return fmt::format(
            "INSTALL_FAILED_VERSION_DOWNGRADE: Downgrade detected: Update version code {} is older "
            "than current {}",
            base.version_code, installed->version_code);
    }
    return {};
}

// Moves the files into a folder of their own and makes the package known.
void put_in_place(Device& device, const std::vector<Staged>& staged, const InstallSession& session,
                  std::optional<Package> installed) {
    const ApkManifest& base = staged.front().manifest;
    const uint64_t turn = device.state().with([](DeviceState& s) { return ++s.installs; });
    const std::string old_folder = installed ? installed->folder : "";
    const TimePoint now = device.clock().now();
    Package package = installed.value_or(Package{});
    if (!installed) package.first_installed = now;
    package.updated = now;
    package.name = base.package;
    package.version_code = base.version_code;
    package.version_name = base.version_name;
    package.min_sdk = base.min_sdk;
    package.target_sdk = base.target_sdk;
    package.signer = base.signer;
    package.installer = session.installer;
    package.update_owner = session.owns_updates ? session.installer : "";
    package.folder = fmt::format("{}/~~{}/{}-{}", AppFolder::phone_path, folder_mark("", turn),
                                 base.package, folder_mark(base.package, turn));
    package.splits.clear();
    package.install_permissions.clear();
    const auto had = std::exchange(package.runtime_permissions, {});
    for (const std::string& name : base.permissions) {
        const auto before = had.find(name);
        if (is_runtime_permission(name))
            package.runtime_permissions[name] = before != had.end() && before->second;
        else
            package.install_permissions.push_back(name);
    }
    const fs::path folder = device.app_folder().host_path(package.folder);
    fs::create_directories(folder);
    for (const Staged& one : staged) {
        fs::rename(one.file, folder / file_name_of(one.manifest));
        if (!one.manifest.split.empty()) package.splits.push_back(one.manifest.split);
    }
    if (!old_folder.empty() && old_folder.starts_with(AppFolder::phone_path))
        fs::remove_all(device.app_folder().host_path(old_folder));
    device.state().with([&](DeviceState& s) {
        if (!installed) package.uid = s.next_uid++;
        std::erase_if(s.packages, [&](const Package& p) { return p.name == package.name; });
        s.packages.push_back(package);
    });
    if (installed) return;
    device.private_files().with([&](PrivateFiles& files) { make_private_folders(files, package); });
}

std::vector<Staged> stage(const fs::path& folder, const InstallSession& session, Failed& failed) {
    std::vector<Staged> staged;
    for (const auto& [name, size] : session.files) {
        const std::string bytes = read_host_file(folder / name);
        const auto manifest = read_apk(as_bytes(bytes));
        if (!manifest) {
            failed = fmt::format("INSTALL_PARSE_FAILED_NOT_APK: Failed to parse /data/app/{}/{}",
                                 folder.filename().string(), name);
            return {};
        }
        staged.push_back({*manifest, folder / name});
    }
    std::sort(staged.begin(), staged.end(),
              [](const Staged& a, const Staged& b) { return a.manifest.split < b.manifest.split; });
    return staged;
}

}  // namespace

bool is_runtime_permission(std::string_view name) {
    static constexpr std::array<std::string_view, 14> all{"ACCESS_COARSE_LOCATION",
                                                          "ACCESS_FINE_LOCATION",
                                                          "CAMERA",
                                                          "POST_NOTIFICATIONS",
                                                          "READ_CALENDAR",
                                                          "READ_CALL_LOG",
                                                          "READ_CONTACTS",
                                                          "READ_EXTERNAL_STORAGE",
                                                          "READ_PHONE_STATE",
                                                          "READ_SMS",
                                                          "RECORD_AUDIO",
                                                          "SEND_SMS",
                                                          "WRITE_CONTACTS",
                                                          "WRITE_EXTERNAL_STORAGE"};
    constexpr std::string_view prefix = "android.permission.";
    if (!name.starts_with(prefix)) return false;
    return std::find(all.begin(), all.end(), name.substr(prefix.size())) != all.end();
}

std::optional<Package> find_package(Device& device, const std::string& name) {
    return device.state().with([&](const DeviceState& s) -> std::optional<Package> {
        for (const Package& p : s.packages) {
            if (p.name == name) return p;
        }
        return std::nullopt;
    });
}

std::vector<std::string> apk_paths(const Package& package) {
    if (package.from_system) return {fmt::format("{}/{}.apk", package.folder, package.name)};
    std::vector<std::string> paths{package.folder + "/base.apk"};
    for (const std::string& name : package.splits) {
        paths.push_back(fmt::format("{}/split_{}.apk", package.folder, name));
    }
    return paths;
}

Failed install_apks(Device& device, const std::string& installer, const std::vector<Bytes>& apks) {
    InstallSession session;
    session.installer = installer;
    session.owns_updates = installer != "null";
    const uint64_t id = create_session(device, session);
    for (const Bytes& bytes : apks) {
        size_t at = 0;
        const auto read = [&](MutableByteView into) {
            const size_t count = std::min(into.size(), bytes.size() - at);
            std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(at), count, into.begin());
            at += count;
            return count;
        };
        std::string failed;
        const std::string name = fmt::format("{}.apk", &bytes - apks.data());
        write_to_session(device, id, name, bytes.size(), read, failed);
        if (!failed.empty()) {
            abandon_session(device, id);
            return failed;
        }
    }
    return commit_session(device, id);
}

uint64_t create_session(Device& device, InstallSession session) {
    return device.state().with([&](DeviceState& s) {
        // Real ones are random: nobody may count on their order.
        session.id = s.next_session = s.next_session * 48271 % 2147483647;
        s.sessions[session.id] = session;
        fs::create_directories(session_folder(device, session.id));
        return session.id;
    });
}

bool has_session(Device& device, uint64_t id) {
    return device.state().with([&](const DeviceState& s) { return s.sessions.contains(id); });
}

uint64_t write_to_session(Device& device, uint64_t id, const std::string& name, uint64_t size,
                          const std::function<size_t(MutableByteView)>& read, std::string& failed) {
    std::ofstream out(session_folder(device, id) / name, std::ios::binary);
    Bytes buffer(128u << 10);
    uint64_t done = 0;
    while (done < size) {
        const size_t got = read(MutableByteView(buffer).first(
            static_cast<size_t>(std::min<uint64_t>(buffer.size(), size - done))));
        if (got == 0) break;
        if (failed.empty() && !device.storage().use_bytes(got))
            failed = "write failed: ENOSPC (No space left on device)";
        if (failed.empty()) {
            out.write(as_text(ByteView(buffer).first(got)).data(),
                      static_cast<std::streamsize>(got));
        }
        done += got;
    }
    if (failed.empty() && done < size)
        failed = fmt::format("Expected {} bytes, got only {}", size, done);
    if (!failed.empty()) return done;
    device.state().with([&](DeviceState& s) {
        const auto found = s.sessions.find(id);
        if (found != s.sessions.end()) found->second.files[name] = done;
    });
    return done;
}

Failed commit_session(Device& device, uint64_t id) {
    const auto session = device.state().with([&](DeviceState& s) { return s.sessions[id]; });
    Failed failed;
    const auto staged = stage(session_folder(device, id), session, failed);
    if (failed.empty()) failed = check_set(staged, session);
    if (failed.empty()) {
        const ApkManifest& base = staged.front().manifest;
        const auto installed = find_package(device, base.package);
        const uint32_t sdk = device.snapshot().os.sdk;
        failed = check_phone(base, session, installed, sdk);
        if (failed.empty()) put_in_place(device, staged, session, installed);
    }
    abandon_session(device, id);
    return failed;
}

void abandon_session(Device& device, uint64_t id) {
    std::error_code ignored;
    fs::remove_all(session_folder(device, id), ignored);
    device.state().with([&](DeviceState& s) { s.sessions.erase(id); });
}

bool uninstall(Device& device, const std::string& name) {
    const auto package = find_package(device, name);
    if (!package || package->from_system) return false;
    std::error_code ignored;
    fs::remove_all(device.app_folder().host_path(package->folder), ignored);
    device.state().with([&](DeviceState& s) {
        std::erase_if(s.packages, [&](const Package& p) { return p.name == name; });
    });
    device.private_files().with([&](PrivateFiles& files) { remove_private_folders(files, name); });
    device.personal().with([&](android::PersonalData& data) {
        data.app_ops().reset(name);
        data.app_ops().reset_user(package->uid);
    });
    return true;
}

}  // namespace lifeboat::sim
