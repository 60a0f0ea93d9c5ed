#include "phone/android/sync_state.h"

#include "base/text.h"

#include <algorithm>
#include <cstdlib>

namespace lifeboat::phone::android {
namespace {

constexpr size_t most_authorities = 2000;
constexpr size_t longest_shown_authority = 50;

// "2025-05-12 15:23:31" as if it were UTC.
std::optional<TimePoint> wall_clock(std::string_view text) {
    constexpr size_t length = 19;
    if (text.size() != length || text[10] != ' ') return std::nullopt;
    std::string instant(text);
    instant[10] = 'T';
    return from_rfc3339(instant + "Z");
}

// What follows `key` on its line, trimmed; nothing when no line begins so.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
    for (const auto line : lines(text)) {
        if (line.starts_with(key)) return trim(line.substr(key.size()));
    }
    return std::nullopt;
}

// "Now: 319303 (2025-05-12 15:23:31)" against the seconds the phone told beside it. Zones lie a
// multiple of 15 minutes from UTC; between the two answers some seconds may pass.
std::optional<std::chrono::seconds> zone_of(std::string_view text, std::optional<int64_t> now) {
    const auto told = value_of(text, "Now: ");
    if (!told || !now) return std::nullopt;
    const size_t open = told->find('(');
    if (open == std::string_view::npos || !told->ends_with(')')) return std::nullopt;
    const auto wall = wall_clock(told->substr(open + 1, told->size() - open - 2));
    if (!wall) return std::nullopt;
    constexpr int64_t quarter = 15 * 60;
    constexpr int64_t widest = 15 * 3600;
    constexpr int64_t between_answers = 120;
    const int64_t seconds =
        std::chrono::floor<std::chrono::seconds>(wall->time_since_epoch()).count();
    if (*now < 0 || *now > INT64_MAX / 2 || std::abs(seconds - *now) > widest) return std::nullopt;
    const int64_t ahead = seconds - *now;
    const int64_t whole = (ahead + (ahead < 0 ? -quarter / 2 : quarter / 2)) / quarter * quarter;
    if (std::abs(ahead - whole) > between_answers) return std::nullopt;
    return std::chrono::seconds(whole);
}

Parsed<bool> read_master(std::string_view text) {
    const auto told = value_of(text, "Auto sync:");
    for (const auto word : split(told.value_or(""), ' ')) {
        if (word == "u0=true") return Parsed<bool>::known(true);
        if (word == "u0=false") return Parsed<bool>::known(false);
    }
    return Parsed<bool>::unknown(unknown_form);
}

Parsed<uint64_t> read_pending(std::string_view text) {
    const auto count = parse_u64(value_of(text, "Pending Syncs: ").value_or(""));
    return count ? Parsed<uint64_t>::known(*count) : Parsed<uint64_t>::unknown(unknown_form);
}

// The lines of one block: from the one that begins with `start` to the next empty one.
std::vector<std::string_view> block(const std::vector<std::string_view>& all,
                                    std::string_view start) {
    const auto from =
        std::find_if(all.begin(), all.end(), [&](auto line) { return line.starts_with(start); });
    if (from == all.end()) return {};
    const auto to = std::find_if(from, all.end(), [](auto line) { return trim(line).empty(); });
    return {from + 1, to};
}

// "JobId=32 NAME/TYPE u0 [AUTHORITY] LOCAL Reason=...": "NAME/TYPE u0 [AUTHORITY]" of each that
// waits.
std::vector<std::string_view> pending_jobs(const std::vector<std::string_view>& all) {
    std::vector<std::string_view> jobs;
    for (const auto line : block(all, "Pending Syncs: ")) {
        if (line.find("JobId=") < 3) jobs.push_back(line);
    }
    return jobs;
}

// Where the columns begin that matter here; the heading says it.
struct Columns {
    size_t syncable = 0, enabled = 0, stats = 0, last_sync = 0, backoff = 0;
};

std::optional<Columns> read_heading(std::string_view line) {
    constexpr auto none = std::string_view::npos;
    if (!line.starts_with("Authority ")) return std::nullopt;
    Columns at;
    at.syncable = line.find(" Syncable ");
    at.enabled = at.syncable == none ? none : line.find(" Enabled ", at.syncable);
    at.stats = at.enabled == none ? none : line.find(' ', at.enabled + 1);
    at.last_sync = at.stats == none ? none : line.find(" Last Sync", at.stats);
    at.backoff = at.last_sync == none ? none : line.find(" Backoff", at.last_sync);
    if (at.backoff == none) return std::nullopt;
    ++at.syncable, ++at.enabled, ++at.last_sync, ++at.backoff;
    return at;
}

std::string_view cell(std::string_view line, size_t from, size_t to) {
    if (from >= line.size()) return {};
    return trim(line.substr(from, to - from));
}

class TableReader {
public:
    TableReader(std::vector<std::string_view> all, std::optional<std::chrono::seconds> zone)
        : all_(std::move(all)), zone_(zone), pending_(pending_jobs(all_)) {}

    Parsed<std::vector<SyncAuthority>> read() {
        using Answer = Parsed<std::vector<SyncAuthority>>;
        const auto start = std::find(all_.begin(), all_.end(), "Sync Status");
        if (start == all_.end())
            return Answer::unknown("the phone does not show what its accounts sync");
        for (auto line = start + 1;; ++line) {
            // An empty line ends the tables; a text that was cut off has none.
            if (line == all_.end()) return Answer::unknown("what the phone says breaks off");
            if (line->empty()) break;
            if (!take(*line)) return Answer::unknown(unknown_form);
        }
        close();
        return Answer::known(std::move(found_));
    }

private:
    // "Account NAME u0 TYPE", or with " (locked)" behind it.
    bool begin_account(std::string_view line) {
        close();
        line = trim(line.substr(std::string_view("Account ").size()));
        if (line.ends_with(" (locked)")) line.remove_suffix(9);
        const size_t type = line.rfind(' ');
        if (type == std::string_view::npos) return false;
        const size_t user = line.rfind(' ', type - 1);
        if (user == std::string_view::npos || user == 0) return false;
        type_ = line.substr(type + 1);
        is_owners_ = line.substr(user + 1, type - user - 1) == "u0";
        name_ = line.substr(0, user);
        columns_.reset();
        return !type_.empty();
    }

    bool take(std::string_view line) {
        if (line.starts_with("----") || line.starts_with("====")) return true;
        // An authority has no blank: such a line can only begin an account.
        if (line.starts_with("Account ")) return begin_account(line);
        if (const auto heading = read_heading(line)) {
            columns_ = heading;
            return true;
        }
        if (!columns_ || name_.empty()) return false;
        if (!is_owners_) return true;
        const Columns& at = *columns_;
        const auto authority = cell(line, 0, at.syncable);
        if (!authority.empty()) {
            if (found_.size() >= most_authorities) return false;
            close();
            if (!begin_authority(authority, cell(line, at.syncable, at.enabled),
                                 cell(line, at.enabled, at.stats)))
                return false;
        }
        if (!open_) return false;
        const auto last = cell(line, at.last_sync, at.backoff);
        if (!last.empty()) last_sync_.push_back(last);
        if (cell(line, at.backoff, line.size()).starts_with("B:")) open_->backing_off = true;
        return true;
    }

    bool begin_authority(std::string_view authority, std::string_view syncable,
                         std::string_view enabled) {
        const auto number = parse_i64(syncable);
        if (!number || (enabled != "true" && enabled != "false")) return false;
        open_ = SyncAuthority{.account = std::string(name_),
                              .account_type = std::string(type_),
                              .authority = std::string(authority),
                              .syncable = *number > 0,
                              .enabled = enabled == "true"};
        open_->pending = is_pending(authority);
        return true;
    }

    bool is_pending(std::string_view authority) const {
        const std::string who = std::string(name_) + "/" + std::string(type_) + " u0 [";
        return std::any_of(pending_.begin(), pending_.end(), [&](std::string_view job) {
            const size_t at = job.find(who);
            if (at == std::string_view::npos) return false;
            auto named = job.substr(at + who.size());
            named = named.substr(0, named.find(']'));
            if (named.size() > longest_shown_authority)
                named.remove_prefix(named.size() - longest_shown_authority);
            return named == authority;
        });
    }

    // "PERIODIC SUCCESS", its date, "USER FAILURE", its date, and what the phone says of it.
    void close() {
        if (!open_) return;
        for (size_t i = 0; i < last_sync_.size(); ++i) {
            const bool success = last_sync_[i].ends_with(" SUCCESS");
            const bool failure = last_sync_[i].ends_with(" FAILURE");
            if (!success && !failure) continue;
            const auto wall = i + 1 < last_sync_.size() ? wall_clock(last_sync_[i + 1])
                                                        : std::optional<TimePoint>();
            // Without a date it is the phone's own words about a failure.
            if (!wall) continue;
            const auto when = zone_ ? std::optional(*wall - *zone_) : std::nullopt;
            (success ? open_->ever_succeeded : open_->failing) = true;
            (success ? open_->succeeded_at : open_->failed_at) = when;
            if (failure && i + 2 < last_sync_.size()) open_->failure = last_sync_[i + 2];
        }
        last_sync_.clear();
        found_.push_back(std::move(*open_));
        open_.reset();
    }

    std::vector<std::string_view> all_;
    std::optional<std::chrono::seconds> zone_;
    std::vector<std::string_view> pending_;
    std::string_view name_, type_;
    bool is_owners_ = true;
    std::optional<Columns> columns_;
    std::optional<SyncAuthority> open_;
    std::vector<std::string_view> last_sync_;
    std::vector<SyncAuthority> found_;
};

}  // namespace

SyncState parse_sync_state(std::string_view dumpsys_content, std::optional<int64_t> now) {
    return {
        .master = read_master(dumpsys_content),
        .pending = read_pending(dumpsys_content),
        .authorities = TableReader(lines(dumpsys_content), zone_of(dumpsys_content, now)).read()};
}

std::string_view state_word(const SyncAuthority& authority) {
    if (!authority.syncable) return "not_syncable";
    if (!authority.enabled) return "off";
    if (authority.failing) return "failed";
    if (authority.pending) return "pending";
    return authority.ever_succeeded ? "ok" : "never";
}

}  // namespace lifeboat::phone::android
