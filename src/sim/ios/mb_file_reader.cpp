#include "sim/ios/mb_file_reader.h"

#include "base/error.h"
#include "plist/plist.h"

namespace lifeboat::sim::ios {

namespace {

using plist::Array;
using plist::Dict;
using plist::Value;

// Objects of an archive name each other by their number.
class Archive {
public:
    explicit Archive(const Value& list) {
        const Dict* all = list.dict();
        const Dict* top = all == nullptr ? nullptr : all->dict("$top");
        objects_ = all == nullptr ? nullptr : all->array("$objects");
        const Value* root = top == nullptr ? nullptr : object(top->find("root"));
        if (root == nullptr || root->dict() == nullptr) {
            throw Corrupt("a row of Manifest.db describes no file");
        }
        root_ = root->dict();
    }

    const Dict& root() const { return *root_; }

    std::string text(std::string_view key) const {
        const Value* value = object(root_->find(key));
        return value == nullptr || value->text() == nullptr ? std::string() : *value->text();
    }

    // Data, or an NSData that holds it.
    Bytes data(std::string_view key) const {
        const Value* value = object(root_->find(key));
        if (value != nullptr && value->dict() != nullptr) {
            value = object(value->dict()->find("NS.data"));
        }
        return value == nullptr || value->data() == nullptr ? Bytes() : *value->data();
    }

private:
    // What the value refers to, or the value itself.
    const Value* object(const Value* value) const {
        if (value == nullptr || value->uid() == nullptr) return value;
        const uint64_t number = value->uid()->number;
        if (objects_ == nullptr || number >= objects_->size()) return nullptr;
        return &(*objects_)[static_cast<size_t>(number)];
    }

    const Array* objects_ = nullptr;
    const Dict* root_ = nullptr;
};

}  // namespace

BackupFileFacts read_mb_file_archive(ByteView bytes) {
    const Value list = plist::read(bytes);
    const Archive archive(list);
    const Dict& root = archive.root();
    return {.relative_path = archive.text("RelativePath"),
            .size = root.u64("Size").value_or(0),
            .mode = static_cast<uint32_t>(root.u64("Mode").value_or(0)),
            .modified = root.i64("LastModified").value_or(0),
            .changed = root.i64("LastStatusChange").value_or(0),
            .born = root.i64("Birth").value_or(0),
            .protection_class = static_cast<uint32_t>(root.u64("ProtectionClass").value_or(0)),
            .inode = root.u64("InodeNumber").value_or(0),
            .link_target = archive.text("Target"),
            .digest = archive.data("Digest"),
            .encryption_key = archive.data("EncryptionKey")};
}

}  // namespace lifeboat::sim::ios
