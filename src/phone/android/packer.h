// Packs a file for the phone's file service, as it is sent.
#pragma once

#include "base/bytes.h"
#include "phone/android/sync_wire.h"

#include <functional>
#include <memory>

namespace lifeboat::phone::android {

// One file; one thread. Quick rather than small: the wire is to be filled, not waited for.
class Packer {
public:
    using Out = std::function<void(ByteView)>;

    // `packing` is not none.
    explicit Packer(Packing packing);
    ~Packer();
    Packer(const Packer&) = delete;
    Packer& operator=(const Packer&) = delete;

    // Hands pieces of any size on. With `last` what is packed is whole; nothing may follow.
    void pack(ByteView plain, bool last, const Out& out);

    // One way of packing.
    class Encoder {
    public:
        virtual ~Encoder() = default;
        virtual void pack(ByteView plain, bool last, const Out& out) = 0;
    };

private:
    std::unique_ptr<Encoder> encoder_;
};

}  // namespace lifeboat::phone::android
