#include "crypto/sha256.h"
#include "parity/checksum.h"
#include "parity/field.h"
#include "parity/parity.h"

#include <fmt/format.h>

#include <algorithm>

namespace lifeboat::parity {

namespace {

using Numbers = std::vector<size_t>;

// One group's equations: its whole parity shards, less what the whole data shards contribute, are
// sums of the damaged ones alone.
class Group {
public:
    Group(const Layout& layout, Kernels kernels, MutableByteView file, size_t group)
        : layout_(layout), kernels_(kernels), file_(file), group_(group) {}

    // False when too many are damaged. `damaged` and the result are positions within the group.
    bool solve(const Numbers& damaged, const Sidecar& sidecar) {
        Numbers rows;
        std::vector<Bytes> sums;
        for (size_t row = 0; row < layout_.rows && rows.size() < damaged.size(); ++row) {
            const auto shard = sidecar.parity(row, group_);
            if (!shard) continue;
            rows.push_back(row);
            sums.emplace_back(shard->begin(), shard->end());
        }
        if (rows.size() < damaged.size()) return false;
        take_away_whole(damaged, rows, sums);
        std::vector<uint8_t> matrix;
        for (const size_t row : rows) {
            for (const size_t column : damaged) matrix.push_back(coefficient(row, column));
        }
        if (!invert(matrix, rows.size())) return false;
        put_back(damaged, matrix, sums);
        return true;
    }

private:
    std::byte* shard(size_t position) const {
        return file_.data() + (position * layout_.groups + group_) * layout_.shard_size;
    }

    void take_away_whole(const Numbers& damaged, const Numbers& rows, std::vector<Bytes>& sums) {
        Numbers whole;
        for (size_t i = 0; i * layout_.groups + group_ < layout_.shards(); ++i) {
            if (!std::ranges::binary_search(damaged, i)) whole.push_back(i);
        }
        std::vector<const std::byte*> inputs;
        for (const size_t position : whole) inputs.push_back(shard(position));
        std::vector<std::byte*> outputs;
        for (Bytes& sum : sums) outputs.push_back(sum.data());
        add(inputs, outputs,
            [&](size_t row, size_t input) { return coefficient(rows[row], whole[input]); });
    }

    void put_back(const Numbers& damaged, const std::vector<uint8_t>& inverse,
                  const std::vector<Bytes>& sums) {
        std::vector<const std::byte*> inputs;
        for (const Bytes& sum : sums) inputs.push_back(sum.data());
        std::vector<std::byte*> outputs;
        for (const size_t position : damaged) {
            outputs.push_back(shard(position));
            std::fill_n(outputs.back(), layout_.shard_size, std::byte{0});
        }
        add(inputs, outputs,
            [&](size_t row, size_t input) { return inverse[row * inputs.size() + input]; });
    }

    template <class Factor>
    void add(const std::vector<const std::byte*>& inputs, const std::vector<std::byte*>& outputs,
             Factor&& factor) {
        const Bytes zeros(layout_.shard_size);
        for (size_t first = 0; first < inputs.size(); first += mix_inputs) {
            FourShards four{.length = layout_.shard_size};
            std::vector<uint8_t> factors(outputs.size() * mix_inputs);
            for (size_t q = 0; q < mix_inputs; ++q) {
                const bool there = first + q < inputs.size();
                four.at[q] = there ? inputs[first + q] : zeros.data();
                for (size_t row = 0; there && row < outputs.size(); ++row) {
                    factors[row * mix_inputs + q] = factor(row, first + q);
                }
            }
            kernels_.mix({.input = four,
                          .outputs = outputs.data(),
                          .output_count = outputs.size(),
                          .coefficients = factors.data()});
        }
    }

    const Layout& layout_;
    Kernels kernels_;
    MutableByteView file_;
    size_t group_;
};

class Repairer {
public:
    Repairer(ByteView found, const Sidecar& sidecar, Variant variant)
        : found_(found),
          sidecar_(sidecar),
          layout_(sidecar.header().layout),
          kernels_(kernels_of(variant)),
          file_(static_cast<size_t>(layout_.shards() * layout_.shard_size)) {}

    Repair repair(const Digest& expected) {
        Repair result{.shards = layout_.shards()};
        std::vector<Numbers> damaged(layout_.groups);
        for (size_t i = 0; i < result.shards; ++i) {
            if (place(i)) continue;
            damaged[i % layout_.groups].push_back(i / layout_.groups);
            result.damaged_shards += 1;
        }
        for (size_t group = 0; group < damaged.size(); ++group) {
            if (damaged[group].empty()) continue;
            if (!Group(layout_, kernels_, file_, group).solve(damaged[group], sidecar_)) {
                result.problem =
                    fmt::format("{} of its {} sectors are damaged, more than its parity can repair",
                                result.damaged_shards, result.shards);
                return result;
            }
        }
        file_.resize(static_cast<size_t>(layout_.file_size));
        if (crypto::sha256(file_) == expected.value) {
            result.file = std::move(file_);
        } else {
            result.problem = "what its parity gives back does not match its name";
        }
        return result;
    }

private:
    // Where the shard should be; or moved, when bytes came in or went missing before it.
    bool place(size_t number) {
        const auto size = static_cast<int64_t>(found_.size());
        const int64_t offset = static_cast<int64_t>(number * layout_.shard_size);
        const int64_t moved = size - static_cast<int64_t>(layout_.file_size);
        return place_from(number, offset) || (moved != 0 && place_from(number, offset + moved));
    }

    bool place_from(size_t number, int64_t offset) {
        const auto expected = sidecar_.checksum(number);
        const size_t begin = number * layout_.shard_size;
        const size_t length =
            static_cast<size_t>(std::min<uint64_t>(layout_.shard_size, layout_.file_size - begin));
        const auto found_size = static_cast<int64_t>(found_.size());
        if (!expected || offset < 0 || offset + static_cast<int64_t>(length) > found_size) {
            return false;
        }
        const MutableByteView shard = MutableByteView(file_).subspan(begin, layout_.shard_size);
        std::ranges::copy(found_.subspan(static_cast<size_t>(offset), length), shard.begin());
        uint32_t sums[mix_inputs]{};
        FourShards same{.length = layout_.shard_size};
        std::fill_n(same.at, mix_inputs, shard.data());
        kernels_.checksum_four(same, sums);
        return sums[0] == *expected;
    }

    ByteView found_;
    const Sidecar& sidecar_;
    const Layout& layout_;
    Kernels kernels_;
    Bytes file_;
};

}  // namespace

Repair repair(ByteView found, ByteView sidecar, const std::optional<Digest>& expected,
              Variant variant) {
    const auto parsed = Sidecar::parse(sidecar);
    if (!parsed) return {.problem = "its parity file is damaged"};
    const Header& header = parsed->header();
    if (expected && *expected != header.file) return {.problem = "its parity is of another file"};
    // What is neither there nor in the parity cannot come back; and a hostile sidecar must not
    // make us ask for all memory.
    if (found.size() + sidecar.size() < header.layout.file_size) {
        return {.problem = "more of it is missing than its parity can repair",
                .damaged_shards = header.layout.shards(),
                .shards = header.layout.shards()};
    }
    return Repairer(found, *parsed, variant).repair(header.file);
}

}  // namespace lifeboat::parity
