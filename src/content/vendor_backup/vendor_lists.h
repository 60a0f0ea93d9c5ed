// The small lists beside a maker's backup: what it is of, what was asked for, what went wrong.
// Foreign bytes: a list that is not readable says nothing.
#pragma once

#include "base/bytes.h"
#include "base/time.h"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::content {

// SmartSwitchBackup.json.
struct SmartSwitchInfo {
    std::string model{}, device_name{}, os_version{}, tool_version{};
    std::optional<TimePoint> saved{};
    std::vector<std::string> passwords{};  // of its apps' data, as it stands there or in hex
};
SmartSwitchInfo read_smart_switch_info(std::string_view json);

// ReqItemsInfo.json: the categories that somebody chose and that had something in them.
std::set<std::string> read_requested(std::string_view json);

// fail.bk: why one category was not saved; nothing when it says no error.
std::optional<std::string> read_failure(std::string_view json);

// "2026-02-01T21:49:02", "20260201214902": nothing when it is no date.
std::optional<TimePoint> read_vendor_date(std::string_view text);

// "SM-S926B_20260201214902": both may be missing.
struct NamedFolder {
    std::string model{};
    std::optional<TimePoint> saved{};
};
NamedFolder read_folder_name(std::string_view name);

// How many "BEGIN:kind" ... "END:kind" a text of vCards, calendars or messages holds. Throws
// Corrupt when one is not closed, or there is none.
class BlockCounter {
public:
    explicit BlockCounter(std::vector<std::string_view> kinds) : kinds_(std::move(kinds)) {}
    void feed(ByteView part);
    uint64_t finish();

private:
    void take_line();
    bool is_counted(std::string_view kind) const;

    std::vector<std::string_view> kinds_;  // what is counted; others may be around it
    std::vector<std::string> open_{};
    std::string line_{};
    bool too_long_ = false;
    uint64_t count_ = 0, blocks_ = 0;
};

}  // namespace lifeboat::content
