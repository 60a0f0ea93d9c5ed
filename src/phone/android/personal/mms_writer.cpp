#include "phone/android/personal/mms_writer.h"

#include "phone/android/personal/messages_attachments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <set>

namespace lifeboat::phone::android {
namespace {

using personal::Mms;
using personal::MmsAddress;
using personal::MmsPart;
using personal::Record;

constexpr uint64_t largest_file = uint64_t{128} << 20;

Record compared(Record record) {
    record.label.clear();
    return record;
}

void add_text(std::vector<Bind>& binds, const char* column,
              const std::optional<std::string>& value) {
    if (value) binds.push_back(bind_text(column, *value));
}

// The others of the conversation.
std::vector<std::string> people_of(const Mms& mms) {
    if (!mms.recipients.empty()) return mms.recipients;
    std::vector<std::string> people;
    for (const MmsAddress& one : mms.addresses) {
        if (one.address != personal::mms_address::own) people.push_back(one.address);
    }
    return people;
}

std::vector<Bind> head_binds(const Mms& mms, const std::optional<int64_t>& thread) {
    std::vector<Bind> binds{
        bind_number("date", mms.date),   bind_number("date_sent", mms.date_sent),
        bind_number("msg_box", mms.box), bind_number("read", mms.read),
        bind_number("seen", mms.seen),   bind_number("locked", mms.locked)};
    if (thread) binds.push_back(bind_number("thread_id", *thread));
    add_text(binds, "sub", mms.subject);
    for (const auto& [column, value] : mms.other) binds.push_back(bind_text(column, value));
    return binds;
}

std::vector<Bind> address_binds(const MmsAddress& address) {
    return {bind_number("type", address.type), bind_number("charset", address.charset),
            bind_text("address", address.address)};
}

std::vector<Bind> part_binds(const MmsPart& part) {
    std::vector<Bind> binds{bind_number("seq", part.seq), bind_text("ct", part.content_type)};
    add_text(binds, "name", part.name);
    add_text(binds, "cd", part.disposition);
    add_text(binds, "fn", part.file_name);
    add_text(binds, "cid", part.content_id);
    add_text(binds, "cl", part.location);
    add_text(binds, "text", part.text);
    if (part.charset) binds.push_back(bind_number("chset", *part.charset));
    return binds;
}

}  // namespace

WriteResult MmsWriter::write(std::span<WantedMms> batch, const std::stop_token& stop) {
    reasons_.clear();
    full_ = false;
    write_heads(batch, stop);
    write_contents(batch, stop);
    write_files(batch, stop);
    return compare(batch, stop);
}

void MmsWriter::write_heads(std::span<WantedMms> batch, const std::stop_token& stop) {
    std::vector<WantedMms*> fresh;
    std::vector<std::string> commands;
    for (WantedMms& one : batch) {
        if (one.id != 0) continue;
        fresh.push_back(&one);
        const auto thread = threads_.thread_of(people_of(*one.mms), stop);
        commands.push_back(content_.insert("content://mms", head_binds(*one.mms, thread), stop));
    }
    const auto errors = insert_heads(commands, fresh, stop);
    for (size_t i = 0; i < fresh.size(); ++i) {
        if (!errors[i]) continue;
        reasons_[fresh[i]] = words_of(*errors[i]);
        full_ |= errors[i]->problem == ContentProblem::full;
    }
    if (!fresh.empty()) find_heads(fresh, stop);
}

// Those that look alike in the list stay in their order, in which they are told apart.
ContentCommands::Errors MmsWriter::insert_heads(std::span<const std::string> commands,
                                                std::span<WantedMms* const> whose,
                                                const std::stop_token& stop) {
    std::set<std::string> keys;
    for (const WantedMms* one : whose) keys.insert(mms_key(*one->mms));
    return keys.size() == whose.size()
               ? content_.run_side_by_side(commands, each_alone(commands.size()), {}, stop)
               : content_.run(commands, stop);
}

// The tool does not tell the numbers of new rows: they are those that were not there before, those
// that look alike in the order in which they were written.
void MmsWriter::find_heads(std::span<WantedMms*> written, const std::stop_token& stop) {
    const auto table = read_table(content_,
                                  {.uri = "content://mms",
                                   .numbers = {"date", "msg_box"},
                                   .texts = {"m_id", "tr_id"},
                                   .where = fmt::format("_id>{}", last_id_),
                                   .functions = true},
                                  stop);
    std::map<std::string, std::deque<int64_t>> ids;
    for (const ContentRow& row : table.rows) {
        last_id_ = std::max(last_id_, row.id);
        Mms key{.date = row.numbers[0].value_or(0), .box = row.numbers[1].value_or(0)};
        if (row.texts[0]) key.other["m_id"] = *row.texts[0];
        if (row.texts[1]) key.other["tr_id"] = *row.texts[1];
        ids[mms_key(key)].push_back(row.id);
    }
    for (WantedMms* one : written) {
        auto& found = ids[mms_key(*one->mms)];
        if (found.empty()) continue;
        one->id = found.front();
        found.pop_front();
    }
}

void MmsWriter::write_contents(std::span<WantedMms> batch, const std::stop_token& stop) {
    std::vector<std::string> commands;
    std::vector<const WantedMms*> owners;
    std::vector<size_t> numbers;
    const auto add = [&](const WantedMms& owner, const char* below, std::vector<Bind> binds) {
        numbers.push_back(static_cast<size_t>(&owner - batch.data()));
        commands.push_back(
            content_.insert(fmt::format("content://mms/{}/{}", owner.id, below), binds, stop));
        owners.push_back(&owner);
    };
    for (const WantedMms& one : batch) {
        if (one.id == 0) continue;
        for (const MmsAddress& address : one.addresses) add(one, "addr", address_binds(address));
        for (const size_t i : one.parts) add(one, "part", part_binds(one.mms->parts[i]));
    }
    const auto errors = content_.run_side_by_side(commands, numbers, {}, stop);
    for (size_t i = 0; i < errors.size(); ++i) {
        if (!errors[i]) continue;
        reasons_[owners[i]] = words_of(*errors[i]);
        full_ |= errors[i]->problem == ContentProblem::full;
    }
}

MmsTable MmsWriter::read_back(std::span<WantedMms> batch, const std::stop_token& stop) {
    std::vector<int64_t> ids;
    for (const WantedMms& one : batch) {
        if (one.id != 0) ids.push_back(one.id);
    }
    if (ids.empty()) return {};
    auto table = read_mms(content_, {}, fmt::format("_id IN ({})", fmt::join(ids, ",")), {}, stop);
    MessagesAttachments(content_, {}, {}).read(table.all, stop);
    return table;
}

void MmsWriter::write_files(std::span<WantedMms> batch, const std::stop_token& stop) {
    const auto there = read_back(batch, stop);
    std::vector<std::string> troubles(batch.size());
    side_by_side(
        batch.size(),
        [&](size_t i, const std::stop_token& stopped) {
            for (const FoundMms& found : there.all) {
                if (found.id == batch[i].id && found.id != 0)
                    troubles[i] = write_files_of(batch[i], found.mms, stopped);
            }
        },
        stop);
    for (size_t i = 0; i < batch.size(); ++i) {
        if (!troubles[i].empty()) reasons_[&batch[i]] = troubles[i];
    }
}

// Into the parts that have no bytes yet. What went wrong; empty when nothing did.
std::string MmsWriter::write_files_of(const WantedMms& wanted, const Mms& there,
                                      const std::stop_token& stop) const {
    std::vector<const MmsPart*> empty;
    for (const MmsPart& part : there.parts) {
        if (has_file(part) && (!part.data || part.data->size == 0)) empty.push_back(&part);
    }
    std::string trouble;
    for (const MmsPart& part : wanted.mms->parts) {
        if (!part.data) continue;
        const auto found = std::find_if(empty.begin(), empty.end(), [&](const MmsPart* other) {
            return same_part(part, *other);
        });
        if (found == empty.end()) continue;
        const ItemPath path(personal::folder_of("messages").text() + "/" + part.data->file);
        if (!snapshot_.find(path)) {
            trouble = "the backup does not have its file " + part.data->file;
            continue;
        }
        const Bytes bytes = read_all(*snapshot_.open(path), largest_file);
        const auto error = content_.write(
            fmt::format("content://mms/part/{}", id_in_row((*found)->row)), bytes, stop);
        if (error) trouble = words_of(*error);
        empty.erase(found);
    }
    return trouble;
}

WriteResult MmsWriter::compare(std::span<WantedMms> batch, const std::stop_token& stop) {
    WriteResult result{.full = full_};
    std::map<int64_t, Record> there;
    for (const FoundMms& one : read_back(batch, stop).all)
        there[one.id] = compared(personal::record_of(one.mms));
    for (const WantedMms& one : batch) {
        const auto reason = reasons_.find(&one);
        const auto found = there.find(one.id);
        if (found == there.end()) {
            result.failed.push_back(
                {one.record.label, reason != reasons_.end()
                                       ? reason->second
                                       : "the phone took it without a word and did not keep it"});
            continue;
        }
        ++result.written;
        if (found->second == compared(one.record)) {
            ++result.compared_equal;
            continue;
        }
        result.failed.push_back(
            {one.record.label, reason != reasons_.end()
                                   ? "it is not whole: " + reason->second
                                   : "the phone gives it back other than it was"});
    }
    return result;
}

}  // namespace lifeboat::phone::android
