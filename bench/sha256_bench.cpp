// Speed of SHA-256 over messages as long as blobs: sha256_bench [--scale F] [--json]. The library
// one message after the other against three in turns; per CPU second of one core.
#include "crypto/sha256_lanes.h"
#include "sys/random.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <vector>

namespace lifeboat::crypto {
namespace {

constexpr size_t message_size = size_t{1} << 20;
constexpr int rounds = 5;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The median, in GB per CPU second.
double rate(const std::vector<ByteView>& messages, Sha256Variant variant) {
    std::vector<Sha256Value> values(messages.size());
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
        const double start = cpu_seconds();
        sha256_all(messages, values, variant);
        const double bytes = static_cast<double>(messages.size() * message_size);
        rates.push_back(bytes / (cpu_seconds() - start) / 1e9);
    }
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
}

void run(double scale, bool json) {
    const size_t count = std::max<size_t>(static_cast<size_t>(scale * 128), 6);
    Bytes data(count * message_size);
    sys::SeededRandom(1).fill(data);
    std::vector<ByteView> messages;
    for (size_t i = 0; i < count; ++i) {
        messages.push_back(ByteView(data).subspan(i * message_size, message_size));
    }
    const double library = rate(messages, Sha256Variant::one_by_one);
    const double ours = rate(messages, best_sha256_variant());
    if (json) {
        fmt::print(
            "{{\"name\":\"SHA-256 {}\",\"ours\":{:.3f},\"peer\":{:.3f},\"peer_name\":\"OpenSSL\","
            "\"unit\":\"GB/s\",\"ratio\":{:.2f},\"goal\":\"ahead\"}}\n",
            name_of(best_sha256_variant()), ours, library, ours / library);
    } else {
        fmt::print("{} {:.2f} GB/s, OpenSSL {:.2f} GB/s, {:.2f} x\n",
                   name_of(best_sha256_variant()), ours, library, ours / library);
    }
}

}  // namespace
}  // namespace lifeboat::crypto

int main(int count, char** values) {
    double scale = 1;
    bool json = false;
    const std::vector<std::string> words(values + 1, values + count);
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--json") {
            json = true;
        } else if (words[i] == "--scale" && i + 1 < words.size()) {
            scale = std::stod(words[++i]);
        } else {
            fmt::print(stderr, "usage: sha256_bench [--scale F] [--json]\n");
            return 2;
        }
    }
    lifeboat::crypto::run(scale, json);
    return 0;
}
