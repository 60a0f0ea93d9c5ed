#include "engine/backup_journal.h"

#include "base/error.h"
#include "base/text.h"
#include "crypto/sha256.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace lifeboat::engine {

namespace {

using nlohmann::json;

constexpr std::string_view kind = "lifeboat/journal";
constexpr off_t largest = off_t{4} << 30;

// Names of an iPhone's backup are digits; others may be any bytes.
std::string hex_of(const ItemPath& path) {
    return to_hex(as_bytes(path.text()));
}

ItemPath path_of(const json& line, const char* key) {
    const auto bytes = from_hex(line.at(key).get<std::string>());
    const auto path = bytes ? ItemPath::parse(as_text(*bytes)) : std::nullopt;
    if (!path) throw Corrupt("a path is none");
    return *path;
}

template <class SomeId>
SomeId id_of(const json& value) {
    const auto id = SomeId::parse(value.get<std::string>());
    if (!id) throw Corrupt("an id is none");
    return *id;
}

std::string line_of(const JournalOwner& owner) {
    const json line{{"kind", kind},
                    {"version", 1},
                    {"repository", owner.repository},
                    {"device_key", to_hex(as_bytes(owner.device_key))},
                    {"parent", owner.parent ? owner.parent->hex() : ""}};
    return line.dump() + "\n";
}

JournalOwner owner_of(const json& line) {
    if (line.at("kind") != kind || line.at("version") != 1) throw Corrupt("it is of another kind");
    JournalOwner owner{.repository = line.at("repository").get<std::string>()};
    const auto key = from_hex(line.at("device_key").get<std::string>());
    if (!key) throw Corrupt("its phone has no name");
    owner.device_key = to_text(*key);
    if (!line.at("parent").get<std::string>().empty())
        owner.parent = id_of<repository::SnapshotId>(line.at("parent"));
    return owner;
}

struct LineOf {
    json operator()(const KeptAll&) const { return {{"op", "keep_all"}}; }
    json operator()(const PutFile& put) const {
        json blobs = json::array();
        for (const auto& id : put.blobs) blobs.push_back(id.hex());
        return {{"op", "put"},
                {"path", hex_of(put.path)},
                {"size", put.entry.size},
                {"mtime_ns", put.entry.modified.time_since_epoch().count()},
                {"sha256", put.entry.sha256.hex()},
                {"blobs", std::move(blobs)}};
    }
    json operator()(const PutFolder& put) const {
        return {{"op", "folder"}, {"path", hex_of(put.path)}};
    }
    json operator()(const Moved& moved) const {
        return {{"op", "move"}, {"path", hex_of(moved.from)}, {"to", hex_of(moved.to)}};
    }
    json operator()(const Removed& removed) const {
        return {{"op", "remove"}, {"path", hex_of(removed.path)}};
    }
};

PutFile put_of(const json& line) {
    PutFile put{.path = path_of(line, "path"),
                .entry = {.size = line.at("size").get<uint64_t>(),
                          .modified = TimePoint{nanoseconds{line.at("mtime_ns").get<int64_t>()}},
                          .sha256 = id_of<Digest>(line.at("sha256"))}};
    for (const json& id : line.at("blobs")) put.blobs.push_back(id_of<repository::BlobId>(id));
    return put;
}

JournalStep step_of(const json& line) {
    const auto op = line.at("op").get<std::string>();
    if (op == "keep_all") return KeptAll{};
    if (op == "put") return put_of(line);
    if (op == "folder") return PutFolder{path_of(line, "path")};
    if (op == "move") return Moved{path_of(line, "path"), path_of(line, "to")};
    if (op == "remove") return Removed{path_of(line, "path")};
    throw Corrupt("it has a step that is none");
}

// Cuts the next whole line off; nothing at the end, or when the last one is torn.
std::optional<json> next_line(std::string_view& rest) {
    const size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    json line = json::parse(rest.substr(0, end), nullptr, false);
    rest.remove_prefix(end + 1);
    if (!line.is_object()) return std::nullopt;
    return line;
}

// Takes in closed batches until the text ends, or makes no sense: what a power cut left of a batch
// that nobody waited for.
void read_batches(std::string_view rest, std::vector<JournalStep>& steps) {
    std::vector<JournalStep> batch;
    while (const auto line = next_line(rest)) {
        try {
            if (!line->contains("settled")) {
                batch.push_back(step_of(*line));
                continue;
            }
            if (line->at("settled") != batch.size()) return;
        } catch (const Corrupt&) {
            return;
        } catch (const json::exception&) {
            return;
        }
        steps.insert(steps.end(), std::make_move_iterator(batch.begin()),
                     std::make_move_iterator(batch.end()));
        batch.clear();
    }
}

[[noreturn]] void fail(const char* doing, const std::string& path) {
    storage::throw_system_error(errno, fmt::format("{} {}", doing, printable(path)));
}

void make_folder_above(const std::string& path) {
    namespace fs = std::filesystem;
    const fs::path folder = fs::path(path).parent_path();
    std::error_code problem;
    fs::create_directories(folder.parent_path(), problem);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail("making", folder.string());
}

}  // namespace

BackupJournal::BackupJournal(std::string path, const JournalOwner& owner) : path_(std::move(path)) {
    make_folder_above(path_);
    file_ = storage::FileDescriptor(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file_.is_open()) fail("creating", path_);
    append(line_of(owner));
}

void BackupJournal::append(std::string_view text) {
    while (!text.empty()) {
        const ssize_t wrote = ::write(file_.get(), text.data(), text.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) fail("writing", path_);
        text.remove_prefix(static_cast<size_t>(wrote));
    }
}

void BackupJournal::add(const JournalStep& step) {
    waiting_ += std::visit(LineOf{}, step).dump() + "\n";
    ++waiting_steps_;
}

void BackupJournal::settle() {
    if (waiting_steps_ == 0) return;
    waiting_ += json{{"settled", waiting_steps_}}.dump() + "\n";
    append(waiting_);
    if (::fdatasync(file_.get()) != 0) fail("making durable", path_);
    waiting_.clear();
    waiting_steps_ = 0;
}

std::string journal_path(const std::string& folder, const JournalOwner& owner) {
    const std::string whose = owner.repository + "\n" + owner.device_key;
    return fmt::format("{}/{}.jsonl", folder,
                       to_hex(ByteView(crypto::sha256(as_bytes(whose))).first(16)));
}

StoredJournal decode_journal(ByteView text) {
    std::string_view rest = as_text(text);
    const auto first = next_line(rest);
    if (!first) throw Corrupt("the journal of a backup has no whole line");
    StoredJournal stored;
    try {
        stored.owner = owner_of(*first);
    } catch (const json::exception&) {
        throw Corrupt("the journal of a backup does not say whose it is");
    }
    read_batches(rest, stored.steps);
    return stored;
}

std::optional<StoredJournal> read_journal(const std::string& path) {
    const storage::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open()) {
        if (errno == ENOENT) return std::nullopt;
        fail("opening", path);
    }
    struct stat state {};
    if (::fstat(file.get(), &state) != 0) fail("reading", path);
    if (state.st_size > largest) throw Corrupt("the journal of a backup is too large");
    Bytes text(static_cast<size_t>(state.st_size));
    size_t done = 0;
    while (done < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + done, text.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail("reading", path);
        if (got == 0) break;
        done += static_cast<size_t>(got);
    }
    text.resize(done);
    try {
        return decode_journal(text);
    } catch (const Corrupt&) {
        return std::nullopt;
    }
}

void remove_journal(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail("removing", path);
}

}  // namespace lifeboat::engine
