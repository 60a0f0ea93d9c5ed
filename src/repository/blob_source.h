// A file's content as a stream over its blobs, one of them in memory at a time.
#pragma once

#include "repository/store.h"

#include <vector>

namespace lifeboat::repository {

class BlobSource final : public ByteSource {
public:
    BlobSource(Store& store, std::vector<BlobId> content, std::stop_token stop)
        : store_(store), content_(std::move(content)), stop_(std::move(stop)) {}
    size_t read(MutableByteView out) override;

private:
    Store& store_;
    std::vector<BlobId> content_;
    std::stop_token stop_;
    size_t next_ = 0;
    Blob current_{};
    size_t at_ = 0;
};

}  // namespace lifeboat::repository
