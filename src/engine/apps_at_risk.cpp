#include "engine/apps_at_risk.h"

#include "base/error.h"
#include "checklist/facts.h"
#include "phone/android/personal/saved_apps.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace lifeboat::engine {

std::vector<std::string> apps_at_risk(const FileTree& snapshot) {
    std::vector<std::string> packages;
    for (const personal::App& app : phone::android::load_apps(snapshot)) {
        const bool told = app.target_sdk != 0;
        if (told && app.target_sdk < checklist::limits::app_target_needed)
            packages.push_back(app.package);
    }
    std::ranges::sort(packages);
    return packages;
}

void add_apps_at_risk(checklist::EvidenceBook& book, const FileTree& snapshot, TimePoint now) {
    checklist::Evidence found{.fact = std::string(checklist::facts::apps_at_risk),
                              .grade = checklist::Grade::proven,
                              .method = "what each app in the copy was made for",
                              .observed = now};
    try {
        found.value = fmt::format("{}", fmt::join(apps_at_risk(snapshot), ","));
    } catch (const Corrupt& damage) {
        found.grade = checklist::Grade::unknown;
        found.why_unknown = damage.message();
    } catch (const Unsupported& unknown) {
        found.grade = checklist::Grade::unknown;
        found.why_unknown = unknown.message();
    }
    book.add(std::move(found));
}

}  // namespace lifeboat::engine
