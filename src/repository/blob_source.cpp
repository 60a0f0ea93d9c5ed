#include "repository/blob_source.h"

#include "base/error.h"

#include <algorithm>

namespace lifeboat::repository {

size_t BlobSource::read(MutableByteView out) {
    while (current_ == nullptr || at_ == current_->size) {
        if (stop_.stop_requested()) throw Cancelled{};
        if (next_ == content_.size()) return 0;
        current_ = store_.load_blob(content_[next_++], BlobType::data, stop_);
        at_ = 0;
    }
    const size_t size = std::min(out.size(), current_->size - at_);
    const ByteView bytes = current_->view().subspan(at_, size);
    std::copy(bytes.begin(), bytes.end(), out.begin());
    at_ += size;
    return size;
}

}  // namespace lifeboat::repository
