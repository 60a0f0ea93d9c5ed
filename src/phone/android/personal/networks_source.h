// The Wi-Fi networks the phone knows: names and kinds. Passwords only a phone with root tells.
#pragma once

#include "personal/network.h"
#include "phone/android/personal_source.h"

#include <string_view>
#include <vector>

namespace lifeboat::phone::android {

// The rows of `cmd wifi list-networks`. A network that two kinds of security fit has two rows there
// and one entry here; kinds that the phone added by itself ("wpa3-sae^") are left out. Blanks at a
// name's end cannot be told from the column's.
std::vector<personal::Network> parse_networks(std::string_view text);

// The networks with passwords in WifiConfigStore.xml, which only root can read.
std::vector<personal::Network> parse_wifi_store(std::string_view xml);

class NetworksSource final : public PersonalSource {
public:
    explicit NetworksSource(const PhoneLink& link) : link_(link) {}

    std::string_view id() const override { return "networks"; }
    personal::Collection read(const PersonalTarget& target, EventSink& events,
                              const std::stop_token& stop) override;
    // Open networks and those whose password is in the backup; the others are named.
    personal::RestoreOutcome restore(const FileTree& snapshot, bool dry_run, EventSink& events,
                                     const std::stop_token& stop) override;

private:
    const PhoneLink& link_;
};

}  // namespace lifeboat::phone::android
