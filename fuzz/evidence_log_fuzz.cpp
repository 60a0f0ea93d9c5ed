// The evidence log is a file that anyone may have changed: reading it must end in records or in
// words, and what it calls sound must be sound again when written anew.
#include "checklist/evidence_log.h"

#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
    const std::string text(data, data + size);
    const auto state = lifeboat::checklist::inspect_log(text);
    if (state.valid_bytes > text.size()) std::abort();
    const auto whole = lifeboat::checklist::inspect_log(text.substr(0, state.valid_bytes));
    if (!whole.sound() || whole.torn || whole.lines != state.lines) std::abort();
    lifeboat::checklist::LogWriter writer(state.last_hash);
    const auto records =
        lifeboat::checklist::read_log(std::string_view(text).substr(0, state.valid_bytes));
    std::string more = text.substr(0, state.valid_bytes);
    for (const auto& record : records) more += writer.line(record);
    const auto grown = lifeboat::checklist::inspect_log(more, state.anchor());
    if (!grown.sound() || grown.lines != 2 * state.lines) std::abort();
    return 0;
}
