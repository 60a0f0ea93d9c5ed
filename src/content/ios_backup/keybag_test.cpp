#include "content/ios_backup/keybag.h"

#include "base/hex.h"
#include "content/ios_backup/mb_file.h"
#include "crypto/aes_cbc.h"
#include "crypto/key_wrap.h"
#include "crypto/sha1.h"
#include "plist/plist.h"
#include "sim/ios/backup_keybag.h"

#include <gtest/gtest.h>

namespace lifeboat::content {
namespace {

// Made with python3: hashlib.pbkdf2_hmac, cryptography's aes_key_wrap and AES-CBC, plistlib. The
// password is "correct horse", ITER 1000, DPIC 2000; the keys of classes 3 and 11 are 32 bytes that
// count up from 9 and from 33, the file's key counts up from 50.
constexpr const char* double_bag =
    "56455253000000040000000554595045000000040000000155554944000000100708090a0b0c0d0e0f101112131415"
    "1657524150000000040000000253414c54000000140102030405060708090a0b0c0d0e0f1011121314495445520000"
    "0004000003e84450575400000004000000004450494300000004000007d04450534c0000001465666768696a6b6c6d"
    "6e6f7071727374757677785555494400000010030405060708090a0b0c0d0e0f101112434c41530000000400000003"
    "5752415000000004000000024b545950000000040000000057504b59000000287a8b33883714cf90d8924c600cf216"
    "4638cd9ce361ccbc866454f6cf2135c4573ab4594f67025c0f55554944000000100b0c0d0e0f101112131415161718"
    "191a434c4153000000040000000b5752415000000004000000024b545950000000040000000057504b5900000028b0"
    "32d7db2c9a7643d9ccd9c51dfc706fbf6f4c9905d4acab59d472af67eb699a8b8064e5227b156f";
constexpr const char* single_bag =
    "56455253000000040000000554595045000000040000000155554944000000100708090a0b0c0d0e0f101112131415"
    "1657524150000000040000000253414c54000000140102030405060708090a0b0c0d0e0f1011121314495445520000"
    "0004000003e85555494400000010030405060708090a0b0c0d0e0f101112434c415300000004000000035752415000"
    "000004000000024b545950000000040000000057504b5900000028aad190f0f451d37706e56ea41df652930e6a2e87"
    "902f9ba8ed94c586ba8f9c0a5238869e75a5812855554944000000100b0c0d0e0f101112131415161718191a434c41"
    "53000000040000000b5752415000000004000000024b545950000000040000000057504b5900000028e71068d615dd"
    "415a21422a35164d60739197c0101e7d577e3e8ba574f2928d63d164ed21c7ce02f1";
constexpr const char* wrapped_file_key =
    "030000006079495e0933585bbc8ab9e54c4199372d670aac9c3ca88bad492169bc118a615ce2619c78d35304";
constexpr const char* cipher_text =
    "67009e2cdfb5e6e2a68f9afde3542ad38abb2f396a7067eb0132dab166300b4a";
constexpr const char* mb_file_list =
    "62706c6973743030d401020304050635385924617263686976657258246f626a656374735424746f70582476657273"
    "69"
    "6f6e5f100f4e534b657965644172636869766572a8070824252930333455246e756c6cde090a0b0c0d0e0f10111213"
    "14"
    "15161718191a1b1c1d1e1f202122231c5624636c617373554269727468564469676573745d456e6372797074696f6e"
    "4b"
    "657955466c6167735747726f757049445b496e6f64654e756d6265725c4c6173744d6f6469666965645f10104c6173"
    "74"
    "5374617475734368616e6765544d6f64655f100f50726f74656374696f6e436c6173735c52656c6174697665506174"
    "68"
    "5453697a65565573657249448005125f5e10008006800310001101f5104d126553f100126553f1011181a410038002"
    "10"
    "125f10124c6962726172792f534d532f736d732e6462d209262728574e532e6461746180048007d22a2b2c2d582463"
    "6c"
    "61737365735a24636c6173736e616d65a32d2e2f5d4e534d757461626c6544617461564e5344617461584e534f626a"
    "65"
    "6374d22a2b3132a2322f564d4246696c654f1014055758e3b27a05f650bca70a90b5061f9f3a79d74f102c03000000"
    "60"
    "79495e0933585bbc8ab9e54c4199372d670aac9c3ca88bad492169bc118a615ce2619c78d35304d1363754726f6f74"
    "80"
    "0112000186a000080011001b0024002900320044004d005300700077007d00840092009800a000ac00b900cc00d100"
    "e3"
    "00f000f500fc00fe0103010501070109010c010e01130118011b011d011f01210136013b014301450147014c015501"
    "60"
    "01640172017901820187018a019101a801d701da01df01e10000000000000201000000000000003900000000000000"
    "00"
    "00000000000001e6";

Bytes counting(size_t size, int start) {
    Bytes bytes;
    for (size_t i = 0; i < size; ++i) bytes.push_back(static_cast<std::byte>(start + int(i)));
    return bytes;
}

void expect_opens(const char* bag) {
    const Keybag keybag = parse_keybag(*from_hex(bag));
    const OpenKeybag open = open_keybag(keybag, SecretText("correct horse"));
    EXPECT_EQ(open.classes(), (std::vector<uint32_t>{3, 11}));
    const SecretBytes key = open.unwrap_with_class(*from_hex(wrapped_file_key));
    EXPECT_EQ(to_hex(key.reveal()), to_hex(counting(32, 50)));
    EXPECT_THROW(open_keybag(keybag, SecretText("wrong horse")), WrongBackupPassword);
    EXPECT_THROW(open_keybag(keybag, SecretText("")), WrongBackupPassword);
}

TEST(Keybag, OpensWhatOtherToolsWrapped) {
    expect_opens(double_bag);
    expect_opens(single_bag);
}

TEST(Keybag, TellsItsHeader) {
    const Keybag bag = parse_keybag(*from_hex(double_bag));
    EXPECT_EQ(bag.version, 5u);
    EXPECT_EQ(bag.type, 1u);
    EXPECT_EQ(bag.iterations, 1000u);
    EXPECT_EQ(bag.double_iterations, 2000u);
    ASSERT_EQ(bag.classes.size(), 2u);
    EXPECT_EQ(bag.classes[1].number, 11u);
}

TEST(Keybag, RefusesEveryCut) {
    const Bytes whole = *from_hex(double_bag);
    size_t refused = 0;
    for (size_t size = 0; size < whole.size(); ++size) {
        try {
            parse_keybag(ByteView(whole).first(size));
        } catch (const Corrupt&) {
            ++refused;
        }
    }
    // A cut between two values is a shorter bag; all others break one.
    EXPECT_GT(refused, whole.size() - 20);
}

TEST(Keybag, RefusesRoundsThatWouldTakeHours) {
    Bytes bag = *from_hex(double_bag);
    const std::string text = to_text(bag);
    for (const char* tag : {"ITER", "DPIC"}) {
        Bytes hostile = bag;
        hostile[text.find(tag) + 8] = std::byte{0x7f};
        EXPECT_THROW(parse_keybag(hostile), Corrupt) << tag;
    }
    Bytes none = bag;
    none[text.find("ITER") + 10] = none[text.find("ITER") + 11] = std::byte{0};
    EXPECT_THROW(parse_keybag(none), Corrupt);
}

TEST(Keybag, OneDamagedClassIsNoWrongPassword) {
    Bytes bag = *from_hex(double_bag);
    bag.back() ^= std::byte{1};
    EXPECT_THROW(open_keybag(parse_keybag(bag), SecretText("correct horse")), Corrupt);
}

TEST(Keybag, FileKeysThatDoNotFitAreRefused) {
    const OpenKeybag open =
        open_keybag(parse_keybag(*from_hex(double_bag)), SecretText("correct horse"));
    Bytes key = *from_hex(wrapped_file_key);
    key[20] ^= std::byte{1};
    EXPECT_THROW(open.unwrap_with_class(key), Corrupt);
    key = *from_hex(wrapped_file_key);
    key[0] = std::byte{7};
    EXPECT_THROW(open.unwrap_with_class(key), Corrupt);
    EXPECT_THROW(open.unwrap_with_class(ByteView(key).first(20)), Corrupt);
    EXPECT_FALSE(crypto::unwrap_key(counting(32, 1), ByteView(key).first(9)));
}

TEST(Keybag, MadeAndOpenedAgain) {
    sys::SeededRandom random(4);
    const sim::BackupKeybag made(SecretText("päss"), {.iterations = 10, .double_iterations = 20},
                                 random);
    const Keybag bag = parse_keybag(made.bytes());
    const OpenKeybag open = open_keybag(bag, SecretText("päss"));
    EXPECT_EQ(open.classes().size(), 10u);
    for (const uint32_t number : open.classes()) {
        const Bytes key = counting(32, static_cast<int>(number));
        EXPECT_EQ(to_hex(open.unwrap_with_class(made.wrap(number, key)).reveal()), to_hex(key));
    }
}

TEST(FileEncryption, IsWhatOtherToolsWrite) {
    Bytes bytes = sim::encrypt_backup_file(counting(32, 50), as_bytes("hello from a phone"));
    EXPECT_EQ(to_hex(bytes), cipher_text);
    crypto::AesCbc decrypt(counting(32, 50), crypto::CbcDirection::decrypt);
    decrypt.crypt(MutableByteView(bytes).first(16));  // a stream may come in parts
    decrypt.crypt(MutableByteView(bytes).subspan(16));
    EXPECT_EQ(to_text(ByteView(bytes).first(18)), "hello from a phone");
    // The one file whose name in a backup is published everywhere.
    EXPECT_EQ(sim::backup_file_id("HomeDomain", "Library/SMS/sms.db"),
              "3d0d7e5fb2ce288813306e4d4636395e047a3d28");
}

TEST(MbFile, ReadsWhatPlistlibWrote) {
    const MbFile file = read_mb_file(*from_hex(mb_file_list));
    EXPECT_EQ(file.size, 18u);
    EXPECT_EQ(file.mode, 33188u);
    EXPECT_EQ(file.modified, 1700000000);
    EXPECT_EQ(file.changed, 1700000001);
    EXPECT_EQ(file.born, 1600000000);
    EXPECT_EQ(file.protection_class, 3u);
    EXPECT_EQ(file.relative_path, "Library/SMS/sms.db");
    EXPECT_EQ(to_hex(file.digest), to_hex(crypto::sha1(as_bytes("hello from a phone"))));
    EXPECT_EQ(to_hex(file.encryption_key), wrapped_file_key);  // behind a second reference
}

TEST(MbFile, ReadsWhatTheSimulatorWrites) {
    const sim::BackupFileFacts facts{.relative_path = "a/b",
                                     .size = 5'000'000'000,
                                     .mode = 0120755,
                                     .modified = -5,
                                     .protection_class = 4,
                                     .link_target = "../c",
                                     .digest = counting(20, 0),
                                     .encryption_key = counting(44, 0)};
    const MbFile file = read_mb_file(sim::mb_file_archive(facts));
    EXPECT_EQ(file.size, facts.size);
    EXPECT_EQ(file.mode, facts.mode);
    EXPECT_EQ(file.modified, -5);
    EXPECT_EQ(file.link_target, "../c");
    EXPECT_EQ(file.digest, facts.digest);
    EXPECT_EQ(file.encryption_key, facts.encryption_key);
}

TEST(MbFile, RefusesWhatIsNoArchive) {
    using plist::Array;
    using plist::Dict;
    using plist::Uid;
    const auto refused = [](const plist::Value& value) {
        EXPECT_THROW(read_mb_file(plist::write_binary(value)), Corrupt);
    };
    refused(Array{});
    refused(Dict{});
    refused(Dict{{"$objects", Array{}}, {"$top", Dict{{"root", Uid{1}}}}});
    refused(Dict{{"$objects", Array{"$null", "no dictionary"}}, {"$top", Dict{{"root", Uid{1}}}}});
    const auto with = [](Dict root) {
        return Dict{{"$objects", Array{"$null", std::move(root)}},
                    {"$top", Dict{{"root", Uid{1}}}}};
    };
    refused(with({{"Size", -1}}));
    refused(with({{"Mode", int64_t{1} << 40}}));
    refused(with({{"Size", 1}, {"RelativePath", Uid{9}}}));
    EXPECT_THROW(read_mb_file({}), Corrupt);
    // An object that names itself ends nowhere but is followed once only.
    EXPECT_EQ(read_mb_file(plist::write_binary(with({{"RelativePath", Uid{1}}}))).relative_path,
              "");
}

}  // namespace
}  // namespace lifeboat::content
