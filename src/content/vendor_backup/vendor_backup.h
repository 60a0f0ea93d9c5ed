// Backups that a maker's own program left in a folder: Samsung's Smart Switch, the Clone Phone of
// OnePlus and its sisters. What is in them, what can be opened, what only the maker's program
// opens, and what is plainly missing. docs/formats/vendor-backups.md.
#pragma once

#include "base/secret.h"
#include "item/item.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::content {

enum class VendorTool { smart_switch, clone_phone };

// "Samsung Smart Switch"
std::string_view name_of(VendorTool tool);

struct VendorBackup {
    VendorTool tool = VendorTool::smart_switch;
    ItemPath root{};            // the folder that holds it
    std::string model{};        // "SM-S926B"; empty when it does not say
    std::string device_name{};  // as its owner calls it
    std::string os_version{};
    std::string tool_version{};
    std::optional<TimePoint> saved{};  // by the phone's clock, whose zone it does not tell
};

// Nothing when this is no such backup. Looks at the folder and one below; `name` is the folder's
// own, which often tells model and date. Throws what the tree throws.
std::optional<VendorBackup> recognise_vendor_backup(const FileTree& tree, std::string_view name);

enum class Openness {
    plain,    // files as every program reads them: photos, films, documents
    opened,   // read through: contacts, calendars, apps' data
    sealed,   // only the maker's program opens it
    damaged,  // it should be readable, and is not
};
std::string_view to_text(Openness openness);

// The files of one category that are alike.
struct VendorPart {
    std::string category{};  // "MESSAGE", "Photo": the folder's name; empty for loose files
    Openness openness = Openness::sealed;
    uint64_t files = 0, bytes = 0;
    uint64_t records = 0;  // contacts, events, apps' files: of what was opened
};

struct VendorLook {
    std::vector<VendorPart> parts{};      // sorted by category
    std::vector<std::string> problems{};  // sentences for a person
    uint64_t files = 0, bytes = 0;
};

struct VendorWish {
    TimePoint now{};
    // Of what the phone had when it was last looked at; nothing: not known.
    std::optional<TimePoint> newest_message{};
};

// Reads every file that can be opened to its end. Throws what the tree throws but for Corrupt,
// Cancelled.
VendorLook look_into(const FileTree& tree, const VendorBackup& backup, const VendorWish& wish,
                     const std::stop_token& stop);

}  // namespace lifeboat::content
