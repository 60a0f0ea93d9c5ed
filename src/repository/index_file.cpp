#include "repository/index_file.h"

#include "repository/json_reader.h"

#include <fmt/format.h>

#include <iterator>

namespace lifeboat::repository {

namespace {

void append_blob(std::string& json, const PackedBlob& blob) {
    fmt::format_to(std::back_inserter(json), R"({{"id":"{}","type":"{}","offset":{},"length":{})",
                   blob.id.hex(), blob.type == BlobType::data ? "data" : "tree", blob.offset,
                   blob.length);
    if (blob.compressed()) {
        fmt::format_to(std::back_inserter(json), R"(,"uncompressed_length":{})", blob.raw_length);
    }
    json += '}';
}

uint32_t number32(JsonReader& json) {
    const uint64_t value = json.number();
    if (value > UINT32_MAX) json.fail("a length is too large");
    return static_cast<uint32_t>(value);
}

BlobType blob_type(JsonReader& json) {
    const std::string_view name = json.string();
    if (name == "data") return BlobType::data;
    if (name == "tree") return BlobType::tree;
    json.fail("an unknown type of blob");
}

PackedBlob read_blob(JsonReader& json) {
    PackedBlob blob;
    std::string_view key;
    bool has_id = false;
    bool has_type = false;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "id") {
            blob.id = read_id<BlobId>(json);
            has_id = true;
        } else if (key == "type") {
            blob.type = blob_type(json);
            has_type = true;
        } else if (key == "offset") {
            blob.offset = number32(json);
        } else if (key == "length") {
            blob.length = number32(json);
        } else if (key == "uncompressed_length") {
            blob.raw_length = number32(json);
        } else {
            json.skip();
        }
    }
    if (!has_id || !has_type) json.fail("a blob without id or type");
    if (blob.length < crypto::SealedBox::overhead || UINT32_MAX - blob.length < blob.offset) {
        json.fail("a blob with an impossible length");
    }
    return blob;
}

IndexedPack read_pack(JsonReader& json) {
    IndexedPack pack;
    std::string_view key;
    bool has_id = false;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "id") {
            pack.id = read_id<PackId>(json);
            has_id = true;
        } else if (key == "blobs" && !json.take_null()) {
            json.begin_array();
            while (json.next_element()) pack.blobs.push_back(read_blob(json));
        } else if (key != "blobs") {
            json.skip();
        }
    }
    if (!has_id) json.fail("a pack without an id");
    return pack;
}

}  // namespace

std::string encode_index(const std::vector<IndexedPack>& packs) {
    std::string json = R"({"packs":[)";
    for (size_t i = 0; i < packs.size(); ++i) {
        if (i != 0) json += ',';
        json += R"({"id":")" + packs[i].id.hex() + R"(","blobs":[)";
        for (size_t k = 0; k < packs[i].blobs.size(); ++k) {
            if (k != 0) json += ',';
            append_blob(json, packs[i].blobs[k]);
        }
        json += "]}";
    }
    return json + "]}\n";
}

void decode_index(std::string_view text, const std::function<void(IndexedPack&&)>& each) {
    JsonReader json(text, "the index");
    std::string_view key;
    json.begin_object();
    while (json.next_key(key)) {
        if (key == "packs" && !json.take_null()) {
            json.begin_array();
            while (json.next_element()) each(read_pack(json));
        } else if (key != "packs") {
            json.skip();
        }
    }
    json.end();
}

}  // namespace lifeboat::repository
