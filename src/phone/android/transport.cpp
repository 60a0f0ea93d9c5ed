#include "phone/android/transport.h"

namespace lifeboat::phone::android {

size_t PhoneStream::read(MutableByteView out) {
    const auto got = read_unless_silent(out);
    if (!got) throw sys::TimedOut("the phone has not answered for too long");
    return *got;
}

}  // namespace lifeboat::phone::android
