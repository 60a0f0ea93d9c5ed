// Makes an .ab file: what a phone would send, or what it is to be given.
#pragma once

#include "ab/archive.h"
#include "ab/tar_writer.h"

namespace lifeboat::ab {

// A file of an app, as it is to stand in the backup.
struct AppFile {
    std::string app{};     // the package
    std::string domain{};  // "f", "db", "d_f" ...
    std::string name{};    // below the domain: "000000_sms_backup"
    uint32_t mode = 0600;
    TimePoint modified{};
};

// Streams: memory does not grow. One thread. Without finish() the file is cut, and says so to who
// reads it.
class Writer {
public:
    // `to` takes the bytes of the file, the header at once.
    Writer(Output to, const Form& form);

    // An app begins: its manifest comes before its files.
    void add_app(const AppManifest& manifest, TimePoint modified = {});
    void add(const AppFile& file, ByteView content);
    // Exactly `size` bytes: throws Corrupt when the content has more or fewer.
    void add(const AppFile& file, uint64_t size, ByteSource& content);
    // Any entry by its whole name: "shared/0/DCIM/a.jpg".
    void add(const TarEntry& entry, ByteSource& content);
    void finish();

private:
    PayloadWriter payload_;
    TarWriter tar_;
};

}  // namespace lifeboat::ab
