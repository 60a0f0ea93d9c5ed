// How far the writing of a class onto the phone is: told in records, counted in the calls of the
// phone's tools that they take.
#pragma once

#include "base/event.h"

#include <atomic>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

inline constexpr std::string_view writing_records = "records";  // the phase

class WritingProgress {
public:
    WritingProgress(EventSink& events, std::string_view id) : events_(events), id_(id) {}

    // Before the first call.
    void expect(size_t records, size_t calls);
    // One call is over. Any thread.
    void done();
    // Calls that were not needed are over, too.
    void finish();

private:
    void tell(size_t calls);

    EventSink& events_;
    std::string id_;
    size_t records_ = 0;
    size_t calls_ = 0;
    std::atomic<size_t> done_ = 0;
};

}  // namespace lifeboat::phone::android
