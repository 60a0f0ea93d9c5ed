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
using personal::Record;

Record compared(Record record) {
    record.label.clear();
    return record;
}

void add_text(std::vector<Bind>& binds, const char* column,
              const std::optional<std::string>& value) {
    if (value) binds.push_back(bind_text(column, *value));
}

std::vector<Bind> head_binds(const Mms& mms, int64_t thread) {
    std::vector<Bind> binds{
        bind_number("date", mms.date),   bind_number("date_sent", mms.date_sent),
        bind_number("msg_box", mms.box), bind_number("read", mms.read),
        bind_number("seen", mms.seen),   bind_number("locked", mms.locked)};
    if (thread != 0) binds.push_back(bind_number("thread_id", thread));
    add_text(binds, "sub", mms.subject);
    for (const auto& [column, value] : mms.other) binds.push_back(bind_text(column, value));
    return binds;
}

std::vector<Bind> address_binds(const MmsAddress& address) {
    return {bind_number("type", address.type), bind_number("charset", address.charset),
            bind_text("address", address.address)};
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

// A message without a conversation is on the phone and in no app: it is not written then.
void MmsWriter::write_heads(std::span<WantedMms> batch, const std::stop_token& stop) {
    std::vector<WantedMms*> fresh, lost;
    std::vector<std::string> inserts, updates;
    for (WantedMms& one : batch) {
        if (one.id != 0 && !one.in_no_thread) continue;
        const auto people = people_of(*one.mms);
        const FoundThread thread =
            people.empty() ? FoundThread{} : threads_.thread_of(people, stop);
        if (thread.error) {
            reasons_[&one] = "it would stand in no conversation: " + words_of(*thread.error);
            continue;
        }
        if (one.id != 0) {
            lost.push_back(&one);
            updates.push_back(into_thread(one, thread.id, stop));
            continue;
        }
        fresh.push_back(&one);
        inserts.push_back(content_.insert("content://mms", head_binds(*one.mms, thread.id), stop));
    }
    keep_reasons(insert_heads(inserts, fresh, stop), fresh);
    keep_reasons(content_.run_side_by_side(updates, each_alone(updates.size()), {}, stop), lost);
    if (!fresh.empty()) find_heads(fresh, stop);
}

// With its date, whose change makes the phone count the conversation anew.
std::string MmsWriter::into_thread(const WantedMms& one, int64_t thread,
                                   const std::stop_token& stop) {
    const std::vector<Bind> binds{bind_number("thread_id", thread),
                                  bind_number("date", one.mms->date)};
    return content_.update(fmt::format("content://mms/{}", one.id), binds, "", stop);
}

void MmsWriter::keep_reasons(const ContentCommands::Errors& errors,
                             std::span<WantedMms* const> whose) {
    for (size_t i = 0; i < whose.size(); ++i) {
        if (!errors[i]) continue;
        reasons_[whose[i]] = words_of(*errors[i]);
        full_ |= errors[i]->problem == ContentProblem::full;
    }
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
    std::vector<WantedMms*> whose;
    std::vector<size_t> numbers;
    const auto add = [&](WantedMms& owner, std::string command) {
        numbers.push_back(static_cast<size_t>(&owner - batch.data()));
        commands.push_back(std::move(command));
        whose.push_back(&owner);
    };
    for (WantedMms& one : batch) {
        if (one.id == 0) continue;
        const std::string addresses = fmt::format("content://mms/{}/addr", one.id);
        for (const MmsAddress& address : one.addresses)
            add(one, content_.insert(addresses, address_binds(address), stop));
        for (const size_t i : one.parts)
            add(one, insert_part(content_, one.id, one.mms->parts[i], stop));
    }
    keep_reasons(content_.run_side_by_side(commands, numbers, {}, stop), whose);
}

void MmsWriter::write_files(std::span<const WantedMms> batch, const std::stop_token& stop) {
    const auto troubles = files_.write(batch, stop);
    for (size_t i = 0; i < batch.size(); ++i) {
        if (!troubles[i].empty()) reasons_.try_emplace(&batch[i], troubles[i]);
    }
}

MmsTable MmsWriter::read_back(std::span<const WantedMms> batch, const Threads& threads,
                              const std::stop_token& stop) {
    std::vector<int64_t> ids;
    for (const WantedMms& one : batch) {
        if (one.id != 0) ids.push_back(one.id);
    }
    if (ids.empty()) return {};
    auto table =
        read_mms(content_, threads, fmt::format("_id IN ({})", fmt::join(ids, ",")), {}, stop);
    MessagesAttachments(content_, {}, {}).read(table.all, stop);
    return table;
}

WriteResult MmsWriter::compare(std::span<const WantedMms> batch, const std::stop_token& stop) {
    WriteResult result{.full = full_};
    const Threads threads = read_threads(content_, stop);
    std::map<int64_t, FoundMms> there;
    for (FoundMms& one : read_back(batch, threads, stop).all) there[one.id] = std::move(one);
    for (const WantedMms& one : batch) {
        const auto found = there.find(one.id);
        if (found == there.end()) {
            result.failed.push_back(
                {one.record.label, reason_of(one,
                                             "the phone took it without a word and did not "
                                             "keep it")});
            continue;
        }
        ++result.written;
        const bool in_thread =
            people_of(*one.mms).empty() || threads.recipients.contains(found->second.thread);
        if (!in_thread) {
            result.failed.push_back(
                {one.record.label, reason_of(one, "it stands in no conversation on the phone")});
        } else if (compared(personal::record_of(found->second.mms)) == compared(one.record)) {
            ++result.compared_equal;
        } else {
            result.failed.push_back(
                {one.record.label, reasons_.contains(&one)
                                       ? "it is not whole: " + reasons_.at(&one)
                                       : "the phone gives it back other than it was"});
        }
    }
    return result;
}

std::string MmsWriter::reason_of(const WantedMms& one, std::string_view otherwise) const {
    const auto found = reasons_.find(&one);
    return found != reasons_.end() ? found->second : std::string(otherwise);
}

}  // namespace lifeboat::phone::android
