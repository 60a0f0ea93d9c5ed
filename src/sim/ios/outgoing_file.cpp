#include "sim/ios/outgoing_file.h"

#include "base/error.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace lifeboat::sim::ios {

namespace fs = std::filesystem;

namespace {

bool vacuum_into(sqlite3* database, const std::string& path) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database, "VACUUM INTO ?", -1, &statement, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> owner(statement, sqlite3_finalize);
    sqlite3_bind_text(statement, 1, path.data(), static_cast<int>(path.size()), SQLITE_STATIC);
    return sqlite3_step(statement) == SQLITE_DONE;
}

}  // namespace

PlainFile::PlainFile(const std::string& path)
    : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    if (!file_) throw Missing(std::string("a file of the phone is gone: ") + std::strerror(errno));
}

size_t PlainFile::read(MutableByteView out) {
    const ssize_t got = ::read(file_.get(), out.data(), out.size());
    if (got < 0) {
        throw Missing(std::string("a file of the phone cannot be read: ") + std::strerror(errno));
    }
    const auto size = static_cast<size_t>(got);
    sha1_.update(out.first(size));
    size_ += size;
    return size;
}

EncryptingSource::EncryptingSource(ByteSource& plain, ByteView key, Padding padding)
    : plain_(plain), cipher_(key, crypto::CbcDirection::encrypt), padding_(padding) {}

void EncryptingSource::fill() {
    constexpr size_t step = size_t{64} << 10;
    ready_.resize(step);
    size_t size = 0;
    while (size < step && !ended_) {
        const size_t got = plain_.read(MutableByteView(ready_).subspan(size));
        ended_ = got == 0;
        size += got;
    }
    ready_.resize(size);
    const size_t over = size % crypto::aes_block;
    if (ended_ && padding_ == Padding::pkcs7) {
        const size_t missing = crypto::aes_block - over;
        ready_.resize(size + missing, static_cast<std::byte>(missing));
    } else if (over != 0) {
        throw Corrupt("what is encrypted without padding has no whole blocks");
    }
    if (!ready_.empty()) cipher_.crypt(ready_);
    at_ = 0;
}

size_t EncryptingSource::read(MutableByteView out) {
    if (at_ == ready_.size() && !ended_) fill();
    const size_t size = std::min(out.size(), ready_.size() - at_);
    std::copy_n(ready_.begin() + static_cast<std::ptrdiff_t>(at_), size, out.begin());
    at_ += size;
    return size;
}

std::optional<std::string> compact_database(const std::string& path, const std::string& folder) {
    // A copy, so that opening it changes nothing on the phone: SQLite writes beside what it opens.
    const std::string copy = folder + "/opened.db";
    const std::string compact = folder + "/compact.db";
    std::error_code error;
    for (const char* end : {"", "-wal", "-shm", "-journal"}) fs::remove(copy + end, error);
    fs::remove(compact, error);
    if (!fs::copy_file(path, copy, error)) return std::nullopt;
    for (const char* end : {"-wal", "-journal"}) {
        if (fs::exists(path + end)) fs::copy_file(path + end, copy + end, error);
    }
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(copy.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(opened, sqlite3_close_v2);
    if (code != SQLITE_OK || !vacuum_into(opened, compact)) return std::nullopt;
    return compact;
}

}  // namespace lifeboat::sim::ios
