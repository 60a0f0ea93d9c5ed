#include "phone/android/personal/messages_source.h"

#include "base/text.h"
#include "personal/sms_xml.h"
#include "phone/android/personal/messages_attachments.h"
#include "phone/android/personal/messages_restore.h"
#include "phone/android/personal/messages_right.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace lifeboat::phone::android {
namespace {

using personal::Collection;
using personal::Message;
using personal::Mms;

constexpr uint64_t largest_file = uint64_t{4} << 30;

const ItemPath& lines_path() {
    static const ItemPath path = personal::folder_of("messages").child("messages.jsonl");
    return path;
}

const ItemPath& xml_path() {
    static const ItemPath path = personal::folder_of("messages").child("messages.xml");
    return path;
}

std::string why_refused(const ContentRefused& refusal) {
    return fmt::format(
        "{}. On a Xiaomi phone, turn on \"USB debugging (Security settings)\" in the developer "
        "options. Otherwise save the messages on the phone with an app such as SMS Backup & "
        "Restore: its file is copied with the phone's other files",
        refusal.message());
}

// What the same phone held at the last backup. A file that cannot be read costs time, nothing else:
// everything is read from the phone then.
std::vector<Mms> known_mms(const FileTree* previous) {
    std::vector<Mms> known;
    if (previous == nullptr || !previous->find(lines_path())) return known;
    try {
        const Bytes text = read_all(*previous->open(lines_path()), largest_file);
        for (Message& one : personal::decode_messages(as_text(text))) {
            if (Mms* mms = std::get_if<Mms>(&one)) known.push_back(std::move(*mms));
        }
    } catch (const Corrupt&) {
        known.clear();
    } catch (const Unsupported&) {
        known.clear();
    }
    return known;
}

// One reading of everything: tables, attachments, what is missing.
class MessagesReading {
public:
    MessagesReading(ContentCommands& content, const PersonalTarget& target,
                    const std::stop_token& stop)
        : content_(content), target_(target), stop_(stop) {}

    void read() {
        read_who_is_in_threads();
        take_sms(read_sms(content_, threads_, "", stop_));
        take_mms();
        tell_hidden();
        std::sort(messages_.begin(), messages_.end(), [](const auto& left, const auto& right) {
            return std::tie(left.date, left.line) < std::tie(right.date, right.line);
        });
    }

    std::vector<Message> messages() const {
        std::vector<Message> all;
        all.reserve(messages_.size());
        for (const Sorted& one : messages_) all.push_back(one.message);
        return all;
    }
    const std::vector<std::string>& gaps() const { return gaps_; }

private:
    struct Sorted {
        int64_t date = 0;
        std::string line{};
        Message message{};
    };

    void read_who_is_in_threads() {
        try {
            threads_ = read_threads(content_, stop_);
            threads_known_ = true;
        } catch (const ContentRefused& refusal) {
            gaps_.push_back("who is in group conversations: " + refusal.message());
        }
    }

    void add(Message message) {
        std::string line = personal::encode(message);
        messages_.push_back({personal::date_of(message), std::move(line), std::move(message)});
    }

    void take_sms(SmsTable table) {
        for (FoundSms& one : table.all) add(std::move(one.sms));
        counted_ += static_cast<int64_t>(table.all.size());
        tell_unread(table.unread);
    }

    void take_mms() {
        try {
            const auto known = known_mms(target_.previous);
            auto table = read_mms(content_, threads_, "", known, stop_);
            MessagesAttachments attachments(content_, target_, known);
            attachments.read(table.all, stop_);
            if (const uint64_t lost = attachments.unreadable()) {
                gaps_.push_back(fmt::format(
                    "the files of {} parts of picture messages: the phone does not give them",
                    human_count(lost)));
            }
            for (FoundMms& one : table.all) take(std::move(one.mms));
            tell_unread(table.unread);
        } catch (const ContentRefused& refusal) {
            gaps_.push_back("picture messages: " + refusal.message());
        }
    }

    // Threads count what was sent (128), announced (130) and fetched (132).
    void take(Mms mms) {
        const auto kind = mms.other.find("m_type");
        if (kind != mms.other.end() && (kind->second == "128" || kind->second == "132")) ++counted_;
        add(std::move(mms));
    }

    void tell_unread(const std::vector<UnreadValue>& unread) {
        for (const UnreadValue& one : unread) {
            gaps_.push_back(
                fmt::format("{} of message {}: {}", one.column, one.id, printable(one.why)));
        }
    }

    void tell_hidden() {
        gaps_.emplace_back("drafts: Android hides them from computers and does not say how many");
        if (!threads_known_ || threads_.messages <= counted_) return;
        gaps_.push_back(
            fmt::format("{} messages that were not sent (failed, waiting) or not fetched yet: "
                        "Android hides them from computers",
                        human_count(static_cast<uint64_t>(threads_.messages - counted_))));
    }

    ContentCommands& content_;
    const PersonalTarget& target_;
    const std::stop_token& stop_;
    Threads threads_{};
    bool threads_known_ = false;
    int64_t counted_ = 0;
    std::vector<Sorted> messages_{};
    std::vector<std::string> gaps_{};
};

std::unique_ptr<ByteSource> open_attachment(const FileTree& tree,
                                            const personal::Attachment& attachment) {
    const auto path =
        ItemPath::parse(personal::folder_of("messages").text() + "/" + attachment.file);
    if (!path || !tree.find(*path)) return nullptr;
    return tree.open(*path);
}

void put_files(const PersonalTarget& target, const std::vector<Message>& messages) {
    if (target.sink == nullptr || messages.empty()) return;
    put_file(target, lines_path(), personal::encode_messages(messages));
    const FileTree& so_far = target.sink->so_far();
    personal::SmsXmlSource xml(
        messages, [&](const personal::Attachment& one) { return open_attachment(so_far, one); });
    target.sink->put({.path = xml_path(), .mode = 0600}, xml);
}

}  // namespace

Collection MessagesSource::read(const PersonalTarget& target, EventSink& events,
                                const std::stop_token& stop) {
    ContentCommands content(link_);
    MessagesRight(content.shell(), events).put_back_what_a_killed_run_left(stop);
    Collection collection{.id = std::string(id())};
    MessagesReading reading(content, target, stop);
    try {
        reading.read();
    } catch (const ContentRefused& refusal) {
        const bool absent = refusal.error.problem == ContentProblem::absent;
        collection.reading = absent ? personal::Reading::absent : personal::Reading::refused;
        collection.why = absent ? "this phone keeps no text messages" : why_refused(refusal);
        return collection;
    }
    const auto messages = reading.messages();
    put_files(target, messages);
    collection.gaps = reading.gaps();
    collection.records.reserve(messages.size());
    for (const Message& one : messages) collection.records.push_back(personal::record_of(one));
    std::sort(collection.records.begin(), collection.records.end());
    return collection;
}

personal::RestoreOutcome MessagesSource::restore(const FileTree& snapshot, bool dry_run,
                                                 EventSink& events, const std::stop_token& stop) {
    if (!snapshot.find(lines_path())) return {.id = std::string(id())};
    const Bytes text = read_all(*snapshot.open(lines_path()), largest_file);
    const auto wanted = personal::decode_messages(as_text(text));
    try {
        MessagesRestore restore(link_, snapshot, wanted, events);
        return restore.run({.dry_run = dry_run,
                            .by_agent = options_.by_agent,
                            .agent_patience = options_.agent_patience},
                           stop);
    } catch (const ContentRefused& refusal) {
        // What cannot be read back is not written: nobody could say what became of it.
        personal::RestoreOutcome outcome{.id = std::string(id()), .wanted = wanted.size()};
        for (const Message& one : wanted)
            outcome.failed.push_back({personal::record_of(one).label, why_refused(refusal)});
        return outcome;
    }
}

}  // namespace lifeboat::phone::android
