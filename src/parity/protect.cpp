#include "parity/field.h"
#include "parity/parity.h"

#include <algorithm>

namespace lifeboat::parity {

namespace {

// One file on its way to its sidecar. Group after group: the parity shards of one stay in the
// processor's nearest cache while the group's data pass by once.
class Encoder {
public:
    Encoder(ByteView file, const Layout& layout, Variant variant)
        : file_(file),
          layout_(layout),
          kernels_(kernels_of(variant)),
          last_shard_(layout.shard_size),
          zeros_(layout.shard_size),
          checksums_(layout.shards() + layout.parity_shards()) {
        const uint64_t last = (layout.shards() - 1) * layout.shard_size;
        std::ranges::copy(file.subspan(static_cast<size_t>(last)), last_shard_.begin());
    }

    const std::vector<uint32_t>& encode(MutableByteView parity) {
        const size_t columns = static_cast<size_t>(layout_.group_size());
        const std::vector<uint8_t> coefficients = coefficients_of_steps(columns);
        std::vector<std::byte*> rows(layout_.rows);
        for (size_t group = 0; group < layout_.groups; ++group) {
            for (size_t row = 0; row < rows.size(); ++row) {
                rows[row] = parity.data() + parity_index(row, group) * layout_.shard_size;
            }
            for (size_t column = 0; column < columns; column += mix_inputs) {
                const FourShards input = take(group, column);
                kernels_.mix({.input = input,
                              .outputs = rows.data(),
                              .output_count = rows.size(),
                              .coefficients = &coefficients[column * rows.size()]});
            }
        }
        sum_parity(parity);
        return checksums_;
    }

private:
    size_t parity_index(size_t row, size_t group) const { return row * layout_.groups + group; }

    // For each step of four columns, in the order the kernels want: the same for every group.
    std::vector<uint8_t> coefficients_of_steps(size_t columns) const {
        std::vector<uint8_t> all;
        for (size_t step = 0; step < columns; step += mix_inputs) {
            for (size_t row = 0; row < layout_.rows; ++row) {
                for (size_t column = step; column < step + mix_inputs; ++column) {
                    // Behind the last column there are zeros, whatever they count.
                    all.push_back(column < columns ? coefficient(row, column) : uint8_t{0});
                }
            }
        }
        return all;
    }

    const std::byte* shard(size_t number) const {
        if (number >= layout_.shards()) return zeros_.data();
        if (number + 1 == layout_.shards()) return last_shard_.data();
        return file_.data() + number * layout_.shard_size;
    }

    // The four shards, their checksums noted.
    FourShards take(size_t group, size_t column) {
        FourShards four{.length = layout_.shard_size};
        for (size_t q = 0; q < mix_inputs; ++q) {
            four.at[q] = shard((column + q) * layout_.groups + group);
        }
        uint32_t sums[mix_inputs]{};
        kernels_.checksum_four(four, sums);
        for (size_t q = 0; q < mix_inputs; ++q) {
            const size_t number = (column + q) * layout_.groups + group;
            if (number < layout_.shards()) checksums_[number] = sums[q];
        }
        return four;
    }

    void sum_parity(ByteView parity) {
        const size_t count = static_cast<size_t>(layout_.parity_shards());
        for (size_t first = 0; first < count; first += mix_inputs) {
            FourShards four{.length = layout_.shard_size};
            for (size_t q = 0; q < mix_inputs; ++q) {
                four.at[q] = first + q < count ? parity.data() + (first + q) * layout_.shard_size
                                               : zeros_.data();
            }
            uint32_t sums[mix_inputs]{};
            kernels_.checksum_four(four, sums);
            const auto to = checksums_.begin() + static_cast<ptrdiff_t>(layout_.shards() + first);
            std::copy_n(sums, std::min(mix_inputs, count - first), to);
        }
    }

    ByteView file_;
    const Layout& layout_;
    Kernels kernels_;
    Bytes last_shard_;  // filled up with zeros
    Bytes zeros_;
    std::vector<uint32_t> checksums_;
};

}  // namespace

Bytes protect(ByteView file, const Digest& hash, Rate rate, Variant variant) {
    const Header header{.layout = choose_layout(file.size(), rate), .file = hash};
    const Layout& layout = header.layout;
    Bytes sidecar(static_cast<size_t>(layout.sidecar_size()));
    const MutableByteView all(sidecar);
    const Bytes head = encode_header(header);
    const Bytes pages =
        encode_checksums(Encoder(file, layout, variant)
                             .encode(all.subspan(static_cast<size_t>(layout.parity_offset()),
                                                 static_cast<size_t>(layout.parity_bytes()))));
    std::ranges::copy(head, all.begin());
    std::ranges::copy(pages, all.subspan(header_size).begin());
    std::ranges::copy(pages, all.last(header_size + pages.size()).begin());
    std::ranges::copy(head, all.last(header_size).begin());
    return sidecar;
}

}  // namespace lifeboat::parity
