#include "phone/ios/watched_apps.h"

#include "phone/ios/model_names.h"

#include <gtest/gtest.h>

namespace lifeboat::phone::ios {
namespace {

TEST(WatchedApps, AreFoundByNameOrBeginning) {
    const std::set<std::string> installed{"com.apple.mobilesafari", "com.authy",
                                          "com.twofas.2fas.ios",    "it.infocert.mobile",
                                          "net.whatsapp.WhatsApp",  "org.whispersystems.signal",
                                          "net.whatsapp.WhatsAppX"};
    EXPECT_EQ(installed_authenticators(installed),
              "com.authy,com.twofas.2fas.ios,it.infocert.mobile");
    EXPECT_EQ(installed_messengers(installed), "net.whatsapp.WhatsApp,org.whispersystems.signal");
    EXPECT_EQ(installed_messengers({}), "");
}

TEST(WatchedApps, ANameWithACommaBreaksNoList) {
    EXPECT_EQ(installed_authenticators({"com.authy,net.whatsapp.WhatsApp"}), "");
}

TEST(ModelNames, NewerOnesKeepTheirOwn) {
    EXPECT_EQ(model_name("iPhone13,2"), "iPhone 12");
    EXPECT_EQ(model_name("iPhone99,1"), "iPhone99,1");
    EXPECT_EQ(model_name("iPad14,1"), "iPad14,1");
}

}  // namespace
}  // namespace lifeboat::phone::ios
