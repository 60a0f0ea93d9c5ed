#include "phone/ios/usb_mode.h"

#include "phone/ios/ios_world_test.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

namespace lifeboat::phone::ios {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr uint64_t chip = 0x000A11112222801E;
const std::string in_recovery =
    "CPID:8101 CPRV:11 CPFM:03 SCEP:01 BDID:0C ECID:000A11112222801E IBFL:3C SRNM:[F17SIM00LBOT]";

class UsbFolder : public ::testing::Test {
protected:
    void write(const std::string& device, const std::string& file, const std::string& text) {
        fs::create_directories(fs::path(folder_.path()) / device);
        std::ofstream(folder_.path() + "/" + device + "/" + file, std::ios::binary) << text;
    }
    void device(const std::string& name, const std::string& product, const std::string& serial) {
        write(name, "idVendor", "05ac\n");
        write(name, "idProduct", product + "\n");
        write(name, "serial", serial + "\n");
    }
    std::vector<UsbIphone> found() { return usb_iphones(folder_.path()).value(); }

    TestFolder folder_{};
};

TEST(UsbModes, AreToldByVendorAndProduct) {
    EXPECT_EQ(usb_mode("05ac", "1227"), UsbMode::dfu);
    for (const char* product : {"1280", "1281", "1282", "1283"}) {
        EXPECT_EQ(usb_mode("05ac", product), UsbMode::recovery) << product;
    }
    for (const char* product : {"1290", "12a8", "12AB", "12af"}) {
        EXPECT_EQ(usb_mode("05ac", product), UsbMode::normal) << product;
    }
    for (const char* product : {"1226", "127f", "1284", "12b0", "", "0x1281", "1281 ", "101281"}) {
        EXPECT_EQ(usb_mode("05ac", product), std::nullopt) << product;
    }
    EXPECT_EQ(usb_mode("18d1", "1281"), std::nullopt);
    EXPECT_EQ(usb_mode("", "1281"), std::nullopt);
}

TEST(UsbModes, TheChipTellsItsNumber) {
    EXPECT_EQ(ecid_in_serial(in_recovery), chip);
    EXPECT_EQ(ecid_in_udid("00008101-000A11112222801E"), chip);
    for (const char* text : {"", "ECID:", "ECID:xyz", "ECID:-1", "XECID:1",
                             "ECID:11112222333344445", "CPID:8101 BDID:0C"}) {
        EXPECT_EQ(ecid_in_serial(text), std::nullopt) << text;
    }
    for (const char* text : {"", "00008101000A11112222801E", "00008101-000A11112222801",
                             "0123456789012345678901234567890123456789"}) {
        EXPECT_EQ(ecid_in_udid(text), std::nullopt) << text;
    }
}

TEST_F(UsbFolder, HoldsPhonesAmongOtherThings) {
    EXPECT_THAT(found(), IsEmpty());
    device("1-1", "12a8", "00008101000A11112222801E");
    device("1-2", "1281", in_recovery);
    device("1-3", "1227", "CPID:8015 ECID:00000000000000FF");
    device("1-4", "024f", "a keyboard");
    write("1-0:1.0", "bInterfaceClass", "09\n");
    write("usb1", "idVendor", "1d6b\n");
    EXPECT_THAT(found(),
                UnorderedElementsAre(UsbIphone{UsbMode::normal, chip, "00008101-000A11112222801E"},
                                     UsbIphone{UsbMode::recovery, chip, ""},
                                     UsbIphone{UsbMode::dfu, 0xff, ""}));
}

TEST_F(UsbFolder, LinksAreFollowedAsInSysfs) {
    const TestFolder devices;
    fs::create_directories(devices.path() + "/pci/1-1");
    std::ofstream(devices.path() + "/pci/1-1/idVendor") << "05ac\n";
    std::ofstream(devices.path() + "/pci/1-1/idProduct") << "1281\n";
    fs::create_directory_symlink(devices.path() + "/pci/1-1", folder_.path() + "/1-1");
    fs::create_directory_symlink(folder_.path() + "/nowhere", folder_.path() + "/1-2");
    EXPECT_THAT(found(), UnorderedElementsAre(UsbIphone{UsbMode::recovery, std::nullopt, ""}));
}

TEST_F(UsbFolder, OddContentIsNoPhoneOrOneWithoutAName) {
    device("1-1", "1281", std::string(100'000, 'A'));
    device("1-2", "1281", std::string("ECID:\0\xff\xfe 12", 11));
    device("1-3", "12a8", "../../etc");
    device("1-4", std::string(100'000, '1'), "x");
    device("1-5", "", "x");
    write("1-6", "idVendor", "05ac");
    fs::create_directories(folder_.path() + "/1-7/idVendor");
    write("1-8", "idProduct", "1281");
    ASSERT_EQ(::mkfifo((folder_.path() + "/1-8/idVendor").c_str(), 0600), 0);
    std::ofstream(folder_.path() + "/file") << "05ac";
    EXPECT_THAT(found(), UnorderedElementsAre(UsbIphone{UsbMode::recovery, std::nullopt, ""},
                                              UsbIphone{UsbMode::recovery, std::nullopt, ""},
                                              UsbIphone{UsbMode::normal, std::nullopt, ""}));
}

TEST_F(UsbFolder, WithoutTheFolderNothingIsKnown) {
    EXPECT_EQ(usb_iphones(folder_.path() + "/nowhere"), std::nullopt);
    write("here", "file", "x");
    EXPECT_EQ(usb_iphones(folder_.path() + "/here/file"), std::nullopt);
}

}  // namespace
}  // namespace lifeboat::phone::ios
