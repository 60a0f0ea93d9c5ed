#include "sim/android/root/private_tar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace lifeboat::sim {

namespace {

constexpr size_t block = 512;
constexpr size_t name_size = 100;

char type_of(PrivateKind kind) {
    if (kind == PrivateKind::folder) return '5';
    return kind == PrivateKind::link ? '2' : '0';
}

struct Field {
    size_t at;
    size_t size;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, uid_field{108, 8}, gid_field{116, 8},
    size_field{124, 12}, time_field{136, 12}, sum_field{148, 8}, link_field{157, 100};
constexpr size_t type_at = 156;

void put(std::string& header, const Field& field, std::string_view text) {
    std::copy_n(text.begin(), std::min(text.size(), field.size),
                header.begin() + static_cast<ptrdiff_t>(field.at));
}
void put_number(std::string& header, const Field& field, uint64_t number) {
    put(header, field, fmt::format("{:0{}o}", number, field.size - 1));
}

unsigned sum_of(std::string_view header) {
    unsigned sum = 0;
    for (size_t i = 0; i < header.size(); ++i) {
        const bool blank = i >= sum_field.at && i < sum_field.at + sum_field.size;
        sum += blank ? ' ' : static_cast<unsigned char>(header[i]);
    }
    return sum;
}

std::string get(std::string_view header, const Field& field) {
    const std::string_view text = header.substr(field.at, field.size);
    return std::string(text.substr(0, text.find('\0')));
}
uint64_t get_number(std::string_view header, const Field& field) {
    const std::string text = get(header, field);
    uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number, 8);
    return number;
}

void append_padded(Bytes& to, ByteView content) {
    append(to, content);
    to.resize((to.size() + block - 1) / block * block);
}

Bytes header_of(std::string_view name, char type, uint64_t size, const PrivateNode& node) {
    std::string header(block, '\0');
    put(header, name_field, name);
    put_number(header, mode_field, node.mode);
    put_number(header, uid_field, node.uid);
    put_number(header, gid_field, node.gid);
    put_number(header, size_field, size);
    put_number(header, time_field, static_cast<uint64_t>(node.modified));
    header[type_at] = type;
    put(header, link_field, node.target);
    header.replace(257, 7, "ustar  ");
    put(header, sum_field, fmt::format("{:06o}", sum_of(header)));
    header[sum_field.at + 6] = '\0';
    header[sum_field.at + 7] = ' ';
    return to_bytes(header);
}

}  // namespace

Bytes tar_entry(const std::string& name, const PrivateNode& node) {
    const std::string full = node.kind == PrivateKind::folder ? name + "/" : name;
    Bytes out;
    if (full.size() > name_size) {
        const std::string with_end = full + '\0';
        append(out, header_of("././@LongLink", 'L', with_end.size(), {}));
        append_padded(out, as_bytes(with_end));
    }
    append(out, header_of(full, type_of(node.kind), node.content.size(), node));
    append_padded(out, node.content);
    return out;
}

Bytes tar_end() {
    return Bytes(2 * block);
}

bool read_tar(ByteView tar, const std::function<void(const std::string&, PrivateNode)>& each) {
    std::string long_name;
    while (tar.size() >= block) {
        const std::string_view header = as_text(tar.first(block));
        if (header.front() == '\0') return true;
        if (get_number(header, sum_field) != sum_of(header)) return false;
        const uint64_t size = get_number(header, size_field);
        tar = tar.subspan(block);
        const uint64_t padded = (size + block - 1) / block * block;
        if (padded > tar.size()) return false;
        const ByteView content = tar.first(static_cast<size_t>(size));
        tar = tar.subspan(static_cast<size_t>(padded));
        const char type = header[type_at];
        if (type == 'L') {
            long_name = as_text(content).substr(0, as_text(content).find('\0'));
            continue;
        }
        std::string name = long_name.empty() ? get(header, name_field) : long_name;
        long_name.clear();
        if (name.ends_with('/')) name.pop_back();
        PrivateNode node{.kind = type == '5'   ? PrivateKind::folder
                                 : type == '2' ? PrivateKind::link
                                               : PrivateKind::file,
                         .mode = static_cast<uint32_t>(get_number(header, mode_field)),
                         .uid = static_cast<uint32_t>(get_number(header, uid_field)),
                         .gid = static_cast<uint32_t>(get_number(header, gid_field)),
                         .modified = static_cast<int64_t>(get_number(header, time_field)),
                         .label = "u:object_r:system_data_file:s0",
                         .target = get(header, link_field)};
        node.content.assign(content.begin(), content.end());
        each(name, std::move(node));
    }
    return false;
}

}  // namespace lifeboat::sim
