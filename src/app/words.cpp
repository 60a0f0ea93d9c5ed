#include "app/words.h"

#include "base/error.h"
#include "base/text.h"
#include "base/time.h"
#include "embedded/messages_en.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lifeboat::app {

struct Words::Catalogue {
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> texts{};
};

Words::Words(std::string_view catalogue) : catalogue_(std::make_unique<Catalogue>()) {
    const auto json = nlohmann::json::parse(catalogue, nullptr, false);
    if (!json.is_object()) throw Corrupt("The catalogue of words is no JSON object");
    for (const auto& [code, texts] : json.items()) {
        if (!texts.is_object()) throw Corrupt("The catalogue of words: " + code + " is no object");
        for (const auto& [key, text] : texts.items()) {
            if (text.is_string()) catalogue_->texts[code][key] = text.get<std::string>();
        }
    }
}

Words::~Words() = default;

const std::string* Words::find(std::string_view code, std::string_view key) const {
    const auto texts = catalogue_->texts.find(code);
    if (texts == catalogue_->texts.end()) return nullptr;
    const auto text = texts->second.find(key);
    return text == texts->second.end() ? nullptr : &text->second;
}

std::string Words::shown(const std::string& name, const std::string& value) const {
    if (name == "bytes" || name.ends_with("_bytes")) {
        if (const auto number = parse_u64(value)) return human_bytes(*number);
    }
    if (name.ends_with("_at")) {
        if (const auto time = from_rfc3339(value)) return to_clock_time(*time);
    }
    if (name == "why") {
        if (const std::string* text = find("why." + value, "text")) return *text;
    }
    if (const auto number = parse_u64(value)) return human_count(*number);
    return printable(value);
}

// A bracket with a parameter that is not there goes as a whole, with the blank before it.
std::string Words::fill(const std::string& text, const Params& params) const {
    std::string out;
    size_t bracket = std::string::npos;  // where the open bracket began in `out`
    bool lacking = false;
    for (size_t at = 0; at < text.size(); ++at) {
        const size_t end = text[at] == '{' ? text.find('}', at) : std::string::npos;
        if (end != std::string::npos) {
            const std::string name = text.substr(at + 1, end - at - 1);
            const auto value = params.find(name);
            if (value != params.end())
                out += shown(name, value->second);
            else if (bracket != std::string::npos)
                lacking = true;
            else
                out += '?';
            at = end;
            continue;
        }
        if (text[at] == '(') bracket = out.ends_with(' ') ? out.size() - 1 : out.size();
        out += text[at];
        if (text[at] != ')' || bracket == std::string::npos) continue;
        if (lacking) out.resize(bracket);
        bracket = std::string::npos;
        lacking = false;
    }
    return out;
}

std::string Words::sentence(const checklist::Finding& finding) const {
    const std::string* text = find(finding.code, checklist::to_text(finding.outcome));
    if (text == nullptr) {
        return fmt::format("{}: {}", finding.code, checklist::to_text(finding.outcome));
    }
    Params params = finding.params;
    params.try_emplace("title", checklist::title_of(finding.check));
    return fill(*text, params);
}

std::string Words::next(const checklist::Finding& finding) const {
    if (finding.outcome != checklist::Outcome::fail &&
        finding.outcome != checklist::Outcome::unknown) {
        return {};
    }
    const std::string* text = find(finding.code, "next");
    return text == nullptr ? std::string() : fill(*text, finding.params);
}

std::string Words::text(std::string_view code, const Params& params) const {
    const std::string* text = find(code, "text");
    return text == nullptr ? std::string(code) : fill(*text, params);
}

std::unique_ptr<Words> english_words() {
    return std::make_unique<Words>(embedded::messages_en());
}

}  // namespace lifeboat::app
