#include "base/text.h"
#include "cli/checklist_view.h"

#include <nlohmann/json.hpp>

namespace lifeboat::cli {
namespace {

nlohmann::json finding_json(const app::Words& words, const checklist::Finding& finding) {
    nlohmann::json json;
    json["check"] = finding.check;
    json["requirement"] = finding.requirement;
    json["outcome"] = checklist::to_text(finding.outcome);
    json["gate"] = checklist::to_text(finding.gate);
    json["grade"] = checklist::to_text(finding.grade);
    json["answerer"] = checklist::to_text(finding.answerer);
    json["code"] = finding.code;
    json["params"] = nlohmann::json::object();
    for (const auto& [name, value] : finding.params) json["params"][name] = valid_utf8(value);
    json["evidence"] = finding.evidence;
    if (finding.observed != TimePoint{}) json["observed"] = to_rfc3339(finding.observed);
    json["text"] = valid_utf8(words.sentence(finding));
    json["next"] = valid_utf8(words.next(finding));
    return json;
}

nlohmann::json counted_json(const checklist::CountedList& list) {
    nlohmann::json json;
    json["count"] = list.count();
    json["bytes"] = list.bytes;
    json["paths"] = nlohmann::json::array();
    for (const std::string& path : list.paths) {
        nlohmann::json entry;
        put_path(entry, path);
        json["paths"].push_back(std::move(entry));
    }
    return json;
}

nlohmann::json refused_json(const std::vector<checklist::RefusedPath>& refused) {
    nlohmann::json json = nlohmann::json::array();
    for (const checklist::RefusedPath& path : refused) {
        nlohmann::json entry;
        put_path(entry, path.path);
        entry["group"] = path.group;
        entry["reason"] = valid_utf8(path.reason);
        json.push_back(std::move(entry));
    }
    return json;
}

}  // namespace

nlohmann::json verdict_json(const app::Words& words, const checklist::Verdict& verdict) {
    nlohmann::json json;
    json["answer"] = checklist::to_text(verdict.answer);
    json["judged"] = to_rfc3339(verdict.judged);
    json["valid_until"] = verdict.answer == checklist::Answer::go
                              ? nlohmann::json(to_rfc3339(verdict.valid_until))
                              : nlohmann::json();
    json["open"] = verdict.open().size();
    json["not_built"] = verdict.not_built().size();
    json["findings"] = nlohmann::json::array();
    for (const checklist::Finding& finding : verdict.findings) {
        json["findings"].push_back(finding_json(words, finding));
    }
    return json;
}

nlohmann::json completeness_json(const checklist::Completeness& completeness) {
    nlohmann::json json;
    json["only_on_phone"] = completeness.only_on_phone();
    json["classes"] = nlohmann::json::array();
    for (const checklist::ClassRow& row : completeness.classes) {
        nlohmann::json entry;
        entry["class"] = row.media_class;
        entry["on_phone"] = row.on_phone;
        entry["on_phone_bytes"] = row.on_phone_bytes;
        entry["only_on_phone"] = counted_json(row.only_on_phone);
        entry["unreadable"] = refused_json(row.unreadable);
        entry["places"] = nlohmann::json::array();
        for (const checklist::PlaceCell& cell : row.places) {
            nlohmann::json place;
            place["place"] = cell.place;
            place["missing"] = counted_json(cell.missing);
            entry["places"].push_back(std::move(place));
        }
        json["classes"].push_back(std::move(entry));
    }
    json["folders"] = refused_json(completeness.folders);
    json["closed"] = refused_json(completeness.closed);
    return json;
}

}  // namespace lifeboat::cli
