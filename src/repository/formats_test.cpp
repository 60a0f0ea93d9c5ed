// The formats by themselves: text, trees, packs, indexes, snapshots, keys, config.
#include "base/error.h"
#include "crypto/sha256.h"
#include "repository/codec.h"
#include "repository/go_text.h"
#include "repository/index.h"
#include "repository/index_file.h"
#include "repository/json_reader.h"
#include "repository/key_file.h"
#include "repository/pack.h"
#include "repository/snapshot_file.h"
#include "repository/tree.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>

namespace lifeboat::repository {
namespace {

std::string test_data(const std::string& name) {
    std::ifstream in(std::string(LIFEBOAT_TEST_DATA) + "/restic-v2/" + name, std::ios::binary);
    EXPECT_TRUE(in.good()) << name;
    return {std::istreambuf_iterator<char>(in), {}};
}

template <class SomeId>
SomeId numbered(unsigned number) {
    SomeId id;
    const auto hash = crypto::sha256(as_bytes(std::to_string(number)));
    id.value = hash;
    return id;
}

TEST(GoText, quotesNamesAsGoDoes) {
    const std::pair<std::string_view, std::string_view> names[] = {
        {"plain.txt", "plain.txt"},
        {"quote\"back\\slash", R"(quote\"back\\slash)"},
        {"newline\ntab\t", R"(newline\ntab\t)"},
        {"del\x7f"
         "bell\a",
         R"(del\x7fbell\a)"},
        {"bad-utf8-\xff\xfe", R"(bad-utf8-\xff\xfe)"},
        {"nbsp\u00a0zwj\u200dls\u2028", R"(nbsp\u00a0zwj\u200dls\u2028)"},
        {"\x01", R"(\x01)"},
        {"caf\u00e9 \U0001F600", "caf\u00e9 \U0001F600"},
        {"\U000E0001", R"(\U000e0001)"},
        {"\xed\xa0\x80", R"(\xed\xa0\x80)"},
    };
    for (const auto& [raw, quoted] : names) {
        EXPECT_EQ(quote_name(raw), quoted);
        EXPECT_EQ(unquote_name(quoted), raw);
    }
}

TEST(GoText, refusesWhatGoDoesNotWrite) {
    for (const std::string_view text :
         {"a\"b", "\\", "\\q", "\\x1", "\\xgg", "\\u12", "\\ud800", "\\U00110000", "a\nb", "\\'"}) {
        EXPECT_FALSE(unquote_name(text).has_value()) << text;
    }
    EXPECT_EQ(unquote_name("\\101"), "A");
}

TEST(GoText, writesJsonStringsAsGoDoes) {
    std::string json;
    append_json_string(json, "amp&<lt> \"\\\n\r\t\x01 \u2028 \xff /");
    EXPECT_EQ(json, "\"amp\\u0026\\u003clt\\u003e \\\"\\\\\\n\\r\\t\\u0001 \\u2028 \\ufffd /\"");
}

TEST(JsonReader, readsEscapesAndSurrogates) {
    JsonReader json(R"( "a\u00e9\ud83d\ude00\ud800x\"\/" )", "a text");
    EXPECT_EQ(json.string(), "a\u00e9\U0001F600\uFFFDx\"/");
    json.end();
}

TEST(JsonReader, skipsAnyValue) {
    JsonReader json(R"({"a":{"b":[1,2.5e3,{"c":"]"}],"d":null},"e":true,"f":7})", "a text");
    json.begin_object();
    std::string_view key;
    ASSERT_TRUE(json.next_key(key));
    EXPECT_EQ(json.skip(), R"({"b":[1,2.5e3,{"c":"]"}],"d":null})");
    ASSERT_TRUE(json.next_key(key));
    EXPECT_TRUE(json.boolean());
    ASSERT_TRUE(json.next_key(key));
    EXPECT_EQ(key, "f");
    EXPECT_EQ(json.number(), 7u);
    EXPECT_FALSE(json.next_key(key));
    json.end();
}

TEST(JsonReader, refusesDepthWithoutEnd) {
    const std::string deep(100000, '[');
    JsonReader json(deep, "a text");
    EXPECT_THROW(json.skip(), Corrupt);
}

TEST(Tree, ofResticIsReproducedByteForByte) {
    const std::string text = test_data("fixture-tree.json");
    const Tree tree = decode_tree(text);
    EXPECT_EQ(encode_tree(tree), text);
    EXPECT_EQ(to_hex(crypto::sha256(as_bytes(encode_tree(tree)))),
              "51ad5ae3626b95fbbb4f9e6d31705a2f655da94856f2bac8f4eb9ab3d0fb0877");
    const Node* setuid = find_node(tree, "setuid");
    ASSERT_NE(setuid, nullptr);
    EXPECT_EQ(item_mode(setuid->mode), 04755u);
    EXPECT_EQ(go_mode(ItemKind::file, 04755), setuid->mode);
    const Node* sub = find_node(tree, "sub");
    ASSERT_NE(sub, nullptr);
    EXPECT_EQ(go_mode(ItemKind::folder, 01777), sub->mode);
    EXPECT_NE(find_node(tree, "bad-utf8-\xff\xfe"), nullptr);
    EXPECT_EQ(find_node(tree, "nothing"), nullptr);
}

TEST(Tree, carriesATargetThatIsNotUtf8) {
    Node link{.name = "l", .type = NodeType::symlink, .link_target = "bad\xfftarget"};
    const std::string text = encode_tree({link});
    EXPECT_NE(text.find("\"linktarget\":\"bad\\ufffdtarget\",\"linktarget_raw\":"),
              std::string::npos);
    EXPECT_EQ(decode_tree(text).front().link_target, "bad\xfftarget");
}

TEST(Tree, refusesDamage) {
    const std::string times = R"("mtime":"2020-01-01T00:00:00Z")";
    const auto tree = [&](const std::string& node) { return R"({"nodes":[)" + node + "]}"; };
    const std::string good = R"({"name":"a","type":"file",)" + times + R"(,"content":[]})";
    EXPECT_EQ(decode_tree(tree(good)).size(), 1u);
    for (const std::string& bad :
         {tree(good + "," + good), tree(R"({"name":"","type":"file","content":[]})"),
          tree(R"({"name":"a","type":"what","content":[]})"),
          tree(R"({"name":"a","type":"file","content":null})"),
          tree(R"({"name":"a","type":"dir","content":null})"),
          tree(R"({"name":"a","type":"file","content":["12"]})"),
          tree(R"({"name":"a","type":"file","mtime":"yesterday","content":[]})"),
          tree(R"({"type":"file","content":[]})"), tree(good) + "x", tree(good).substr(0, 40),
          std::string()}) {
        EXPECT_THROW(decode_tree(bad), Corrupt) << bad;
    }
}

TEST(PackHeader, goesBothWays) {
    std::vector<PackedBlob> blobs{
        {.id = numbered<BlobId>(1), .type = BlobType::data, .offset = 0, .length = 100},
        {.id = numbered<BlobId>(2), .offset = 100, .length = 50, .raw_length = 70},
        {.id = numbered<BlobId>(3),
         .type = BlobType::tree,
         .offset = 150,
         .length = 60,
         .raw_length = 200}};
    const Bytes header = encode_pack_header(blobs);
    EXPECT_EQ(header.size(), 37u + 41 + 41);
    EXPECT_EQ(decode_pack_header(header), blobs);
    EXPECT_EQ(pack_file_size(blobs), 36u + 210 + header.size());
    for (size_t size = 1; size < header.size(); ++size) {
        if (size == 37 || size == 78) continue;
        EXPECT_THROW(decode_pack_header(ByteView(header).first(size)), Corrupt) << size;
    }
    Bytes unknown = header;
    unknown[0] = std::byte{4};
    EXPECT_THROW(decode_pack_header(unknown), Corrupt);
}

TEST(PackHeader, isOnlyFoundWhereItCanBe) {
    Bytes four;
    append_le<uint32_t>(four, 69);
    EXPECT_EQ(find_pack_header(1000, four).offset, 927u);
    EXPECT_EQ(find_pack_header(73, four).offset, 0u);
    EXPECT_THROW(find_pack_header(72, four), Corrupt);
    EXPECT_THROW(find_pack_header(3, ByteView(four).first(3)), Corrupt);
    Bytes huge;
    append_le<uint32_t>(huge, UINT32_MAX);
    EXPECT_THROW(find_pack_header(UINT64_MAX, huge), Corrupt);
}

TEST(IndexFile, goesBothWaysAndTakesWhatResticWrites) {
    const std::vector<IndexedPack> packs{
        {.id = numbered<PackId>(1),
         .blobs = {{.id = numbered<BlobId>(1), .offset = 0, .length = 38, .raw_length = 511},
                   {.id = numbered<BlobId>(2), .offset = 38, .length = 33}}},
        {.id = numbered<PackId>(2),
         .blobs = {
             {.id = numbered<BlobId>(3), .type = BlobType::tree, .length = 99, .raw_length = 5}}}};
    size_t count = 0;
    decode_index(encode_index(packs), [&](IndexedPack&& pack) {
        EXPECT_EQ(pack.id, packs[count].id);
        EXPECT_EQ(pack.blobs, packs[count++].blobs);
    });
    EXPECT_EQ(count, 2u);
    const auto nothing = [](IndexedPack&&) { FAIL(); };
    decode_index(R"({"supersedes":["x"],"packs":[]})", nothing);
    decode_index(R"({"packs":null})", nothing);
    EXPECT_THROW(decode_index(R"({"packs":[{"blobs":[]}]})", nothing), Corrupt);
    EXPECT_THROW(decode_index(R"([])", nothing), Corrupt);
}

TEST(Index, findsEveryBlobAmongMany) {
    Index index;
    constexpr unsigned count = 20000;
    for (unsigned p = 0; p < 20; ++p) {
        std::vector<PackedBlob> blobs;
        for (unsigned i = p; i < count; i += 20) {
            blobs.push_back({.id = numbered<BlobId>(i), .offset = i, .length = 100 + i});
        }
        EXPECT_TRUE(index.add_pack(numbered<PackId>(p), blobs));
        EXPECT_FALSE(index.add_pack(numbered<PackId>(p), blobs));
    }
    for (unsigned i = 0; i < count; ++i) {
        const auto place = index.place(numbered<BlobId>(i), BlobType::data);
        ASSERT_TRUE(place.has_value());
        EXPECT_EQ(place->pack, numbered<PackId>(i % 20));
        EXPECT_EQ(place->blob.offset, i);
        EXPECT_FALSE(index.has(numbered<BlobId>(i), BlobType::tree));
    }
    EXPECT_FALSE(index.has(numbered<BlobId>(count), BlobType::data));
    EXPECT_LE(index.memory(), 64u * count + (1u << 18));  // and at most one started block
}

TEST(Index, knowsPendingAndSecondCopies) {
    Index index;
    const auto id = numbered<BlobId>(1);
    EXPECT_TRUE(index.claim(id, BlobType::data));
    EXPECT_FALSE(index.claim(id, BlobType::data));
    EXPECT_FALSE(index.has(id, BlobType::data));
    EXPECT_TRUE(index.has_or_pending(id, BlobType::data));
    index.abandon_pending();
    EXPECT_FALSE(index.has_or_pending(id, BlobType::data));
    EXPECT_TRUE(index.claim(id, BlobType::data));
    index.resolve(numbered<PackId>(1), {{.id = id, .length = 40}});
    EXPECT_TRUE(index.has(id, BlobType::data));
    EXPECT_TRUE(index.add_pack(numbered<PackId>(2), {{.id = id, .offset = 9, .length = 40}}));
    EXPECT_EQ(index.places(id, BlobType::data).size(), 2u);
}

TEST(SnapshotFile, goesBothWays) {
    const Snapshot snapshot{.time = TimePoint{nanoseconds{1700000000123456789}},
                            .tree = numbered<BlobId>(1),
                            .parent = numbered<SnapshotId>(2),
                            .paths = {"/sdcard"},
                            .hostname = "a \"phone\"",
                            .username = "me",
                            .tags = {"lifeboat", "complete"},
                            .program_version = "lifeboat 0.1.0"};
    const Snapshot back = decode_snapshot(encode_snapshot(snapshot));
    EXPECT_EQ(back.time, snapshot.time);
    EXPECT_EQ(back.tree, snapshot.tree);
    EXPECT_EQ(back.parent, snapshot.parent);
    EXPECT_EQ(back.paths, snapshot.paths);
    EXPECT_EQ(back.hostname, snapshot.hostname);
    EXPECT_EQ(back.tags, snapshot.tags);
    EXPECT_EQ(back.program_version, snapshot.program_version);
    EXPECT_THROW(decode_snapshot(R"({"time":"2020-01-01T00:00:00Z","paths":null})"), Corrupt);
}

TEST(ConfigFile, refusesOtherVersionsAndReduciblePolynomials) {
    const std::string good =
        R"({"version":2,"id":"ab","chunker_polynomial":"3da3358b4dc173","more":[1]})";
    EXPECT_EQ(decode_config(good).polynomial.hex(), "3da3358b4dc173");
    EXPECT_EQ(encode_config(decode_config(good)),
              R"({"version":2,"id":"ab","chunker_polynomial":"3da3358b4dc173"})");
    EXPECT_THROW(decode_config(R"({"version":3,"id":"ab","chunker_polynomial":"3da3358b4dc173"})"),
                 Unsupported);
    EXPECT_THROW(decode_config(R"({"version":2,"id":"ab","chunker_polynomial":"3da3358b4dc175"})"),
                 Corrupt);
    EXPECT_THROW(decode_config(R"({"version":2,"id":"ab"})"), Corrupt);
}

TEST(KeyFile, opensTheOneThatResticWrote) {
    const auto fixture = nlohmann::json::parse(test_data("fixture.json"));
    const std::string expected = fmt::format(R"({{"mac":{{"k":"{}","r":"{}"}},"encrypt":"{}"}})",
                                             fixture["master_key"]["mac"]["k"].get<std::string>(),
                                             fixture["master_key"]["mac"]["r"].get<std::string>(),
                                             fixture["master_key"]["encrypt"].get<std::string>());
    const auto key = decode_master_key(expected);
    EXPECT_EQ(encode_master_key(key).reveal(), expected);
}

TEST(KeyFile, wrapsAndUnwrapsAndKnowsAWrongPassword) {
    sys::SeededRandom random(1);
    const auto master = make_master_key(random);
    KeyFile about{.username = "me", .hostname = "here", .cost = {.n = 16, .r = 1, .p = 1}};
    const KeyFile key = wrap_master_key(master, SecretText("right"), about, random);
    const KeyFile back = decode_key_file(encode_key_file(key));
    EXPECT_EQ(back.hostname, "here");
    EXPECT_EQ(back.cost, about.cost);
    const auto opened = unwrap_master_key(back, SecretText("right"));
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(to_hex(opened->encrypt()), to_hex(master.encrypt()));
    EXPECT_FALSE(unwrap_master_key(back, SecretText("wrong")).has_value());
}

TEST(KeyFile, refusesHostileCosts) {
    sys::SeededRandom random(1);
    KeyFile key = wrap_master_key(make_master_key(random), SecretText("x"),
                                  {.cost = {.n = 16, .r = 1, .p = 1}}, random);
    key.cost = {.n = 1 << 20, .r = 8, .p = 1 << 16};
    EXPECT_THROW(decode_key_file(encode_key_file(key)), Unsupported);
    key.cost = {.n = 17, .r = 1, .p = 1};
    EXPECT_THROW(decode_key_file(encode_key_file(key)), Unsupported);
}

TEST(Document, isSealedAndOpenedAndRefusesEveryFlip) {
    sys::SeededRandom random(1);
    Codec codec(make_master_key(random), 3);
    const std::string text = R"({"time":"2020-01-01T00:00:00Z"})";
    const Bytes sealed = seal_document(codec, random, text);
    EXPECT_EQ(open_document(codec, sealed, "x"), text);
    EXPECT_EQ(open_document(codec, seal_plain(codec, random, text), "x"), text);
    EXPECT_THROW(open_document(codec, seal_plain(codec, random, "\x03..."), "x"), Unsupported);
    EXPECT_THROW(open_document(codec, seal_plain(codec, random, "\x02..."), "x"), Corrupt);
    EXPECT_THROW(open_document(codec, seal_plain(codec, random, ""), "x"), Corrupt);
    for (size_t i = 0; i < sealed.size(); ++i) {
        Bytes damaged = sealed;
        damaged[i] ^= std::byte{1};
        EXPECT_THROW(open_document(codec, damaged, "x"), Corrupt);
        EXPECT_THROW(open_document(codec, ByteView(sealed).first(i), "x"), Corrupt);
    }
}

}  // namespace
}  // namespace lifeboat::repository
