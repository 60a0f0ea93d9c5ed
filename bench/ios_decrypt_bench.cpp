// Decrypting the files of an iPhone backup: ios_decrypt_bench [--json]. What `openssl speed` gets
// on this machine beside our stream, in GB per CPU second of one core.
#include "content/ios_backup/decrypt_source.h"
#include "crypto/aes_cbc.h"
#include "sys/random.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace lifeboat::content {
namespace {

constexpr size_t file_size = size_t{64} << 20;
constexpr size_t part_size = size_t{256} << 10;  // as the rehearsal reads
constexpr int rounds = 7;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Memory that is read without being copied as a whole first.
class ViewSource final : public ByteSource {
public:
    explicit ViewSource(ByteView bytes) : rest_(bytes) {}
    size_t read(MutableByteView out) override {
        const size_t size = std::min(out.size(), rest_.size());
        // Not std::ranges::copy: GCC 12 makes it a loop over bytes, slower than the decrypting.
        std::memcpy(out.data(), rest_.data(), size);
        rest_ = rest_.subspan(size);
        return size;
    }

private:
    ByteView rest_;
};

double ours(ByteView cipher, const SecretBytes& key) {
    Bytes part(part_size);
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
        const double start = cpu_seconds();
        DecryptSource source(std::make_unique<ViewSource>(cipher), key, file_size);
        size_t size = 0;
        while (const size_t got = source.read(part)) size += got;
        rates.push_back(static_cast<double>(size) / (cpu_seconds() - start) / 1e9);
    }
    std::ranges::sort(rates);
    return rates[rates.size() / 2];
}

// Blocks of 16 kB, as its own table ends with. 0 when the program is not there.
double of_openssl() {
    FILE* pipe = ::popen(
        "openssl speed -mr -seconds 2 -bytes 16384 -evp aes-256-cbc -decrypt 2>/dev/null", "r");
    if (pipe == nullptr) return 0;
    std::array<char, 512> line{};
    double rate = 0;
    while (std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr) {
        const std::string text = line.data();
        if (text.starts_with("+F:")) rate = std::stod(text.substr(text.rfind(':') + 1)) / 1e9;
    }
    ::pclose(pipe);
    return rate;
}

void run(bool json) {
    Bytes cipher(file_size + crypto::aes_block);
    sys::SeededRandom random(1);
    random.fill(MutableByteView(cipher).first(1 << 20));
    SecretBytes key(32);
    random.fill(key.storage());
    std::fill(cipher.end() - 16, cipher.end(), std::byte{16});
    crypto::AesCbc(key.reveal(), crypto::CbcDirection::encrypt).crypt(cipher);
    const double mine = ours(cipher, key);
    const double peer = of_openssl();
    const double share = peer > 0 ? mine / peer : 0;
    if (json) {
        fmt::print(
            "{{\"name\":\"iPhone backup, decrypt\",\"ours\":{:.3f},\"peer\":{:.3f},\"peer_name\":"
            "\"openssl speed\",\"unit\":\"GB/s\",\"ratio\":{:.2f},\"goal\":\">= 0.70\"}}\n",
            mine, peer, share);
    } else {
        fmt::print("decrypt stream {:.2f} GB/s, openssl speed {:.2f} GB/s, {:.0f} %\n", mine, peer,
                   share * 100);
    }
}

}  // namespace
}  // namespace lifeboat::content

int main(int argc, char** argv) {
    lifeboat::content::run(argc > 1 && std::strcmp(argv[1], "--json") == 0);
}
