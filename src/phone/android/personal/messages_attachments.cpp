#include "phone/android/personal/messages_attachments.h"

#include "base/hex.h"
#include "crypto/sha256.h"
#include "item/memory_items.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::phone::android {
namespace {

using personal::Attachment;
using personal::MmsPart;

constexpr uint64_t largest = uint64_t{128} << 20;
constexpr uint64_t usual = uint64_t{16} << 20;  // larger ones are read alone
constexpr size_t at_once = 10;
constexpr size_t name_digits = 32;

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> endings{
    {{"image/jpeg", ".jpg"},      {"image/jpg", ".jpg"},    {"image/png", ".png"},
     {"image/gif", ".gif"},       {"image/webp", ".webp"},  {"image/heic", ".heic"},
     {"image/bmp", ".bmp"},       {"video/mp4", ".mp4"},    {"video/3gpp", ".3gp"},
     {"video/webm", ".webm"},     {"audio/amr", ".amr"},    {"audio/mp4", ".m4a"},
     {"audio/mpeg", ".mp3"},      {"audio/3gpp", ".3gp"},   {"audio/ogg", ".ogg"},
     {"text/x-vcard", ".vcf"},    {"text/vcard", ".vcf"},   {"text/x-vcalendar", ".vcs"},
     {"application/pdf", ".pdf"}, {"text/calendar", ".ics"}}};

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

ItemPath path_of(const std::string& file) {
    return ItemPath(personal::folder_of("messages").text() + "/" + file);
}

}  // namespace

std::string attachment_file(const std::string& sha256, const std::string& content_type) {
    std::string_view ending = ".bin";
    const std::string wanted = lower(content_type);
    for (const auto& [type, one] : endings) {
        if (wanted == type) ending = one;
    }
    return fmt::format("attachments/{}{}", sha256.substr(0, name_digits), ending);
}

MessagesAttachments::MessagesAttachments(ContentCommands& content, const PersonalTarget& target,
                                         std::span<const personal::Mms> known)
    : content_(content), target_(target) {
    for (const personal::Mms& mms : known) {
        for (const MmsPart& part : mms.parts) {
            if (part.data && has_file(part)) known_[part.row] = &part;
        }
    }
}

void MessagesAttachments::read(std::span<FoundMms> messages, const std::stop_token& stop) {
    std::vector<MmsPart*> wanted;
    for (FoundMms& one : messages) {
        for (MmsPart& part : one.mms.parts) {
            if (has_file(part) && !take_over(part)) wanted.push_back(&part);
        }
    }
    for (size_t at = 0; at < wanted.size(); at += at_once) {
        if (stop.stop_requested()) throw Cancelled();
        read_some(std::span(wanted).subspan(at, std::min(at_once, wanted.size() - at)), stop);
    }
}

// The phone never writes to a part's file again: the same row with the same file is the same.
bool MessagesAttachments::take_over(MmsPart& part) {
    const auto before = known_.find(part.row);
    if (before == known_.end() || target_.sink == nullptr || target_.previous == nullptr)
        return false;
    if (before->second->content_type != part.content_type) return false;
    const Attachment& data = *before->second->data;
    if (data.size == 0) return false;  // a restore may not have come to it yet
    if (!put_.contains(data.file)) {
        const auto item = target_.previous->find(path_of(data.file));
        if (!item || !target_.sink->keep(*item)) return false;
        put_.insert(data.file);
    }
    part.data = data;
    return true;
}

void MessagesAttachments::read_some(std::span<MmsPart* const> parts, const std::stop_token& stop) {
    std::vector<std::string> addresses;
    for (const MmsPart* part : parts)
        addresses.push_back(fmt::format("content://mms/part/{}", id_in_row(part->row)));
    auto contents = content_.read(addresses, usual, stop);
    for (size_t i = 0; i < parts.size(); ++i) {
        if (contents[i])
            parts[i]->data = put(*std::move(contents[i]), parts[i]->content_type);
        else
            read_alone(*parts[i], addresses[i], stop);
    }
}

// Refused among others: it says why, or is only larger than most.
void MessagesAttachments::read_alone(MmsPart& part, const std::string& address,
                                     const std::stop_token& stop) {
    try {
        part.data = put(content_.read(address, largest, stop), part.content_type);
    } catch (const ContentRefused& refusal) {
        ++unreadable_;
        if (target_.sink == nullptr) return;
        target_.sink->unreadable(
            path_of(fmt::format("attachments/part-{}", id_in_row(part.row))),
            "the file of this part of a picture message: " + refusal.message());
    }
}

Attachment MessagesAttachments::put(Bytes bytes, const std::string& content_type) {
    Attachment data{.size = bytes.size(), .sha256 = to_hex(crypto::sha256(bytes))};
    data.file = attachment_file(data.sha256, content_type);
    if (target_.sink == nullptr || !put_.insert(data.file).second) return data;
    MemorySource source(std::move(bytes));
    target_.sink->put({.path = path_of(data.file), .size = data.size, .mode = 0600}, source);
    return data;
}

}  // namespace lifeboat::phone::android
