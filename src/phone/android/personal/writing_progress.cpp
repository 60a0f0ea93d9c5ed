#include "phone/android/personal/writing_progress.h"

#include <algorithm>

namespace lifeboat::phone::android {

void WritingProgress::expect(size_t records, size_t calls) {
    records_ = records;
    calls_ = calls;
    if (records > 0) tell(0);
}

void WritingProgress::done() {
    tell(++done_);
}

void WritingProgress::finish() {
    if (records_ > 0) tell(calls_);
}

void WritingProgress::tell(size_t calls) {
    const size_t of = std::max<size_t>(calls_, 1);
    events_.on(Progress{.phase = std::string(writing_records),
                        .place = id_,
                        .items_done = records_ * std::min(calls, of) / of,
                        .items_total = records_});
}

}  // namespace lifeboat::phone::android
