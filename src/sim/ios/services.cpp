#include "sim/ios/services.h"

#include "base/error.h"
#include "sim/ios/afc_service.h"
#include "sim/ios/backup_service.h"
#include "sim/ios/small_services.h"

#include <map>

namespace lifeboat::sim::ios {

namespace {

using Run = void (*)(Device&, Channel&, const PhoneActions&);

template <void (*Service)(Device&, Channel&)>
void plain(Device& device, Channel& channel, const PhoneActions&) {
    Service(device, channel);
}

void run_afc(Device& device, Channel& channel) {
    AfcService(device, channel, device.media_folder()).run();
}

const std::map<std::string_view, Run>& table() {
    static const std::map<std::string_view, Run> services{
        {"com.apple.afc", plain<run_afc>},
        {backup_service_name, run_backup_service},
        {"com.apple.mobile.notification_proxy", plain<run_notification_proxy>},
        {"com.apple.mobile.installation_proxy", plain<run_installation_proxy>},
        {"com.apple.springboardservices", plain<run_springboard>},
        {"com.apple.mobile.diagnostics_relay", run_diagnostics},
        {"com.apple.misagent", plain<run_misagent>},
        {"com.apple.mobile.heartbeat", plain<run_heartbeat>},
        {"com.apple.mobile.house_arrest", plain<run_house_arrest>}};
    return services;
}

}  // namespace

bool is_service(std::string_view name) {
    return table().contains(name);
}

void run_service(std::string_view name, Device& device, Channel& channel,
                 const PhoneActions& actions) {
    const auto found = table().find(name);
    if (found == table().end()) throw Missing("no such service: " + std::string(name));
    found->second(device, channel, actions);
}

}  // namespace lifeboat::sim::ios
