#include "phone/ios/services.h"

#include "phone/ios/afc.h"
#include "phone/ios/fake_iphone_test.h"
#include "phone/ios/sync_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lifeboat::phone::ios {
namespace {

using plist::Array;
using plist::Dict;
using plist::Value;
using ::testing::ElementsAre;
using testing::Wire;

// A connection whose other end plays a script.
class Scripted {
public:
    explicit Scripted(std::function<void(Wire&)> script) {
        auto pair = sys::socket_pair({});
        pair.second->set_timeouts({.read = milliseconds(5'000)});
        thread_ =
            std::jthread([script = std::move(script), socket = std::move(pair.second)]() mutable {
                Wire wire(std::move(socket));
                try {
                    script(wire);
                } catch (const std::exception&) {
                    return;  // the computer hung up
                }
            });
        connection_ =
            std::make_unique<Connection>(std::move(pair.first), std::make_shared<Presence>());
        connection_->set_patience(milliseconds(500));
    }
    std::unique_ptr<Connection> take() { return std::move(connection_); }

private:
    std::jthread thread_;
    std::unique_ptr<Connection> connection_;
};

// Answers each question with the next of these.
Scripted answering(std::vector<Dict> answers) {
    return Scripted([answers = std::move(answers)](Wire& wire) {
        for (const Dict& answer : answers) {
            wire.receive();
            wire.send(answer);
        }
        wire.stay_silent();
    });
}

TEST(NotificationProxy, PostsObservesAndTakesLeave) {
    Scripted phone([](Wire& wire) {
        EXPECT_EQ(wire.receive_dict(), (Dict{{"Command", "ObserveNotification"}, {"Name", "a"}}));
        wire.send(Dict{{"Command", "RelayNotification"}, {"Name", "a"}});
        EXPECT_EQ(wire.receive_dict(), (Dict{{"Command", "PostNotification"}, {"Name", "b"}}));
        EXPECT_EQ(wire.receive_dict(), (Dict{{"Command", "Shutdown"}}));
        wire.send(Dict{{"Command", "RelayNotification"}, {"Name", "late"}});
        wire.send(Dict{{"Command", "ProxyDeath"}});
    });
    NotificationProxy proxy(phone.take());
    proxy.observe("a");
    EXPECT_EQ(proxy.next(milliseconds(2'000)), "a");
    EXPECT_EQ(proxy.next(milliseconds(50)), std::nullopt);
    proxy.post("b");
    proxy.close();
}

TEST(NotificationProxy, DeathAndNonsense) {
    const auto next = [](const Value& message) {
        Scripted phone([&](Wire& wire) {
            wire.send(message);
            wire.stay_silent();
        });
        return NotificationProxy(phone.take()).next(milliseconds(2'000));
    };
    EXPECT_THROW(next(Dict{{"Command", "ProxyDeath"}}), Gone);
    EXPECT_THROW(next(Dict{}), Garbled);
    EXPECT_THROW(next(Array{}), Garbled);
    EXPECT_EQ(next(Dict{{"Command", "RelayNotification"}}), std::nullopt);
}

TEST(InstallationProxy, BrowsesPageByPage) {
    Scripted phone([](Wire& wire) {
        const Dict question = wire.receive_dict();
        EXPECT_EQ(*question.dict("ClientOptions")->text("ApplicationType"), "User");
        const auto page = [](const char* id) {
            return Dict{{"Status", "BrowsingApplications"},
                        {"CurrentList", Array{Dict{{"CFBundleIdentifier", id}}}}};
        };
        wire.send(page("a"));
        wire.send(page("b"));
        wire.send(Dict{{"Status", "Complete"}});
        wire.receive();
        wire.send(Dict{{"LookupResult", Dict{{"a", Dict{}}}}, {"Status", "Complete"}});
        wire.stay_silent();
    });
    InstallationProxy proxy(phone.take());
    std::vector<std::string> ids;
    proxy.browse("User", {"CFBundleIdentifier"},
                 [&](const Dict& app) { ids.push_back(*app.text("CFBundleIdentifier")); });
    EXPECT_THAT(ids, ElementsAre("a", "b"));
    EXPECT_EQ(proxy.lookup({"a"}, {}), (Dict{{"a", Dict{}}}));
}

TEST(InstallationProxy, RefusalsAndNonsense) {
    const auto browse = [](Dict answer) {
        Scripted phone = answering({std::move(answer)});
        InstallationProxy(phone.take()).browse("User", {}, [](const Dict&) {});
    };
    EXPECT_THROW(browse({{"Error", "APIInternalError"}}), Denied);
    EXPECT_THROW(browse({{"CurrentList", Array{1}}}), Garbled);
    EXPECT_THROW(browse({}), Garbled);
    EXPECT_THROW(browse({{"Status", "BrowsingApplications"}}), Silent);
    Scripted phone = answering({Dict{}});
    EXPECT_THROW(InstallationProxy(phone.take()).lookup({"a"}, {}), Garbled);
}

TEST(DiagnosticsRelay, AnswersAndRefusals) {
    Scripted phone = answering(
        {{{"Status", "Success"},
          {"Diagnostics", Dict{{"GasGauge", Dict{{"CycleCount", 5}, {"Status", "Success"}}}}}},
         {{"Status", "UnknownRequest"}},
         {{"Status", "Success"},
          {"Diagnostics", Dict{{"MobileGestalt", Dict{{"Status", "MobileGestaltDeprecated"}}}}}},
         {{"Status", "Failure"}},
         {{"No", "status"}}});
    DiagnosticsRelay relay(phone.take());
    EXPECT_EQ(relay.gas_gauge()->i64("CycleCount"), 5);
    EXPECT_EQ(relay.io_registry("AppleSmartBattery"), std::nullopt);
    EXPECT_EQ(relay.mobile_gestalt({"PasswordConfigured"}), std::nullopt);
    EXPECT_FALSE(relay.restart());
    EXPECT_THROW(relay.gas_gauge(), Garbled);
}

TEST(Springboard, Icons) {
    Scripted phone = answering({{{"pngData", to_bytes("png")}}, {{"Error", "none"}}});
    Springboard springboard(phone.take());
    EXPECT_EQ(springboard.icon_png("a"), to_bytes("png"));
    EXPECT_EQ(springboard.icon_png("b"), std::nullopt);
}

TEST(Heartbeat, IsAnsweredUntilThePhoneFallsSilent) {
    Scripted phone([](Wire& wire) {
        for (int i = 0; i < 2; ++i) {
            wire.send(Dict{{"Command", "Marco"}, {"Interval", 1}});
            EXPECT_EQ(wire.receive_dict(), (Dict{{"Command", "Polo"}}));
        }
        wire.stay_silent();
    });
    const auto connection = phone.take();
    Presence presence;
    EXPECT_THROW(answer_heartbeat(*connection, presence, {}), Gone);
    EXPECT_TRUE(presence.is_gone());
}

// The phone's file service with one file and one lock.
class FakeAfc {
public:
    int lock_refusals = 0;
    std::vector<uint64_t> locks{};

    void operator()(Wire& wire) {
        while (true) {
            std::array<std::byte, afc_header_size> head{};
            read_exactly(wire, head);
            const AfcHeader header = parse_afc_header(head);
            const Bytes parameters = read_block(wire, header.parameter_size);
            const Bytes payload = read_block(wire, header.payload_size);
            AfcPacket answer = respond(header.operation, parameters, payload);
            answer.number = header.number;
            wire.write(afc_bytes(answer));
        }
    }

private:
    static AfcPacket status(AfcStatus code) {
        return {.parameters = afc_numbers({static_cast<uint64_t>(code)})};
    }
    static AfcPacket data(Bytes payload) {
        return {.operation = AfcOperation::data, .payload = std::move(payload)};
    }

    AfcPacket respond(AfcOperation operation, ByteView parameters, ByteView payload) {
        const auto path = [&](size_t at) { return as_text(parameters.subspan(at)); };
        switch (operation) {
            case AfcOperation::device_info:
                return data(afc_pairs({{"Model", "iPhone14,2"},
                                       {"FSTotalBytes", "128000000000"},
                                       {"FSFreeBytes", "5"},
                                       {"FSBlockSize", "4096"}}));
            case AfcOperation::read_folder:
                if (!path(0).starts_with("/DCIM")) return status(AfcStatus::not_found);
                return data(afc_texts({".", "..", "a", "evil/name", "b"}));
            case AfcOperation::file_info:
                if (!path(0).starts_with("/a")) return status(AfcStatus::not_found);
                return data(afc_pairs({{"st_size", "5"},
                                       {"st_ifmt", "S_IFREG"},
                                       {"st_mtime", "1700000000000000001"}}));
            case AfcOperation::open:
                if (path(8).starts_with("/absent")) return status(AfcStatus::not_found);
                if (path(8).starts_with("/secret")) return status(AfcStatus::permission_denied);
                return {.operation = AfcOperation::open_result, .parameters = afc_numbers({9})};
            case AfcOperation::read:
                return data(std::exchange(content_, {}));
            case AfcOperation::write:
                content_.assign(payload.begin(), payload.end());
                return status(payload.size() > 100 ? AfcStatus::no_space : AfcStatus::ok);
            case AfcOperation::lock:
                locks.push_back(afc_number(parameters, 1));
                return status(lock_refusals-- > 0 ? AfcStatus::would_block : AfcStatus::ok);
            case AfcOperation::remove:
                return status(AfcStatus::not_found);
            case AfcOperation::close:
            case AfcOperation::seek:
            case AfcOperation::rename:
            case AfcOperation::make_folder:
            case AfcOperation::set_modified:
                return status(AfcStatus::ok);
            default:
                return status(AfcStatus::not_supported);
        }
    }

    Bytes content_{};
};

TEST(Afc, FilesAndFolders) {
    FakeAfc service;
    Scripted phone(std::ref(service));
    Afc afc(phone.take());
    EXPECT_EQ(afc.storage().free_bytes, 5u);
    EXPECT_EQ(afc.storage().model, "iPhone14,2");
    EXPECT_THAT(*afc.list("/DCIM"), ElementsAre("a", "b"));
    EXPECT_EQ(afc.list("/absent"), std::nullopt);
    EXPECT_EQ(afc.info("/a")->size, 5u);
    EXPECT_EQ(afc.info("/a")->modified.time_since_epoch().count(), 1700000000000000001);
    EXPECT_FALSE(afc.info("/none"));
    const uint64_t handle = *afc.open("/a", AfcMode::read_write);
    EXPECT_EQ(handle, 9u);
    EXPECT_EQ(afc.open("/absent", AfcMode::read), std::nullopt);
    EXPECT_THROW(afc.open("/secret", AfcMode::read), Denied);
    afc.write(handle, as_bytes("hello"));
    Bytes out(100);
    EXPECT_EQ(afc.read(handle, out), 5u);
    EXPECT_EQ(afc.read(handle, out), 0u);
    EXPECT_THROW(afc.write(handle, Bytes(101)), NoSpace);
    EXPECT_THROW(afc.read(handle, MutableByteView(out).first(3)), Garbled);  // more than asked for
    afc.seek(handle, 3);
    afc.close(handle);
    afc.make_folder("/x");
    afc.rename("/x", "/y");
    afc.set_modified("/y", TimePoint(std::chrono::seconds(1'700'000'000)));
    EXPECT_FALSE(afc.remove("/absent"));
}

TEST(Afc, CutsWrongNumbersAndNonsense) {
    const auto list = [](std::function<void(Wire&)> script) {
        Scripted phone(std::move(script));
        Afc(phone.take()).list("/");
    };
    EXPECT_THROW(list([](Wire& wire) { wire.write(Bytes(10)); }), Gone);
    // Stays there after its answer: a phone that hangs up may be gone before the question is sent.
    EXPECT_THROW(list([](Wire& wire) {
                     wire.write(Bytes(40));
                     wire.stay_silent();
                 }),
                 Garbled);
    EXPECT_THROW(list([](Wire& wire) { wire.stay_silent(); }), Silent);
    EXPECT_THROW(list([](Wire& wire) {
                     wire.write(afc_bytes({.operation = AfcOperation::data, .number = 77}));
                     wire.stay_silent();
                 }),
                 Garbled);
    EXPECT_THROW(list([](Wire& wire) {
                     wire.write(afc_bytes({.operation = AfcOperation::status, .number = 1}));
                     wire.stay_silent();
                 }),
                 Garbled);
}

struct LockBench {
    FakeAfc service{};
    Scripted phone{std::ref(service)};
    Guarded<std::vector<std::string>> posted{};
    std::vector<std::unique_ptr<Scripted>> proxies{};
    sys::ManualClock clock{TimePoint{}};

    SyncLock::Announcer announcer() {
        return [this] {
            proxies.push_back(std::make_unique<Scripted>([this](Wire& wire) {
                const Dict post = wire.receive_dict();
                posted.with([&](auto& names) { names.push_back(*post.text("Name")); });
                wire.receive();
                wire.send(Dict{{"Command", "ProxyDeath"}});
            }));
            return std::make_unique<NotificationProxy>(proxies.back()->take());
        };
    }
};

TEST(SyncLock, TakesAnnouncesAndReleases) {
    LockBench bench;
    bench.service.lock_refusals = 3;
    SyncLock lock(std::make_unique<Afc>(bench.phone.take()), bench.announcer(), bench.clock, {});
    EXPECT_EQ(bench.clock.monotonic(), milliseconds(600));
    lock.release();
    lock.release();
    EXPECT_THAT(bench.service.locks, ElementsAre(6, 6, 6, 6, 12));
    EXPECT_THAT(bench.posted.with([](const auto& names) { return names; }),
                ElementsAre("com.apple.itunes-mobdev.syncWillStart",
                            "com.apple.itunes-mobdev.syncLockRequest",
                            "com.apple.itunes-mobdev.syncDidStart",
                            "com.apple.itunes-mobdev.syncDidFinish"));
}

TEST(SyncLock, GivesUpWhenAnotherProgramSyncs) {
    LockBench bench;
    bench.service.lock_refusals = 1000;
    EXPECT_THROW(
        SyncLock(std::make_unique<Afc>(bench.phone.take()), bench.announcer(), bench.clock, {}),
        Temporary);
    EXPECT_EQ(bench.service.locks.size(), 50u);
}

}  // namespace
}  // namespace lifeboat::phone::ios
