// lockdown, the doorkeeper of an iPhone (port 62078): its values, pairing, sessions, and the ports
// of its services.
#pragma once

#include "base/event.h"
#include "phone/ios/connection.h"
#include "phone/ios/pair_record.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace lifeboat::phone::ios {

inline constexpr uint16_t lockdown_port = 62078;

// An answer with "Error". Those that a person can do something about are a Waiting instead.
struct LockdownRefusal : Denied {
    LockdownRefusal(std::string error_name, std::string_view request);
    std::string name;  // "InvalidService", as the phone says it
};

// Throws what the phone's word for a failure means: Waiting, or LockdownRefusal.
[[noreturn]] void throw_lockdown_error(const std::string& name, std::string_view request);

enum class Escrow { without, with };

struct ServicePort {
    uint16_t port = 0;
    bool tls = false;
};

// One thread. All functions throw Gone, Silent, Garbled, Waiting, LockdownRefusal, Cancelled.
class Lockdown {
public:
    explicit Lockdown(std::unique_ptr<Connection> connection);

    // "com.apple.mobile.lockdown". A phone in another mode says something else.
    std::string query_type();

    // An empty domain is the root; an empty key gives the whole domain as a dictionary. No error of
    // the phone's is thrown: it is told.
    struct Answer {
        std::optional<plist::Value> value{};
        std::string refusal{};  // "MissingValue", as the phone says it; empty with a value
    };
    Answer look_up(std::string_view domain, std::string_view key);
    // Nothing when the phone has no such value, or gives none without a session.
    std::optional<plist::Value> value(std::string_view domain, std::string_view key);
    void set_value(std::string_view domain, std::string_view key, const plist::Value& value);
    void remove_value(std::string_view domain, std::string_view key);

    // Asks the phone to trust `record`; the escrow bag it gives. Throws Waiting{trust} while the
    // question on its screen is not answered.
    Bytes pair(const PairRecord& record);
    // Whether the phone knows the record. Phones of today answer with the session only: then true.
    bool validate_pair(const PairRecord& record);
    void unpair(const PairRecord& record);

    // TLS from here on.
    void start_session(const PairRecord& record);
    void stop_session();
    bool in_session() const { return !session_.empty(); }

    // With the escrow bag, a service starts even while the phone is locked. Throws Misuse when the
    // record has none.
    ServicePort start_service(std::string_view name, Escrow escrow, const PairRecord& record);

    // The phone restarts into recovery mode.
    void enter_recovery();

private:
    plist::Dict ask(plist::Dict request);

    std::unique_ptr<Connection> connection_;
    std::string session_{};
};

}  // namespace lifeboat::phone::ios
