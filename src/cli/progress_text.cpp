#include "base/text.h"
#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::cli {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

struct PhaseWords {
    std::string_view phase;
    std::string_view doing;
    std::string_view done;
};
constexpr std::array phases{
    PhaseWords{"scan", "looking at the phone", "looked at"},
    PhaseWords{"copy", "copying", "copied"},
    PhaseWords{"replicate", "copying on", "copied on"},
    PhaseWords{"read back", "reading back", "read back and compared"},
    PhaseWords{"prove", "hashing on the phone", "hashed on the phone and compared"},
    PhaseWords{"compare", "comparing", "compared"},
    PhaseWords{"restore", "writing", "written"},
    PhaseWords{"records", "writing", "written"},
    PhaseWords{"read records", "reading messages, contacts and apps: kinds", "read"},
    PhaseWords{"read apps", "reading the data of apps", "data of apps read"},
    PhaseWords{"check", "checking", "checked"},
    PhaseWords{"wait", "waiting for the other program at", "waited"},
    PhaseWords{"mark", "looking what backups need", "looked at"},
    PhaseWords{"rewrite", "writing packs anew", "written anew"},
    PhaseWords{"remove", "removing", "removed"},
};

PhaseWords words_for(const std::string& phase) {
    const auto* const found = std::ranges::find(phases, phase, &PhaseWords::phase);
    return found == phases.end() ? PhaseWords{phase, phase, phase} : *found;
}

std::string bar(uint64_t percent, const Style& style) {
    constexpr size_t width = 20;
    const size_t full = std::min<size_t>(width, percent * width / 100);
    if (!style.utf8) {
        return "[" + std::string(full, '#') + std::string(width - full, ' ') + "]";
    }
    std::string out = "▕";
    for (size_t i = 0; i < full; ++i) out += "█";
    return out + std::string(width - full, ' ') + "▏";
}

// What is counted; a class of records has its name before its count.
std::string_view noun_of(std::string_view phase) {
    if (phase == "records") return "";
    if (phase == "read records") return " kinds of records";
    if (phase == "read apps") return " file";
    return phase == "replicate" ? " packs and indexes" : " files";
}

std::string rounded(nanoseconds time, bool in_minutes) {
    const auto all = duration_cast<seconds>(time).count();
    return std::to_string(in_minutes ? std::max<int64_t>(1, (all + 30) / 60) : all);
}

}  // namespace

std::string duration_text(nanoseconds duration) {
    const auto all = duration_cast<seconds>(duration).count();
    if (all < 60) return fmt::format("{} s", all);
    if (all < 3600) return fmt::format("{} min {} s", all / 60, all % 60);
    return fmt::format("{} h {} min", all / 3600, all % 3600 / 60);
}

std::string estimate_text(const app::Estimate& estimate, const Style& style) {
    std::string text;
    if (estimate.most < seconds(5)) {
        text = "less than 5 s";
    } else {
        const bool minutes = estimate.most >= seconds(90);
        const std::string least = rounded(estimate.least, minutes);
        const std::string most = rounded(estimate.most, minutes);
        text = least == most ? fmt::format("about {}", most)
                             : fmt::format("about {}{}{}", least, style.dash(), most);
        text += minutes ? " min" : " s";
    }
    return estimate.grew ? text + " (longer than said before)" : text;
}

void PhaseView::start(const PhaseStarted& event, nanoseconds now) {
    *this = PhaseView{};
    progress_.phase = event.phase;
    progress_.place = event.place;
    started_ = now;
    last_line_ = now;
    running_ = true;
}

uint64_t PhaseView::percent() const {
    if (total() == 0) return 0;
    return std::min<uint64_t>(100, static_cast<uint64_t>(100.0 * static_cast<double>(done()) /
                                                         static_cast<double>(total())));
}

bool PhaseView::advance(const Progress& event, nanoseconds now) {
    progress_ = event;
    estimator_.add(now, done(), total());
    constexpr uint64_t step = 5;
    const bool due =
        now - last_line_ >= seconds(30) && (total() == 0 || percent() >= last_percent_ + step);
    if (!due) return false;
    last_line_ = now;
    last_percent_ = percent();
    return true;
}

std::string PhaseView::text(const Style& style, bool with_bar) {
    std::string out(words_for(progress_.phase).doing);
    if (!progress_.place.empty() && progress_.place != "phone") {
        out += " " + printable(progress_.place);
    }
    const auto shown = [&](uint64_t number) {
        return counts_bytes() ? human_bytes(number) : human_count(number);
    };
    if (total() > 0) {
        out += fmt::format("  {} of {}", shown(done()), shown(total()));
        if (with_bar) out += "  " + bar(percent(), style);
        out += fmt::format("  {} %", percent());
    } else if (done() > 0) {
        out += "  " + shown(done());
    }
    const auto rate = estimator_.rate();
    if (rate && counts_bytes() && *rate >= 1) {
        out += fmt::format("  {}/s", human_bytes(static_cast<uint64_t>(*rate)));
    }
    if (const auto estimate = estimator_.estimate()) out += "  " + estimate_text(*estimate, style);
    return out;
}

std::string PhaseView::ended(nanoseconds now) const {
    if (progress_.items_done == 0 && progress_.bytes_done == 0) return {};
    if (progress_.phase == "wait") return {};          // its items are seconds, no work
    const bool of_phone = progress_.place == "phone";  // the words say so already
    const std::string where =
        progress_.place.empty() || of_phone ? "" : " " + printable(progress_.place);
    std::string text = fmt::format("{}{}: {}{}", words_for(progress_.phase).done, where,
                                   human_count(progress_.items_done), noun_of(progress_.phase));
    if (counts_bytes()) text += ", " + human_bytes(progress_.bytes_done);
    if (now - started_ >= seconds(1)) text += " in " + duration_text(now - started_);
    return text;
}

}  // namespace lifeboat::cli
