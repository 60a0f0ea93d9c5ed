// The apps on a simulated iPhone.
#pragma once

#include "plist/plist.h"

#include <string>
#include <vector>

namespace lifeboat::sim::ios {

struct App {
    std::string bundle{};
    std::string name{};
    std::string version{};
    bool system = false;
    bool shares_documents = false;
    int64_t store_id = 0;
    std::string group{};  // the container it shares with others; may be empty
};

const std::vector<App>& apps();

// What installation_proxy tells of one; only the attributes that were asked for, all when none was.
plist::Dict app_entry(const App& app, const plist::Array* attributes);

// Starts as every PNG does, and is a whole one: one pixel.
Bytes app_icon();

}  // namespace lifeboat::sim::ios
