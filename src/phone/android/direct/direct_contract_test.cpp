// The simulated phone without any adb: greeted, proved to, paired with, read and written over
// connections of our own.
#include "phone/android/android_phone.h"
#include "phone/android/contract_world_test.h"
#include "phone/android/direct/direct_transport.h"
#include "phone/android/direct/pairing.h"
#include "phone/android/shell.h"
#include "sim/slow_link.h"

#include <gmock/gmock.h>

namespace lifeboat::phone::android {
namespace {

using testing::HasSubstr;

class DirectContract : public testing::Test {
protected:
    void SetUp() override {
        write_file(storage_.path() + "/DCIM/Camera/IMG_1.jpg", "one", {1'714'557'600, 987'654'321});
        write_file(storage_.path() + "/Android/media/x.txt", "chat");
    }

    sim::AndroidPhone& simulated(sim::AndroidPhone::Config config = {}) {
        config.storage = storage_.path();
        phone_ = std::make_unique<sim::AndroidPhone>(std::move(config), clock_);
        phone_->start();
        return *phone_;
    }

    DirectSettings settings() const {
        return {.key = [] { return crypto::AndroidKey(shared_key().pem().duplicate()); },
                .owner = "ada@laptop",
                .patience = std::chrono::milliseconds(3000)};
    }
    // Making one takes a moment.
    static const crypto::AndroidKey& shared_key() {
        static const crypto::AndroidKey key = crypto::AndroidKey::make();
        return key;
    }
    DirectTransport& transport() {
        transport_ = std::make_unique<DirectTransport>(settings(), clock_);
        return *transport_;
    }
    std::unique_ptr<AndroidPhone> connected(AndroidOptions options = {}) {
        return std::make_unique<AndroidPhone>(transport(), phone_->address(), clock_, options,
                                              std::stop_token{});
    }
    std::string echo(Transport& over, const std::string& text = "echo hello") {
        return Shell(over, phone_->address()).run({.text = text}, {}).output;
    }
    std::string pair(const std::string& shown, const std::string& typed) {
        const uint16_t port = phone_->show_pairing_code(shown);
        const SecretText code(typed);
        const std::string name = pair_with_phone({.host = "127.0.0.1",
                                                  .port = port,
                                                  .code = code,
                                                  .key = shared_key(),
                                                  .owner = "ada@laptop",
                                                  .now = clock_.now()},
                                                 random_, {});
        // The phone reads our last word after we have read its own.
        for (int i = 0; i < 2000 && phone_->keys().size() == 0; ++i) {
            clock_.sleep(std::chrono::milliseconds(10), {});
        }
        return name;
    }

    sys::SystemClock clock_{};
    sys::SystemRandom random_{};
    TempFolder storage_{};
    QuietEvents events_{};
    std::unique_ptr<sim::AndroidPhone> phone_{};
    std::unique_ptr<DirectTransport> transport_{};
};

TEST_F(DirectContract, GreetsAndRunsCommands) {
    simulated();
    auto& over = transport();
    const Greeting greeting = over.greet_phone(phone_->address(), {});
    EXPECT_EQ(greeting.model, "Pixel 8");
    EXPECT_FALSE(greeting.secure);
    EXPECT_TRUE(greeting.features.contains("delayed_ack"));
    EXPECT_EQ(phone_->keys().size(), 1U);
    const auto result =
        Shell(over, phone_->address()).run({.text = "cat; nope", .input = "in"}, {});
    EXPECT_EQ(result.output, "in");
    EXPECT_THAT(result.errors, HasSubstr("nope"));
    EXPECT_NE(result.exit_code, 0);
    EXPECT_EQ(phone_->connections(), 1U);  // all streams share one
}

TEST_F(DirectContract, ServicesThatAPhoneDoesNotHaveAreRefused) {
    simulated();
    EXPECT_THROW(transport().open(phone_->address(), "nonsense:", {}), Unsupported);
}

TEST_F(DirectContract, BacksUpAndRestores) {
    for (const std::vector<std::string>& without :
         {std::vector<std::string>{}, {"delayed_ack"}, {"delayed_ack", "sendrecv_v2", "ls_v2"}}) {
        std::string big(5'000'000, 'x');
        for (size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>(i * 7 + i / 251);
        write_file(storage_.path() + "/DCIM/big.mp4", big);
        for (int i = 0; i < 300; ++i) {
            write_file(fmt::format("{}/DCIM/many/{}.jpg", storage_.path(), i), std::string(i, 'a'));
        }
        sim::AndroidPhone::Config config;
        config.without_features = without;
        simulated(std::move(config));
        WatchedSink sink;
        const auto phone = connected();
        phone->backup(nullptr, sink, events_, {});
        EXPECT_EQ(sink.files_put, 303U);
        EXPECT_TRUE(sink.content("sdcard/DCIM/big.mp4") == big);
        EXPECT_EQ(sink.content("sdcard/DCIM/many/299.jpg"), std::string(299, 'a'));

        std::filesystem::remove_all(storage_.path() + "/DCIM");
        const RestoreOutcome outcome = phone->restore(sink.tree, {}, events_, {});
        EXPECT_EQ(outcome.files, 303U);
        EXPECT_TRUE(read_file(storage_.path() + "/DCIM/big.mp4") == big);
    }
}

// What a phone does not offer, and the flag of what is then used.
std::vector<std::pair<std::vector<std::string>, uint32_t>> packings() {
    const std::string zstd = "sendrecv_v2_zstd";
    const std::string lz4 = "sendrecv_v2_lz4";
    return {{{}, 4}, {{zstd}, 2}, {{zstd, lz4}, 1}};
}

TEST_F(DirectContract, PackedFilesAreTheSame) {
    std::string text;
    while (text.size() < 700'000) text += fmt::format("line {}\n", text.size());
    std::string noise(200'000, 0);
    random_.fill(MutableByteView(std::as_writable_bytes(std::span(noise))));
    write_file(storage_.path() + "/Documents/a.txt", text);
    write_file(storage_.path() + "/Documents/noise.DB", noise);
    write_file(storage_.path() + "/Documents/short.json", "{}");
    for (const auto& [without, flag] : packings()) {
        sim::AndroidPhone::Config config;
        config.without_features = without;
        simulated(std::move(config));
        WatchedSink sink;
        connected({.pull = {.pack = true}})->backup(nullptr, sink, events_, {});
        EXPECT_TRUE(sink.content("sdcard/Documents/a.txt") == text);
        EXPECT_TRUE(sink.content("sdcard/Documents/noise.DB") == noise);
        EXPECT_EQ(sink.content("sdcard/Documents/short.json"), "{}");
        EXPECT_EQ(phone_->device().snapshot().packed_files_sent,
                  (std::map<uint32_t, uint64_t>{{flag, 2}}));
    }
}

TEST_F(DirectContract, PackedFilesComeBackTheSame) {
    MemoryTree tree;
    const TimePoint date{std::chrono::seconds(1'600'000'000)};
    std::string text;
    while (text.size() < 700'000) text += fmt::format("line {}\n", text.size());
    Bytes noise(200'000);
    random_.fill(noise);
    const auto add = [&](const char* name, Bytes bytes) {
        tree.add_file(ItemPath(std::string("sdcard/Documents/") + name), std::move(bytes), date);
    };
    add("a.txt", to_bytes(text));
    add("zeros.db", Bytes(3'000'000));
    add("noise.DB", noise);
    add("short.json", to_bytes("{}"));
    add("b.jpg", noise);
    for (int i = 0; i < 200; ++i)
        add(fmt::format("{}.xml", i).c_str(), to_bytes(text.substr(0, 5000)));
    for (const auto& [without, flag] : packings()) {
        std::filesystem::remove_all(storage_.path() + "/Documents");
        sim::AndroidPhone::Config config;
        config.without_features = without;
        simulated(std::move(config));
        const RestoreOutcome outcome =
            connected({.pack_pushed = true})->restore(tree, {}, events_, {});
        EXPECT_EQ(outcome.files, 205U);
        EXPECT_TRUE(outcome.failed.empty());
        EXPECT_EQ(phone_->device().snapshot().packed_files_taken,
                  (std::map<uint32_t, uint64_t>{{flag, 203}}));
        const std::string folder = storage_.path() + "/Documents/";
        EXPECT_TRUE(read_file(folder + "a.txt") == text);
        EXPECT_TRUE(read_file(folder + "zeros.db") == std::string(3'000'000, '\0'));
        EXPECT_TRUE(read_file(folder + "noise.DB") == as_text(noise));
        EXPECT_TRUE(read_file(folder + "b.jpg") == as_text(noise));
        EXPECT_EQ(read_file(folder + "short.json"), "{}");
        EXPECT_EQ(read_file(folder + "199.xml"), text.substr(0, 5000));
        struct stat info {};
        ASSERT_EQ(::lstat((folder + "199.xml").c_str(), &info), 0);
        EXPECT_EQ(info.st_mtim.tv_sec, 1'600'000'000);
    }
}

TEST_F(DirectContract, ASlowWireIsMeasuredAndFilesGoPacked) {
    MemoryTree tree;
    std::string text;
    while (text.size() < 1'000'000) text += fmt::format("line {}\n", text.size());
    for (int i = 0; i < 5; ++i)
        tree.add_file(ItemPath(fmt::format("sdcard/Documents/{}.txt", i)), to_bytes(text));
    simulated();
    const sim::SlowLink wire(
        {.to = static_cast<uint16_t>(*parse_u64(split(phone_->address(), ':').back())),
         .bytes_per_second = 20'000'000});
    AndroidPhone phone(transport(), fmt::format("127.0.0.1:{}", wire.port()), clock_, {},
                       std::stop_token{});
    EXPECT_EQ(phone.restore(tree, {}, events_, {}).files, 5U);
    EXPECT_EQ(phone_->device().snapshot().packed_files_taken,
              (std::map<uint32_t, uint64_t>{{4, 5}}));
    EXPECT_TRUE(read_file(storage_.path() + "/Documents/4.txt") == text);
}

TEST_F(DirectContract, NothingIsPackedOnAFastWireOrForAPhoneThatCannot) {
    MemoryTree tree;
    tree.add_file(ItemPath("sdcard/Documents/a.txt"), Bytes(100'000));
    simulated();
    connected()->restore(tree, {}, events_, {});
    EXPECT_TRUE(phone_->device().snapshot().packed_files_taken.empty());
    sim::AndroidPhone::Config config;
    config.without_features = {"sendrecv_v2"};
    simulated(std::move(config));
    connected({.pack_pushed = true})->restore(tree, {}, events_, {});
    EXPECT_TRUE(phone_->device().snapshot().packed_files_taken.empty());
    EXPECT_EQ(read_file(storage_.path() + "/Documents/a.txt").size(), 100'000U);
}

TEST_F(DirectContract, SmallPayloadsAndSplitPackets) {
    sim::AndroidPhone::Config config;
    config.max_payload = 4096;
    simulated(std::move(config));
    phone_->faults().with([](sim::FaultPlan& plan) { plan.split = true; });
    const std::string text(60'000, 'w');
    write_file(storage_.path() + "/DCIM/w.txt", text);
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_TRUE(sink.content("sdcard/DCIM/w.txt") == text);
}

TEST_F(DirectContract, GoesOnAfterTheConnectionBroke) {
    for (int i = 0; i < 200; ++i) {
        write_file(fmt::format("{}/DCIM/{}.jpg", storage_.path(), i), std::string(50'000, 'a'));
    }
    simulated();
    WatchedSink sink;
    sink.on_file = [&](size_t count) {
        if (count == 50 || count == 120) phone_->drop_connections();
    };
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_EQ(sink.tree.refused().size(), 0U);
    EXPECT_EQ(sink.content("sdcard/DCIM/199.jpg").size(), 50'000U);
}

TEST_F(DirectContract, APhoneThatIsAwayOrDoesNotTrustSaysSo) {
    sim::AndroidPhone::Config config;
    config.consent = sim::adb::Consent::deny;
    simulated(std::move(config));
    auto& over = transport();
    try {
        over.greet_phone(phone_->address(), {});
        FAIL() << "it trusts";
    } catch (const NotReady& error) {
        EXPECT_THAT(error.guidance(), HasSubstr("Allow"));
    }
    EXPECT_FALSE(over.is_ready(phone_->address(), {}));
    phone_->decide(sim::adb::Consent::accept);
    EXPECT_TRUE(over.is_ready(phone_->address(), {}));
    phone_->disappear();
    EXPECT_THROW(transport().greet_phone(phone_->address(), {}), NotReady);
    EXPECT_THROW(transport().greet_phone("no address", {}), Misuse);
}

TEST_F(DirectContract, PairedPhonesSpeakTls) {
    sim::AndroidPhone::Config config;
    config.wireless = true;
    simulated(std::move(config));
    try {
        transport().greet_phone(phone_->address(), {});
        FAIL() << "nobody paired";
    } catch (const NotReady& error) {
        EXPECT_THAT(error.guidance(), HasSubstr("--pair"));
    }
    EXPECT_THAT(pair("592781", "592781"), HasSubstr("adb-SIM0000001"));
    auto& over = transport();
    EXPECT_TRUE(over.greet_phone(phone_->address(), {}).secure);
    EXPECT_EQ(echo(over), "hello\n");

    const std::string big(3'000'000, 'z');
    write_file(storage_.path() + "/DCIM/big.mp4", big);
    WatchedSink sink;
    connected()->backup(nullptr, sink, events_, {});
    EXPECT_TRUE(sink.content("sdcard/DCIM/big.mp4") == big);
    const RestoreOutcome outcome = connected()->restore(sink.tree, {}, events_, {});
    EXPECT_EQ(outcome.files, sink.files_put);
}

TEST_F(DirectContract, AWrongCodePairsNobody) {
    simulated();
    EXPECT_THROW(pair("592781", "592780"), WrongCode);
    EXPECT_EQ(phone_->keys().size(), 0U);
    EXPECT_THROW(pair("592781", "59278"), WrongCode);
    EXPECT_THROW(pair("592781", ""), Misuse);
    phone_->hide_pairing_code();
    const SecretText code("123456");
    const uint16_t nobody = sys::Listener(0).port();
    EXPECT_THROW(
        pair_with_phone({.host = "127.0.0.1", .port = nobody, .code = code, .key = shared_key()},
                        random_, {}),
        NotReady);
}

TEST_F(DirectContract, AStopEndsReading) {
    simulated();
    auto& over = transport();
    std::stop_source source;
    const auto stream = over.open(phone_->address(), "shell,v2,raw:cat", source.get_token());
    std::jthread stopper([&] { source.request_stop(); });
    Bytes buffer(10);
    EXPECT_THROW(stream->read(buffer), Cancelled);
}

TEST(NetworkAddress, Texts) {
    EXPECT_EQ(parse_address("10.0.0.7:5555")->text(), "10.0.0.7:5555");
    EXPECT_EQ(parse_address("[2001:db8::1]:5555")->host, "2001:db8::1");
    EXPECT_EQ(parse_address("[2001:db8::1]:5555")->text(), "[2001:db8::1]:5555");
    for (const char* bad : {"", "host", "host:", ":1", "host:0", "host:65536", "a b:1", "h:1x"}) {
        EXPECT_FALSE(parse_address(bad)) << bad;
    }
}

TEST(PairingCode, SixDigits) {
    EXPECT_TRUE(is_pairing_code("012345"));
    for (const char* bad : {"", "12345", "1234567", "12345a", " 12345"}) {
        EXPECT_FALSE(is_pairing_code(bad)) << bad;
    }
}

}  // namespace
}  // namespace lifeboat::phone::android
