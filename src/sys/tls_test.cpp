#include "sys/tls.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>
#include <thread>

namespace lifeboat::sys {
namespace {

struct Free {
    void operator()(X509* object) const { X509_free(object); }
    void operator()(BIO* object) const { BIO_free(object); }
    void operator()(EVP_PKEY* object) const { EVP_PKEY_free(object); }
};

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<size_t>(size)};
}

// A certificate that signs itself.
TlsIdentity make_identity() {
    const std::unique_ptr<EVP_PKEY, Free> key(EVP_RSA_gen(2048));
    const std::unique_ptr<X509, Free> certificate(X509_new());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const std::unique_ptr<BIO, Free> first(BIO_new(BIO_s_mem()));
    const std::unique_ptr<BIO, Free> second(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(first.get(), certificate.get());
    PEM_write_bio_PKCS8PrivateKey(second.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return {.certificate = text_of(first.get()), .key = SecretText(text_of(second.get()))};
}

std::string read_text(Stream& stream) {
    std::array<std::byte, 1000> out{};
    return to_text(ByteView(out).first(stream.read_unless_silent(out).value_or(0)));
}

TEST(Tls, CarriesBytesBothWaysAndGivesTheSocketBack) {
    const TlsIdentity phone = make_identity();
    const TlsIdentity host = make_identity();
    auto pair = socket_pair({});
    std::jthread server([&, socket = std::move(pair.second)]() mutable {
        TlsStream stream(std::move(socket), TlsRole::server, phone);
        stream.shake_hands();
        EXPECT_TRUE(same_key(stream.peer_certificate(), host.certificate));
        stream.write(as_bytes(read_text(stream) + " back"));
        EXPECT_EQ(read_text(stream), "");  // goodbye
        const auto clear = stream.release();
        std::array<std::byte, 10> out{};
        clear->write(ByteView(out).first(clear->read(out)));
    });
    TlsStream stream(std::move(pair.first), TlsRole::client, host);
    stream.shake_hands();
    EXPECT_TRUE(same_key(stream.peer_certificate(), phone.certificate));
    EXPECT_FALSE(same_key(stream.peer_certificate(), host.certificate));
    EXPECT_TRUE(stream.version().starts_with("TLSv1."));
    stream.write(as_bytes("there"));
    EXPECT_EQ(read_text(stream), "there back");
    const auto clear = stream.release();
    clear->write(as_bytes("clear"));
    std::array<std::byte, 10> out{};
    EXPECT_EQ(as_text(ByteView(out).first(clear->read(out))), "clear");
}

TEST(Tls, LargeWritesArriveWhole) {
    const TlsIdentity identity = make_identity();
    auto pair = socket_pair({});
    const Bytes sent(3'000'000, std::byte{7});
    std::jthread server([&, socket = std::move(pair.second)]() mutable {
        TlsStream stream(std::move(socket), TlsRole::server, identity);
        stream.shake_hands();
        stream.write(sent);
        EXPECT_EQ(read_text(stream), "");
    });
    TlsStream stream(std::move(pair.first), TlsRole::client, identity);
    stream.shake_hands();
    Bytes got;
    Bytes block(100'000);
    while (got.size() < sent.size()) {
        const auto size = stream.read_unless_silent(block);
        ASSERT_TRUE(size && *size > 0);
        append(got, ByteView(block).first(*size));
    }
    EXPECT_EQ(got, sent);
    stream.shutdown();
}

TEST(Tls, WhoHangsUpWithoutGoodbyeIsAtItsEnd) {
    const TlsIdentity identity = make_identity();
    auto pair = socket_pair({});
    std::jthread server([&, socket = std::move(pair.second)]() mutable {
        TlsStream stream(std::move(socket), TlsRole::server, identity);
        stream.shake_hands();
    });
    TlsStream stream(std::move(pair.first), TlsRole::client, identity);
    stream.shake_hands();
    server.join();
    std::array<std::byte, 10> out{};
    EXPECT_EQ(stream.read_unless_silent(out), 0u);
    EXPECT_EQ(stream.read_unless_silent(out), 0u);
}

TEST(Tls, WhoDoesNotSpeakTls) {
    const TlsIdentity identity = make_identity();
    auto pair = socket_pair({});
    pair.second->write(as_bytes("HTTP/1.1 400 what is this?\r\n\r\n"));
    EXPECT_THROW(TlsStream(std::move(pair.first), TlsRole::client, identity).shake_hands(),
                 TlsFailed);
    auto silent = socket_pair({});
    silent.first->set_timeouts({.read = milliseconds{50}});
    EXPECT_THROW(TlsStream(std::move(silent.first), TlsRole::client, identity).shake_hands(),
                 TimedOut);
    auto gone = socket_pair({});
    gone.second->end_writing();
    EXPECT_THROW(TlsStream(std::move(gone.first), TlsRole::client, identity).shake_hands(),
                 ConnectionLost);
}

TEST(Tls, SilenceIsNothingAndAStopIsCancelled) {
    const TlsIdentity identity = make_identity();
    std::stop_source stop;
    auto pair = socket_pair(stop.get_token());
    std::jthread server([&, socket = std::move(pair.second)]() mutable {
        TlsStream stream(std::move(socket), TlsRole::server, identity);
        stream.shake_hands();
        std::array<std::byte, 10> out{};
        EXPECT_THROW(stream.read_unless_silent(out), Cancelled);
    });
    TlsStream stream(std::move(pair.first), TlsRole::client, identity);
    stream.shake_hands();
    stream.set_timeouts({.read = milliseconds{30}});
    std::array<std::byte, 10> out{};
    EXPECT_EQ(stream.read_unless_silent(out), std::nullopt);
    stop.request_stop();
    EXPECT_THROW(stream.read_unless_silent(out), Cancelled);
}

TEST(Tls, IdentitiesThatAreNone) {
    const TlsIdentity one = make_identity();
    const TlsIdentity other = make_identity();
    const auto attempt = [](std::string certificate, std::string_view key) {
        auto pair = socket_pair({});
        const TlsIdentity identity{.certificate = std::move(certificate), .key = SecretText(key)};
        TlsStream(std::move(pair.first), TlsRole::client, identity);
    };
    EXPECT_THROW(attempt("", one.key.reveal()), Corrupt);
    EXPECT_THROW(attempt(one.certificate, "junk"), Corrupt);
    EXPECT_THROW(attempt(one.certificate, other.key.reveal()), Corrupt);
    EXPECT_THROW(same_key({}, one.certificate), Corrupt);
    EXPECT_THROW(same_key(as_bytes("junk"), one.certificate), Corrupt);
}

}  // namespace
}  // namespace lifeboat::sys
