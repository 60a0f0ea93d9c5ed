// SHA-256 of files computed on the phone itself.
#pragma once

#include "phone/android/sha256sum.h"
#include "phone/android/storage_scan.h"

#include <span>
#include <vector>

namespace lifeboat::phone::android {

// Goes through the files in batches; what was told stays told when the connection breaks in
// between.
class DigestRun {
public:
    DigestRun(const PhoneLink& link, const std::vector<Volume>& volumes,
              std::span<const ItemPath> files, const Phone::EachDigest& each);

    // Until all are told. Throws what a connection throws: call it again then.
    void go_on(const std::stop_token& stop);

private:
    size_t end_of_batch() const;
    void hash_batch(size_t end, const std::stop_token& stop);
    void forget_told(size_t begin, const std::vector<bool>& done);

    const PhoneLink& link_;
    const Phone::EachDigest& each_;
    std::vector<ItemPath> files_{};
    std::vector<std::string> remotes_{};
    size_t told_ = 0;
};

}  // namespace lifeboat::phone::android
