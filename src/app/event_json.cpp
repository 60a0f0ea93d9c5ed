#include "app/event_json.h"

#include "base/text.h"

#include <nlohmann/json.hpp>

namespace lifeboat::app {
namespace {

std::string base64(std::string_view bytes) {
    constexpr std::string_view letters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (size_t i = 0; i < bytes.size(); i += 3) {
        uint32_t group = 0;
        for (size_t j = 0; j < 3; ++j) {
            const auto byte = i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U;
            group = (group << 8U) | byte;
        }
        for (size_t j = 0; j < 4; ++j) {
            const size_t at = (group >> (18 - 6 * j)) & 0x3FU;
            out += i + j <= bytes.size() ? letters[at] : '=';
        }
    }
    return out;
}

// Writes each kind of event; a new kind does not compile until it has its shape here.
struct Writer {
    nlohmann::json& fields;
    std::string& type;

    void operator()(const PhaseStarted& event) const { phase("started", event.phase, event.place); }
    void operator()(const PhaseEnded& event) const { phase("ended", event.phase, event.place); }
    void operator()(const ItemDone& event) const {
        type = "item";
        put_path(fields, event.path);
        fields["bytes"] = event.bytes;
        fields["state"] = "done";
    }
    void operator()(const ItemFailed& event) const {
        type = "warning";
        put_path(fields, event.path);
        fields["message"] = valid_utf8(event.reason);
    }
    void operator()(const PersonNeeded& event) const {
        type = "status";
        fields["state"] = event.resolved ? "person_done" : "person_needed";
        fields["code"] = event.code;
        fields["message"] = valid_utf8(event.instruction);
    }
    void operator()(const Noted& event) const {
        type = event.severity == Severity::warning ? "warning" : "log";
        fields["message"] = valid_utf8(event.text);
    }
    void operator()(const Progress& event) const {
        phase("running", event.phase, event.place);
        fields["items_done"] = event.items_done;
        fields["items_total"] = event.items_total;
        fields["bytes_done"] = event.bytes_done;
        fields["bytes_total"] = event.bytes_total;
    }

private:
    void phase(const char* state, const std::string& name, const std::string& place) const {
        type = "status";
        fields["state"] = state;
        fields["phase"] = name;
        fields["place"] = valid_utf8(place);
    }
};

}  // namespace

nlohmann::json event_fields(const Event& event, std::string& type) {
    nlohmann::json fields = nlohmann::json::object();
    std::visit(Writer{fields, type}, event);
    return fields;
}

std::string valid_utf8(std::string_view text) {
    if (is_valid_utf8(text)) return std::string(text);
    std::string out;
    for (size_t at = 0; at < text.size();) {
        size_t length = 0;
        for (size_t tried = 1; tried <= 4 && at + tried <= text.size(); ++tried) {
            if (is_valid_utf8(text.substr(at, tried))) {
                length = tried;
                break;
            }
        }
        out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(at, length);
        at += length == 0 ? 1 : length;
    }
    return out;
}

void put_path(nlohmann::json& into, std::string_view path) {
    into["path"] = valid_utf8(path);
    if (!is_valid_utf8(path)) into["path_raw"] = base64(path);
}

}  // namespace lifeboat::app
