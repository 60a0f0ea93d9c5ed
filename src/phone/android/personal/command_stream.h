// The output of a command on the phone as a stream that somebody else reads.
#pragma once

#include "base/queue.h"
#include "base/task_group.h"
#include "item/item.h"

#include <functional>
#include <string>
#include <string_view>

namespace lifeboat::phone::android {

// Runs on a thread of its own, some pieces ahead of its reader. One thread reads.
class CommandStream final : public ByteSource {
public:
    // `run` gets what takes the output, and gives why the command failed; empty: it did not.
    using Take = std::function<void(std::string_view)>;
    CommandStream(std::function<std::string(const Take&, const std::stop_token&)> run,
                  const std::stop_token& stop);
    ~CommandStream() override;

    // Throws Denied at the end when the command failed, and what it threw.
    size_t read(MutableByteView out) override;

private:
    BoundedQueue<std::string> pieces_{32};
    std::stop_token stop_;
    std::string current_{};
    size_t at_ = 0;
    std::string failure_{};
    TaskGroup runner_;
};

}  // namespace lifeboat::phone::android
