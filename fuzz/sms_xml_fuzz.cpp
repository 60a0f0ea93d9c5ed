// Files of SMS Backup & Restore: what is read must survive being written and read again.
#include "base/error.h"
#include "item/memory_items.h"
#include "personal/sms_xml.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <span>

namespace {

using namespace lifeboat;

struct Store {
    personal::SmsXml read(std::string_view text) {
        return personal::read_sms_xml(text, [&](Bytes bytes, const std::string&) {
            const std::string name = "attachments/" + std::to_string(files.size());
            files[name] = std::move(bytes);
            return personal::Attachment{.file = name, .size = files[name].size()};
        });
    }
    std::string write(const std::vector<personal::Message>& messages) const {
        personal::SmsXmlSource source(messages, [&](const personal::Attachment& one) {
            return std::make_unique<MemorySource>(files.at(one.file));
        });
        return to_text(read_all(source, uint64_t{1} << 30));
    }
    std::map<std::string, Bytes> files{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    try {
        Store first, second;
        const auto file = first.read(as_text(std::as_bytes(std::span(data, size))));
        const std::string once = first.write(file.messages);
        const auto again = second.read(once);
        if (!again.complete() || second.write(again.messages) != once) std::abort();
    } catch (const Error&) {
        return 0;  // refused, as it should be
    }
    return 0;
}
