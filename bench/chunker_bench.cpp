// Speed of the search for chunk borders, each variant of this machine against a digest that is
// advanced byte by byte: chunker_bench [--scale F] [--json]. Figures are per CPU second of one core
// and count the bytes of the input, also those that no chunker has to look at.
#include "repository/chunker.h"
#include "repository/cut_search.h"
#include "sys/random.h"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace lifeboat::repository {
namespace {

constexpr int rounds = 5;

double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// The median rate of `work` over `bytes`, in GB per CPU second.
template <class Work>
double rate(size_t bytes, Work&& work) {
    std::vector<double> rates;
    for (int round = 0; round < rounds; ++round) {
        const double start = cpu_seconds();
        work();
        rates.push_back(static_cast<double>(bytes) / (cpu_seconds() - start) / 1e9);
    }
    std::sort(rates.begin(), rates.end());
    return rates[rates.size() / 2];
}

size_t cut_with(const ChunkCutter& cutter, ByteView data) {
    size_t chunks = 0;
    for (; !data.empty(); ++chunks) {
        const size_t cut = cutter.find_cut(data);
        data = data.subspan(cut == 0 ? data.size() : cut);
    }
    return chunks;
}

size_t plain_cut(const RabinTables& tables, ByteView data) {
    constexpr size_t unread = ChunkCutter::min_size - window_size;
    const size_t last = std::min(data.size(), ChunkCutter::max_size);
    uint64_t digest = 0;
    for (size_t at = unread; at < last; ++at) {
        if (at >= unread + window_size) {
            digest ^= tables.out[std::to_integer<uint8_t>(data[at - window_size])];
        }
        digest = ((digest << 8) | std::to_integer<uint8_t>(data[at])) ^ tables.mod[digest >> 45];
        if (at + 1 >= ChunkCutter::min_size && (digest & cut_mask) == 0) return at + 1;
    }
    return last;
}

size_t cut_plainly(const RabinTables& tables, ByteView data) {
    size_t chunks = 0;
    for (; !data.empty(); ++chunks) data = data.subspan(plain_cut(tables, data));
    return chunks;
}

double goal_of(ChunkerVariant variant) {
    switch (variant) {
        case ChunkerVariant::portable:
            return 1.6;
        case ChunkerVariant::avx2:
            return 3;
        case ChunkerVariant::gfni:
            return 6;
    }
    return 0;
}

struct Arguments {
    double scale = 1;
    bool json = false;
};

void report(const Arguments& arguments, ChunkerVariant variant, double ours, double plain) {
    if (arguments.json) {
        fmt::print(
            "{{\"name\":\"chunker {}\",\"ours\":{:.3f},\"peer\":{:.3f},\"peer_name\":\"byte by "
            "byte\",\"unit\":\"GB/s\",\"ratio\":{:.2f},\"goal\":\"{} GB/s\"}}\n",
            name_of(variant), ours, plain, ours / plain, goal_of(variant));
    } else {
        fmt::print("{:10} {:6.2f} GB/s   {:4.1f} x byte by byte   goal {:.1f}\n", name_of(variant),
                   ours, ours / plain, goal_of(variant));
    }
}

int run(const Arguments& arguments) {
    const Polynomial polynomial = *Polynomial::parse("3da3358b4dc173");
    const CutTables tables(polynomial);
    Bytes data(std::max<size_t>(static_cast<size_t>(arguments.scale * 134'217'728), 1 << 20));
    sys::SeededRandom(42).fill(data);
    size_t expected = 0;
    const double plain = rate(data.size(), [&] { expected = cut_plainly(tables.rabin, data); });
    for (const auto variant :
         {ChunkerVariant::portable, ChunkerVariant::avx2, ChunkerVariant::gfni}) {
        if (!supported(variant)) continue;
        const ChunkCutter cutter(polynomial, variant);
        size_t chunks = 0;
        const double ours = rate(data.size(), [&] { chunks = cut_with(cutter, data); });
        if (chunks != expected) {
            fmt::print(stderr, "{} cuts otherwise\n", name_of(variant));
            return 1;
        }
        report(arguments, variant, ours, plain);
    }
    return 0;
}

}  // namespace
}  // namespace lifeboat::repository

int main(int count, char** values) {
    lifeboat::repository::Arguments arguments;
    const std::vector<std::string> words(values + 1, values + count);
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--json") {
            arguments.json = true;
        } else if (words[i] == "--scale" && i + 1 < words.size()) {
            arguments.scale = std::stod(words[++i]);
        } else {
            fmt::print(stderr, "usage: chunker_bench [--scale F] [--json]\n");
            return 2;
        }
    }
    return lifeboat::repository::run(arguments);
}
