// `dumpsys content`: the sync manager's state, with its table of padded columns.
#include "sim/android/dumpsys.h"
#include "sim/android/file_listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace lifeboat::sim {

namespace {

constexpr size_t columns = 16;
constexpr size_t authority_column = 0;
constexpr size_t stats_column = 3;
constexpr size_t last_sync_column = 14;
constexpr size_t backoff_column = 15;
constexpr size_t longest_authority = 50;

using Row = std::array<std::string, columns>;

std::string truth(bool yes) {
    return yes ? "true" : "false";
}

int64_t seconds_of(TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string wall_clock(TimePoint time, const Personality& who) {
    if (time == TimePoint{}) return "N/A";
    const CivilTime t = civil(seconds_of(time), who.zone_minutes);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", t.year, t.month, t.day, t.hour,
                       t.minute, t.second);
}

// Columns are as wide as their widest cell; every cell but the last is padded, and two blanks
// follow each.
class Table {
public:
    Table() {
        rows_.push_back({"Authority", "Syncable", "Enabled", "Stats", "Loc", "Poll", "Per", "Feed",
                         "User", "Othr", "Tot", "Fail", "Can", "Time", "Last Sync", "Backoff"});
    }

    size_t size() const { return rows_.size(); }

    void set(size_t row, size_t column, std::string text) {
        if (rows_.size() <= row) rows_.resize(row + 1);
        rows_[row].at(column) = std::move(text);
    }

    std::string text() const {
        std::array<size_t, columns> widths{};
        for (const Row& row : rows_) {
            for (size_t i = 0; i < columns; ++i)
                widths.at(i) = std::max(widths.at(i), row.at(i).size());
        }
        std::string out = line(rows_.front(), widths);
        size_t total = (columns - 1) * 2;
        for (const size_t width : widths) total += width;
        out += std::string(total, '-') + "\n";
        for (size_t i = 1; i < rows_.size(); ++i) out += line(rows_[i], widths);
        return out;
    }

private:
    static std::string line(const Row& row, const std::array<size_t, columns>& widths) {
        std::string out;
        for (size_t i = 0; i < columns; ++i) {
            const size_t width = i + 1 < columns ? widths.at(i) : 0;
            out += fmt::format("{:<{}}  ", row.at(i), width);
        }
        return out + "\n";
    }

    std::vector<Row> rows_{};
};

void put_stats(Table& table, size_t row, std::string_view name, int runs) {
    table.set(row, stats_column, std::string(name));
    for (size_t column = stats_column + 1; column < last_sync_column - 1; ++column) {
        table.set(row, column, fmt::to_string(column == stats_column + 3 ? runs : 0));
    }
    table.set(row, last_sync_column - 1, fmt::format("{}s", runs));
}

void put_adapter(Table& table, const SyncAdapter& adapter, const Personality& who) {
    const size_t row = table.size();
    const size_t cut = adapter.authority.size() > longest_authority
                           ? adapter.authority.size() - longest_authority
                           : 0;
    table.set(row, authority_column, adapter.authority.substr(cut));
    table.set(row, 1, fmt::to_string(adapter.syncable));
    table.set(row, 2, truth(adapter.enabled));
    put_stats(table, row, "Total", 31);
    put_stats(table, row + 1, "Today", 4);
    put_stats(table, row + 2, "Yestr", 0);
    if (adapter.backoff_seconds > 0) {
        table.set(row, backoff_column, "D: 0");
        table.set(row + 1, backoff_column, fmt::format("B: {}", adapter.backoff_seconds));
        table.set(row + 2, backoff_column, fmt::to_string(adapter.backoff_seconds * 2));
    }
    size_t at = row;
    if (adapter.succeeded != TimePoint{}) {
        table.set(at++, last_sync_column, "PERIODIC SUCCESS");
        table.set(at++, last_sync_column, wall_clock(adapter.succeeded, who));
    }
    if (adapter.failed != TimePoint{}) {
        table.set(at++, last_sync_column, "USER FAILURE");
        table.set(at++, last_sync_column, wall_clock(adapter.failed, who));
        table.set(at++, last_sync_column, adapter.failure);
    }
}

std::string header(const DeviceState& state, const Personality& who, TimePoint now) {
    const auto up = std::chrono::duration_cast<std::chrono::milliseconds>(now - state.booted);
    std::string text =
        fmt::format("Data connected: {}\nBattery saver: false\n", truth(state.wifi != Wifi::off));
    text += fmt::format("Background network restriction:  disabled\nAuto sync: u0={} \n",
                        truth(state.cloud.master_sync));
    text +=
        fmt::format("Storage low: false\nClock valid: true\nAccounts: {}\n", state.accounts.size());
    text += fmt::format("Now: {} ({})\nUptime: {}h{:02}m{:02}s\n", up.count(), wall_clock(now, who),
                        up.count() / 3600000, up.count() / 60000 % 60, up.count() / 1000 % 60);
    return text + "Time spent syncing: 11s, sync not in progress\n\nActive Syncs: 0\n\n";
}

std::string job(int number, const SyncAdapter& a, std::string_view source,
                std::string_view reason) {
    return fmt::format(
        "JobId={} {}/{} u0 [{}] {} Reason={} Owner={{u0a140 com.google.android.gms "
        "[10] [ACTIVE]}} []\n",
        number, a.account.name, a.account.type, a.authority, source, reason);
}

std::string jobs(const DeviceState& state) {
    const auto& all = state.cloud.adapters;
    const auto pending =
        std::count_if(all.begin(), all.end(), [](const auto& a) { return a.pending; });
    std::string text = fmt::format("Pending Syncs: {}\n", pending);
    int number = 30;
    for (const SyncAdapter& a : all) {
        if (a.pending) text += job(number++, a, "LOCAL", "com.android.providers.contacts");
    }
    text += fmt::format("\nPeriodic Syncs: {}\n", all.size());
    for (const SyncAdapter& a : all) {
        text += job(number++, a, "PERIODIC", "Periodic (period=1d00h00m00s flex=57m36s)");
    }
    return text + "\n";
}

std::string history(const DeviceState& state, const Personality& who) {
    std::string text =
        "\nRecent Sync History\n(SERVER is now split up to FEED and OTHER)\n\n"
        "Per Adapter History\n(SERVER is now split up to FEED and OTHER)\n";
    for (const SyncAdapter& a : state.cloud.adapters) {
        text += fmt::format("  {}/{} u0 [{}]\n    Per source last syncs:\n", a.account.name,
                            a.account.type, a.authority);
        for (const char* source : {"OTHER", "LOCAL", "POLL", "USER", "PERIODIC", "FEED"}) {
            const bool here = std::string_view(source) == "PERIODIC";
            text += fmt::format("      {:>8}  Success: {}  Failure: {}\n", source,
                                wall_clock(here ? a.succeeded : TimePoint{}, who),
                                wall_clock(here ? a.failed : TimePoint{}, who));
        }
        text += "    Last syncs:\n      N/A\n";
    }
    return text;
}

}  // namespace

std::string dump_content(const DeviceState& state, const Personality& who, TimePoint now) {
    std::string text = header(state, who, now) + jobs(state) + "Sync Status\n";
    for (const Account& account : state.accounts) {
        text +=
            fmt::format("Account {} u0 {}\n{}\n", account.name, account.type, std::string(71, '='));
        Table table;
        for (const SyncAdapter& a : state.cloud.adapters) {
            const bool ours = a.account.name == account.name && a.account.type == account.type;
            if (ours) put_adapter(table, a, who);
        }
        text += table.text();
    }
    return text + history(state, who);
}

}  // namespace lifeboat::sim
