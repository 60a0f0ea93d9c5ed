#include "phone/ios/lockdown.h"

#include "base/text.h"
#include "phone/ios/waiting.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace lifeboat::phone::ios {
namespace {

using plist::Dict;

constexpr std::string_view label = "lifeboat";

// What a person can do something about, by the phone's word.
constexpr std::array<std::pair<std::string_view, Hand>, 10> hands{{
    {"PasswordProtected", Hand::unlock},
    {"EscrowLocked", Hand::unlock_once},
    {"PairingDialogResponsePending", Hand::trust},
    {"UserDeniedPairing", Hand::trust_refused},
    {"InvalidHostID", Hand::trust_again},
    {"InvalidPairRecord", Hand::trust_again},
    {"PairingProhibitedOverThisConnection", Hand::cable},
    {"MCProtected", Hand::managed},
    {"MCChallengeRequired", Hand::managed},
    {"FMiPProtected", Hand::find_my_off},
}};

Dict request(std::string_view name) {
    return {{"Label", label}, {"Request", name}};
}

// Absent values are knowledge, not failures: phones of different ages have different ones.
bool is_absence(const std::string& error) {
    return error == "MissingValue" || error == "GetProhibited" || error == "InvalidHostID";
}

std::string error_of(const Dict& answer) {
    if (const std::string* error = answer.text("Error")) return *error;
    // Phones of iOS 4 and before had a word for the outcome instead.
    const std::string* result = answer.text("Result");
    return result != nullptr && *result == "Failure" ? "Failure" : std::string();
}

}  // namespace

LockdownRefusal::LockdownRefusal(std::string error_name, std::string_view request)
    : Denied(fmt::format("the iPhone refuses {} ({})", request, printable(error_name))),
      name(std::move(error_name)) {}

void throw_lockdown_error(const std::string& name, std::string_view request) {
    for (const auto& [word, hand] : hands) {
        if (name == word) throw Waiting(hand);
    }
    throw LockdownRefusal(name, request);
}

Lockdown::Lockdown(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Dict Lockdown::ask(Dict question) {
    const std::string* name = question.text("Request");
    Dict answer = connection_->ask(question);
    const std::string* echoed = answer.text("Request");
    if (echoed != nullptr && *echoed != *name) {
        throw Garbled(
            fmt::format("the iPhone answers {} where {} was asked", printable(*echoed), *name));
    }
    return answer;
}

std::string Lockdown::query_type() {
    const Dict answer = ask(request("QueryType"));
    if (const std::string error = error_of(answer); !error.empty()) {
        throw_lockdown_error(error, "QueryType");
    }
    const std::string* type = answer.text("Type");
    if (type == nullptr) throw Garbled("the iPhone does not say what it is");
    return *type;
}

Lockdown::Answer Lockdown::look_up(std::string_view domain, std::string_view key) {
    Dict question = request("GetValue");
    if (!domain.empty()) question.set("Domain", domain);
    if (!key.empty()) question.set("Key", key);
    const Dict answer = ask(std::move(question));
    if (std::string error = error_of(answer); !error.empty()) return {.refusal = std::move(error)};
    const plist::Value* value = answer.find("Value");
    if (value == nullptr) return {.refusal = "MissingValue"};
    return {.value = *value};
}

std::optional<plist::Value> Lockdown::value(std::string_view domain, std::string_view key) {
    Answer answer = look_up(domain, key);
    if (!answer.value && !is_absence(answer.refusal)) {
        throw_lockdown_error(answer.refusal, "GetValue");
    }
    return std::move(answer.value);
}

void Lockdown::set_value(std::string_view domain, std::string_view key, const plist::Value& value) {
    Dict question = request("SetValue");
    if (!domain.empty()) question.set("Domain", domain);
    question.set("Key", key);
    question.set("Value", value);
    if (const std::string error = error_of(ask(std::move(question))); !error.empty()) {
        throw_lockdown_error(error, "SetValue");
    }
}

void Lockdown::remove_value(std::string_view domain, std::string_view key) {
    Dict question = request("RemoveValue");
    if (!domain.empty()) question.set("Domain", domain);
    question.set("Key", key);
    if (const std::string error = error_of(ask(std::move(question))); !error.empty()) {
        throw_lockdown_error(error, "RemoveValue");
    }
}

Bytes Lockdown::pair(const PairRecord& record) {
    Dict question = request("Pair");
    question.set("PairRecord", public_pair_record(record));
    question.set("ProtocolVersion", "2");
    question.set("PairingOptions", Dict{{"ExtendedPairingErrors", true}});
    const Dict answer = ask(std::move(question));
    if (const std::string error = error_of(answer); !error.empty()) {
        throw_lockdown_error(error, "Pair");
    }
    const Bytes* bag = answer.data("EscrowBag");
    return bag == nullptr ? Bytes{} : *bag;
}

bool Lockdown::validate_pair(const PairRecord& record) {
    Dict question = request("ValidatePair");
    question.set("PairRecord", public_pair_record(record));
    question.set("ProtocolVersion", "2");
    const std::string error = error_of(ask(std::move(question)));
    return error.empty() || error == "InvalidRequest" || error == "UnknownRequest";
}

void Lockdown::unpair(const PairRecord& record) {
    Dict question = request("Unpair");
    question.set("PairRecord", public_pair_record(record));
    question.set("ProtocolVersion", "2");
    if (const std::string error = error_of(ask(std::move(question))); !error.empty()) {
        throw_lockdown_error(error, "Unpair");
    }
}

void Lockdown::start_session(const PairRecord& record) {
    Dict question = request("StartSession");
    question.set("HostID", record.host_id);
    question.set("SystemBUID", record.system_buid);
    const Dict answer = ask(std::move(question));
    if (const std::string error = error_of(answer); !error.empty()) {
        throw_lockdown_error(error, "StartSession");
    }
    const std::string* session = answer.text("SessionID");
    if (session == nullptr || session->empty()) {
        throw Garbled("the iPhone starts a session without a name");
    }
    if (answer.boolean("EnableSessionSSL").value_or(false)) {
        connection_->start_tls(record.identity(), record.device_certificate);
    }
    session_ = *session;
}

void Lockdown::stop_session() {
    if (session_.empty()) return;
    Dict question = request("StopSession");
    question.set("SessionID", session_);
    ask(std::move(question));
    session_.clear();
    connection_->stop_tls();
}

ServicePort Lockdown::start_service(std::string_view name, Escrow escrow,
                                    const PairRecord& record) {
    Dict question = request("StartService");
    question.set("Service", name);
    if (escrow == Escrow::with) {
        if (record.escrow_bag.empty()) {
            throw Misuse("the pairing with the iPhone is incomplete (it has no escrow bag)",
                         "Unlock the iPhone and pair it again.");
        }
        question.set("EscrowBag", record.escrow_bag);
    }
    const Dict answer = ask(std::move(question));
    if (const std::string error = error_of(answer); !error.empty()) {
        throw_lockdown_error(error, fmt::format("the service {}", name));
    }
    const auto port = answer.u64("Port");
    if (!port || *port == 0 || *port > 0xffff) {
        throw Garbled(fmt::format("the iPhone starts {} on no port", name));
    }
    return {.port = static_cast<uint16_t>(*port),
            .tls = answer.boolean("EnableServiceSSL").value_or(false)};
}

void Lockdown::enter_recovery() {
    if (const std::string error = error_of(ask(request("EnterRecovery"))); !error.empty()) {
        throw_lockdown_error(error, "EnterRecovery");
    }
}

}  // namespace lifeboat::phone::ios
