// What is behind the header of an .ab file: a tar, packed and encrypted, and the way back.
#pragma once

#include "ab/header.h"
#include "ab/master_key.h"
#include "ab/zlib_stream.h"

#include <memory>

namespace lifeboat::ab {

// Whether the stream must end where the file ends. `adb restore` sends zeros behind it and waits:
// who takes a file from there must not ask for more.
enum class Ending { whole, open };

// The bytes of the tar, decrypted and unpacked as they are read.
class Payload final : public ByteSource {
public:
    // Reads the header, and checks the password where there is one. `raw` outlives it. Throws what
    // read_header and open_master_key throw.
    Payload(ByteSource& raw, const SecretText& password, Ending ending = Ending::whole);
    ~Payload() override;

    const Header& header() const { return header_; }
    // Throws Corrupt when the file is damaged or cut, at the read that meets it.
    size_t read(MutableByteView out) override;

private:
    Header header_;
    std::unique_ptr<ByteSource> decrypted_;
    std::unique_ptr<ByteSource> unpacked_;
    ByteSource* top_;
};

// How a file is to be written.
struct Form {
    uint32_t version = newest_version;
    bool compressed = true;
    const SecretText* password = nullptr;  // null: in the clear; outlives the writer
    uint32_t rounds = 10'000;
    RandomFill random{};  // needed with a password
};

// Takes the bytes of a tar, gives the bytes of a file.
class PayloadWriter {
public:
    // The header goes to `to` at once.
    PayloadWriter(Output to, const Form& form);
    ~PayloadWriter();
    PayloadWriter(const PayloadWriter&) = delete;
    PayloadWriter& operator=(const PayloadWriter&) = delete;

    void write(ByteView tar);
    void finish();

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace lifeboat::ab
