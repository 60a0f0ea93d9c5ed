#include "sys/tls.h"

#include "base/guarded.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>

namespace lifeboat::sys {
namespace {

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Context = std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using MemoryBio = std::unique_ptr<BIO, FreeWith<BIO_free>>;
using Certificate = std::unique_ptr<X509, FreeWith<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;

constexpr size_t block_size = 65536;  // four records

std::string last_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "no reason is given" : text;
}

// The library answers a wanted password with a question on the terminal, unless told not to.
int no_password(char*, int, int, void*) {
    return 0;
}

MemoryBio bio_of(std::string_view text) {
    return MemoryBio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate certificate_of(std::string_view pem) {
    const MemoryBio bio = bio_of(pem);
    Certificate out(PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr));
    if (!out) throw Corrupt("a certificate cannot be read: " + last_error());
    return out;
}

Key key_of(std::string_view pem) {
    const MemoryBio bio = bio_of(pem);
    Key out(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
    if (!out) throw Corrupt("a private key cannot be read: " + last_error());
    return out;
}

int take_any(int, X509_STORE_CTX*) {
    return 1;
}

Context context_of(TlsRole role, const TlsIdentity& identity) {
    Context context(SSL_CTX_new(TLS_method()));
    if (!context) throw Unsupported("OpenSSL cannot make a TLS context");
    // Phones of all ages: those before iOS 10 speak TLS 1.0, and pairings that other programs made
    // have SHA-1 certificates. Trust comes from comparing keys, which this does not weaken.
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_cipher_list(context.get(), "ALL:!aNULL:!eNULL:@SECLEVEL=0");
    SSL_CTX_set_options(context.get(), SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_IGNORE_UNEXPECTED_EOF);
    const Certificate certificate = certificate_of(identity.certificate);
    const Key key = key_of(identity.key.reveal());
    if (SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
        throw Corrupt("a certificate and its private key do not belong together: " + last_error());
    }
    const bool server = role == TlsRole::server;
    SSL_CTX_set_verify(context.get(), server ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, take_any);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    return context;
}

}  // namespace

struct TlsStream::Session {
    Context context{};
    Tls tls{};
    BIO* incoming = nullptr;  // owned by tls
    BIO* outgoing = nullptr;
    bool ended = false;
};

// Reading waits for the socket without the session, so that writing can go on meanwhile. What is to
// be sent is taken out of the session under `sender`: records leave in the order of their numbers.
struct TlsStream::Parts {
    Guarded<Session> session{};
    Guarded<Bytes> sender{};
    Bytes received{};  // the reader's
};

TlsStream::TlsStream(std::unique_ptr<Socket> socket, TlsRole role, const TlsIdentity& identity,
                     TlsVersions versions)
    : socket_(std::move(socket)), parts_(std::make_unique<Parts>()) {
    parts_->received.resize(block_size);
    parts_->sender.with([](Bytes& buffer) { buffer.resize(block_size); });
    parts_->session.with([&](Session& session) {
        session.context = context_of(role, identity);
        if (versions == TlsVersions::only_1_3) {
            SSL_CTX_set_min_proto_version(session.context.get(), TLS1_3_VERSION);
        }
        session.tls.reset(SSL_new(session.context.get()));
        session.incoming = BIO_new(BIO_s_mem());
        session.outgoing = BIO_new(BIO_s_mem());
        // Records go through memory, so that timeouts and stops stay the socket's business.
        SSL_set_bio(session.tls.get(), session.incoming, session.outgoing);
        BIO_set_mem_eof_return(session.incoming, -1);
        role == TlsRole::client ? SSL_set_connect_state(session.tls.get())
                                : SSL_set_accept_state(session.tls.get());
    });
}

TlsStream::~TlsStream() = default;

void TlsStream::shake_hands() {
    while (true) {
        const int error = parts_->session.with([](Session& session) {
            ERR_clear_error();
            const int done = SSL_do_handshake(session.tls.get());
            return done == 1 ? SSL_ERROR_NONE : SSL_get_error(session.tls.get(), done);
        });
        const std::string reason =
            error == SSL_ERROR_NONE || error == SSL_ERROR_WANT_READ ? "" : last_error();
        send_pending();
        if (error == SSL_ERROR_NONE) return;
        if (error != SSL_ERROR_WANT_READ) {
            throw TlsFailed(fmt::format("{} refuses to speak TLS ({})", socket_->name(), reason));
        }
        const auto more = receive_more();
        if (!more) throw TimedOut(fmt::format("{} does not answer any more", socket_->name()));
        if (!*more) throw ConnectionLost(fmt::format("{} hung up", socket_->name()));
    }
}

void TlsStream::send_pending() {
    parts_->sender.with([&](Bytes& buffer) {
        for (;;) {
            const int got = parts_->session.with([&](Session& session) {
                if (BIO_ctrl_pending(session.outgoing) == 0) return 0;
                return BIO_read(session.outgoing, buffer.data(), static_cast<int>(buffer.size()));
            });
            if (got <= 0) return;
            socket_->write(ByteView(buffer).first(static_cast<size_t>(got)));
        }
    });
}

std::optional<bool> TlsStream::receive_more() {
    const auto got = socket_->read_unless_silent(parts_->received);
    if (!got) return std::nullopt;
    if (*got == 0) return false;
    parts_->session.with([&](Session& session) {
        BIO_write(session.incoming, parts_->received.data(), static_cast<int>(*got));
    });
    return true;
}

std::optional<size_t> TlsStream::read_unless_silent(MutableByteView out) {
    struct Progress {
        size_t got = 0;
        int error = SSL_ERROR_NONE;
        bool must_send = false;  // an answer to the other side's wish for new keys
    };
    for (;;) {
        const Progress now = parts_->session.with([&](Session& session) {
            Progress progress;
            if (session.ended) return Progress{.error = SSL_ERROR_ZERO_RETURN};
            ERR_clear_error();
            if (SSL_read_ex(session.tls.get(), out.data(), out.size(), &progress.got) != 1) {
                progress.error = SSL_get_error(session.tls.get(), 0);
                progress.must_send = BIO_ctrl_pending(session.outgoing) > 0;
            }
            return progress;
        });
        if (now.error == SSL_ERROR_NONE) return now.got;
        const std::string reason = now.error == SSL_ERROR_WANT_READ ? "" : last_error();
        if (now.must_send) send_pending();
        if (now.error == SSL_ERROR_ZERO_RETURN) break;
        if (now.error != SSL_ERROR_WANT_READ) {
            throw ConnectionLost(
                fmt::format("the TLS stream of {} is broken ({})", socket_->name(), reason));
        }
        const auto more = receive_more();
        if (!more) return std::nullopt;
        if (!*more) break;
    }
    parts_->session.with([](Session& session) { session.ended = true; });
    return 0;
}

bool TlsStream::encrypt(ByteView bytes) {
    return parts_->session.with([&](Session& session) {
        size_t written = 0;
        ERR_clear_error();
        return SSL_write_ex(session.tls.get(), bytes.data(), bytes.size(), &written) == 1 &&
               written == bytes.size();
    });
}

void TlsStream::write(ByteView bytes) {
    while (!bytes.empty()) {
        const ByteView piece = bytes.first(std::min(bytes.size(), block_size));
        if (!encrypt(piece)) {
            throw ConnectionLost(
                fmt::format("the TLS stream of {} is broken ({})", socket_->name(), last_error()));
        }
        send_pending();
        bytes = bytes.subspan(piece.size());
    }
}

void TlsStream::set_timeouts(const SocketTimeouts& timeouts) {
    socket_->set_timeouts(timeouts);
}

void TlsStream::shutdown() noexcept {
    socket_->shutdown();
}

std::unique_ptr<Socket> TlsStream::release() {
    const int said =
        parts_->session.with([](Session& session) { return SSL_shutdown(session.tls.get()); });
    if (said >= 0) send_pending();
    // Whatever the other side sent before its goodbye is of no use to whoever speaks in clear next.
    Bytes dropped(block_size);
    while (read_unless_silent(dropped).value_or(0) > 0) {
    }
    return std::move(socket_);
}

Bytes TlsStream::peer_certificate() const {
    const Certificate peer(parts_->session.with(
        [](Session& session) { return SSL_get1_peer_certificate(session.tls.get()); }));
    if (!peer) return {};
    const int size = i2d_X509(peer.get(), nullptr);
    Bytes out(static_cast<size_t>(std::max(size, 0)));
    unsigned char* at = as_uchar(MutableByteView(out));
    if (size > 0) i2d_X509(peer.get(), &at);
    return out;
}

std::string TlsStream::version() const {
    return parts_->session.with(
        [](Session& session) { return std::string(SSL_get_version(session.tls.get())); });
}

SecretBytes TlsStream::exported(std::string_view label, size_t size) const {
    SecretBytes out(size);
    const int done = parts_->session.with([&](Session& session) {
        return SSL_export_keying_material(session.tls.get(), as_uchar(out.storage()), size,
                                          label.data(), label.size(), nullptr, 0, 0);
    });
    if (done != 1) throw Unsupported("OpenSSL cannot export from a TLS stream: " + last_error());
    return out;
}

bool same_key(ByteView certificate, const std::string& pem) {
    const unsigned char* at = as_uchar(certificate);
    const Certificate first(d2i_X509(nullptr, &at, static_cast<long>(certificate.size())));
    if (!first) throw Corrupt("a certificate cannot be read: " + last_error());
    const Certificate second = certificate_of(pem);
    return EVP_PKEY_eq(X509_get0_pubkey(first.get()), X509_get0_pubkey(second.get())) == 1;
}

}  // namespace lifeboat::sys
