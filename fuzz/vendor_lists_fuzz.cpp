// The lists beside a maker's own backup, and the texts that are counted in it.
#include "base/error.h"
#include "content/vendor_backup/vendor_lists.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace lifeboat;
    const ByteView bytes = std::as_bytes(std::span(data, size));
    const std::string_view text = as_text(bytes);
    const auto info = content::read_smart_switch_info(text);
    if (info.model.size() > 200 || info.passwords.size() > 2) std::abort();
    content::read_requested(text);
    content::read_failure(text);
    content::read_folder_name(text);
    try {
        content::BlockCounter counter({"VCARD", "VEVENT"});
        counter.feed(bytes.first(size / 2));
        counter.feed(bytes.subspan(size / 2));
        if (counter.finish() > size) std::abort();
    } catch (const Error&) {
        return 0;  // refused
    }
    return 0;
}
