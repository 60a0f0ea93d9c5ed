#include "base/text.h"
#include "cli/commands/commands.h"
#include "cli/commands/shared.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

std::string_view platform_text(phone::Platform platform) {
    return platform == phone::Platform::android ? "android" : "ios";
}

std::string_view readiness_text(phone::Readiness readiness) {
    switch (readiness) {
        case phone::Readiness::ready:
            return "ready";
        case phone::Readiness::unauthorized:
            return "unauthorized";
        case phone::Readiness::offline:
            return "offline";
        case phone::Readiness::locked:
            return "locked";
        case phone::Readiness::no_permission:
            return "no_permission";
        case phone::Readiness::other:
            return "other";
    }
    return "other";
}

nlohmann::json reading_json(const phone::Reading& reading) {
    nlohmann::json json;
    json["fact"] = reading.fact;
    json["subject"] = valid_utf8(reading.subject);
    json["value"] = reading.value ? nlohmann::json(valid_utf8(*reading.value)) : nlohmann::json();
    json["why_unknown"] = valid_utf8(reading.why_unknown);
    json["method"] = valid_utf8(reading.method);
    return json;
}

}  // namespace

app::Exit phone_list(Session& session) {
    constexpr size_t serial_width = 24;
    const Style& style = session.out.out();
    session.result["phones"] = nlohmann::json::array();
    const auto phones = session.world.phones().list(session.stop);
    for (const phone::PhoneEntry& entry : phones) {
        const bool well = entry.readiness == phone::Readiness::ready;
        session.out.line(fmt::format("{} {} {}",
                                     well ? style.paint(Tone::good, style.tick())
                                          : style.paint(Tone::warn, style.exclamation()),
                                     padded(printable(entry.id.serial), serial_width),
                                     entry.model.empty()
                                         ? std::string(readiness_text(entry.readiness))
                                         : printable(entry.model)));
        if (!entry.instruction.empty()) {
            session.out.line(fmt::format("    {} {}", style.arrow(), printable(entry.instruction)));
        }
        nlohmann::json json;
        json["platform"] = platform_text(entry.id.platform);
        json["serial"] = valid_utf8(entry.id.serial);
        json["model"] = valid_utf8(entry.model);
        json["readiness"] = readiness_text(entry.readiness);
        json["instruction"] = valid_utf8(entry.instruction);
        session.result["phones"].push_back(std::move(json));
    }
    if (phones.empty()) {
        session.out.note(
            "No phone is seen. Plug it in and unlock it; on an Android phone, switch on USB "
            "debugging. `lifeboat doctor` looks further.");
    }
    return app::Exit::done;
}

app::Exit phone_info(Session& session) {
    const auto phone = connect_phone(session, session.invocation.argument("PHONE"));
    const phone::Facts facts = phone->facts(session.stop);
    session.out.line(phone_title(session.out.out(), facts));
    constexpr size_t fact_width = 28;
    const Style& style = session.out.out();
    nlohmann::json& result = session.result;
    result["phone"] = facts_json(facts);
    result["readings"] = nlohmann::json::array();
    for (const phone::Reading& reading : facts.readings) {
        const std::string value =
            reading.value ? printable(*reading.value)
                          : style.paint(Tone::warn, "? " + printable(reading.why_unknown));
        const std::string about = reading.subject.empty() ? "" : "  " + printable(reading.subject);
        session.out.line(fmt::format("  {}{}{}", padded(reading.fact, fact_width), value, about));
        result["readings"].push_back(reading_json(reading));
    }
    return app::Exit::done;
}

}  // namespace lifeboat::cli
