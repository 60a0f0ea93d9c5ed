#include "crypto/sha256.h"
#include "phone/android/contract_world_test.h"
#include "phone/android/shell_quote.h"

namespace lifeboat::phone::android {
namespace {

std::map<std::string, Reading> by_fact(const Facts& facts) {
    std::map<std::string, Reading> out;
    for (const Reading& reading : facts.readings) out[reading.fact] = reading;
    return out;
}

TEST_F(AndroidContract, NoPhoneOnePhoneTwoPhones) {
    EXPECT_TRUE(bus().list({}).empty());
    EXPECT_THROW(choose(bus(), "", {}), NotReady);
    simulated();
    EXPECT_EQ(choose(bus(), "", {}).id.serial, phone_->address());

    const TempFolder other_storage;
    sim::AndroidPhone other({.storage = other_storage.path(), .serial = "SIM0000002"}, clock_);
    other.start();
    connect_server_to(other.address());
    EXPECT_EQ(bus().list({}).size(), 2u);
    EXPECT_THROW(choose(bus(), "", {}), Misuse);
    EXPECT_EQ(choose(bus(), other.address(), {}).id.serial, other.address());
}

TEST_F(AndroidContract, PhoneThatDoesNotTrustUs) {
    simulated({.consent = sim::adb::Consent::deny});
    const auto entries = bus().list({});
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(entries[0].readiness, Readiness::unauthorized);
    EXPECT_NE(entries[0].instruction.find("Allow"), std::string::npos);
    try {
        connected();
        FAIL() << "it is not trusted";
    } catch (const NotReady& error) {
        EXPECT_NE(error.guidance().find("Allow"), std::string::npos);
    }
}

TEST_F(AndroidContract, NoServerAndNoneMayBeStarted) {
    AdbServer server({.server_port = std::to_string(sys::Listener(0).port()), .program = ""},
                     process_);
    EXPECT_THROW(server.devices({}), Missing);
    AdbServer missing(
        {.server_port = std::to_string(sys::Listener(0).port()), .program = "no-such-adb"},
        process_);
    EXPECT_THROW(missing.devices({}), Missing);
}

TEST_F(AndroidContract, ServerIsStartedWhenNoneRuns) {
    const std::string port = std::to_string(sys::Listener(0).port());
    AdbServer server({.server_port = port}, process_);
    EXPECT_GE(server.version({}), 39u);
    EXPECT_TRUE(server.devices({}).empty());
    process_.run({.argv = {"adb", "-P", port, "kill-server"}}, {});  // this test's own
}

TEST(AdbEndpoint, ReadsWhatAdbReads) {
    EXPECT_EQ(endpoint_of({}), (AdbEndpoint{.host = "127.0.0.1", .port = 5037}));
    EXPECT_EQ(endpoint_of({.server_port = "5038"}).text(), "tcp:localhost:5038");
    EXPECT_EQ(endpoint_of({.server_socket = "tcp:far.example:1", .server_port = "2"}),
              (AdbEndpoint{.host = "far.example", .port = 1}));
    EXPECT_FALSE(endpoint_of({.server_socket = "tcp:far.example:1"}).is_local());
    EXPECT_EQ(endpoint_of({.server_socket = "tcp:[::1]:7"}).host, "::1");
    EXPECT_EQ(endpoint_of({.server_socket = "localfilesystem:/run/adb"}).text(),
              "localfilesystem:/run/adb");
    for (const char* bad : {"tcp:", "tcp:0", "tcp:70000", "tcp::5", "udp:5", "localfilesystem:"}) {
        EXPECT_THROW(endpoint_of({.server_socket = bad}), Misuse) << bad;
    }
}

TEST_F(AndroidContract, ServerTellsVersionAndFeatures) {
    simulated();
    AdbServer server(server_.settings(), process_);
    EXPECT_GE(server.version({}), 39u);
    EXPECT_TRUE(server.features(phone_->address(), {}).contains("shell_v2"));
    // The phone offers it; only an adb server that can do it, too, makes use of it.
    const auto told =
        process_.run({.argv = {"adb", "-P", server_.settings().server_port, "host-features"}}, {});
    EXPECT_EQ(server.features(phone_->address(), {}).contains("delayed_ack"),
              as_text(told.output).find("delayed_ack") != std::string_view::npos);
    EXPECT_THROW(server.features("nope", {}), NotReady);
    EXPECT_THROW(server.open("nope", "sync:", {}), NotReady);
}

TEST_F(AndroidContract, ShellKeepsExitCodeOutputAndErrorsApart) {
    simulated();
    AdbServer server(server_.settings(), process_);
    Shell shell(server, phone_->address());
    const auto listed = shell.run({.text = "ls " + shell_quote("/sdcard/no such file")}, {});
    EXPECT_NE(listed.exit_code, 0);
    EXPECT_TRUE(listed.output.empty());
    EXPECT_NE(listed.errors.find("No such file"), std::string::npos);
    const std::string large(3'000'000, 'i');
    const auto echoed = shell.run({.text = "cat", .input = large}, {});
    EXPECT_EQ(echoed.output, large);
    EXPECT_THROW(shell.run({.text = "cat", .input = large, .output_limit = 1000}, {}), Corrupt);
}

TEST_F(AndroidContract, FactsOfEveryMake) {
    for (const std::string& name : sim::personality_names()) {
        simulated({.personality = name}).set_battery(84, true);
        phone_->set_storage_locked(false);
        const Facts facts = connected()->facts({});
        const auto readings = by_fact(facts);
        EXPECT_EQ(facts.device_key, "SIM0000001") << name;
        EXPECT_FALSE(facts.model.empty()) << name;
        EXPECT_FALSE(facts.os_version.empty()) << name;
        EXPECT_EQ(readings.at("battery.percent").value, "84") << name;
        EXPECT_EQ(readings.at("battery.plugged").value, "yes") << name;
        EXPECT_EQ(readings.at("wifi.connected").value, "yes") << name;
        EXPECT_EQ(readings.at("wifi.ssid").value, "Harbour") << name;
        EXPECT_EQ(readings.at("network.metered").value, "no") << name;
        EXPECT_EQ(readings.at("network.validated").value, "yes") << name;
        EXPECT_TRUE(readings.at("storage.free_bytes").value) << name;
        EXPECT_TRUE(readings.at("packages.messengers").value) << name;
        for (const auto& [fact, reading] : readings) {
            EXPECT_FALSE(reading.method.empty()) << fact;
            EXPECT_EQ(reading.value.has_value(), reading.why_unknown.empty()) << fact;
        }
        phone_.reset();
    }
}

TEST_F(AndroidContract, FactsFollowThePhone) {
    auto& simulated_phone = simulated();
    simulated_phone.set_battery(41, false);
    simulated_phone.set_wifi(sim::Wifi::metered);
    auto readings = by_fact(connected()->facts({}));
    EXPECT_EQ(readings["battery.percent"].value, "41");
    EXPECT_EQ(readings["battery.charging"].value, "no");
    EXPECT_EQ(readings["network.metered"].value, "yes");
    simulated_phone.set_wifi(sim::Wifi::off);
    simulated_phone.device().state().with([](sim::DeviceState& s) { s.battery.faked = true; });
    readings = by_fact(connected()->facts({}));
    EXPECT_EQ(readings["wifi.connected"].value, "no");
    EXPECT_FALSE(readings["battery.percent"].value);
    EXPECT_NE(readings["battery.percent"].why_unknown.find("frozen"), std::string::npos);
}

TEST_F(AndroidContract, HashesComputedOnThePhone) {
    std::vector<ItemPath> wanted;
    std::map<std::string, std::string> expected;
    for (const std::string name : {"plain", "two words", "line\nbreak", "back\\slash", "it's"}) {
        write_file(sdcard("Download/" + name), "content of " + name);
        const auto path = *ItemPath::parse("sdcard/Download/" + name);
        wanted.push_back(path);
        expected[path.text()] = to_hex(crypto::sha256(as_bytes("content of " + name)));
    }
    for (int i = 0; i < 3000; ++i) {
        write_file(sdcard(fmt::format("DCIM/{}", i)), std::to_string(i));
        wanted.emplace_back(fmt::format("sdcard/DCIM/{}", i));
        expected[wanted.back().text()] = to_hex(crypto::sha256(as_bytes(std::to_string(i))));
    }
    wanted.emplace_back("sdcard/Download/missing");
    wanted.emplace_back("0000-0000/elsewhere");
    simulated();
    std::map<std::string, std::string> got;
    connected()->digests(
        wanted,
        [&](const ItemPath& path, const std::optional<Digest>& digest, const std::string& why) {
            EXPECT_TRUE(got.emplace(path.text(), digest ? digest->hex() : why).second);
        },
        {});
    EXPECT_EQ(got.size(), wanted.size());
    for (const auto& [path, hash] : expected) EXPECT_EQ(got[path], hash) << printable(path);
    EXPECT_NE(got["sdcard/Download/missing"].find("No such file"), std::string::npos);
    EXPECT_NE(got["0000-0000/elsewhere"], "");
}

TEST_F(AndroidContract, RestoreBringsBackBytesDatesAndGallery) {
    for (int i = 0; i < 200; ++i) {
        write_file(sdcard(fmt::format("DCIM/Camera/{}.jpg", i)),
                   std::string(static_cast<size_t>(i) * 1003, 'r'), {1'600'000'000 + i, 0});
    }
    write_file(sdcard("DCIM/two words/it's\n.jpg"), "odd");
    std::filesystem::create_directories(sdcard("Music/empty"));
    auto& simulated_phone = simulated();
    const auto phone = connected();
    WatchedSink saved;
    phone->backup(nullptr, saved, events_, {});
    std::filesystem::remove_all(sdcard("DCIM"));
    std::filesystem::remove_all(sdcard("Music"));

    const std::vector<ItemPath> only{ItemPath("sdcard/DCIM"), ItemPath("sdcard/Music")};
    const RestoreOutcome outcome = phone->restore(saved.tree, only, events_, {});
    EXPECT_EQ(outcome.files, 202u);
    EXPECT_TRUE(outcome.failed.empty());
    EXPECT_EQ(events_.items_done, 202u);
    for (int i = 0; i < 200; ++i) {
        const auto path = sdcard(fmt::format("DCIM/Camera/{}.jpg", i));
        EXPECT_EQ(read_file(path), std::string(static_cast<size_t>(i) * 1003, 'r'));
        struct stat info {};
        ASSERT_EQ(::lstat(path.c_str(), &info), 0);
        EXPECT_EQ(info.st_mtim.tv_sec, 1'600'000'000 + i);
    }
    EXPECT_EQ(read_file(sdcard("DCIM/two words/it's\n.jpg")), "odd");
    EXPECT_TRUE(std::filesystem::is_directory(sdcard("Music/empty")));
    EXPECT_GE(simulated_phone.device().gallery().size(), 201u);
    EXPECT_EQ(read_file(sdcard("Android/media/com.whatsapp/WhatsApp/x.txt")), "chat");
}

TEST_F(AndroidContract, RestoreLooksAtTheRoomFirst) {
    MemoryTree tree;
    tree.add_file(ItemPath("sdcard/big.bin"), Bytes(2'000'000));
    simulated().set_free_bytes(1'000'000);
    EXPECT_THROW(connected()->restore(tree, {}, events_, {}), NoSpace);
    EXPECT_FALSE(std::filesystem::exists(sdcard("big.bin")));
}

// Gives the first bytes, then says that the rest is damaged.
class DamagedSource final : public ByteSource {
public:
    size_t read(MutableByteView out) override {
        if (given_ > 3'000'000) throw Corrupt("a block of this copy is damaged");
        given_ += out.size();
        return out.size();
    }

private:
    size_t given_ = 0;
};

class DamagedTree final : public FileTree {
public:
    explicit DamagedTree(const MemoryTree& tree) : tree_(tree) {}
    std::optional<Item> find(const ItemPath& path) const override { return tree_.find(path); }
    void list(const ItemPath& folder, const Each& each) const override { tree_.list(folder, each); }
    std::unique_ptr<ByteSource> open(const ItemPath& path) const override {
        if (path.name().starts_with("damaged")) return std::make_unique<DamagedSource>();
        return tree_.open(path);
    }

private:
    const MemoryTree& tree_;
};

TEST_F(AndroidContract, DamagedFileIsNamedAndTheRestComesBack) {
    MemoryTree tree;
    for (const char* name : {"a", "b", "damaged", "e", "f"}) {
        tree.add_file(ItemPath(std::string("sdcard/") + name), Bytes(5'000'000));
    }
    tree.add_file(ItemPath("9999-9999/elsewhere"), Bytes(10));
    simulated();
    const auto outcome = connected()->restore(DamagedTree(tree), {}, events_, {});
    EXPECT_EQ(outcome.files, 4u);
    ASSERT_EQ(outcome.failed.size(), 2u);
    EXPECT_FALSE(std::filesystem::exists(sdcard("damaged")));
    EXPECT_EQ(std::filesystem::file_size(sdcard("f")), 5'000'000u);
}

// Zeros pack so well that the phone has not heard of the file when the damage is met.
TEST_F(AndroidContract, DamagedFileThatIsPackedIsNamedAndTheRestComesBack) {
    MemoryTree tree;
    for (const char* name : {"a.db", "damaged.db", "e.db"}) {
        tree.add_file(ItemPath(std::string("sdcard/") + name), Bytes(5'000'000));
    }
    write_file(sdcard("damaged.db"), "what was there");
    simulated();
    const auto phone = connected({.pack_pushed = true});
    const auto outcome = phone->restore(DamagedTree(tree), {}, events_, {});
    EXPECT_EQ(outcome.files, 2u);
    ASSERT_EQ(outcome.failed.size(), 1u);
    EXPECT_EQ(read_file(sdcard("damaged.db")), "what was there");
    EXPECT_EQ(read_file(sdcard("e.db")), std::string(5'000'000, '\0'));
}

}  // namespace
}  // namespace lifeboat::phone::android
