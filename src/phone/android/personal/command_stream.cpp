#include "phone/android/personal/command_stream.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::phone::android {

CommandStream::CommandStream(std::function<std::string(const Take&, const std::stop_token&)> run,
                             const std::stop_token& stop)
    : stop_(stop), runner_(stop) {
    runner_.run([this, run = std::move(run)](const std::stop_token& ended) {
        struct Close {
            BoundedQueue<std::string>& queue;
            ~Close() { queue.close(); }
        };
        const Close close{pieces_};
        failure_ = run(
            [&](std::string_view data) {
                if (!pieces_.push(std::string(data), ended)) throw Cancelled();
            },
            ended);
    });
}

CommandStream::~CommandStream() {
    pieces_.close();
    runner_.request_stop();
}

size_t CommandStream::read(MutableByteView out) {
    while (at_ == current_.size()) {
        auto next = pieces_.pop(stop_);
        if (!next) {
            runner_.join();
            if (!failure_.empty()) throw Denied(failure_);
            return 0;
        }
        current_ = std::move(*next);
        at_ = 0;
    }
    const ByteView rest = as_bytes(std::string_view(current_).substr(at_));
    const size_t count = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), count, out.begin());
    at_ += count;
    return count;
}

}  // namespace lifeboat::phone::android
