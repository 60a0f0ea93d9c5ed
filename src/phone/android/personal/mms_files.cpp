#include "phone/android/personal/mms_files.h"

#include "base/hex.h"
#include "crypto/sha256.h"
#include "phone/android/personal/messages_attachments.h"
#include "sys/clock.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using personal::MmsPart;

constexpr uint64_t largest_file = uint64_t{128} << 20;
constexpr size_t files_of_a_question = 200;
constexpr std::chrono::milliseconds another_millisecond{2};
constexpr const char* no_own_file = "the phone gives one of its attachments no file of its own";

void add_text(std::vector<Bind>& binds, const char* column,
              const std::optional<std::string>& value) {
    if (value) binds.push_back(bind_text(column, *value));
}

bool is_empty(const MmsPart& part) {
    return !part.data || part.data->size == 0;
}

// All its parts were inserted just now.
bool is_new(const WantedMms& one) {
    return one.parts.size() == one.mms->parts.size();
}

// Somebody wrote it, and was cut in the middle, or has not written anything yet.
bool is_begin_of(const MmsPart& there, ByteView bytes) {
    if (is_empty(there)) return true;
    if (there.data->size >= bytes.size()) return false;
    return to_hex(crypto::sha256(bytes.first(there.data->size))) == there.data->sha256;
}

template <class Parts, class Is>
bool take_one(Parts& from, Is is) {
    const auto found = std::find_if(from.begin(), from.end(), is);
    if (found == from.end()) return false;
    from.erase(found);
    return true;
}

// The wanted parts whose file the phone does not have; `there` keeps what is not wanted as it is.
std::vector<const MmsPart*> missing_files(const personal::Mms& wanted,
                                          std::vector<MmsPart>& there) {
    std::vector<const MmsPart*> missing;
    for (const MmsPart& part : wanted.parts) {
        if (!part.data) continue;
        const auto is_equal = [&](const MmsPart& other) { return equal_part(part, other); };
        if (!take_one(there, is_equal)) missing.push_back(&part);
    }
    return missing;
}

std::string part_address(const MmsPart& part) {
    return fmt::format("content://mms/part/{}", id_in_row(part.row));
}

}  // namespace

std::string insert_part(ContentCommands& content, int64_t message, const MmsPart& part,
                        const std::stop_token& stop) {
    std::vector<Bind> binds{bind_number("seq", part.seq), bind_text("ct", part.content_type)};
    add_text(binds, "name", part.name);
    add_text(binds, "cd", part.disposition);
    add_text(binds, "fn", part.file_name);
    add_text(binds, "cid", part.content_id);
    add_text(binds, "cl", part.location);
    add_text(binds, "text", part.text);
    if (part.charset) binds.push_back(bind_number("chset", *part.charset));
    return content.insert(fmt::format("content://mms/{}/part", message), binds, stop);
}

std::vector<std::string> MmsFiles::write(std::span<const WantedMms> batch,
                                         const std::stop_token& stop) {
    std::vector<Message> messages(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) messages[i].wanted = &batch[i];
    look(messages, stop);
    auto files = rows_of_files(messages, stop);
    auto anew = among_themselves(sharing(messages, files), files);
    for (Row& row : cut(messages, files)) anew.push_back(std::move(row));
    if (!anew.empty()) {
        make_anew(anew, stop);
        look(messages, stop);
        files = rows_of_files(messages, stop);
    }
    // Nothing goes into a file that another part has, too.
    for (const Row& row : sharing(messages, files)) {
        if (row.message->trouble.empty()) row.message->trouble = no_own_file;
        take_one(row.message->there, [&](const MmsPart& one) { return one == row.part; });
    }
    side_by_side(
        messages.size(),
        [&](size_t i, const std::stop_token& stopped) { write_files_of(messages[i], stopped); },
        stop);
    std::vector<std::string> troubles;
    for (Message& one : messages) troubles.push_back(std::move(one.trouble));
    return troubles;
}

// What was inserted just now is empty: to ask for its bytes would take a phone a second each.
void MmsFiles::look(std::span<Message> messages, const std::stop_token& stop) {
    std::map<int64_t, Message*> by_id;
    std::vector<int64_t> ids;
    for (Message& one : messages) {
        if (one.wanted->id == 0) continue;
        by_id[one.wanted->id] = &one;
        ids.push_back(one.wanted->id);
    }
    auto table = read_mms_parts(content_, ids, stop);
    const auto fresh = std::partition(table.all.begin(), table.all.end(), [&](const FoundMms& one) {
        return !is_new(*by_id.at(one.id)->wanted);
    });
    MessagesAttachments(content_, {}, {}).read(std::span(table.all.begin(), fresh), stop);
    for (FoundMms& one : table.all) by_id.at(one.id)->there = std::move(one.mms.parts);
}

// Of the files of these messages: all rows that name them, those of other messages, too.
MmsFiles::RowsOfFiles MmsFiles::rows_of_files(std::span<Message> messages,
                                              const std::stop_token& stop) {
    RowsOfFiles rows;
    for (const Message& message : messages) {
        for (const MmsPart& part : message.there) {
            if (has_file(part)) rows[file_of(part)].insert(id_in_row(part.row));
        }
    }
    std::vector<std::string> files;
    for (const auto& [file, ids] : rows) files.push_back(sql_text(file));
    for (size_t at = 0; at < files.size(); at += files_of_a_question) {
        const auto some =
            std::span(files).subspan(at, std::min(files_of_a_question, files.size() - at));
        const auto table = read_table(content_,
                                      {.uri = "content://mms/part",
                                       .numbers = {"mid"},
                                       .texts = {"_data"},
                                       .where = fmt::format("_data IN ({})", fmt::join(some, ",")),
                                       .functions = true},
                                      stop);
        for (const ContentRow& row : table.rows) rows[row.texts[0].value_or("")].insert(row.id);
    }
    return rows;
}

// The empty ones that do not have their file alone.
std::vector<MmsFiles::Row> MmsFiles::sharing(std::span<Message> messages,
                                             const RowsOfFiles& files) const {
    std::vector<Row> rows;
    for (Message& message : messages) {
        for (const MmsPart& part : message.there) {
            if (has_file(part) && is_empty(part) && files.at(file_of(part)).size() > 1)
                rows.push_back({&message, part});
        }
    }
    return rows;
}

// A file goes with the first of its rows: those stay that share it with a row that is not among
// them.
std::vector<MmsFiles::Row> MmsFiles::among_themselves(std::vector<Row> rows,
                                                      const RowsOfFiles& files) {
    std::set<int64_t> ids;
    for (const Row& row : rows) ids.insert(id_in_row(row.part.row));
    std::erase_if(rows, [&](const Row& row) {
        const auto& all = files.at(file_of(row.part));
        return !std::includes(ids.begin(), ids.end(), all.begin(), all.end());
    });
    return rows;
}

// Those with the begin of their file. They get a new row: the next backup takes over, unread, what
// the last one has of a row.
std::vector<MmsFiles::Row> MmsFiles::cut(std::span<Message> messages,
                                         const RowsOfFiles& files) const {
    std::vector<Row> rows;
    for (Message& message : messages) {
        auto there = message.there;
        const auto missing = missing_files(*message.wanted->mms, there);
        std::erase_if(there, [&](const MmsPart& part) {
            return is_empty(part) || !has_file(part) || files.at(file_of(part)).size() > 1;
        });
        for (const MmsPart* part : missing) {
            const auto is_same = [&](const MmsPart& one) { return same_part(*part, one); };
            if (std::none_of(there.begin(), there.end(), is_same)) continue;
            const auto bytes = bytes_of(*part, message.trouble);
            if (!bytes) continue;
            const auto found = std::find_if(there.begin(), there.end(), [&](const MmsPart& one) {
                return is_same(one) && is_begin_of(one, *bytes);
            });
            if (found == there.end()) continue;
            rows.push_back({&message, *found});
            there.erase(found);
        }
    }
    return rows;
}

// One after another, each in a millisecond of its own.
void MmsFiles::make_anew(std::span<const Row> rows, const std::stop_token& stop) {
    std::vector<std::string> commands;
    for (const Row& row : rows) commands.push_back(content_.remove(part_address(row.part), ""));
    const auto errors = content_.run(commands, stop);
    const auto left = still_there(rows, stop);
    sys::SystemClock clock;
    for (size_t i = 0; i < rows.size(); ++i) {
        const Row& row = rows[i];
        auto error = errors[i];
        if (!left.contains(id_in_row(row.part.row))) {
            if (!clock.sleep(another_millisecond, stop)) throw Cancelled();
            const std::vector<std::string> command{
                insert_part(content_, row.message->wanted->id, row.part, stop)};
            error = content_.run(command, stop).front();
        }
        if (error) row.message->trouble = words_of(*error);
    }
}

std::set<int64_t> MmsFiles::still_there(std::span<const Row> rows, const std::stop_token& stop) {
    std::set<int64_t> messages, parts;
    for (const Row& row : rows) messages.insert(row.message->wanted->id);
    const std::vector<int64_t> ids(messages.begin(), messages.end());
    for (const FoundMms& one : read_mms_parts(content_, ids, stop).all) {
        for (const MmsPart& part : one.mms.parts) parts.insert(id_in_row(part.row));
    }
    return parts;
}

void MmsFiles::write_files_of(Message& message, const std::stop_token& stop) const {
    auto there = message.there;
    for (const MmsPart* part : missing_files(*message.wanted->mms, there)) {
        const auto is_same = [&](const MmsPart& one) {
            return has_file(one) && same_part(*part, one);
        };
        if (std::none_of(there.begin(), there.end(), is_same)) continue;
        const auto bytes = bytes_of(*part, message.trouble);
        if (!bytes) continue;
        const auto found = std::find_if(there.begin(), there.end(), [&](const MmsPart& one) {
            return is_same(one) && is_begin_of(one, *bytes);
        });
        if (found == there.end()) {
            message.trouble = "it is on the phone with other contents";
            continue;
        }
        const auto error = content_.write(part_address(*found), *bytes, stop);
        if (error) message.trouble = words_of(*error);
        there.erase(found);
    }
}

// Nothing when the backup cannot give it: this message's trouble, and nobody else's.
std::optional<Bytes> MmsFiles::bytes_of(const MmsPart& part, std::string& trouble) const {
    const ItemPath path(personal::folder_of("messages").text() + "/" + part.data->file);
    try {
        return read_all(*snapshot_.open(path), largest_file);
    } catch (const Corrupt& damage) {
        trouble = "its file in the backup is damaged: " + damage.message();
    } catch (const Missing&) {
        trouble = "the backup does not have its file " + part.data->file;
    }
    return std::nullopt;
}

}  // namespace lifeboat::phone::android
