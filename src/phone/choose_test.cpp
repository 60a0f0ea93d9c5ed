#include "phone/phone.h"

#include <gtest/gtest.h>

namespace lifeboat::phone {
namespace {

class ListedPhones final : public PhoneBus {
public:
    explicit ListedPhones(std::vector<PhoneEntry> entries) : entries_(std::move(entries)) {}
    std::vector<PhoneEntry> list(const std::stop_token&) override { return entries_; }
    std::unique_ptr<Phone> connect(const PhoneId&, const std::stop_token&) override {
        return nullptr;
    }

private:
    std::vector<PhoneEntry> entries_;
};

PhoneEntry entry(const std::string& serial, const std::string& model,
                 Readiness readiness = Readiness::ready) {
    return {.id = {.serial = serial},
            .model = model,
            .readiness = readiness,
            .instruction = readiness == Readiness::ready ? "" : "Unlock it."};
}

TEST(Choose, OnlyOne) {
    ListedPhones bus({entry("A1", "Pixel 7")});
    EXPECT_EQ(choose(bus, "", {}).id.serial, "A1");
}

TEST(Choose, BySerialOrModelWhateverTheCase) {
    ListedPhones bus({entry("A1", "Pixel 7"), entry("B2", "SM G973F")});
    EXPECT_EQ(choose(bus, "b2", {}).id.serial, "B2");
    EXPECT_EQ(choose(bus, "pixel 7", {}).id.serial, "A1");
}

TEST(Choose, SeveralAreListed) {
    ListedPhones bus({entry("A1", "Pixel 7"), entry("B2", "Pixel 7")});
    try {
        choose(bus, "Pixel 7", {});
        FAIL() << "must not choose by itself";
    } catch (const Misuse& error) {
        EXPECT_NE(error.message().find("A1"), std::string::npos);
        EXPECT_NE(error.message().find("B2"), std::string::npos);
    }
}

TEST(Choose, NoneAndTheWrongOne) {
    ListedPhones none({});
    EXPECT_THROW(choose(none, "", {}), NotReady);
    ListedPhones bus({entry("A1", "Pixel 7")});
    try {
        choose(bus, "zz", {});
        FAIL() << "there is no such phone";
    } catch (const NotReady& error) {
        EXPECT_NE(error.message().find("A1"), std::string::npos);
        EXPECT_FALSE(error.guidance().empty());
    }
}

TEST(Choose, NotReadyGivesTheInstruction) {
    ListedPhones bus({entry("A1", "", Readiness::unauthorized)});
    try {
        choose(bus, "", {});
        FAIL() << "it is not ready";
    } catch (const NotReady& error) {
        EXPECT_EQ(error.guidance(), "Unlock it.");
    }
}

}  // namespace
}  // namespace lifeboat::phone
