#include "phone/android/push.h"

#include "base/text.h"
#include "phone/android/disk_space.h"
#include "phone/android/gallery.h"
#include "phone/android/packer.h"
#include "phone/android/pull.h"
#include "phone/android/replacing.h"
#include "phone/android/shell_quote.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

constexpr size_t unanswered_at_most = 64;
constexpr uint32_t regular_file = 0100000;
constexpr size_t replaced_at_once = 256;
constexpr uint32_t kind_of_file = 0170000;
// ",mode" follows the path in the request.
constexpr size_t room_for_mode = 8;
constexpr std::chrono::milliseconds touch_patience{300'000};

uint32_t seconds_of(TimePoint time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    return static_cast<uint32_t>(std::clamp<int64_t>(seconds, 0, UINT32_MAX));
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

void PushRun::plan(std::span<const ItemPath> only) {
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
}

void PushRun::prepare(const std::stop_token& stop) {
    check_space(stop);
    find_replaced(stop);
    make_folders(stop);
}

void PushRun::plan_item(const Item& item) {
    if (item.path.is_root()) return;
    const auto remote = remote_path(volumes_, item.path);
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

// Only files: a folder in the way cannot be replaced, and the phone says so itself.
void PushRun::find_replaced(const std::stop_token& stop) {
    std::vector<std::string> paths;
    for (const Target& file : files_) paths.push_back(file.remote);
    SyncConnection connection(link_.server, link_.serial, SyncConnection::Reading::direct, stop);
    const auto looks = stat_all(connection, link_.dialect, paths);
    for (size_t i = 0; i < files_.size(); ++i) {
        Target& file = files_[i];
        const bool is_file = looks[i].error == 0 && (looks[i].mode & kind_of_file) == regular_file;
        file.beside = is_file ? name_beside(file.remote) : "";
        if (file.failed || file.beside.size() + room_for_mode <= longest_sync_path) continue;
        file.failed = true;
        fail(file.item, "its path is too long for the file that is there to be replaced safely");
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
    while (answered_ < files_.size() || !whole_.empty() || !halves_.empty()) {
        if (answered_ < files_.size()) push_some(stop);
        put_whole_in_place(stop);
        remove_halves(stop);
    }
}

// Until all is sent, or until the stream has to go: the phone ends it behind a file that it
// refuses, and a file whose own bytes end too early lies half on the phone. Files behind a refused
// one are sent again, and the very first answers tell most: few are under way on a new stream.
void PushRun::push_some(const std::stop_token& stop) {
    SyncConnection connection(link_.server, link_.serial, SyncConnection::Reading::direct, stop);
    sent_ = answered_;
    unanswered_.clear();
    window_ = 1;
    bool half = false;
    for (; sent_ < files_.size() && !half; ++sent_) {
        if (stop.stop_requested()) throw Cancelled();
        Target& file = files_[sent_];
        if (file.failed) continue;
        if (whole_.size() >= replaced_at_once) put_whole_in_place(stop);
        if (!take_answers(connection, window_ - 1)) return;
        const Sent sent = send_file(connection, file);
        if (sent == Sent::refused) return;
        file.failed = sent != Sent::whole;
        half = sent == Sent::half;
        if (!half) continue;
        unanswered_.pop_back();
        halves_.push_back(file.written_to());
    }
    if (take_answers(connection, 0)) answered_ = sent_;
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

// One frame's worth at a time. The phone hears of the file when the first is full or the file is at
// its end: a small damaged one never touches it.
PushRun::Sent PushRun::send_file(SyncConnection& connection, Target& target) {
    const auto source = open_source(target.item);
    if (!source) return Sent::nothing;
    const Packing packing = packs_well(target.item) ? packing_ : Packing::none;
    std::optional<Packer> packer;
    if (packing != Packing::none) packer.emplace(packing);
    Bytes out, packed;
    append_send(out, target.written_to(), mode_of(target.item), packing);
    bool heard = false;
    target.sent = 0;
    for (bool last = false; !last;) {
        const auto piece = next_piece(*source, target.item);
        if (!piece) return heard ? Sent::half : Sent::nothing;
        last = piece->empty();
        target.sent += piece->size();
        if (packer) {
            packer->pack(*piece, last, [&](ByteView more) { append(packed, more); });
            if (packed.size() < longest_data_frame && !last) continue;
        }
        append_data(out, packer ? ByteView(packed) : *piece);
        packed.clear();
        if (last) append_done(out, target.item);
        if (out.size() < longest_data_frame && !last) continue;
        if (!heard) unanswered_.push_back(sent_);
        heard = true;
        all_sent_ = last;
        if (!send(connection, out)) return Sent::refused;
        out.clear();
    }
    return Sent::whole;
}

// A refusal comes at once, and what is sent behind it is sent for nothing. So the answers that are
// there are read before each write, and once more when the phone hangs up.
bool PushRun::send(SyncConnection& connection, ByteView bytes) {
    const size_t any = unanswered_.size();
    if (!take_answers(connection, any)) return false;
    try {
        connection.send(bytes);
        return true;
    } catch (const Temporary&) {
        if (was_refused(connection)) return false;
        throw;
    }
}

bool PushRun::was_refused(SyncConnection& connection) {
    try {
        return !take_answers(connection, unanswered_.size());
    } catch (const Temporary&) {
        return false;  // it said no more: the wire broke
    }
}

// Takes the answers that are there, and waits for more as long as more than that many are due.
bool PushRun::take_answers(SyncConnection& connection, size_t left_at_most) {
    while (unanswered_.size() > left_at_most || (!unanswered_.empty() && connection.has_answer())) {
        if (!take_answer(connection)) return false;
    }
    return true;
}

bool PushRun::take_answer(SyncConnection& connection) {
    const Frame frame = read_frame(connection.input());
    const size_t index = unanswered_.front();
    Target& target = files_[index];
    const bool is_okay = frame.kind == FrameKind::okay;
    const bool too_early = is_okay && index == sent_ && !all_sent_;
    if ((!is_okay && frame.kind != FrameKind::fail) || too_early) {
        throw Garbled("the phone answers a pushed file with garbage");
    }
    if (is_okay) {
        window_ = std::min(window_ + 1, unanswered_at_most);
        target.beside.empty() ? done(target.item) : whole_.push_back(index);
    } else {
        target.failed = true;
        fail(target.item, printable(read_failure(connection.input(), frame)));
    }
    unanswered_.pop_front();
    answered_ = index + 1;
    return is_okay;
}

void PushRun::put_whole_in_place(const std::stop_token& stop) {
    if (whole_.empty()) return;
    std::vector<Replacement> all;
    for (const size_t index : whole_) {
        const Target& file = files_[index];
        all.push_back({.beside = file.beside, .remote = file.remote, .size = file.sent});
    }
    const auto reasons = put_in_place(link_, all, stop);
    for (size_t i = 0; i < reasons.size(); ++i) {
        Target& file = files_[whole_[i]];
        if (reasons[i].empty()) {
            done(file.item);
            continue;
        }
        file.failed = true;
        fail(file.item, reasons[i]);
        halves_.push_back(file.beside);
    }
    put_in_place_ += whole_.size();
    whole_.clear();
}

void PushRun::remove_halves(const std::stop_token& stop) {
    remove_files(link_, halves_, stop);
    halves_.clear();
}

void PushRun::done(const Item& item) {
    ++outcome_.files;
    outcome_.bytes += item.size;
    events_.on(ItemDone{.path = item.path.text(), .bytes = item.size});
}

void PushRun::fail(const Item& item, std::string reason) {
    events_.on(ItemFailed{.path = item.path.text(), .reason = reason});
    outcome_.failed.push_back({.path = item.path, .reason = std::move(reason)});
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
    shell.run({.text = "xargs -0 -n 2 touch -c -m -d", .input = pairs, .silence = touch_patience},
              stop);
}

void PushRun::show_written(const std::stop_token& stop) {
    if (outcome_.files == 0) return;
    std::vector<WrittenFolders> written;
    for (const Volume& volume : volumes_) {
        WrittenFolders in{.volume = volume};
        for (const Target& file : files_) {
            if (!file.item.path.is_within(volume.root)) continue;
            in.folders.insert(file.remote.substr(0, file.remote.rfind('/')));
        }
        if (!in.folders.empty()) written.push_back(std::move(in));
    }
    show_in_gallery(link_, written, events_, stop);
}

}  // namespace lifeboat::phone::android
