#include "sim/android/backup_service.h"

#include "ab/writer.h"
#include "base/error.h"
#include "base/text.h"
#include "item/memory_items.h"
#include "sim/android/providers/personal_maker.h"
#include "sim/android/shell_syntax.h"
#include "sys/random.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <set>

namespace lifeboat::sim::adb {

namespace {

constexpr std::chrono::milliseconds glance{10};
constexpr uint64_t largest_app_file = uint64_t{64} << 20;

struct Wanted {
    bool apk = false;
    bool shared = false;
    bool all = false;
    bool system = true;
    bool compressed = true;
    std::set<std::string> packages{};
};

// As Android's `bu` reads them: what begins with a dash is an option, and an unknown one is passed
// over with a line in the log.
Wanted wanted_of(std::string_view text) {
    Wanted wanted;
    const auto pipelines = parse_shell(text);
    if (pipelines.empty()) return wanted;
    for (const std::string& word : pipelines.front().commands.front().words) {
        if (word == "-apk") wanted.apk = true;
        if (word == "-noapk") wanted.apk = false;
        if (word == "-shared") wanted.shared = true;
        if (word == "-noshared") wanted.shared = false;
        if (word == "-all") wanted.all = true;
        if (word == "-nosystem") wanted.system = false;
        if (word == "-nocompress") wanted.compressed = false;
        if (!word.starts_with('-')) wanted.packages.insert(word);
    }
    return wanted;
}

// Waits for the tap. False: tapped away, nobody tapped, or the host has gone.
bool allowed(Device& device, Stream& stream) {
    device.state().with([](DeviceState& s) { ++s.adb_backup.asked; });
    const auto start = sys::SystemClock().monotonic();
    while (!stream.closed()) {
        const auto [tap, patience] = device.state().with([](const DeviceState& s) {
            return std::pair(s.adb_backup.tap, s.adb_backup.patience);
        });
        if (tap != Tap::wait) return tap == Tap::allow;
        if (sys::SystemClock().monotonic() - start > patience) return false;
        sys::SystemClock().sleep(glance, {});
    }
    return false;
}

class FileSource final : public ByteSource {
public:
    explicit FileSource(Fd file) : file_(std::move(file)) {}
    size_t read(MutableByteView out) override {
        const ssize_t got = ::read(file_.get(), out.data(), out.size());
        return got > 0 ? static_cast<size_t>(got) : 0;
    }

private:
    Fd file_;
};

TimePoint time_of(const FileTime& time) {
    return TimePoint(std::chrono::seconds(time.seconds));
}

// Android writes a folder before what is in it; the top of a domain has no entry.
void add_folder(ab::Writer& writer, const std::string& name, TimePoint modified) {
    MemorySource nothing{Bytes()};
    writer.add(
        ab::TarEntry{.name = name, .kind = ab::TarKind::folder, .mode = 0771, .modified = modified},
        nothing);
}

void add_shared(Device& device, ab::Writer& writer) {
    const std::string root = "/storage/emulated/0";
    std::vector<std::string> waiting{""};
    while (!waiting.empty()) {
        const std::string below = std::move(waiting.back());
        waiting.pop_back();
        device.storage().list(root + below, [&](const std::string& name) {
            if (name == "." || name == "..") return true;
            const std::string path = below + "/" + name;
            FileStat info;
            Fd file;
            if (device.storage().stat(root + path, Links::keep, info) != 0) return true;
            if (S_ISDIR(info.mode)) {
                waiting.push_back(path);
                add_folder(writer, "shared/0" + path, time_of(info.mtime));
            }
            if (!S_ISREG(info.mode) || device.storage().open_read(root + path, file) != 0) {
                return true;
            }
            FileSource content(std::move(file));
            writer.add({.name = "shared/0" + path,
                        .size = info.size,
                        .mode = 0660,
                        .modified = time_of(info.mtime)},
                       content);
            return true;
        });
    }
}

// The provider of messages has an agent, and is asked whatever other apps allow.
void add_messages(Device& device, const Package& package, ab::Writer& writer) {
    const DeviceState state = device.snapshot();
    const auto files = device.personal().with(
        [](android::PersonalData& data) { return android::telephony_backup(data.messages()); });
    if (files.empty()) return;  // a phone without messages: its agent gives nothing
    writer.add_app({.package = package.name,
                    .version_code = package.version_code,
                    .sdk = state.os.sdk,
                    .installer = "",
                    .has_apk = false,
                    .certificates = {"30820122a5ff"}});
    for (const auto& [name, content] : files) {
        const size_t slash = name.find('/');
        writer.add({.app = package.name,
                    .domain = name.substr(0, slash),
                    .name = name.substr(slash + 1),
                    .modified = device.clock().now()},
                   content);
    }
}

void add_app(const DeviceState& state, const Package& package, bool with_apk, ab::Writer& writer) {
    const auto found = state.adb_backup.apps.find(package.name);
    if (found == state.adb_backup.apps.end() || !found->second.allows_backup) return;
    writer.add_app({.package = package.name,
                    .version_code = package.version_code,
                    .sdk = state.os.sdk,
                    .installer = package.installer == "null" ? "" : package.installer,
                    .has_apk = with_apk && !package.from_system,
                    .certificates = {"30820122a5ff"}});
    if (with_apk && !package.from_system) {
        writer.add({.app = package.name, .domain = "a", .name = "base.apk", .mode = 0644},
                   as_bytes("PK\x05\x06" + package.name));
    }
    std::set<std::string> folders;
    for (const auto& [name, file] : found->second.files) {
        const size_t slash = name.find('/');
        for (size_t at = name.find('/', slash + 1); at != std::string::npos;
             at = name.find('/', at + 1)) {
            if (!folders.insert(name.substr(0, at)).second) continue;
            add_folder(writer, "apps/" + package.name + "/" + name.substr(0, at), file.modified);
        }
        writer.add({.app = package.name,
                    .domain = name.substr(0, slash),
                    .name = name.substr(slash + 1),
                    .modified = file.modified},
                   file.content);
    }
}

void back_up(Device& device, const Wanted& wanted, Stream& stream) {
    // Without a name Android shows its usage, and sends nothing.
    if (!wanted.all && !wanted.shared && wanted.packages.empty()) return;
    if (!allowed(device, stream)) return;
    const DeviceState state = device.snapshot();
    const AdbBackup& how = state.adb_backup;
    if (how.needs_password && how.password.empty()) return;
    const SecretText password(how.password);
    sys::SystemRandom random;
    ab::Form form{.compressed = wanted.compressed,
                  .random = [&](MutableByteView out) { random.fill(out); }};
    if (!how.password.empty()) form.password = &password;
    ab::Writer writer([&](ByteView part) { stream.write(part); }, form);
    for (const Package& package : state.packages) {
        const bool by_all = wanted.all && (wanted.system || !package.from_system);
        if (!by_all && !wanted.packages.contains(package.name)) continue;
        if (package.name == android::telephony_package) {
            add_messages(device, package, writer);
        } else {
            add_app(state, package, wanted.apk, writer);
        }
    }
    if (wanted.shared) add_shared(device, writer);
    writer.finish();
}

class StreamSource final : public ByteSource {
public:
    explicit StreamSource(Stream& stream) : stream_(stream) {}
    size_t read(MutableByteView out) override { return stream_.read(out); }

private:
    Stream& stream_;
};

// An app comes back when it is there, allows it, and its manifest came first.
void put_back(Device& device, const ab::Place& place, Bytes content, TimePoint modified) {
    device.state().with([&](DeviceState& s) {
        const auto app = s.adb_backup.apps.find(place.app);
        const bool is_installed =
            std::ranges::any_of(s.packages, [&](const Package& p) { return p.name == place.app; });
        if (app == s.adb_backup.apps.end() || !app->second.allows_backup || !is_installed) return;
        if (place.domain == "_manifest") {
            app->second.files.clear();
            ++s.adb_backup.restored;
        } else if (place.domain != "_meta" && place.domain != "a") {
            app->second.files[place.domain + "/" + place.rest] = {std::move(content), modified};
        }
    });
}

void take_shared(Device& device, const ab::Place& place, ByteSource& content) {
    Fd file;
    if (device.storage().open_write("/storage/emulated/0/" + place.rest, file) != 0) return;
    const Bytes bytes = read_all(content, largest_app_file);
    if (::write(file.get(), bytes.data(), bytes.size()) < 0) return;
}

void restore(Device& device, Stream& stream) {
    if (!allowed(device, stream)) return;
    const SecretText password(device.snapshot().adb_backup.password);
    StreamSource raw(stream);
    android::AgentFiles messages;
    try {
        ab::ArchiveReader reader(raw, password, ab::Ending::open);
        while (const auto entry = reader.next()) {
            const auto place = entry->path ? ab::place_of(*entry->path) : std::nullopt;
            if (!place || entry->tar.kind != ab::TarKind::file) continue;
            if (place->app.empty()) {
                take_shared(device, *place, reader.content());
            } else if (place->app == android::telephony_package) {
                messages[place->domain + "/" + place->rest] =
                    read_all(reader.content(), largest_app_file);
            } else {
                put_back(device, *place, read_all(reader.content(), largest_app_file),
                         entry->tar.modified);
            }
        }
    } catch (const Error&) {
        // Android writes it into its log and says nothing to the host: it stops here.
    }
    if (messages.empty()) return;
    constexpr int64_t later_ms = 400;
    const int64_t due = android::milliseconds(device.clock().now()) + later_ms;
    device.state().with([](DeviceState& s) { ++s.adb_backup.restored; });
    device.personal().with([&](android::PersonalData& data) {
        data.restore_messages_later(std::move(messages), due);
    });
}

}  // namespace

std::optional<std::function<void(Stream&)>> backup_service(Device& device,
                                                           std::string_view destination) {
    for (const std::string_view shell : {"exec:bu ", "shell:bu "}) {
        if (destination.starts_with(shell)) destination.remove_prefix(shell.size());
    }
    const auto behind = [&](std::string_view word) -> std::optional<std::string_view> {
        if (!destination.starts_with(word)) return std::nullopt;
        const auto rest = destination.substr(word.size());
        if (!rest.empty() && rest[0] != ':' && rest[0] != ' ') return std::nullopt;
        return rest.empty() ? rest : rest.substr(1);
    };
    if (const auto words = behind("backup")) {
        return [&device, wanted = wanted_of(*words)](Stream& stream) {
            back_up(device, wanted, stream);
        };
    }
    if (behind("restore")) return [&device](Stream& stream) { restore(device, stream); };
    return std::nullopt;
}

}  // namespace lifeboat::sim::adb
