#include "sim/android/pairing_door.h"

#include "phone/android/direct/pairing.h"

namespace lifeboat::sim::adb {

PairingDoor::PairingDoor(Setup setup)
    : setup_(std::move(setup)),
      listener_(0),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

void PairingDoor::serve(const std::stop_token& stop) {
    try {
        if (auto socket = listener_.accept(stop)) pair(std::move(socket));
    } catch (const Error& error) {
        setup_.note("pairing failed: " + error.message());
    } catch (const Cancelled&) {
        setup_.note("pairing ended");
    }
    if (setup_.on_end) setup_.on_end();
}

void PairingDoor::pair(std::unique_ptr<sys::Socket> socket) {
    using phone::android::PeerInfo;
    sys::TlsStream stream(std::move(socket), sys::TlsRole::server, setup_.identity,
                          sys::TlsVersions::only_1_3);
    stream.shake_hands();
    sys::SystemRandom random;
    const PeerInfo mine{.kind = PeerInfo::Kind::device_name, .text = setup_.name};
    const auto theirs = phone::android::exchange_pairing(stream, phone::android::PairingEnd::phone,
                                                         SecretText(setup_.code), mine, random);
    if (theirs.kind != PeerInfo::Kind::public_key) {
        throw Corrupt("the computer says no key");
    }
    setup_.keys.trust(theirs.text);
    setup_.note("paired with " + theirs.text.substr(theirs.text.find(' ') + 1));
}

}  // namespace lifeboat::sim::adb
