#include "content/ios_backup/mb_file.h"

#include "plist/plist.h"

#include <limits>

namespace lifeboat::content {
namespace {

// Real archives have about 600 bytes and 60 values; extended attributes can be large.
constexpr plist::Limits limits{.depth = 16, .values = 4096, .bytes = size_t{4} << 20};

using plist::Dict;
using plist::Malformed;
using plist::Value;

// Objects name each other by their place in one table.
class Archive {
public:
    explicit Archive(const Dict& list) {
        objects_ = list.array("$objects");
        const Dict* top = list.dict("$top");
        if (objects_ == nullptr || top == nullptr) {
            throw Malformed("the description of a file is no archive");
        }
        const Value* root = follow(top->at("root"));
        root_ = root == nullptr ? nullptr : root->dict();
        if (root_ == nullptr) throw Malformed("the description of a file has no root");
    }

    const Dict& root() const { return *root_; }

    // One step: an object does not stand for another one.
    const Value* follow(const Value& value) const {
        const plist::Uid* uid = value.uid();
        if (uid == nullptr) return &value;
        if (uid->number >= objects_->size()) {
            throw Malformed("the description of a file names an object that is not there");
        }
        return &(*objects_)[static_cast<size_t>(uid->number)];
    }

    const Value* get(const char* key) const {
        const Value* value = root_->find(key);
        return value == nullptr ? nullptr : follow(*value);
    }

    std::string text(const char* key) const {
        const Value* value = get(key);
        const std::string* text = value == nullptr ? nullptr : value->text();
        // "$null" at place 0 is how an archive says nothing.
        return text == nullptr || *text == "$null" ? std::string() : *text;
    }

    // Data stands as it is, or in an NSData whose NS.data has it, or names it once more.
    Bytes data(const char* key) const {
        const Value* value = get(key);
        if (value != nullptr && value->dict() != nullptr) {
            const Value* inner = value->dict()->find("NS.data");
            value = inner == nullptr ? nullptr : follow(*inner);
        }
        return value == nullptr || value->data() == nullptr ? Bytes() : *value->data();
    }

    int64_t number(const char* key) const {
        const Value* value = get(key);
        if (value == nullptr) return 0;
        const auto number = value->i64();
        // Dates are whole in all real archives; a real one costs nothing to accept.
        const auto real = value->number();
        constexpr double most = 9e18;
        if (!number && (!real || *real > most || *real < -most)) return 0;
        return number ? *number : static_cast<int64_t>(*real);
    }

private:
    const plist::Array* objects_ = nullptr;
    const Dict* root_ = nullptr;
};

uint32_t small(int64_t value) {
    if (value < 0 || value > std::numeric_limits<uint32_t>::max()) {
        throw Malformed("the description of a file has a number out of range");
    }
    return static_cast<uint32_t>(value);
}

}  // namespace

MbFile read_mb_file(ByteView bytes) {
    const Value value = plist::read(bytes, limits);
    if (value.dict() == nullptr) throw Malformed("the description of a file is no archive");
    const Archive archive(*value.dict());
    const int64_t size = archive.number("Size");
    if (size < 0) throw Malformed("the description of a file has a negative size");
    return {.size = static_cast<uint64_t>(size),
            .mode = small(archive.number("Mode")),
            .modified = archive.number("LastModified"),
            .changed = archive.number("LastStatusChange"),
            .born = archive.number("Birth"),
            .protection_class = small(archive.number("ProtectionClass")),
            .relative_path = archive.text("RelativePath"),
            .link_target = archive.text("Target"),
            .digest = archive.data("Digest"),
            .encryption_key = archive.data("EncryptionKey")};
}

}  // namespace lifeboat::content
