#include "phone/android/push.h"

#include "base/text.h"
#include "phone/android/disk_space.h"
#include "phone/android/packer.h"
#include "phone/android/pull.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::phone::android {
namespace {

constexpr size_t unanswered_at_most = 64;
constexpr uint32_t regular_file = 0100000;
constexpr std::chrono::milliseconds scan_patience{300'000};

std::string to_lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

uint32_t seconds_of(TimePoint time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    return static_cast<uint32_t>(std::clamp<int64_t>(seconds, 0, UINT32_MAX));
}

// "file:///sdcard/My%20Photos"
std::string file_uri(const std::string& path) {
    std::string out = "file://";
    for (const char c : path) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("/-_.~").find(c) != std::string_view::npos;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

uint32_t mode_of(const Item& item) {
    const uint32_t permissions = item.mode & 0777;
    return regular_file | (permissions == 0 ? 0644 : permissions);
}

void append_done(Bytes& to, const Item& item) {
    append(to, as_bytes("DONE"));
    append_le(to, seconds_of(item.modified));
}

}  // namespace

PushRun::PushRun(const PhoneLink& link, const std::vector<Volume>& volumes, const FileTree& tree,
                 EventSink& events)
    : link_(link), volumes_(volumes), tree_(tree), events_(events) {}

void PushRun::plan(std::span<const ItemPath> only, const std::stop_token& stop) {
    if (only.empty()) walk(tree_, {}, [&](const Item& item) { plan_item(item); });
    for (const ItemPath& path : only) {
        const auto item = tree_.find(path);
        if (!item) {
            throw Missing(fmt::format("there is no \"{}\" in this copy", printable(path.text())));
        }
        plan_item(*item);
        if (item->kind == ItemKind::folder) {
            walk(tree_, path, [&](const Item& below) { plan_item(below); });
        }
    }
    check_space(stop);
    make_folders(stop);
}

void PushRun::plan_item(const Item& item) {
    if (item.path.is_root()) return;
    const auto remote = remote_path(volumes_, item.path);
    // ",mode" follows the path in the request.
    constexpr size_t room_for_mode = 8;
    if (!remote) {
        if (item.kind == ItemKind::folder) return;  // named by the files in it
        fail(item, "the storage it was on is not in the phone");
    } else if (remote->size() > longest_sync_path - room_for_mode) {
        fail(item, "its path is too long for the phone's file service");
    } else if (item.kind == ItemKind::file) {
        files_.push_back({item, *remote});
    } else if (item.kind == ItemKind::folder) {
        folders_.push_back({item, *remote});
    } else {
        fail(item, "the phone's storage holds files and folders only");
    }
}

void PushRun::check_space(const std::stop_token& stop) {
    Shell shell(link_.server, link_.serial);
    for (const Volume& volume : volumes_) {
        uint64_t needed = 0;
        for (const Target& file : files_) {
            if (file.item.path.is_within(volume.root)) needed += file.item.size;
        }
        if (needed == 0) continue;
        const auto space =
            parse_df(shell.run({.text = "df -k " + shell_quote(volume.remote)}, stop).output);
        if (!space.value || space.value->free_bytes >= needed) continue;
        throw NoSpace(fmt::format("the phone has {} free, the restore needs {}",
                                  human_bytes(space.value->free_bytes), human_bytes(needed)),
                      "Nothing was written. Free some space on the phone, or restore a part.");
    }
}

// Pushing makes the folders of files; these are the empty ones.
void PushRun::make_folders(const std::stop_token& stop) {
    std::string names;
    for (const Target& folder : folders_) {
        const bool is_volume = std::any_of(volumes_.begin(), volumes_.end(), [&](const Volume& v) {
            return v.root == folder.item.path;
        });
        const bool holds_files = std::any_of(files_.begin(), files_.end(), [&](const Target& file) {
            return file.item.path.is_within(folder.item.path);
        });
        if (!is_volume && !holds_files) names += folder.remote + '\0';
    }
    if (names.empty()) return;
    Shell shell(link_.server, link_.serial);
    const auto made = shell.run({.text = "xargs -0 mkdir -p", .input = names}, stop);
    if (made.exit_code == 0) return;
    events_.on(Noted{
        .severity = Severity::warning,
        .text = fmt::format("some empty folders were not made: {}", printable(trim(made.errors)))});
}

uint64_t PushRun::bytes_that_pack() const {
    uint64_t bytes = 0;
    for (const Target& file : files_) {
        if (packs_well(file.item)) bytes += file.item.size;
    }
    return bytes;
}

void PushRun::go_on(const std::stop_token& stop) {
    while (answered_ < files_.size()) push_some(stop);
}

// Until all is written, or until a file's own bytes end too early: it lies half on the phone then,
// and the stream with it has to go.
void PushRun::push_some(const std::stop_token& stop) {
    SyncConnection connection(link_.server, link_.serial, SyncConnection::Reading::direct, stop);
    sent_ = answered_;
    std::deque<size_t> unanswered;
    while (sent_ < files_.size() || !unanswered.empty()) {
        if (stop.stop_requested()) throw Cancelled();
        if (sent_ == files_.size() || unanswered.size() >= unanswered_at_most) {
            read_answer(connection, unanswered.front());
            unanswered.pop_front();
            continue;
        }
        if (files_[sent_].failed) {
            ++sent_;
            continue;
        }
        const Sent sent = send_file(connection, files_[sent_]);
        files_[sent_].failed = sent != Sent::whole;
        if (sent == Sent::whole) unanswered.push_back(sent_);
        ++sent_;
        if (sent != Sent::half) continue;
        for (const size_t index : unanswered) read_answer(connection, index);
        Shell(link_.server, link_.serial)
            .run({.text = "rm -f " + shell_quote(files_[sent_ - 1].remote)}, stop);
        answered_ = sent_;
        return;
    }
    answered_ = sent_;
}

// What comes out of the copy next; nothing when it cannot be read: the file is then named.
std::optional<ByteView> PushRun::next_piece(ByteSource& source, const Item& item) {
    buffer_.resize(longest_data_frame);
    try {
        return ByteView(buffer_).first(source.read(buffer_));
    } catch (const Error& error) {
        fail(item, error.message());
        return std::nullopt;
    }
}

std::unique_ptr<ByteSource> PushRun::open_source(const Item& item) {
    try {
        return tree_.open(item.path);
    } catch (const Error& error) {
        fail(item, error.message());
        return nullptr;
    }
}

PushRun::Sent PushRun::send_file(SyncConnection& connection, const Target& target) {
    if (packing_ != Packing::none && packs_well(target.item)) {
        return send_packed(connection, target);
    }
    const auto source = open_source(target.item);
    if (!source) return Sent::nothing;
    // Read before the phone hears of the file: a small damaged one never touches it.
    auto piece = next_piece(*source, target.item);
    if (!piece) return Sent::nothing;
    Bytes out;
    append_send(out, target.remote, mode_of(target.item));
    while (!piece->empty()) {
        append_data(out, *piece);
        connection.send(out);
        out.clear();
        piece = next_piece(*source, target.item);
        if (!piece) return Sent::half;
    }
    append_done(out, target.item);
    connection.send(out);
    return Sent::whole;
}

// The same, one frame's worth at a time: the phone hears of the file when the first is full.
PushRun::Sent PushRun::send_packed(SyncConnection& connection, const Target& target) {
    const auto source = open_source(target.item);
    if (!source) return Sent::nothing;
    Bytes out, packed;
    append_send(out, target.remote, mode_of(target.item), packing_);
    Packer packer(packing_);
    bool heard = false;
    for (bool last = false; !last;) {
        const auto piece = next_piece(*source, target.item);
        if (!piece) return heard ? Sent::half : Sent::nothing;
        last = piece->empty();
        packer.pack(*piece, last, [&](ByteView more) { append(packed, more); });
        if (packed.size() < longest_data_frame && !last) continue;
        append_data(out, packed);
        packed.clear();
        if (last) append_done(out, target.item);
        connection.send(out);
        out.clear();
        heard = true;
    }
    return Sent::whole;
}

void PushRun::fail(const Item& item, std::string reason) {
    events_.on(ItemFailed{.path = item.path.text(), .reason = reason});
    outcome_.failed.push_back({.path = item.path, .reason = std::move(reason)});
}

void PushRun::read_answer(SyncConnection& connection, size_t index) {
    const Frame frame = read_frame(connection.input());
    const Target& target = files_[index];
    if (frame.kind == FrameKind::okay) {
        ++outcome_.files;
        outcome_.bytes += target.item.size;
        events_.on(ItemDone{.path = target.item.path.text(), .bytes = target.item.size});
    } else if (frame.kind == FrameKind::fail) {
        fail(target.item, printable(read_failure(connection.input(), frame)));
    } else {
        throw Garbled("the phone answers a pushed file with garbage");
    }
    answered_ = index + 1;
}

// Pairs of date and path for the phone's own tool. A phone whose tool does not know fractions keeps
// the whole seconds: nothing is lost that it could have kept.
void PushRun::set_exact_times(const std::stop_token& stop) {
    std::string pairs;
    for (const Target& file : files_) {
        const auto since = file.item.modified.time_since_epoch();
        const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
        const auto rest = (since - seconds).count();
        if (file.failed || rest == 0 || seconds.count() < 0) continue;
        pairs += fmt::format("@{}.{:09}", seconds.count(), rest) + '\0' + file.remote + '\0';
    }
    if (pairs.empty()) return;
    Shell shell(link_.server, link_.serial);
    shell.run({.text = "xargs -0 -n 2 touch -c -m -d", .input = pairs, .silence = scan_patience},
              stop);
}

// One call for a whole volume where the phone knows it (Android 10 and newer), else one broadcast
// for each folder.
void PushRun::show_in_gallery(const std::stop_token& stop) {
    if (outcome_.files == 0) return;
    Shell shell(link_.server, link_.serial);
    for (const Volume& volume : volumes_) {
        std::set<std::string> folders;
        for (const Target& file : files_) {
            if (!file.item.path.is_within(volume.root)) continue;
            folders.insert(file.remote.substr(0, file.remote.rfind('/')));
        }
        if (folders.empty()) continue;
        const bool is_primary = volume == primary_volume();
        const std::string name = is_primary ? "external_primary" : to_lower(volume.root.text());
        const auto scanned = shell.run(
            {.text = "content call --uri content://media --method scan_volume --arg " + name,
             .silence = scan_patience},
            stop);
        const bool refused = scanned.exit_code != 0 || !trim(scanned.errors).empty() ||
                             scanned.output.find("Error") != std::string::npos;
        if (refused) broadcast_scan(shell, folders, stop);
    }
}

void PushRun::broadcast_scan(Shell& shell, const std::set<std::string>& folders,
                             const std::stop_token& stop) {
    size_t refused = 0;
    for (const std::string& folder : folders) {
        const auto result =
            shell.run({.text = "am broadcast -a android.intent.action.MEDIA_SCANNER_SCAN_FILE -d " +
                               shell_quote(file_uri(folder))},
                      stop);
        if (result.exit_code != 0) ++refused;
    }
    if (refused == 0) return;
    events_.on(Noted{.severity = Severity::warning,
                     .text = "The phone would not look for the restored files at once: they appear "
                             "in its photo app after a restart."});
}

}  // namespace lifeboat::phone::android
