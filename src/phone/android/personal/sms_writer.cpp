#include "phone/android/personal/sms_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::phone::android {
namespace {

using personal::Record;
using personal::Sms;

// Without the label: it is for people.
Record compared(Record record) {
    record.label.clear();
    return record;
}

void add_text(std::vector<Bind>& binds, const char* column,
              const std::optional<std::string>& value) {
    if (value) binds.push_back(bind_text(column, *value));
}

bool is_to_a_group(const WantedSms& one) {
    return one.sms->recipients.size() > 1;
}

std::string why_missing(const std::optional<ContentError>& error) {
    if (error) return words_of(*error);
    return "the phone took it without a word and did not keep it";
}

std::vector<Bind> binds_of(const Sms& sms, int64_t thread) {
    std::vector<Bind> binds{bind_number("type", sms.box),
                            bind_number("date", sms.date),
                            bind_number("date_sent", sms.date_sent),
                            bind_number("read", sms.read),
                            bind_number("seen", sms.seen),
                            bind_number("locked", sms.locked),
                            bind_number("status", sms.status),
                            bind_number("error_code", sms.error_code)};
    add_text(binds, "address", sms.address);
    add_text(binds, "body", sms.body);
    add_text(binds, "subject", sms.subject);
    add_text(binds, "service_center", sms.service_center);
    if (sms.protocol) binds.push_back(bind_number("protocol", *sms.protocol));
    if (thread != 0) binds.push_back(bind_number("thread_id", thread));
    return binds;
}

}  // namespace

// A thread of one is made by the phone, by the address. A text to a group is not written into
// another conversation.
ContentCommands::Errors SmsWriter::insert(std::span<const WantedSms> batch,
                                          const std::stop_token& stop) {
    ContentCommands::Errors errors(batch.size());
    std::vector<std::string> commands;
    std::vector<size_t> whose;
    for (size_t i = 0; i < batch.size(); ++i) {
        const Sms& sms = *batch[i].sms;
        const FoundThread thread =
            is_to_a_group(batch[i]) ? threads_.thread_of(sms.recipients, stop) : FoundThread{};
        errors[i] = thread.error;
        if (thread.error) continue;
        commands.push_back(content_.insert("content://sms", binds_of(sms, thread.id), stop));
        whose.push_back(i);
    }
    auto told = content_.run_side_by_side(commands, each_alone(commands.size()), done_, stop);
    for (size_t i = 0; i < whose.size(); ++i) errors[whose[i]] = std::move(told[i]);
    return errors;
}

std::vector<FoundSms> SmsWriter::read_back(std::span<const WantedSms> batch,
                                           const std::stop_token& stop) {
    Threads threads;
    if (std::any_of(batch.begin(), batch.end(), is_to_a_group))
        threads = read_threads(content_, stop);
    return read_sms(content_, threads, fmt::format("_id>{}", last_id_), stop).all;
}

WriteResult SmsWriter::write(std::span<const WantedSms> batch, const std::stop_token& stop) {
    const auto errors = insert(batch, stop);
    Presence equal;
    std::multimap<std::string, int> other;  // by identity
    const auto rows = read_back(batch, stop);
    for (const FoundSms& row : rows) {
        last_id_ = std::max(last_id_, row.id);
        const Record record = compared(personal::record_of(row.sms));
        equal.add(record);
        other.emplace(record.identity, 0);
    }
    WriteResult result;
    std::vector<size_t> left;
    for (size_t i = 0; i < batch.size(); ++i) {
        const Record record = compared(batch[i].record);
        if (!equal.take(record)) {
            left.push_back(i);
            continue;
        }
        other.erase(other.find(record.identity));
        ++result.written;
        ++result.compared_equal;
    }
    for (const size_t i : left) {
        const Record& record = batch[i].record;
        const auto found = other.find(record.identity);
        if (found != other.end()) {
            other.erase(found);
            ++result.written;
            result.failed.push_back({record.label, "the phone gives it back other than it was"});
            continue;
        }
        result.full |= errors[i] && errors[i]->problem == ContentProblem::full;
        result.failed.push_back({record.label, why_missing(errors[i])});
    }
    return result;
}

}  // namespace lifeboat::phone::android
