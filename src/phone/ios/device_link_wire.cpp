#include "phone/ios/device_link_wire.h"

#include "base/text.h"

#include <fmt/format.h>

#include <cmath>
#include <span>

namespace lifeboat::phone::ios {
namespace {

using plist::Array;
using plist::Dict;
using plist::Value;

// Phones name 128 files at once; a restore may name more.
constexpr size_t most_paths = 1'000'000;
constexpr size_t longest_path = 4096;

constexpr std::string_view status_name = "DLMessageStatusResponse";
constexpr std::string_view version_name = "DLMessageVersionExchange";
constexpr std::string_view version_ok = "DLVersionsOk";

// The entries of a message behind its name, asked for by the numbers of the table.
class Fields {
public:
    explicit Fields(const Value& message) : name_(dl_name(message)), items_(*message.array()) {}

    const Value* find(size_t index) const {
        return index < items_.size() ? &items_[index] : nullptr;
    }

    const std::string& path(size_t index) const {
        const Value* value = find(index);
        return checked(value == nullptr ? nullptr : value->text());
    }

    std::vector<std::string> paths(size_t index) const {
        const Value* value = find(index);
        const Array* list = value == nullptr ? nullptr : value->array();
        if (list == nullptr || list->size() > most_paths) fail();
        std::vector<std::string> out;
        out.reserve(list->size());
        for (const Value& one : *list) out.push_back(checked(one.text()));
        return out;
    }

    std::vector<std::pair<std::string, std::string>> moves(size_t index) const {
        const Value* value = find(index);
        const Dict* dict = value == nullptr ? nullptr : value->dict();
        if (dict == nullptr || dict->size() > most_paths) fail();
        std::vector<std::pair<std::string, std::string>> out;
        out.reserve(dict->size());
        for (const auto& entry : *dict) {
            out.emplace_back(checked(&entry.key), checked(entry.value.text()));
        }
        return out;
    }

    const Dict& dict(size_t index) const {
        const Value* value = find(index);
        if (value == nullptr || value->dict() == nullptr) fail();
        return *value->dict();
    }

    std::string text(size_t index) const {
        const Value* value = find(index);
        const std::string* text = value == nullptr ? nullptr : value->text();
        return text == nullptr || *text == empty_parameter ? std::string() : *text;
    }

    // Sizes are for progress and planning: what is no number, or negative, is unknown.
    uint64_t size(size_t index) const {
        const Value* value = find(index);
        return value == nullptr ? 0 : value->u64().value_or(0);
    }

    int64_t integer(size_t index) const {
        const Value* value = find(index);
        return value == nullptr ? 0 : value->i64().value_or(0);
    }

    std::optional<double> progress(size_t index) const {
        const Value* value = find(index);
        const auto percent = value == nullptr ? std::nullopt : value->number();
        // Negative means "as before", and so does what is no percentage.
        if (!percent || !(*percent >= 0 && *percent <= 100)) return std::nullopt;
        return percent;
    }

    [[noreturn]] void fail() const {
        throw Garbled(fmt::format("the phone sends {} without what belongs to it",
                                  printable(name_.substr(0, 60))));
    }

private:
    const std::string& checked(const std::string* path) const {
        if (path == nullptr || path->size() > longest_path) fail();
        return *path;
    }

    std::string_view name_;
    const Array& items_;
};

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    for (const auto one : names) {
        if (name == one) return true;
    }
    return false;
}

DlMessage parse_transfer(std::string_view name, const Fields& fields) {
    if (name == "DLMessageDownloadFiles") {
        return {DownloadFiles{.paths = fields.paths(1), .total_bytes = fields.size(4)},
                fields.progress(3)};
    }
    return {UploadFiles{.total_bytes = fields.size(3)}, fields.progress(2)};
}

std::optional<DlMessage> parse_files(std::string_view name, const Fields& fields) {
    if (is_one_of(name, {"DLMessageDownloadFiles", "DLMessageUploadFiles"})) {
        return parse_transfer(name, fields);
    }
    if (is_one_of(name, {"DLMessageMoveItems", "DLMessageMoveFiles"})) {
        return DlMessage{MoveItems{fields.moves(1)}, fields.progress(3)};
    }
    if (is_one_of(name, {"DLMessageRemoveItems", "DLMessageRemoveFiles"})) {
        return DlMessage{RemoveItems{fields.paths(1)}, fields.progress(3)};
    }
    if (name == "DLMessageRemoveDirectory") {
        const Value* value = fields.find(1);
        if (value != nullptr && value->text() != nullptr) {
            return DlMessage{RemoveItems{{fields.path(1)}}, fields.progress(3)};
        }
        return DlMessage{RemoveItems{fields.paths(1)}, fields.progress(3)};
    }
    if (name == "DLMessageCopyItem") {
        return DlMessage{CopyItem{.from = fields.path(1), .to = fields.path(2)},
                         fields.progress(4)};
    }
    return std::nullopt;
}

std::optional<DlMessage> parse_folders(std::string_view name, const Fields& fields) {
    if (is_one_of(name, {"DLContentsOfDirectory", "DLMessageContentsOfDirectory"})) {
        return DlMessage{ListFolder{fields.path(1)}, fields.progress(3)};
    }
    if (name == "DLMessageCreateDirectory") {
        return DlMessage{CreateFolder{fields.path(1)}, fields.progress(3)};
    }
    if (name == "DLMessageGetFreeDiskSpace") return DlMessage{GetFreeSpace{}, std::nullopt};
    if (name == "DLMessagePurgeDiskSpace") {
        return DlMessage{PurgeSpace{.bytes = fields.size(1), .urgency = fields.integer(2)},
                         std::nullopt};
    }
    return std::nullopt;
}

Array path_array(const std::vector<std::string>& paths) {
    return {paths.begin(), paths.end()};
}

// The options a phone sends with commands: always these.
Dict options() {
    return {{"DLFileAttributesItemOptionKey", ""}};
}

// Commands back into arrays: the phone's side of the table.
struct Writer {
    double progress;

    Array operator()(const DownloadFiles& c) const {
        return {"DLMessageDownloadFiles", path_array(c.paths), options(), progress, c.total_bytes};
    }
    Array operator()(const UploadFiles& c) const {
        return {"DLMessageUploadFiles", options(), progress, c.total_bytes};
    }
    Array operator()(const GetFreeSpace&) const {
        return {"DLMessageGetFreeDiskSpace", std::string(empty_parameter)};
    }
    Array operator()(const PurgeSpace& c) const {
        return {"DLMessagePurgeDiskSpace", c.bytes, c.urgency};
    }
    Array operator()(const ListFolder& c) const {
        return {"DLContentsOfDirectory", c.path, options(), progress};
    }
    Array operator()(const CreateFolder& c) const {
        return {"DLMessageCreateDirectory", c.path, options(), progress};
    }
    Array operator()(const MoveItems& c) const {
        std::vector<Dict::Entry> moves;
        for (const auto& [from, to] : c.moves) moves.push_back({.key = from, .value = to});
        return {"DLMessageMoveItems", Dict::from_entries(std::move(moves)), options(), progress};
    }
    Array operator()(const RemoveItems& c) const {
        return {"DLMessageRemoveItems", path_array(c.paths), options(), progress};
    }
    Array operator()(const CopyItem& c) const {
        return {"DLMessageCopyItem", c.from, c.to, options(), progress};
    }
    Array operator()(const ProcessMessage& c) const {
        return {"DLMessageProcessMessage", c.message};
    }
    Array operator()(const Ping& c) const { return {"DLMessagePing", or_empty(c.text)}; }
    Array operator()(const Disconnect& c) const {
        return {"DLMessageDisconnect", or_empty(c.text)};
    }
    Array operator()(const UnknownCommand& c) const { return {c.name}; }

    static std::string or_empty(const std::string& text) {
        return text.empty() ? std::string(empty_parameter) : text;
    }
};

constexpr std::string_view kind_file = "DLFileTypeRegular";
constexpr std::string_view kind_folder = "DLFileTypeDirectory";
constexpr std::string_view kind_other = "DLFileTypeUnknown";

std::string_view text_of(DlKind kind) {
    switch (kind) {
        case DlKind::file:
            return kind_file;
        case DlKind::folder:
            return kind_folder;
        case DlKind::other:
            break;
    }
    return kind_other;
}

DlKind kind_of(const std::string* text) {
    if (text == nullptr) throw Garbled("an entry of a folder has no kind");
    if (*text == kind_file) return DlKind::file;
    return *text == kind_folder ? DlKind::folder : DlKind::other;
}

}  // namespace

std::string_view dl_name(const Value& message) {
    const Array* items = message.array();
    if (items == nullptr || items->empty() || items->front().text() == nullptr) {
        throw Garbled("a message of the backup service has no name");
    }
    return *items->front().text();
}

DlMessage parse_dl_message(const Value& message) {
    const std::string_view name = dl_name(message);
    const Fields fields(message);
    if (auto command = parse_files(name, fields)) return std::move(*command);
    if (auto command = parse_folders(name, fields)) return std::move(*command);
    if (name == "DLMessageProcessMessage") return {ProcessMessage{fields.dict(1)}, std::nullopt};
    if (name == "DLMessagePing") return {Ping{fields.text(1)}, std::nullopt};
    if (name == "DLMessageDisconnect") return {Disconnect{fields.text(1)}, std::nullopt};
    return {UnknownCommand{std::string(name)}, std::nullopt};
}

Array dl_array(const DlMessage& message) {
    return std::visit(Writer{message.progress.value_or(-1.0)}, message.command);
}

Array dl_array(const DlStatus& status) {
    return {std::string(status_name), static_cast<int64_t>(status.code),
            Writer::or_empty(status.text), status.payload};
}

DlStatus parse_dl_status(const Value& message) {
    const Fields fields(message);
    const Array& items = *message.array();
    if (dl_name(message) != status_name || items.size() < 2) fields.fail();
    const Value& code = items[1];
    const auto large = code.u64();
    const auto number = code.i64() ? code.i64()
                        : large    ? std::optional(static_cast<int64_t>(*large))
                                   : std::nullopt;
    if (!number) fields.fail();
    return {.code = static_cast<DlCode>(*number),
            .text = fields.text(2),
            .payload = items.size() > 3 ? items[3] : Value()};
}

Array dl_version_exchange(const DlVersion& phone) {
    return {std::string(version_name), phone.major, phone.minor};
}

Array dl_version_ok(uint64_t major) {
    return {std::string(version_name), std::string(version_ok), major};
}

DlVersion parse_dl_version_exchange(const Value& message) {
    const Fields fields(message);
    const Value* major = fields.find(1);
    if (dl_name(message) != version_name || major == nullptr || !major->u64()) fields.fail();
    return {.major = *major->u64(), .minor = fields.size(2)};
}

uint64_t parse_dl_version_ok(const Value& message) {
    const Fields fields(message);
    const Value* major = fields.find(2);
    if (dl_name(message) != version_name || fields.text(1) != version_ok || major == nullptr ||
        !major->u64()) {
        fields.fail();
    }
    return *major->u64();
}

Dict dl_listing(const std::vector<DlEntry>& entries) {
    std::vector<Dict::Entry> out;
    out.reserve(entries.size());
    for (const DlEntry& entry : entries) {
        out.push_back({.key = entry.name,
                       .value = Dict{{"DLFileType", text_of(entry.kind)},
                                     {"DLFileSize", entry.size},
                                     {"DLFileModificationDate", entry.modified}}});
    }
    return Dict::from_entries(std::move(out));
}

std::vector<DlEntry> parse_dl_listing(const Value& payload) {
    if (payload.dict() == nullptr) throw Garbled("a folder's listing is no dictionary");
    std::vector<DlEntry> out;
    out.reserve(payload.dict()->size());
    for (const auto& [name, value] : *payload.dict()) {
        if (value.dict() == nullptr) throw Garbled("an entry of a folder is no dictionary");
        const Value* modified = value.dict()->find("DLFileModificationDate");
        const plist::Date* date = modified == nullptr ? nullptr : modified->date();
        out.push_back({.name = name,
                       .kind = kind_of(value.dict()->text("DLFileType")),
                       .size = value.dict()->u64("DLFileSize").value_or(0),
                       .modified = date == nullptr ? plist::Date{} : *date});
    }
    return out;
}

}  // namespace lifeboat::phone::ios
